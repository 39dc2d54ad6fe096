/// Expressions, each rank of operators calling the one that binds more tightly.
extension JinjaParser {
  /// An expression with or without commas; with them it is a tuple.
  /// - Parameters:
  ///   - choices: whether `a if b else c` may stand here
  ///   - ends: words that end a tuple
  mutating func tuple(
    choices: Bool = true, ends: [String] = [], mayBeEmpty: Bool = false
  ) throws -> JinjaExpression {
    let line = current.line
    var items: [JinjaExpression] = []
    while !isTupleEnd(ends) {
      items.append(try expression(choices: choices))
      guard skip(",") else {
        if items.count == 1 { return items[0] }
        break
      }
    }
    if items.isEmpty, !mayBeEmpty { throw unexpected("an expression") }
    return JinjaExpression(line: line, node: .tuple(items))
  }

  private func isTupleEnd(_ words: [String]) -> Bool {
    switch current.kind {
    case .expressionEnd, .tagEnd, .symbol(")"): true
    case .name(let name): words.contains(name)
    default: false
    }
  }

  /// What is assigned to: a name, an attribute, or several.
  mutating func target(
    takesAttributes: Bool = false, ends: [String] = [], isSingle: Bool = false
  ) throws -> JinjaTarget {
    var targets: [JinjaTarget] = []
    repeat {
      if !targets.isEmpty, isSymbol("=") || isTupleEnd(ends) { break }
      targets.append(try simpleTarget(takesAttributes))
      if isSingle || !isSymbol(",") && targets.count == 1 { return targets[0] }
    } while skip(",")
    return .tuple(targets)
  }

  private mutating func simpleTarget(_ takesAttributes: Bool) throws -> JinjaTarget {
    if skip("(") {
      let inner = try nested { try $0.target(takesAttributes: takesAttributes) }
      try expect(")")
      return inner
    }
    let name = try name("a name to give a value to")
    guard !Self.literals.contains(name), !Self.words.contains(name) else {
      throw problem("`\(name)` cannot be given a value")
    }
    guard takesAttributes, skip(".") else { return .name(name) }
    return .attribute(name, try self.name())
  }

  mutating func expression(choices: Bool = true) throws -> JinjaExpression {
    try nested { parser in
      let line = parser.current.line
      var value = try parser.either()
      var choiceCount = 0
      while choices, parser.skip(word: "if") {
        // Each makes the tree one deeper.
        choiceCount += 1
        guard choiceCount <= Self.mostDepth else { throw parser.problem("too many `if` in a row") }
        let condition = try parser.either()
        let other = parser.skip(word: "else") ? try parser.expression() : nil
        value = JinjaExpression(line: line, node: .choice(value, if: condition, else: other))
      }
      return value
    }
  }

  private mutating func either() throws -> JinjaExpression {
    let line = current.line
    var terms = [try both()]
    while skip(word: "or") { terms.append(try both()) }
    return terms.count == 1 ? terms[0] : JinjaExpression(line: line, node: .or(terms))
  }

  private mutating func both() throws -> JinjaExpression {
    let line = current.line
    var terms = [try negation()]
    while skip(word: "and") { terms.append(try negation()) }
    return terms.count == 1 ? terms[0] : JinjaExpression(line: line, node: .and(terms))
  }

  private mutating func negation() throws -> JinjaExpression {
    let line = current.line
    guard skip(word: "not") else { return try comparison() }
    return JinjaExpression(line: line, node: .not(try nested { try $0.negation() }))
  }

  private mutating func comparison() throws -> JinjaExpression {
    let line = current.line
    let left = try arithmetic(["+", "-"]) { try $0.concatenation() }
    var others: [(symbol: String, right: JinjaExpression)] = []
    while let symbol = comparing() {
      others.append((symbol, try arithmetic(["+", "-"]) { try $0.concatenation() }))
    }
    return others.isEmpty ? left : JinjaExpression(line: line, node: .comparison(left, others))
  }

