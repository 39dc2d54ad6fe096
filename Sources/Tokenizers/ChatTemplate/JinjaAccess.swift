/// Attributes, items and slices, in the order in which Jinja's sandbox looks for them.
extension JinjaRenderer {
  /// `value.name`: a function of the value's own before a member of that name.
  func attribute(_ name: String, of value: JinjaValue) throws -> JinjaValue {
    switch value {
    case .undefined:
      throw JinjaProblem("\(value.kind) has no `\(name.prefix(40))`")
    case .dict(let dict):
      return method(name, of: value) ?? dict[name] ?? .undefined(name)
    case .namespace(let space): return space.members[name] ?? .undefined(name)
    case .loop(let state): return try attribute(name, of: state)
    default: return method(name, of: value) ?? .undefined(name)
    }
  }

  private func method(_ name: String, of value: JinjaValue) -> JinjaValue? {
    JinjaMethods.names(of: value).contains(name) ? .method(JinjaMethod(value, name)) : nil
  }

  /// `value[key]`: a member before a function of the value's own.
  func item(_ key: JinjaValue, of value: JinjaValue) throws -> JinjaValue {
    try charge()
    try charge(key: key)
    switch (value, key) {
    case (.undefined, _): throw JinjaProblem("\(value.kind) has no items")
    case (.list(let items), _), (.tuple(let items), _):
      if case .int(let place)? = key.number {
        return Self.place(place, items.values.count).map { items.values[$0] }
          ?? .undefined("item \(place)")
      }
    case (.text(let text), _):
      if case .int(let place)? = key.number {
        try charge(text.count)
        let characters = text.characters
        return Self.place(place, characters.count).map { .text(Array(text[characters[$0]])) }
          ?? .undefined("item \(place)")
      }
    case (.dict(let dict), _):
      if let found = dict[key] { return found }
    default: break
    }
    guard case .text(let name) = key else { return .undefined("an item") }
    return try attribute(String(decoding: name, as: UTF8.self), of: value)
  }

  /// An index from the front; negative ones count from the end.
  private static func place(_ index: Int, _ count: Int) -> Int? {
    let place = index < 0 ? index &+ count : index
    return 0..<count ~= place ? place : nil
  }

  /// `value[start:end:step]`.
  func slice(_ value: JinjaValue, _ bounds: [JinjaValue?]) throws -> JinjaValue {
    let numbers = try bounds.map { bound -> Int? in
      switch bound {
      case nil, .some(.none): return nil
      case .int(let number)?: return number
      case let other?: throw JinjaProblem("a slice needs integers, found \(other.kind)")
      }
    }
    switch value {
    case .list(let list):
      return .list(try items(try picked(numbers, list.values.count).map { list.values[$0] }))
    case .tuple(let list):
      return .tuple(try items(try picked(numbers, list.values.count).map { list.values[$0] }))
    case .text(let text):
      try charge(text.count)
      let characters = text.characters
      return .text(
        Array(try picked(numbers, characters.count).map { text[characters[$0]] }.joined()))
    // Jinja looks for an item and finds none.
    default: return .undefined("a slice of \(value.kind)")
    }
  }

  /// The places that a slice picks, as Python clips its bounds.
  private func picked(_ bounds: [Int?], _ count: Int) throws -> [Int] {
    let step = bounds[2] ?? 1
    guard step != 0 else { throw JinjaProblem("a slice with step 0") }
    try charge(count)
    let (low, high) = step > 0 ? (0, count) : (-1, count - 1)
    func clipped(_ bound: Int?, _ fallback: Int) -> Int {
      guard let bound else { return fallback }
      return min(max(bound < 0 ? bound &+ count : bound, low), high)
    }
    let start = clipped(bounds[0], step > 0 ? low : high)
    let end = clipped(bounds[1], step > 0 ? high : low)
    // A longer step than all there is picks one, without a sum that overflows.
    return Array(stride(from: start, to: end, by: min(max(step, -count - 1), count + 1)))
  }

  private func attribute(_ name: String, of loop: JinjaLoopState) throws -> JinjaValue {
    let count = loop.items.values.count
    switch name {
    case "index": return .int(loop.index + 1)
    case "index0": return .int(loop.index)
    case "first": return .bool(loop.index == 0)
    case "last": return .bool(loop.index == count - 1)
    case "length": return .int(count)
    case "revindex": return .int(count - loop.index)
    case "revindex0": return .int(count - loop.index - 1)
    // Of `recursive` loops, which are not supported.
    case "depth": return .int(1)
    case "depth0": return .int(0)
    case "previtem":
      return loop.index > 0 ? loop.items.values[loop.index - 1] : .undefined("loop.previtem")
    case "nextitem":
      return loop.index + 1 < count
        ? loop.items.values[loop.index + 1] : .undefined("loop.nextitem")
    case "cycle", "changed": return .method(JinjaMethod(.loop(loop), name))
    default: return .undefined("loop.\(name)")
    }
  }

  /// A getter of an attribute by a path such as `content.0.text`, as filters take it.
  func path(_ name: JinjaValue) throws -> (JinjaValue) throws -> JinjaValue {
    let keys: [JinjaValue]
    switch name {
    case .text(let text):
      keys = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map {
        Int(String(decoding: $0, as: UTF8.self)).map(JinjaValue.int) ?? .text(Array($0))
      }
    case .int: keys = [name]
    default: throw JinjaProblem("an attribute needs a name, found \(name.kind)")
    }
    return { value in try keys.reduce(value) { try self.item($1, of: $0) } }
  }
}
