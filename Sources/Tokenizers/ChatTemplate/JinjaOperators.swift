import Glibc

/// Arithmetic and comparisons, with Python's rules.
extension JinjaRenderer {
  func arithmetic(_ symbol: String, _ left: JinjaValue, _ right: JinjaValue) throws -> JinjaValue {
    if let a = left.number, let b = right.number { return try arithmetic(symbol, a, b).value }
    switch (symbol, left, right) {
    case ("+", .text(let a), .text(let b)):
      try charge(a.count + b.count)
      return .text(a + b)
    case ("+", .list(let a), .list(let b)): return .list(try items(a.values + b.values))
    case ("+", .tuple(let a), .tuple(let b)): return .tuple(try items(a.values + b.values))
    case ("*", .text(let text), .int(let count)), ("*", .int(let count), .text(let text)):
      try charge(product(text.count, count))
      return .text(Array([[UInt8]](repeating: text, count: max(count, 0)).joined()))
    case ("*", .list(let list), .int(let count)), ("*", .int(let count), .list(let list)):
      try charge(product(list.values.count, count))
      let values = [[JinjaValue]](repeating: list.values, count: max(count, 0)).joined()
      return .list(try items(Array(values)))
    case ("%", .text, _):
      throw JinjaProblem("`%` behind a string, which fills it in, is not supported; use `~`")
    default: throw JinjaProblem("`\(symbol)` of \(left.kind) and \(right.kind)")
    }
  }

  /// How much a repetition makes, at least one unit each time.
  private func product(_ count: Int, _ times: Int) -> Int {
    let (value, overflow) = max(count, 1).multipliedReportingOverflow(by: max(times, 0))
    return overflow ? .max : value
  }

