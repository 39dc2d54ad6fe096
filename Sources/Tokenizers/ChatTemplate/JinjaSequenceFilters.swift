extension JinjaFilters {
  /// Filters of lists and what else can be walked over.
  static let sequences: [String: Filter] = [
    "count": { run, value, _ in .int(try run.count(value)) },
    "length": { run, value, _ in .int(try run.count(value)) },
    "dictsort": { run, value, arguments in .list(try run.sortedPairs(value, arguments)) },
    "first": { run, value, _ in
      if case .iterator(let iterator) = value { return iterator.next() ?? .undefined("first") }
      return try run.walked(value).first ?? .undefined("the first of nothing")
    },
    "items": { run, value, _ in
      if value.isUndefined { return try run.iterator([]) }
      guard case .dict(let dict) = value else { throw JinjaProblem("`items` of \(value.kind)") }
      return .iterator(JinjaIterator(try run.pairs(dict)))
    },
    "join": { run, value, arguments in
      let given = try arguments.values(["d", "attribute"], of: "`join`")
      let picked = try given[1].map { try run.walked(value).map(try run.path($0)) }
      return .text(
        try run.joined(
          try picked ?? run.walked(value), by: try given[0].map(run.text) ?? [], areTexts: false))
    },
    "last": { run, value, _ in
      if case .iterator = value {
        throw JinjaProblem("`last` of an iterator; use `list` before it")
      }
      return try run.walked(value).last ?? .undefined("the last of nothing")
    },
    "list": { run, value, _ in .list(try run.items(try run.walked(value))) },
    "map": { run, value, arguments in try run.iterator(try run.mapped(value, arguments)) },
    "max": { run, value, arguments in try run.extreme(value, arguments, isLargest: true) },
    "min": { run, value, arguments in try run.extreme(value, arguments, isLargest: false) },
    "reject": { run, value, arguments in
      try run.iterator(try run.selected(value, arguments, byAttribute: false, keeps: false))
    },
    "rejectattr": { run, value, arguments in
      try run.iterator(try run.selected(value, arguments, byAttribute: true, keeps: false))
    },
    "reverse": { run, value, _ in
      if case .text(let text) = value {
        try run.charge(text.count)
        return .text(Array(text.characters.reversed().map { text[$0] }.joined()))
      }
      return try run.iterator(try run.walked(value).reversed())
    },
    "select": { run, value, arguments in
      try run.iterator(try run.selected(value, arguments, byAttribute: false, keeps: true))
    },
    "selectattr": { run, value, arguments in
      try run.iterator(try run.selected(value, arguments, byAttribute: true, keeps: true))
    },
    "sort": { run, value, arguments in .list(try run.sorted(value, arguments)) },
    "sum": { run, value, arguments in
      let given = try arguments.values(["attribute", "start"], of: "`sum`")
      let values = try run.walked(value)
      let picked = try given[0].map { try values.map(try run.path($0)) } ?? values
      return try picked.reduce(given[1] ?? .int(0)) { try run.arithmetic("+", $0, $1) }
    },
    "unique": { run, value, arguments in try run.iterator(try run.unique(value, arguments)) },
  ]
}

extension JinjaRenderer {
  fileprivate func iterator(_ values: [JinjaValue]) throws -> JinjaValue {
    .iterator(JinjaIterator(try items(values)))
  }

  /// How many elements, members or characters a value has.
  func count(_ value: JinjaValue) throws -> Int {
    switch value {
    case .text(let text):
      try charge(text.count)
      return text.characterCount
    case .list(let items), .tuple(let items): return items.values.count
    case .dict(let dict): return dict.count
    case .undefined: return 0
    case .loop(let state): return state.items.values.count
    default: throw JinjaProblem("\(value.kind) has no length")
    }
  }

