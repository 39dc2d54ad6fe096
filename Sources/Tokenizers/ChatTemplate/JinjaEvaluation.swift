/// Expressions → values.
extension JinjaRenderer {
  /// - Parameter caller: what the call at the end of the expression gets as `caller`
  func value(
    _ expression: JinjaExpression, _ scope: JinjaScope, caller: JinjaValue? = nil
  ) throws -> JinjaValue {
    try nested(line: expression.line) {
      switch expression.node {
      case .constant(let constant): JinjaValue(constant)
      case .name(let name): scope[name] ?? .undefined(name)
      case .list(let items): .list(try self.items(try items.map { try value($0, scope) }))
      case .tuple(let items): .tuple(try self.items(try items.map { try value($0, scope) }))
      case .dict(let members): .dict(try dict(members, scope))
      case .arithmetic(let left, let others):
        try others.reduce(try value(left, scope)) { left, other in
          try arithmetic(other.symbol, left, try value(other.right, scope))
        }
      case .concatenation(let parts): .text(try concatenation(parts, scope))
      case .comparison(let left, let others): .bool(try comparison(left, others, scope))
      case .and(let terms): try decisive(terms, scope, isTrue: false)
      case .or(let terms): try decisive(terms, scope, isTrue: true)
      case .not(let term): .bool(!(try value(term, scope).isTrue))
      case .sign(let isMinus, let term): try signed(isMinus, try value(term, scope))
      case .choice(let first, let condition, let other):
        try value(condition, scope).isTrue
          ? try value(first, scope)
          : try other.map { try value($0, scope) } ?? .undefined("the other value of an `if`")
      case .postfix(let base, let ends): try postfix(base, ends, scope, caller: caller)
      }
    }
  }

  private func dict(
    _ members: [(key: JinjaExpression, value: JinjaExpression)], _ scope: JinjaScope
  ) throws -> JinjaDict {
    var dict = JinjaDict()
    for member in members {
      let key = try value(member.key, scope)
      try set(key, try value(member.value, scope), in: &dict)
    }
    return dict
  }

  private func concatenation(_ parts: [JinjaExpression], _ scope: JinjaScope) throws -> [UInt8] {
    var text: [UInt8] = []
    for part in parts { try append(try value(part, scope), to: &text) }
    return text
  }

  private func comparison(
    _ left: JinjaExpression, _ others: [(symbol: String, right: JinjaExpression)],
    _ scope: JinjaScope
  ) throws -> Bool {
    var left = try value(left, scope)
    for other in others {
      let right = try value(other.right, scope)
      guard try compare(other.symbol, left, right) else { return false }
      left = right
    }
    return true
  }

  /// The first value that decides an `and` or an `or`, else the last.
  private func decisive(
    _ terms: [JinjaExpression], _ scope: JinjaScope, isTrue: Bool
  ) throws -> JinjaValue {
    var last = JinjaValue.none
    for term in terms {
      last = try value(term, scope)
      if last.isTrue == isTrue { break }
    }
    return last
  }

  private func postfix(
    _ base: JinjaExpression, _ ends: [JinjaPostfix], _ scope: JinjaScope, caller: JinjaValue?
  ) throws -> JinjaValue {
    var found = try value(base, scope)
    for (place, end) in ends.enumerated() {
      try charge()
      found = try applied(
        end, to: found, scope, caller: place == ends.count - 1 ? caller : nil)
    }
    return found
  }

  /// What filters make of a value, one after the other.
  func applied(
    _ filters: [JinjaPostfix], to value: JinjaValue, _ scope: JinjaScope
  ) throws -> JinjaValue {
    try filters.reduce(value) { try applied($1, to: $0, scope, caller: nil) }
  }

  private func applied(
    _ end: JinjaPostfix, to found: JinjaValue, _ scope: JinjaScope, caller: JinjaValue?
  ) throws -> JinjaValue {
    switch end {
    case .attribute(let name): return try attribute(name, of: found)
    case .item(let key): return try item(try value(key, scope), of: found)
    case .slice(let start, let end, let step):
      let bounds = try [start, end, step].map { try $0.map { try value($0, scope) } }
      return try slice(found, bounds)
    case .call(let call):
      return try self.call(found, try arguments(call, scope, caller: caller))
    case .filter(let name, let call):
      return try filter(name, found, try arguments(call, scope))
    case .test(let name, let isNot, let call):
      return .bool(try test(name, found, try arguments(call, scope)) != isNot)
    }
  }

  private func arguments(
    _ call: JinjaCall, _ scope: JinjaScope, caller: JinjaValue? = nil
  ) throws -> JinjaArguments {
    JinjaArguments(
      positional: try call.positional.map { try value($0, scope) },
      named: try call.named.map { ($0.name, try value($0.value, scope)) }, caller: caller)
  }

  // MARK: calls

  private func call(_ callee: JinjaValue, _ arguments: JinjaArguments) throws -> JinjaValue {
    if case .macro(let closure) = callee { return try call(closure, arguments) }
    guard arguments.caller == nil else {
      throw JinjaProblem("`call` needs a macro, found \(callee.kind)")
    }
    switch callee {
    case .function(let name): return try JinjaFunctions.call(name, arguments, self)
    case .method(let method): return try call(method, arguments)
    default: throw JinjaProblem("\(callee.kind) cannot be called")
    }
  }

  private func call(_ closure: JinjaClosure, _ arguments: JinjaArguments) throws -> JinjaValue {
    let macro = closure.macro
    let scope = JinjaScope(in: closure.scope)
    let given = try arguments.values(macro.parameters.map(\.name), of: "the macro `\(macro.name)`")
    try charge(macro.parameters.count)
    if let caller = arguments.caller { scope.values["caller"] = caller }
    for (parameter, value) in zip(macro.parameters, given) {
      if let value {
        scope.values[parameter.name] = value
      } else if let fallback = parameter.value {
        scope.values[parameter.name] = try self.value(fallback, scope)
      } else {
        scope.values[parameter.name] = .undefined(parameter.name)
      }
    }
    return .text(try written(macro.body, in: scope))
  }
}

/// The arguments of a call.
struct JinjaArguments {
  var positional: [JinjaValue] = []
  var named: [(name: String, value: JinjaValue)] = []
  /// What `{% call %}` passes besides.
  var caller: JinjaValue?

  /// The arguments in the order of the parameters that they are for.
  /// - Throws: for one more than there are, or one of another name
  func values(_ names: [String], of callee: String) throws -> [JinjaValue?] {
    guard positional.count <= names.count else {
      throw JinjaProblem(
        "\(callee) takes \(names.count == 0 ? "no arguments" : "\(names.count) at most"), found "
          + "\(positional.count)")
    }
    var values: [JinjaValue?] = positional
    values += [JinjaValue?](repeating: nil, count: names.count - positional.count)
    for (name, value) in named {
      guard let place = names.firstIndex(of: name), values[place] == nil else {
        throw JinjaProblem("\(callee) takes no argument `\(name.prefix(40))` here")
      }
      values[place] = value
    }
    return values
  }
}
