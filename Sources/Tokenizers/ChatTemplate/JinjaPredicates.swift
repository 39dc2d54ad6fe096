/// What may stand behind `is`; Jinja calls them tests.
extension JinjaRenderer {
  /// Whether a test holds for a value.
  func test(_ name: String, _ value: JinjaValue, _ arguments: JinjaArguments) throws -> Bool {
    try charge()
    if let holds = Self.kind(name, value) {
      guard arguments.positional.isEmpty, arguments.named.isEmpty else {
        throw JinjaProblem("the test `\(name)` takes no arguments")
      }
      return holds
    }
    if let symbol = Self.comparisons[name] {
      guard let other = try arguments.values(["other"], of: "the test `\(name)`")[0] else {
        throw JinjaProblem("the test `\(name)` needs a value to compare with")
      }
      return try compare(symbol, value, other)
    }
    switch name {
    case "odd", "even", "divisibleby":
      let given = try arguments.values(["num"], of: "the test `\(name)`")[0]
      let divisor = name == "divisibleby" ? given ?? .none : .int(2)
      let rest = try arithmetic("%", value, divisor)
      return try isEqual(rest, .int(name == "odd" ? 1 : 0))
    case "lower", "upper": return try text(value).isAll(name == "lower" ? "islower" : "isupper")
    case "filter":
      return JinjaFilters.known[String(decoding: try text(value), as: UTF8.self)] != nil
    case "sameas":
      let given = try arguments.values(["other"], of: "the test `sameas`")[0] ?? .none
      guard value.depth == 0 else { throw JinjaProblem("`sameas` of \(value.kind)") }
      // Python has one true, one false and one none; none of them is 1 or 0.
      return value.kind == given.kind ? try isEqual(value, given) : false
    default: throw JinjaProblem("there is no test `\(name.prefix(40))`")
    }
  }

  private static let comparisons = [
    "==": "==", "eq": "==", "equalto": "==", "!=": "!=", "ne": "!=", ">": ">", "gt": ">",
    "greaterthan": ">", "ge": ">=", ">=": ">=", "<": "<", "lt": "<", "lessthan": "<", "<=": "<=",
    "le": "<=", "in": "in",
  ]

  /// Tests of what a value is; `nil` for other tests.
  private static func kind(_ name: String, _ value: JinjaValue) -> Bool? {
    switch name {
    case "defined": return !value.isUndefined
    case "undefined": return value.isUndefined
    case "none": if case .none = value { return true }
    case "boolean": if case .bool = value { return true }
    case "true": if case .bool(true) = value { return true }
    case "false": if case .bool(false) = value { return true }
    case "integer": if case .int = value { return true }
    case "float": if case .float = value { return true }
    case "number": return value.number != nil
    case "string": if case .text = value { return true }
    case "mapping": if case .dict = value { return true }
    case "sequence", "iterable", "callable": return isOfUse(name, value)
    case "escaped": return false
    default: return nil
    }
    return false
  }

  private static func isOfUse(_ name: String, _ value: JinjaValue) -> Bool {
    switch value {
    case .list, .tuple, .dict, .text: name != "callable"
    case .undefined: name != "callable"
    case .iterator: name == "iterable"
    case .macro, .function, .method: name == "callable"
    case .loop: name == "iterable"
    default: false
    }
  }
}
