/// An expression of a template, and the line that it begins in.
struct JinjaExpression: Sendable {
  let line: Int
  let node: JinjaNode
}

/// What an expression is. Operators of one rank in a row are one node, so that a long sum is no
/// deeper than a short one.
indirect enum JinjaNode: Sendable {
  case constant(JinjaConstant)
  case name(String)
  case list([JinjaExpression])
  case tuple([JinjaExpression])
  case dict([(key: JinjaExpression, value: JinjaExpression)])
  /// From the left, each operator with what stands right of it.
  case arithmetic(JinjaExpression, [(symbol: String, right: JinjaExpression)])
  case concatenation([JinjaExpression])
  /// `a < b < c` is `a < b and b < c`.
  case comparison(JinjaExpression, [(symbol: String, right: JinjaExpression)])
  case and([JinjaExpression])
  case or([JinjaExpression])
  case not(JinjaExpression)
  case sign(isMinus: Bool, JinjaExpression)
  case choice(JinjaExpression, if: JinjaExpression, else: JinjaExpression?)
  case postfix(JinjaExpression, [JinjaPostfix])
}

/// A literal; `true`, `none` and their kind are literals.
enum JinjaConstant: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case text([UInt8])
}

/// What stands behind a value and makes another of it.
enum JinjaPostfix: Sendable {
  case attribute(String)
  case item(JinjaExpression)
  case slice(JinjaExpression?, JinjaExpression?, JinjaExpression?)
  case call(JinjaCall)
  case filter(String, JinjaCall)
  case test(String, isNot: Bool, JinjaCall)
}

/// The arguments of a call, a filter or a test.
struct JinjaCall: Sendable {
  var positional: [JinjaExpression] = []
  var named: [(name: String, value: JinjaExpression)] = []
}

/// What a value is given to: `x`, `space.x`, or several at once.
indirect enum JinjaTarget: Sendable {
  case name(String)
  case attribute(String, String)
  case tuple([JinjaTarget])
}

/// A piece of a template's program.
indirect enum JinjaStatement: Sendable {
  case text([UInt8])
  case output(JinjaExpression)
  case branch([(condition: JinjaExpression, body: [JinjaStatement])], else: [JinjaStatement])
  case loop(JinjaLoop)
  case set(JinjaTarget, JinjaExpression)
  /// `{% set x %}…{% endset %}`: what its body writes, through the filters.
  case capture(JinjaTarget, [JinjaPostfix], [JinjaStatement])
  case macro(JinjaMacro)
  /// `{% call f() %}…{% endcall %}`: the body is what `caller()` writes.
  case call(JinjaExpression, caller: JinjaMacro)
  case filtered([JinjaPostfix], [JinjaStatement])
  /// `{% with x = 1 %}`, and `{% generation %}`, which has no names of its own.
  case scope([(JinjaTarget, JinjaExpression)], [JinjaStatement])
  case stop(isBreak: Bool)
}

/// `{% for target in values if condition %}`.
struct JinjaLoop: Sendable {
  let target: JinjaTarget
  let values: JinjaExpression
  let condition: JinjaExpression?
  let body: [JinjaStatement]
  /// What is done where no value came.
  let otherwise: [JinjaStatement]
}

/// A macro as it is written.
struct JinjaMacro: Sendable {
  let name: String
  let parameters: [(name: String, value: JinjaExpression?)]
  let body: [JinjaStatement]
}

/// What is wrong with a template, or with what it was given; `ChatTemplate` says in which file.
struct JinjaProblem: Error {
  let description: String
  /// `nil` where whoever catches it knows better.
  let line: Int?

  init(_ description: String, line: Int? = nil) {
    (self.description, self.line) = (description, line)
  }
}
