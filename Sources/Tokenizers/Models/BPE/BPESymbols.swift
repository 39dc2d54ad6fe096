import ModelFiles

/// The symbols that BPE starts from, one for each character: with a prefix unless it starts a word,
/// with a suffix if it ends one; characters that are not pieces become bytes or the unknown token.
struct BPESymbols: Sendable {
  let prefix: [UInt8]
  let suffix: [UInt8]
  private let fusesUnknown: Bool
  let unknown: UnknownToken?
  /// The id of each byte's piece `<0x…>`, -1 if there is none; nil without `byte_fallback`.
  private let byteIDs: [Int32]?
  /// The ids of characters of one or two bytes, without affixes; -1 for those that are not pieces.
  private let plainIDs: [Int32]

  /// In use are `##` and `</w>`. Where unknown characters become bytes, each brings its affixes.
  private static let longestAffix = 16

  init(_ json: JSON, _ vocabulary: Vocabulary) throws {
    prefix = try Self.affix("continuing_subword_prefix", json)
    suffix = try Self.affix("end_of_word_suffix", json)
    fusesUnknown = try json.bool("fuse_unk", default: false)
    unknown = try json.present("unk_token").map { UnknownToken(try $0.string(), in: vocabulary) }
    let bytesCount = try json.bool("byte_fallback", default: false)
    byteIDs = bytesCount ? vocabulary.byteIDs : nil
    plainIDs = (0..<0x800).map { (scalar: UInt32) in
      var bytes: [UInt8] = []
      bytes.append(scalar: scalar)
      return bytes.withUnsafeBytes { vocabulary.id(of: $0) } ?? -1
    }
  }

  /// How many bytes of a piece a merge leaves out because the one before it goes on.
  var prefixLength: Int { prefix.count }

  /// Whether a character's symbol depends on where in the word it stands.
  var haveAffixes: Bool { !prefix.isEmpty || !suffix.isEmpty }

  /// Whether unknown characters become bytes.
  var fallsBack: Bool { byteIDs != nil }

  var description: String {
    [
      prefix.isEmpty ? nil : "`\(String(decoding: prefix, as: UTF8.self))` within a word",
      suffix.isEmpty ? nil : "`\(String(decoding: suffix, as: UTF8.self))` at its end",
      byteIDs == nil ? nil : "unknown characters as bytes",
      unknown.map { "unknown `\($0.name)`\(fusesUnknown ? ", fused" : "")" },
    ].compactMap { $0.map { ", " + $0 } }.joined()
  }

  /// Appends the symbols of a word, which is not empty. What is unknown vanishes if there is no
  /// token for it.
  func append(
    _ word: UnsafeRawBufferPointer, _ vocabulary: Vocabulary, to ids: inout [Int32]
  ) throws {
    var pending: Int32?
    for (scalar, range) in word.scalars() {
      let affixed =
        !prefix.isEmpty && range.lowerBound > 0
        || !suffix.isEmpty && range.upperBound == word.count
      let id =
        affixed || scalar >= 0x800 ? id(of: word, range, vocabulary) : plainIDs[Int(scalar)]
      if id >= 0 {
        flush(&pending, to: &ids)
        ids.append(id)
      } else if !appendBytes(of: word, range, to: &ids), let unknown {
        // As in the reference bytes do not flush: an unknown token before them comes after them.
        if !(fusesUnknown && pending != nil) {
          flush(&pending, to: &ids)
          pending = try unknown(for: "a character")
        }
      }
    }
    flush(&pending, to: &ids)
  }

  private func flush(_ pending: inout Int32?, to ids: inout [Int32]) {
    guard let id = pending else { return }
    ids.append(id)
    pending = nil
  }

  /// The id of a character with its prefix and suffix; -1 if that is not a piece.
  private func id(
    of word: UnsafeRawBufferPointer, _ range: Range<Int>, _ vocabulary: Vocabulary
  ) -> Int32 {
    let character = UnsafeRawBufferPointer(rebasing: word[range])
    let before = range.lowerBound > 0 ? prefix.count : 0
    let after = range.upperBound == word.count ? suffix.count : 0
    if before + after == 0 { return vocabulary.id(of: character) ?? -1 }
    let count = before + character.count + after
    return withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { key in
      for index in 0..<before { key[index] = prefix[index] }
      for index in 0..<character.count { key[before + index] = character[index] }
      for index in 0..<after { key[before + character.count + index] = suffix[index] }
      return vocabulary.id(of: UnsafeRawBufferPointer(key)) ?? -1
    }
  }

  /// Appends a character with its prefix and suffix byte by byte; false if not all are pieces.
  private func appendBytes(
    of word: UnsafeRawBufferPointer, _ range: Range<Int>, to ids: inout [Int32]
  ) -> Bool {
    guard let byteIDs else { return false }
    let before = ids.count
    if range.lowerBound > 0 { ids += prefix.map { byteIDs[Int($0)] } }
    for byte in word[range] { ids.append(byteIDs[Int(byte)]) }
    if range.upperBound == word.count { ids += suffix.map { byteIDs[Int($0)] } }
    guard !ids[before...].contains(-1) else {
      ids.removeLast(ids.count - before)
      return false
    }
    return true
  }

  private static func affix(_ key: String, _ json: JSON) throws -> [UInt8] {
    let bytes = try json.present(key)?.bytes() ?? []
    guard bytes.count <= longestAffix else {
      throw FileError(
        "\(json.name): `\(json.path).\(key)` has \(bytes.count) bytes, at most "
          + "\(longestAffix) are supported")
    }
    return bytes
  }
}
