/// What a file is, by its first bytes, where those of texts cannot be like that.
enum FileKind: Equatable {
  case gzip
  /// Text of two or four bytes a character, by its name for `iconv` and `--encoding`.
  case wideText(String, hasMark: Bool)
  /// No text: what it is, and what makes a text of it.
  case other(String, advice: String)

  /// What the first bytes show; `nil` for what may be text.
  init?(_ head: [UInt8]) {
    let found = Signature.known.first { $0.bytes.count <= head.count && $0.mayBegin(head) }
    guard let kind = found?.kind ?? Self.tar(head) ?? Self.text(withoutMark: head) else {
      return nil
    }
    self = kind
  }

  /// Whether more bytes of the file might show what these do not. A row that is complete need not
  /// wait for them.
  static func isOpen(_ head: [UInt8]) -> Bool {
    guard !head.contains(0x0A) else { return false }
    return head.count < 4
      || Signature.known.contains { $0.bytes.count > head.count && $0.mayBegin(head) }
  }

  /// A tar archive's mark comes after the name and the numbers of the first file.
  private static func tar(_ head: [UInt8]) -> FileKind? {
    let mark = 257
    guard head.count >= mark + 5, head[mark..<mark + 5].elementsEqual("ustar".utf8) else {
      return nil
    }
    return Signature.ofEnding("tar")
  }

  /// UTF-16 and UTF-32 without a mark have NULs at regular places: at least every other character
  /// is one of the first 256, and a NUL is nowhere else.
  private static func text(withoutMark head: [UInt8]) -> FileKind? {
    let quads = min(head.count, 256) / 4
    var nuls = [0, 0, 0, 0]
    for (index, byte) in head.prefix(quads * 4).enumerated() where byte == 0 {
      nuls[index % 4] += 1
    }
    if quads >= 2, nuls[0] == 0, nuls[2] == quads, nuls[3] == quads {
      return .wideText("UTF-32LE", hasMark: false)
    }
    if quads >= 2, nuls[3] == 0, nuls[0] == quads, nuls[1] == quads {
      return .wideText("UTF-32BE", hasMark: false)
    }
    let (even, odd) = (nuls[0] + nuls[2], nuls[1] + nuls[3])
    if even == 0, odd >= max(2, quads) { return .wideText("UTF-16LE", hasMark: false) }
    if odd == 0, even >= max(2, quads) { return .wideText("UTF-16BE", hasMark: false) }
    return nil
  }
}

extension FileKind {
  /// Why a file of this kind is not read, and what to do; `nil` for what is.
  /// - `encoding`: what its bytes are said to be.
  func refusal(_ file: String, _ encoding: TextEncoding) -> String? {
    switch self {
    case .gzip: return nil
    case .wideText(let name, let hasMark):
      guard encoding.isUTF8 else { return nil }
      let sign = hasMark ? "a byte order mark" : "NULs between its letters"
      let source = file == "stdin" ? "" : " \(file)"
      return
        "\(file): is \(name), by \(sign), should be UTF-8; read it with --encoding "
        + "\(name.lowercased()), or convert it: iconv -f \(name) -t UTF-8\(source)"
    case .other(let what, let advice):
      let named = advice.replacing("FILE", with: file == "stdin" ? "" : file)
      return "\(file): \(what), not text; \(named)"
    }
  }

  /// Why a file whose ending promises no text is not read; `nil` where it may be one.
  static func refusal(ending path: String) -> String? {
    guard let ending = Ending(withoutGzip: path).text,
      case .other(let what, let advice) = Signature.ofEnding(ending)
    else { return nil }
    return
      "\(path): \(what) by its ending, .\(ending), not text; \(advice.replacing("FILE", with: path))"
      + ", or say what it is with --input"
  }
}