  /// Passes an operator that compares, if one comes next.
  private mutating func comparing() -> String? {
    for symbol in ["==", "!=", "<=", ">=", "<", ">"] where skip(symbol) { return symbol }
    if skip(word: "in") { return "in" }
    guard isName("not"), following.kind == .name("in") else { return nil }
    pass()
    pass()
    return "not in"
  }

  private mutating func arithmetic(
    _ symbols: [String], _ operand: (inout Self) throws -> JinjaExpression
  ) throws -> JinjaExpression {
    let line = current.line
    let left = try operand(&self)
    var others: [(symbol: String, right: JinjaExpression)] = []
    while let symbol = symbols.first(where: isSymbol) {
      pass()
      others.append((symbol, try operand(&self)))
    }
    return others.isEmpty ? left : JinjaExpression(line: line, node: .arithmetic(left, others))
  }

  private mutating func concatenation() throws -> JinjaExpression {
    let line = current.line
    var parts: [JinjaExpression] = []
    repeat {
      let part = try arithmetic(["*", "/", "//", "%"]) {
        try $0.arithmetic(["**"]) { try $0.signed(takesFilters: true) }
      }
      parts.append(part)
    } while skip("~")
    return parts.count == 1 ? parts[0] : JinjaExpression(line: line, node: .concatenation(parts))
  }

  private mutating func signed(takesFilters: Bool) throws -> JinjaExpression {
    let line = current.line
    var value: JinjaExpression
    if isSymbol("-") || isSymbol("+") {
      let isMinus = isSymbol("-")
      pass()
      let inner = try nested { try $0.signed(takesFilters: false) }
      value = JinjaExpression(line: line, node: .sign(isMinus: isMinus, inner))
    } else {
      value = try primary()
    }
    var ends = try accesses()
    if takesFilters { ends += try filtersAndTests() }
    value = ends.isEmpty ? value : JinjaExpression(line: line, node: .postfix(value, ends))
    return value
  }

  // MARK: values

  static let literals = ["true", "false", "True", "False", "none", "None"]
  /// Words that are no names, though Jinja itself takes some of them for names.
  static let words = ["and", "or", "not", "if", "else", "elif", "in", "is", "for"]

  mutating func primary() throws -> JinjaExpression {
    let line = current.line
    let node: JinjaNode
    switch current.kind {
    case .name(let name) where !Self.words.contains(name):
      pass()
      node =
        switch name {
        case "true", "True": .constant(.bool(true))
        case "false", "False": .constant(.bool(false))
        case "none", "None": .constant(.none)
        default: .name(name)
        }
    case .text(var text):
      pass()
      while case .text(let more) = current.kind {
        text += more
        pass()
      }
      node = .constant(.text(text))
    case .int(let value):
      pass()
      node = .constant(.int(value))
    case .float(let value):
      pass()
      node = .constant(.float(value))
    case .symbol("("):
      pass()
      let inner = try tuple(mayBeEmpty: true)
      try expect(")")
      return inner
    case .symbol("["): node = .list(try items())
    case .symbol("{"): node = .dict(try members())
    default: throw unexpected("an expression")
    }
    return JinjaExpression(line: line, node: node)
  }

  private mutating func items() throws -> [JinjaExpression] {
    try expect("[")
    var items: [JinjaExpression] = []
    while !isSymbol("]") {
      items.append(try expression())
      guard skip(",") else { break }
    }
    try expect("]")
    return items
  }

  private mutating func members() throws -> [(key: JinjaExpression, value: JinjaExpression)] {
    try expect("{")
    var members: [(key: JinjaExpression, value: JinjaExpression)] = []
    while !isSymbol("}") {
      let key = try expression()
      try expect(":")
      members.append((key, try expression()))
      guard skip(",") else { break }
    }
    try expect("}")
    return members
  }
}
