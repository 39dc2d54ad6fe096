package import ModelFiles

/// A text between special tokens, each of which may be several ids, and the segment of each part.
package struct TemplateProcessing: PostProcessor {
  private enum Part {
    case text(segment: Int32)
    case special(name: String, ids: [Int32], segment: Int32)
  }

  /// The template for one text; that for a pair is not read, as nothing here encodes pairs.
  private let parts: [Part]

  package init(_ json: JSON) throws {
    let single = try json.array("single")
    let specials = try Self.specials(json.object("special_tokens"))
    parts = try single.elements.map { try Self.part($0, specials) }
    let texts = parts.reduce(0) { count, part in
      if case .text = part { count + 1 } else { count }
    }
    guard texts == 1 else {
      throw FileError(
        "\(json.name): `\(single.path)` names the text \(texts) times, should name it once")
    }
  }

  package var description: String {
    let names = parts.map { part in
      switch part {
      case .text: "text"
      case .special(let name, _, _): name
      }
    }
    return "TemplateProcessing: " + names.joined(separator: " ")
  }

  package var addedIDs: [Int32] {
    parts.flatMap { part in
      if case .special(_, let ids, _) = part { ids } else { [Int32]() }
    }
  }

  package func callAsFunction(_ encoding: inout Encoding, withSpecials: Bool) {
    var result = Encoding(ids: [], segments: [], truncated: encoding.truncated)
    result.ids.reserveCapacity(encoding.ids.count + parts.count)
    result.segments.reserveCapacity(encoding.ids.count + parts.count)
    for part in parts {
      switch part {
      case .text(let segment):
        result.append(encoding.ids, segment: segment)
      case .special(_, let ids, let segment):
        if withSpecials { result.append(ids, segment: segment) }
      }
    }
    encoding = result
  }

  /// The ids of each special token by its name's bytes.
  private static func specials(_ json: JSON) throws -> [[UInt8]: [Int32]] {
    var specials: [[UInt8]: [Int32]] = [:]
    for (key, value) in json.members {
      specials[try key.bytes()] = try value.array("ids").elements.map { try $0.tokenID() }
    }
    return specials
  }

  private static func part(_ json: JSON, _ specials: [[UInt8]: [Int32]]) throws -> Part {
    if let text = json["Sequence"] {
      let id = try text.string("id")
      guard id == "A" else {
        throw FileError(
          "\(json.name): `\(json.path)` names sequence `\(id)`, should be `A`, the only one")
      }
      return .text(segment: try text.value("type_id").tokenID())
    }
    let special = try json.object("SpecialToken")
    let name = try special.string("id")
    guard let ids = specials[Array(name.utf8)] else {
      throw FileError(
        "\(json.name): `\(json.path)` names `\(name)`, which `special_tokens` does not hold")
    }
    return .special(name: name, ids: ids, segment: try special.value("type_id").tokenID())
  }
}

extension Encoding {
  fileprivate mutating func append(_ ids: [Int32], segment: Int32) {
    self.ids += ids
    segments += repeatElement(segment, count: ids.count)
  }
}
