package import ModelFiles

/// Makes each space a visible character, `▁` as a rule, and splits before it.
package struct Metaspace: PreTokenizer {
  /// Which texts get the character in front if they do not begin with it.
  private enum Scheme: String, CaseIterable {
    case first, never, always
  }

  let replacement: [UInt8]
  private let scheme: Scheme
  private let splits: Bool

  package init(_ json: JSON) throws {
    let text = try json.value("replacement").bytes()
    let isScalar = text.withUnsafeBytes { !$0.isEmpty && $0.scalar(at: 0).end == $0.count }
    guard isScalar else {
      throw FileError("\(json.name): `\(json.path).replacement` should be one character")
    }
    replacement = text
    splits = try json.present("split")?.bool() ?? true
    scheme = try Self.scheme(json)
  }

  /// Whether some texts get the character in front.
  var prependsSometimes: Bool { scheme != .never }

  package var description: String {
    "Metaspace: `\(String(decoding: replacement, as: UTF8.self))` for spaces, "
      + "in front: \(scheme.rawValue)" + (splits ? "" : ", not split")
  }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    preTokens.rewrite { text, startsText, output in
      guard !text.isEmpty else { return }
      let prepends =
        switch scheme {
        case .always: true
        case .first: startsText
        case .never: false
        }
      if prepends, text[0] != 0x20, !text.starts(with: replacement) { output += replacement }
      var position = 0
      while position < text.count {
        let start = position
        while position < text.count, text[position] != 0x20 { position += 1 }
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start..<position]))
        guard position < text.count else { break }
        output += replacement
        position += 1
      }
    }
    if splits { preTokens.split(split) }
  }

  /// Each part begins with the character or is what comes before the first one.
  private func split(_ text: UnsafeRawBufferPointer, _ words: inout PreTokenParts) {
    let first = replacement[0]
    var start = 0
    for position in 0..<text.count where text[position] == first {
      guard text[position...].starts(with: replacement) else { continue }
      words.append(start..<position)
      start = position
    }
    words.append(start..<text.count)
  }

  /// Old files say `add_prefix_space`, which must then not contradict the scheme.
  private static func scheme(_ json: JSON) throws -> Scheme {
    let name = try json["prepend_scheme"]?.string() ?? "always"
    guard let scheme = Scheme(rawValue: name) else {
      let known = Scheme.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
      throw FileError(
        "\(json.name): `\(json.path).prepend_scheme` is `\(name)`, should be one of \(known)")
    }
    if try json.present("add_prefix_space")?.bool() == false, scheme != .never {
      throw FileError(
        "\(json.name): `\(json.path).add_prefix_space` is false, and so `prepend_scheme` should be "
          + "`never`")
    }
    return scheme
  }
}
