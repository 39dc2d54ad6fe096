/// Makes statements of tokens.
struct JinjaParser {
  /// More than any template has, and few enough for every stack.
  static let mostDepth = 64
  /// Of a macro or a call: each name of one is looked for in the other.
  static let mostArguments = 256

  private let tokens: [JinjaToken]
  private var index = 0
  private var depth = 0
  /// How many loops the statement is in, so that `break` has one to end.
  private var loops = 0

  private init(_ tokens: [JinjaToken]) { self.tokens = tokens }

  /// The statements of a template.
  static func statements(_ source: [UInt8]) throws -> [JinjaStatement] {
    var parser = JinjaParser(try JinjaLexer.tokens(source))
    return try parser.statements(until: [], of: nil)
  }

  // MARK: tokens

  /// The token that comes next; the last one, `.end`, is never passed.
  var current: JinjaToken { tokens[index] }

  /// The token after the next one.
  var following: JinjaToken { tokens[min(index + 1, tokens.count - 1)] }

  mutating func pass() { index = min(index + 1, tokens.count - 1) }

  func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }

  func isName(_ name: String) -> Bool { current.kind == .name(name) }

  /// Passes a symbol if it comes next.
  mutating func skip(_ symbol: String) -> Bool {
    defer { if isSymbol(symbol) { pass() } }
    return isSymbol(symbol)
  }

  /// Passes a word if it comes next.
  mutating func skip(word: String) -> Bool {
    defer { if isName(word) { pass() } }
    return isName(word)
  }

  mutating func expect(_ kind: JinjaToken.Kind) throws {
    guard current.kind == kind else {
      throw unexpected(JinjaToken(line: 0, kind: kind).found)
    }
    pass()
  }

  mutating func expect(_ symbol: String) throws { try expect(.symbol(symbol)) }

  /// The name that must come next.
  mutating func name(_ expected: String = "a name") throws -> String {
    guard case .name(let name) = current.kind else { throw unexpected(expected) }
    pass()
    return name
  }

  func unexpected(_ expected: String) -> JinjaProblem {
    problem("found \(current.found), should be \(expected)")
  }

  func problem(_ description: String) -> JinjaProblem {
    JinjaProblem(description, line: current.line)
  }

  /// Refuses what is nested too deeply for a stack.
  mutating func nested<Value>(_ body: (inout Self) throws -> Value) throws -> Value {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.mostDepth else {
      throw problem("nested deeper than \(Self.mostDepth) levels, the most allowed")
    }
    return try body(&self)
  }

  // MARK: statements

  /// The statements up to a tag of one of these names, whose name comes next then.
  private mutating func statements(
    until ends: [String], of opening: (name: String, line: Int)?
  ) throws -> [JinjaStatement] {
    var statements: [JinjaStatement] = []
    while true {
      switch current.kind {
      case .data(let text):
        statements.append(.text(text))
        pass()
      case .expressionStart:
        pass()
        statements.append(.output(try tuple()))
        try expect(.expressionEnd)
      case .tagStart:
        pass()
        if case .name(let name) = current.kind, ends.contains(name) { return statements }
        statements.append(try nested { try $0.statement() })
        try expect(.tagEnd)
      default:
        guard let opening else { return statements }
        throw JinjaProblem("`\(opening.name)` is never closed", line: opening.line)
      }
    }
  }

  /// What stands between a tag and the one that ends it, and that one's name.
  private mutating func body(
    of name: String, until ends: [String]
  ) throws -> (statements: [JinjaStatement], end: String) {
    let line = current.line
    _ = skip(":")
    try expect(.tagEnd)
    let found = try statements(until: ends, of: (name, line))
    return (found, try self.name())
  }

  private mutating func statement() throws -> JinjaStatement {
    let line = current.line
    let name = try name("the name of a tag")
    switch name {
    case "if": return try branch()
    case "for": return try loop()
    case "set": return try assignment()
    case "macro": return .macro(try macro(try self.name(), isSigned: true))
    case "call": return try call()
    case "filter":
      var filters = [try filter()]
      while skip("|") { filters.append(try filter()) }
      return .filtered(filters, try body(of: name, until: ["endfilter"]).statements)
    case "with": return try scope()
    case "generation":
      return .scope([], try withoutLoops { try $0.body(of: name, until: ["endgeneration"]) }.0)
    case "break", "continue":
      guard loops > 0 else { throw JinjaProblem("`\(name)` is in no loop", line: line) }
      return .stop(isBreak: name == "break")
    default: throw JinjaProblem(Self.refusal(of: name), line: line)
    }
  }

  private static func refusal(of tag: String) -> String {
    let others = ["include", "import", "from", "extends", "block", "autoescape", "print", "do"]
    if others.contains(tag) { return "the tag `\(tag)` is not supported" }
    return tag.hasPrefix("end") || tag.hasPrefix("el")
      ? "`\(tag.prefix(40))` has no beginning" : "there is no tag `\(tag.prefix(40))`"
  }

  private mutating func branch() throws -> JinjaStatement {
    var branches: [(condition: JinjaExpression, body: [JinjaStatement])] = []
    var end = "elif"
    while end == "elif" {
      let condition = try tuple(choices: false)
      let found = try body(of: "if", until: ["elif", "else", "endif"])
      branches.append((condition, found.statements))
      end = found.end
    }
    guard end == "else" else { return .branch(branches, else: []) }
    return .branch(branches, else: try body(of: "else", until: ["endif"]).statements)
  }

  private mutating func loop() throws -> JinjaStatement {
    let target = try target(ends: ["in"])
    guard skip(word: "in") else { throw unexpected("`in`") }
    let values = try tuple(choices: false, ends: ["recursive"])
    let condition = skip(word: "if") ? try expression() : nil
    if isName("recursive") { throw problem("`recursive` loops are not supported") }
    loops += 1
    let (body, end) = try body(of: "for", until: ["endfor", "else"])
    loops -= 1
    let otherwise = end == "else" ? try self.body(of: "else", until: ["endfor"]).statements : []
    return .loop(
      JinjaLoop(
        target: target, values: values, condition: condition, body: body, otherwise: otherwise))
  }

  private mutating func assignment() throws -> JinjaStatement {
    let target = try target(takesAttributes: true)
    if skip("=") { return .set(target, try tuple()) }
    var filters: [JinjaPostfix] = []
    while skip("|") { filters.append(try filter()) }
    return .capture(target, filters, try body(of: "set", until: ["endset"]).statements)
  }

  /// Loops around a macro are not its own.
  private mutating func withoutLoops<Value>(
    _ body: (inout Self) throws -> Value
  ) throws -> Value {
    let around = loops
    loops = 0
    defer { loops = around }
    return try body(&self)
  }

  private mutating func macro(_ name: String, isSigned: Bool) throws -> JinjaMacro {
    let parameters = isSigned ? try parameters() : []
    let body = try withoutLoops { try $0.body(of: "macro", until: ["endmacro"]) }.statements
    return JinjaMacro(name: name, parameters: parameters, body: body)
  }

  private mutating func parameters() throws -> [(name: String, value: JinjaExpression?)] {
    var parameters: [(name: String, value: JinjaExpression?)] = []
    try expect("(")
    while !isSymbol(")") {
      if !parameters.isEmpty { try expect(",") }
      let name = try name()
      parameters.append((name, skip("=") ? try expression() : nil))
      guard parameters.count <= Self.mostArguments else {
        throw problem("more than \(Self.mostArguments) parameters")
      }
    }
    try expect(")")
    return parameters
  }

  private mutating func call() throws -> JinjaStatement {
    let line = current.line
    let parameters = isSymbol("(") ? try parameters() : []
    let call = try expression()
    guard case .postfix(_, let ends) = call.node, case .call? = ends.last else {
      throw JinjaProblem("`call` needs a call, such as `{% call f() %}`", line: line)
    }
    let body = try withoutLoops { try $0.body(of: "call", until: ["endcall"]) }.statements
    return .call(call, caller: JinjaMacro(name: "caller", parameters: parameters, body: body))
  }

  private mutating func scope() throws -> JinjaStatement {
    var values: [(JinjaTarget, JinjaExpression)] = []
    while current.kind != .tagEnd {
      if !values.isEmpty { try expect(",") }
      let target = try target(isSingle: true)
      try expect("=")
      values.append((target, try expression()))
    }
    return .scope(values, try body(of: "with", until: ["endwith"]).statements)
  }
}
