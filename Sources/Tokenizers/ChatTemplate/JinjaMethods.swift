/// The functions of values' own: Python's, of strings, dicts and lists.
enum JinjaMethods {
  private static let text: Set<String> = [
    "capitalize", "count", "endswith", "find", "format", "isalnum", "isalpha", "isdigit", "islower",
    "isspace", "isupper", "join", "lower", "lstrip", "partition", "removeprefix", "removesuffix",
    "replace", "rfind", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith",
    "strip", "title", "upper", "zfill",
  ]
  private static let dict: Set<String> = ["copy", "get", "items", "keys", "values"]
  private static let list: Set<String> = ["count", "index"]

  /// The functions that a value has.
  static func names(of value: JinjaValue) -> Set<String> {
    switch value {
    case .text: text
    case .dict: dict
    case .list, .tuple: list
    default: []
    }
  }
}

extension JinjaRenderer {
  /// Calls a function of a value's own.
  func call(_ method: JinjaMethod, _ arguments: JinjaArguments) throws -> JinjaValue {
    switch method.receiver {
    case .text(let text):
      try charge(text.count)
      return try call(method.name, of: text, arguments)
    case .dict(let dict): return try call(method.name, of: dict, arguments)
    case .list(let items), .tuple(let items):
      return try call(method.name, of: items.values, arguments)
    case .loop(let state): return try call(method.name, of: state, arguments)
    default: throw JinjaProblem("`\(method.name)` of \(method.receiver.kind)")
    }
  }

  private func call(
    _ name: String, of dict: JinjaDict, _ arguments: JinjaArguments
  ) throws -> JinjaValue {
    try charge(dict.count)
    switch name {
    case "get":
      let values = try arguments.values(["key", "default"], of: "`get`")
      guard let key = values[0] else { throw JinjaProblem("`get` needs a key") }
      try charge(key: key)
      return dict[key] ?? values[1] ?? .none
    case "keys": return .list(try items(dict.keys))
    case "values": return .list(try items(dict.values))
    case "items": return .list(try pairs(dict))
    default: return .dict(dict)
    }
  }

  /// Each key with its value.
  func pairs(_ dict: JinjaDict) throws -> JinjaItems {
    try items(try zip(dict.keys, dict.values).map { .tuple(try items([$0, $1])) })
  }

  private func call(
    _ name: String, of values: [JinjaValue], _ arguments: JinjaArguments
  ) throws -> JinjaValue {
    guard let sought = try arguments.values(["value"], of: "`\(name)`")[0] else {
      throw JinjaProblem("`\(name)` needs a value")
    }
    if name == "count" { return .int(try values.count { try isEqual($0, sought) }) }
    guard let place = try values.firstIndex(where: { try isEqual($0, sought) }) else {
      throw JinjaProblem("`index`: the value is not in the list")
    }
    return .int(place)
  }

  private func call(
    _ name: String, of loop: JinjaLoopState, _ arguments: JinjaArguments
  ) throws -> JinjaValue {
    let values = arguments.positional
    guard arguments.named.isEmpty else { throw JinjaProblem("`loop.\(name)` takes no names") }
    if name == "cycle" {
      guard !values.isEmpty else { throw JinjaProblem("`loop.cycle` needs values") }
      return values[loop.index % values.count]
    }
    // Not kept where it could hold the loop that holds it.
    guard values.allSatisfy({ $0.depth == 0 }) else {
      throw JinjaProblem("`loop.changed` of \(values[0].kind) is not supported")
    }
    let isSame = try loop.watched.map { before in
      try before.count == values.count && zip(before, values).allSatisfy { try isEqual($0, $1) }
    }
    loop.watched = values
    return .bool(!(isSame ?? false))
  }
}
