/// One run of a template: its statements, one after the other.
final class JinjaRenderer {
  /// Where a run of statements ended.
  enum Ending { case complete, broken, continued }

  /// Calls within calls: enough for templates that walk through a schema, and few enough for a
  /// stack of a megabyte.
  private static let mostDepth = 100
  /// Of lists in lists, and what else values are made of.
  private static let mostValueDepth = 64

  private var depth = 0
  private var work: Int
  /// Where the run is, for messages.
  private(set) var line = 1
  /// Scopes that a macro looks into and namespaces, which can hold each other; their values are
  /// taken out at the end.
  private var captured: [JinjaScope] = []
  private var namespaces: [JinjaNamespace] = []

  /// - Parameter work: how many steps, and bytes and values made, before the run is given up
  init(work: Int) { self.work = work }

  /// The text that a template makes.
  func render(_ statements: [JinjaStatement], _ globals: [(String, JinjaValue)]) throws -> [UInt8] {
    let outer = JinjaScope(in: nil)
    for name in JinjaFunctions.names { outer.values[name] = .function(name) }
    for (name, value) in globals { outer.values[name] = value }
    defer {
      for scope in captured { scope.values = [:] }
      for space in namespaces { space.members = JinjaDict() }
    }
    var output: [UInt8] = []
    _ = try run(statements, JinjaScope(in: outer), into: &output)
    return output
  }

  // MARK: bounds

  /// Counts work: a step, or as many bytes or values as are made or looked at.
  func charge(_ amount: Int = 1) throws {
    work -= min(amount, work + 1)
    guard work >= 0 else { throw JinjaProblem("the template does more than any chat needs") }
  }

  /// Counts what it takes to look for a key.
  func charge(key: JinjaValue) throws {
    if case .text(let text) = key { try charge(text.count) }
  }

  /// Refuses calls that are nested too deeply.
  func nested<Value>(line: Int? = nil, _ body: () throws -> Value) throws -> Value {
    if let line { self.line = line }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.mostDepth else {
      throw JinjaProblem("the template calls itself too often")
    }
    try charge()
    return try body()
  }

  /// The elements of a new list or tuple.
  func items(_ values: [JinjaValue]) throws -> JinjaItems {
    try charge(values.count)
    let depth = 1 + (values.map(\.depth).max() ?? 0)
    guard depth <= Self.mostValueDepth else {
      throw JinjaProblem("values in values, more than \(Self.mostValueDepth) levels deep")
    }
    return JinjaItems(values: values, depth: depth)
  }

  /// A dict with one more member.
  func set(_ key: JinjaValue, _ value: JinjaValue, in dict: inout JinjaDict) throws {
    try charge()
    try charge(key: key)
    try dict.set(key, value)
    guard dict.depth <= Self.mostValueDepth else {
      throw JinjaProblem("values in values, more than \(Self.mostValueDepth) levels deep")
    }
  }

  /// A namespace that this run keeps account of.
  func namespace() -> JinjaNamespace {
    let made = JinjaNamespace()
    namespaces.append(made)
    return made
  }

  // MARK: statements

  /// Runs statements; what they write is appended.
  func run(
    _ statements: [JinjaStatement], _ scope: JinjaScope, into output: inout [UInt8]
  ) throws -> Ending {
    try nested {
      for statement in statements {
        let ending = try run(statement, scope, into: &output)
        if ending != .complete { return ending }
      }
      return .complete
    }
  }

  /// What statements write, in a scope of their own.
  func written(_ statements: [JinjaStatement], in scope: JinjaScope) throws -> [UInt8] {
    var output: [UInt8] = []
    _ = try run(statements, scope, into: &output)
    return output
  }

  private func run(
    _ statement: JinjaStatement, _ scope: JinjaScope, into output: inout [UInt8]
  ) throws -> Ending {
    try charge()
    switch statement {
    case .text(let text):
      try charge(text.count)
      output += text
    case .output(let expression):
      try append(try value(expression, scope), to: &output)
    case .branch(let branches, let otherwise):
      for (condition, body) in branches where try value(condition, scope).isTrue {
        return try run(body, scope, into: &output)
      }
      return try run(otherwise, scope, into: &output)
    case .loop(let loop): try run(loop, scope, into: &output)
    case .set(let target, let expression):
      try assign(try value(expression, scope), to: target, scope)
    case .capture(let target, let filters, let body):
      let text = JinjaValue.text(try written(body, in: JinjaScope(in: scope)))
      try assign(try applied(filters, to: text, scope), to: target, scope)
    case .macro(let macro): scope.values[macro.name] = closure(macro, scope)
    case .call(let expression, let caller):
      let text = try value(expression, scope, caller: closure(caller, scope))
      try append(text, to: &output)
    case .filtered(let filters, let body):
      let text = JinjaValue.text(try written(body, in: JinjaScope(in: scope)))
      try append(try applied(filters, to: text, scope), to: &output)
    case .scope(let values, let body):
      let inner = JinjaScope(in: scope)
      for (target, expression) in values {
        try assign(try value(expression, scope), to: target, inner)
      }
      return try run(body, inner, into: &output)
    case .stop(let isBreak): return isBreak ? .broken : .continued
    }
    return .complete
  }

  private func closure(_ macro: JinjaMacro, _ scope: JinjaScope) -> JinjaValue {
    captured.append(scope)
    return .macro(JinjaClosure(macro, scope))
  }

  private func run(_ loop: JinjaLoop, _ scope: JinjaScope, into output: inout [UInt8]) throws {
    var values = try walked(try value(loop.values, scope))
    if let condition = loop.condition {
      values = try values.filter { item in
        let inner = JinjaScope(in: scope)
        try assign(item, to: loop.target, inner)
        return try value(condition, inner).isTrue
      }
    }
    guard !values.isEmpty else {
      _ = try run(loop.otherwise, JinjaScope(in: scope), into: &output)
      return
    }
    let state = JinjaLoopState(try items(values))
    for (index, item) in values.enumerated() {
      let inner = JinjaScope(in: scope)
      state.index = index
      inner.values["loop"] = .loop(state)
      try assign(item, to: loop.target, inner)
      if try run(loop.body, inner, into: &output) == .broken { return }
    }
  }

  /// Gives a value to a name, to an attribute of a namespace, or its elements to several.
  private func assign(_ value: JinjaValue, to target: JinjaTarget, _ scope: JinjaScope) throws {
    switch target {
    case .name(let name): scope.values[name] = value
    case .attribute(let name, let attribute):
      guard case .namespace(let space)? = scope[name] else {
        throw JinjaProblem("`\(name).\(attribute)` cannot be set: `\(name)` is no namespace")
      }
      try JinjaFunctions.checkAttribute(attribute)
      try set(JinjaValue(attribute), value, in: &space.members)
    case .tuple(let targets):
      let values = try walked(value)
      guard values.count == targets.count else {
        throw JinjaProblem("\(values.count) values for \(targets.count) names")
      }
      for (target, value) in zip(targets, values) { try assign(value, to: target, scope) }
    }
  }
}
