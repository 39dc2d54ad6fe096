package import ModelFiles

/// Texts between special tokens, each of which may be several ids, and the segment of each part.
package struct TemplateProcessing: PostProcessor {
  /// A part of a template.
  enum Part: Sendable {
    case first(segment: Int32)
    case second(segment: Int32)
    case special(name: String, ids: [Int32], segment: Int32)
  }

  /// Templates in use have four parts of one id each, and every text gets them.
  private static let mostIDs = 1_024

  private let single: [Part]
  /// The template for a pair, or the error in it, which is reported only when a pair is encoded.
  private let pair: Result<[Part], any Error>

  package init(_ json: JSON) throws {
    let single = try json.array("single")
    let specials = try Self.specials(json.object("special_tokens"))
    let parts = try single.elements.map { try Self.part($0, isPair: false, specials) }
    guard parts.texts.first == 1 else {
      throw FileError(
        "\(json.name): `\(single.path)` names the text \(parts.texts.first) times, should name it "
          + "once")
    }
    try Self.check(parts, single)
    self.single = parts
    pair = Result { try Self.pair(json.array("pair"), specials) }
  }

  /// - Parameters:
  ///   - single: the template for one text, which names it once.
  ///   - pair: the template for a pair, which names each text once.
  init(single: [Part], pair: [Part]) {
    precondition(single.texts == (1, 0) && pair.texts == (1, 1), "a text is not named once")
    self.single = single
    self.pair = .success(pair)
  }

  package var description: String {
    let names = single.map { part in
      if case .special(let name, _, _) = part { name } else { "text" }
    }
    return "TemplateProcessing: " + names.joined(separator: " ")
  }

  package func addedIDs(toPair isPair: Bool) throws -> [Int32] {
    try (isPair ? pair.get() : single).flatMap { part in
      if case .special(_, let ids, _) = part { ids } else { [Int32]() }
    }
  }

  package func callAsFunction(_ texts: inout EncodedTexts, withSpecials: Bool) {
    var result = Encoding(ids: [], truncated: texts.first.truncated)
    var parts = single
    if let second = texts.second {
      guard case .success(let template) = pair else {
        preconditionFailure("no template for a pair, which `addedIDs` would have said")
      }
      parts = template
      result.truncated = result.truncated || second.truncated
    }
    result.ids.reserveCapacity(texts.first.ids.count + parts.count)
    result.segments.reserveCapacity(texts.first.ids.count + parts.count)
    for part in parts {
      switch part {
      case .first(let segment): result.append(texts.first.ids, segment: segment)
      case .second(let segment): result.append(texts.second?.ids ?? [], segment: segment)
      case .special(_, let ids, let segment):
        if withSpecials { result.append(ids, segment: segment) }
      }
    }
    texts = EncodedTexts(first: result)
  }
}

extension TemplateProcessing {
  /// The ids of each special token by its name's bytes.
  private static func specials(_ json: JSON) throws -> [[UInt8]: [Int32]] {
    var specials: [[UInt8]: [Int32]] = [:]
    for (key, value) in json.members {
      specials[try key.bytes()] = try value.array("ids").elements.map { try $0.tokenID() }
    }
    return specials
  }

  private static func pair(_ json: JSON, _ specials: [[UInt8]: [Int32]]) throws -> [Part] {
    let parts = try json.elements.map { try part($0, isPair: true, specials) }
    guard parts.texts == (1, 1) else {
      throw FileError(
        "\(json.name): `\(json.path)` names sequence `A` \(parts.texts.first) times and `B` "
          + "\(parts.texts.second) times, should name each once for a pair of texts")
    }
    try check(parts, json)
    return parts
  }

  /// - Throws: if parts of several ids each come to too many.
  private static func check(_ parts: [Part], _ json: JSON) throws {
    let count = parts.reduce(0) { count, part in
      if case .special(_, let ids, _) = part { count + max(1, ids.count) } else { count }
    }
    guard count <= mostIDs else {
      throw FileError(
        "\(json.place) adds \(count) ids to each text, at most \(mostIDs) are supported")
    }
  }

  private static func part(
    _ json: JSON, isPair: Bool, _ specials: [[UInt8]: [Int32]]
  ) throws -> Part {
    if let text = json["Sequence"] {
      let id = try text.string("id")
      let segment = try text.value("type_id").tokenID()
      switch id {
      case "A": return .first(segment: segment)
      case "B" where isPair: return .second(segment: segment)
      default:
        throw FileError(
          "\(json.name): `\(json.path)` names sequence `\(id)`, should be "
            + (isPair ? "`A` or `B`" : "`A`, the only one"))
      }
    }
    let special = try json.object("SpecialToken")
    let name = try special.string("id")
    guard let ids = specials[Array(name.utf8)] else {
      throw FileError(
        "\(json.name): `\(json.path)` names `\(name)`, which is not in `special_tokens`")
    }
    return .special(name: name, ids: ids, segment: try special.value("type_id").tokenID())
  }
}

extension [TemplateProcessing.Part] {
  /// How often each text is named.
  fileprivate var texts: (first: Int, second: Int) {
    reduce(into: (0, 0)) { counts, part in
      switch part {
      case .first: counts.0 += 1
      case .second: counts.1 += 1
      case .special: break
      }
    }
  }
}
