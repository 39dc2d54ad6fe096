/// What stands behind a value.
extension JinjaParser {
  /// Attributes, indices, slices and calls.
  mutating func accesses() throws -> [JinjaPostfix] {
    var found: [JinjaPostfix] = []
    while true {
      switch current.kind {
      case .symbol("."):
        pass()
        if case .int(let index) = current.kind {
          found.append(.item(JinjaExpression(line: current.line, node: .constant(.int(index)))))
          pass()
        } else {
          found.append(.attribute(try name("the name of an attribute")))
        }
      case .symbol("["): found.append(try subscripted())
      case .symbol("("): found.append(.call(try call()))
      default: return found
      }
    }
  }

  private mutating func subscripted() throws -> JinjaPostfix {
    try expect("[")
    var parts: [JinjaExpression?] = [nil]
    var isSlice = false
    while !isSymbol("]") {
      if skip(":") {
        isSlice = true
        parts.append(nil)
      } else {
        guard parts[parts.count - 1] == nil else { throw unexpected("`]`") }
        parts[parts.count - 1] = try expression()
      }
    }
    guard parts.count <= 3 else { throw problem("a slice has at most three parts") }
    try expect("]")
    if isSlice { return .slice(parts[0], parts[1], parts.count > 2 ? parts[2] : nil) }
    guard let item = parts[0] else { throw problem("`[]` names no item") }
    return .item(item)
  }

  /// Filters, tests, and calls of what they give.
  mutating func filtersAndTests() throws -> [JinjaPostfix] {
    var found: [JinjaPostfix] = []
    while true {
      switch current.kind {
      case .symbol("|"):
        pass()
        found.append(try filter())
      case .name("is"): found.append(try test())
      case .symbol("("): found.append(.call(try call()))
      default: return found
      }
    }
  }

  /// A filter, from behind its `|`.
  mutating func filter() throws -> JinjaPostfix {
    let name = try dottedName("the name of a filter")
    return .filter(name, isSymbol("(") ? try call() : JinjaCall())
  }

  private mutating func dottedName(_ expected: String) throws -> String {
    var name = try name(expected)
    while skip(".") { name += "." + (try self.name(expected)) }
    return name
  }

  private mutating func test() throws -> JinjaPostfix {
    pass()
    let isNot = skip(word: "not")
    let name = try dottedName("the name of a test")
    if isSymbol("(") { return .test(name, isNot: isNot, try call()) }
    let line = current.line
    guard let argument = try bareArgument() else { return .test(name, isNot: isNot, JinjaCall()) }
    let ends = try accesses()
    let value =
      ends.isEmpty ? argument : JinjaExpression(line: line, node: .postfix(argument, ends))
    return .test(name, isNot: isNot, JinjaCall(positional: [value]))
  }

  /// The argument of a test without brackets, as in `x is divisibleby 3`.
  private mutating func bareArgument() throws -> JinjaExpression? {
    switch current.kind {
    case .name("else"), .name("or"), .name("and"): nil
    case .name("is"): throw problem("`is` cannot follow a test")
    case .name, .text, .int, .float, .symbol("["), .symbol("{"): try primary()
    default: nil
    }
  }

  private mutating func call() throws -> JinjaCall {
    try expect("(")
    var call = JinjaCall()
    while !isSymbol(")") {
      if isSymbol("*") || isSymbol("**") {
        throw problem("arguments from a list or a dict (`*`, `**`) are not supported")
      }
      if case .name(let name) = current.kind, following.kind == .symbol("=") {
        pass()
        pass()
        call.named.append((name, try expression()))
      } else {
        guard call.named.isEmpty else {
          throw problem("an argument without a name follows one with a name")
        }
        call.positional.append(try expression())
      }
      guard call.positional.count + call.named.count <= Self.mostArguments else {
        throw problem("more than \(Self.mostArguments) arguments")
      }
      guard skip(",") else { break }
    }
    try expect(")")
    return call
  }
}