  /// `map(attribute="role")`, or `map("upper")` with what that filter gets.
  fileprivate func mapped(
    _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws -> [JinjaValue] {
    let values = try walked(value)
    if arguments.positional.isEmpty, arguments.named.contains(where: { $0.name == "attribute" }) {
      let given = try arguments.values(["attribute", "default"], of: "`map`")
      let getter = try path(given[0] ?? .none)
      return try values.map { value in
        let found = try getter(value)
        return found.isUndefined ? given[1] ?? found : found
      }
    }
    guard case .text(let name)? = arguments.positional.first else {
      throw JinjaProblem("`map` needs the name of a filter, or `attribute=`")
    }
    let rest = JinjaArguments(
      positional: Array(arguments.positional.dropFirst()), named: arguments.named)
    // Filters in filters, `map('map', 'map', …)`, end with the arguments.
    return try nested {
      try values.map { try filter(String(decoding: name, as: UTF8.self), $0, rest) }
    }
  }

  /// The elements that a test holds for, or does not.
  fileprivate func selected(
    _ value: JinjaValue, _ arguments: JinjaArguments, byAttribute: Bool, keeps: Bool
  ) throws -> [JinjaValue] {
    var rest = arguments
    let values = try walked(value)
    var getter: (JinjaValue) throws -> JinjaValue = { $0 }
    if byAttribute {
      guard let name = rest.positional.first else {
        throw JinjaProblem("`selectattr` needs the name of an attribute")
      }
      getter = try path(name)
      rest.positional.removeFirst()
    }
    guard let name = rest.positional.first else {
      return try values.filter { try getter($0).isTrue == keeps }
    }
    rest.positional.removeFirst()
    let test = String(decoding: try text(name), as: UTF8.self)
    return try values.filter { try self.test(test, try getter($0), rest) == keeps }
  }

  // MARK: order

  /// A value by which others are ordered: strings in lower case, unless case counts.
  private func key(_ value: JinjaValue, caseCounts: Bool) throws -> JinjaValue {
    guard !caseCounts, case .text(let text) = value else { return value }
    try charge(text.count)
    return .text(pythonLowercase(text))
  }

  /// Each value with that by which it is ordered.
  private func keyed(
    _ value: JinjaValue, caseCounts: JinjaValue?, attribute: JinjaValue?
  ) throws -> [(key: JinjaValue, value: JinjaValue)] {
    let getter = try attribute.map(path)
    return try walked(value).map { value in
      let found = try getter.map { try $0(value) } ?? value
      return (try key(found, caseCounts: caseCounts?.isTrue ?? false), value)
    }
  }

  /// Sorts without changing the order of equal keys, from either end.
  private func ordered(
    _ pairs: [(key: JinjaValue, value: JinjaValue)], isFalling: Bool
  ) throws -> [JinjaValue] {
    try charge(times: pairs.count, 16)
    return try pairs.enumerated().sorted { a, b in
      let (first, second) = isFalling ? (b, a) : (a, b)
      if try isLess(first.element.key, second.element.key, "sort") { return true }
      if try isLess(second.element.key, first.element.key, "sort") { return false }
      return a.offset < b.offset
    }.map(\.element.value)
  }

  fileprivate func sorted(_ value: JinjaValue, _ arguments: JinjaArguments) throws -> JinjaItems {
    let given = try arguments.values(["reverse", "case_sensitive", "attribute"], of: "`sort`")
    let pairs = try keyed(value, caseCounts: given[1], attribute: given[2])
    return try items(try ordered(pairs, isFalling: given[0]?.isTrue ?? false))
  }

  fileprivate func sortedPairs(
    _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws -> JinjaItems {
    let given = try arguments.values(["case_sensitive", "by", "reverse"], of: "`dictsort`")
    guard case .dict(let dict) = value else { throw JinjaProblem("`dictsort` of \(value.kind)") }
    let byValue = try given[1].map { try isEqual($0, JinjaValue("value")) } ?? false
    let keys = try (byValue ? dict.values : dict.keys).map {
      try key($0, caseCounts: given[0]?.isTrue ?? false)
    }
    let pairs = Array(zip(keys, try self.pairs(dict).values)).map { (key: $0, value: $1) }
    return try items(try ordered(pairs, isFalling: given[2]?.isTrue ?? false))
  }

  fileprivate func extreme(
    _ value: JinjaValue, _ arguments: JinjaArguments, isLargest: Bool
  ) throws -> JinjaValue {
    let given = try arguments.values(["case_sensitive", "attribute"], of: "`max`")
    let pairs = try keyed(value, caseCounts: given[0], attribute: given[1])
    guard var best = pairs.first else { return .undefined("the largest of nothing") }
    for pair in pairs.dropFirst() {
      let (low, high) = isLargest ? (best, pair) : (pair, best)
      if try isLess(low.key, high.key, isLargest ? "max" : "min") { best = pair }
    }
    return best.value
  }

  fileprivate func unique(_ value: JinjaValue, _ arguments: JinjaArguments) throws -> [JinjaValue] {
    let given = try arguments.values(["case_sensitive", "attribute"], of: "`unique`")
    var seen = JinjaDict()
    return try keyed(value, caseCounts: given[0], attribute: given[1]).compactMap { pair in
      if seen[pair.key] != nil { return nil }
      try set(pair.key, .none, in: &seen)
      return pair.value
    }
  }
}