  private func arithmetic(
    _ symbol: String, _ left: JinjaNumber, _ right: JinjaNumber
  ) throws -> JinjaNumber {
    if ["/", "//", "%"].contains(symbol), right.double == 0 {
      throw JinjaProblem("`\(symbol)` by zero")
    }
    if case .int(let a) = left, case .int(let b) = right, symbol != "/" {
      if symbol == "**", b < 0 {
        guard a != 0 else { throw JinjaProblem("0 to a negative power") }
        return .float(pow(Double(a), Double(b)))
      }
      return .int(try wholes(symbol, a, b))
    }
    let (a, b) = (left.double, right.double)
    switch symbol {
    case "+": return .float(a + b)
    case "-": return .float(a - b)
    case "*": return .float(a * b)
    case "/": return .float(a / b)
    case "//": return .float((a / b).rounded(.down))
    case "%":
      let rest = a.truncatingRemainder(dividingBy: b)
      return .float(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
    default:
      let power = pow(a, b)
      guard !power.isNaN || a.isNaN || b.isNaN else {
        throw JinjaProblem("a power that is no real number")
      }
      return .float(power)
    }
  }

  private func wholes(_ symbol: String, _ a: Int, _ b: Int) throws -> Int {
    let result: (partialValue: Int, overflow: Bool)
    switch symbol {
    case "+": result = a.addingReportingOverflow(b)
    case "-": result = a.subtractingReportingOverflow(b)
    case "*": result = a.multipliedReportingOverflow(by: b)
    case "//":
      let (quotient, overflow) = a.dividedReportingOverflow(by: b)
      let isDown = !overflow && a % b != 0 && (a < 0) != (b < 0)
      result = (isDown ? quotient - 1 : quotient, overflow)
    case "%":
      let rest = a.remainderReportingOverflow(dividingBy: b).partialValue
      result = (rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest, false)
    default: result = power(a, b)
    }
    guard !result.overflow else { throw JinjaProblem("a number that does not fit into 64 bits") }
    return result.partialValue
  }

  private func power(_ base: Int, _ exponent: Int) -> (partialValue: Int, overflow: Bool) {
    if exponent == 0 || base == 1 { return (1, false) }
    if base == 0 { return (0, false) }
    if base == -1 { return (exponent % 2 == 0 ? 1 : -1, false) }
    // The others pass 64 bits soon.
    var result = 1
    for _ in 0..<exponent {
      let (next, overflow) = result.multipliedReportingOverflow(by: base)
      if overflow { return (0, true) }
      result = next
    }
    return (result, false)
  }

  func signed(_ isMinus: Bool, _ value: JinjaValue) throws -> JinjaValue {
    switch value.number {
    case .int(let number)?: .int(isMinus ? try wholes("-", 0, number) : number)
    case .float(let number)?: .float(isMinus ? -number : number)
    case nil: throw JinjaProblem("`\(isMinus ? "-" : "+")` before \(value.kind)")
    }
  }

  // MARK: comparisons

  /// - Parameter symbol: `==`, `<` and their kind, `in`, `not in`
  func compare(_ symbol: String, _ left: JinjaValue, _ right: JinjaValue) throws -> Bool {
    switch symbol {
    case "==": try isEqual(left, right)
    case "!=": try !isEqual(left, right)
    case "in": try isIn(left, right)
    case "not in": try !isIn(left, right)
    case "<": try isLess(left, right, symbol)
    case ">": try isLess(right, left, symbol)
    case "<=": try isLess(left, right, symbol) || isEqual(left, right)
    default: try isLess(right, left, symbol) || isEqual(left, right)
    }
  }

  func isEqual(_ left: JinjaValue, _ right: JinjaValue) throws -> Bool {
    try charge()
    if let a = left.number, let b = right.number {
      if case .int(let a) = a, case .int(let b) = b { return a == b }
      return a.double == b.double
    }
    switch (left, right) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.text(let a), .text(let b)):
      try charge(a.count == b.count ? a.count : 0)
      return a == b
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      guard a.values.count == b.values.count else { return false }
      for (a, b) in zip(a.values, b.values) where try !isEqual(a, b) { return false }
      return true
    case (.dict(let a), .dict(let b)):
      guard a.count == b.count else { return false }
      for (key, value) in zip(a.keys, a.values) {
        guard let other = b[key], try isEqual(value, other) else { return false }
      }
      return true
    case (.namespace(let a), .namespace(let b)): return a === b
    case (.macro(let a), .macro(let b)): return a === b
    case (.loop(let a), .loop(let b)): return a === b
    case (.iterator(let a), .iterator(let b)): return a === b
    case (.function(let a), .function(let b)): return a == b
    default: return false
    }
  }

  /// Whether one value comes before another; strings by their code points.
  /// - Parameter symbol: what the template says, for messages
  func isLess(_ left: JinjaValue, _ right: JinjaValue, _ symbol: String) throws -> Bool {
    try charge()
    if let a = left.number, let b = right.number {
      if case .int(let a) = a, case .int(let b) = b { return a < b }
      return a.double < b.double
    }
    switch (left, right) {
    case (.text(let a), .text(let b)):
      try charge(min(a.count, b.count))
      return a.lexicographicallyPrecedes(b)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      for (a, b) in zip(a.values, b.values) where try !isEqual(a, b) {
        return try isLess(a, b, symbol)
      }
      return a.values.count < b.values.count
    default: throw JinjaProblem("`\(symbol)` of \(left.kind) and \(right.kind)")
    }
  }

  func isIn(_ item: JinjaValue, _ container: JinjaValue) throws -> Bool {
    switch (container, item) {
    case (.text(let text), .text(let part)):
      try charge(text.count)
      return part.isEmpty || text.firstRange(of: part, from: 0) != nil
    case (.text, _): throw JinjaProblem("`in` a string needs a string, found \(item.kind)")
    case (.dict(let dict), _):
      try charge(key: item)
      return dict[item] != nil
    default:
      for value in try walked(container) where try isEqual(value, item) { return true }
      return false
    }
  }

  /// What a loop over a value gives: elements, keys, characters.
  func walked(_ value: JinjaValue) throws -> [JinjaValue] {
    let values: [JinjaValue]
    switch value {
    case .list(let items), .tuple(let items): values = items.values
    case .dict(let dict): values = dict.keys
    case .iterator(let iterator): values = iterator.all()
    case .text(let text): values = text.characters.map { .text(Array(text[$0])) }
    case .undefined: values = []
    default: throw JinjaProblem("\(value.kind) has no elements to walk over")
    }
    try charge(values.count)
    return values
  }
}
