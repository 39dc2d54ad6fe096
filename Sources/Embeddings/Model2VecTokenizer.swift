import ModelFiles
import Tokenizers

/// A tokenizer as model2vec (0.9) uses it: long texts are cut twice, in characters before they are
/// tokenized and in tokens after, and then unknown tokens are dropped.
struct Model2VecTokenizer: TextTokenizer {
  /// `max_length` of config.json: 512 by default, none for null.
  static func limit(_ config: JSON) throws -> LengthLimit? {
    if config["max_length"]?.isNull == true { return nil }
    return try LengthLimit(
      tokens: config.int("max_length", default: 512), origin: "\(config.name): max_length")
  }

  let tokenizer: Tokenizer
  let unknown: Int32?
  /// The median of all tokens' characters: so many characters a token are read of a text.
  private let medianLength: Int

  /// - Parameter json: tokenizer.json, which the tokenizer is read from
  init(_ tokenizer: Tokenizer, _ json: JSON) throws {
    self.tokenizer = tokenizer
    unknown = try Self.unknown(json, tokenizer)
    let lengths = tokenizer.tokensByID.values.map { $0.count { $0 & 0xC0 != 0x80 } }.sorted()
    let middle = lengths.count / 2
    medianLength =
      lengths.isEmpty
      ? 0 : lengths.count % 2 == 1 ? lengths[middle] : (lengths[middle - 1] + lengths[middle]) / 2
  }

  /// The token that tokenizer.json's model takes for what it does not know.
  private static func unknown(_ json: JSON, _ tokenizer: Tokenizer) throws -> Int32? {
    let model = try json.object("model")
    if let token = try model.present("unk_token") { return tokenizer.id(of: try token.string()) }
    return try model.present("unk_id").flatMap { Int32(exactly: try $0.int()) }
  }

  func encode(
    _ text: UnsafeRawBufferPointer, limit: Int?, withSpecials: Bool
  ) throws -> Encoding {
    var read = text
    if let limit {
      read = Self.characters(text, limit.multipliedReportingOverflow(by: medianLength))
    }
    var encoding = try tokenizer.encode(read, limit: limit, withSpecials: false)
    encoding.truncated = encoding.truncated || read.count < text.count
    encoding.ids.removeAll { $0 == unknown }
    encoding.segments = [Int32](repeating: 0, count: encoding.ids.count)
    return encoding
  }

  /// The first `most` characters of a text.
  private static func characters(
    _ text: UnsafeRawBufferPointer, _ most: (partialValue: Int, overflow: Bool)
  ) -> UnsafeRawBufferPointer {
    guard !most.overflow, text.count > most.partialValue else { return text }
    var left = most.partialValue
    for (index, byte) in text.enumerated() where byte & 0xC0 != 0x80 {
      if left == 0 { return UnsafeRawBufferPointer(rebasing: text[..<index]) }
      left -= 1
    }
    return text
  }

  var tokensByID: [Int32: [UInt8]] { tokenizer.tokensByID }
  var vocabularyCount: Int { tokenizer.vocabularyCount }

  var summary: [(stage: String, description: String)] {
    tokenizer.summary + [
      (
        "model2vec",
        "unknown tokens left out; \(medianLength) characters are read for each token"
      )
    ]
  }
}
