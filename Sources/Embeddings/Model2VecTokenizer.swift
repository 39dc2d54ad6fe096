import ModelFiles
import Tokenizers

/// A tokenizer as model2vec uses it: unknown tokens are dropped, and long texts are cut twice, in
/// characters before they are tokenized and in tokens after.
struct Model2VecTokenizer: TextTokenizer {
  static let limit = LengthLimit(tokens: 512, origin: "model2vec's own")

  private let tokenizer: Tokenizer
  private let unknown: Int32?
  /// The median of all tokens' characters: so many characters a token are read of a text.
  private let medianLength: Int

  init(_ tokenizer: Tokenizer, _ folder: ModelFolder) throws {
    self.tokenizer = tokenizer
    unknown = try Self.unknown(folder, tokenizer)
    let lengths = tokenizer.tokensByID.values.map { $0.count { $0 & 0xC0 != 0x80 } }.sorted()
    let middle = lengths.count / 2
    medianLength =
      lengths.isEmpty
      ? 0 : lengths.count % 2 == 1 ? lengths[middle] : (lengths[middle - 1] + lengths[middle]) / 2
  }

  /// The token that tokenizer.json's model takes for what it does not know.
  private static func unknown(_ folder: ModelFolder, _ tokenizer: Tokenizer) throws -> Int32? {
    let path = folder.path(of: "tokenizer.json")
    guard folder.has("tokenizer.json") else { return nil }
    let model = try JSON(file: path).object("model")
    if let token = try model.present("unk_token") { return tokenizer.id(of: try token.string()) }
    return try model.present("unk_id").flatMap { Int32(exactly: try $0.int()) }
  }

  func encode(
    _ text: UnsafeRawBufferPointer, limit: Int?, withSpecials: Bool
  ) throws -> Encoding {
    let limit = limit ?? Self.limit.tokens
    let read = Self.characters(text, limit.multipliedReportingOverflow(by: medianLength))
    var encoding = try tokenizer.encode(read, limit: nil, withSpecials: false)
    encoding.ids.removeAll { $0 == unknown }
    encoding.segments = [Int32](repeating: 0, count: encoding.ids.count)
    var cut = encoding.prefix(limit)
    cut.truncated = cut.truncated || read.count < text.count
    return cut
  }

  /// The first characters of a text, as many as `most` says.
  private static func characters(
    _ text: UnsafeRawBufferPointer, _ most: (partialValue: Int, overflow: Bool)
  ) -> UnsafeRawBufferPointer {
    guard !most.overflow, text.count > most.partialValue else { return text }
    var left = most.partialValue
    for (place, byte) in text.enumerated() where byte & 0xC0 != 0x80 {
      if left == 0 { return UnsafeRawBufferPointer(rebasing: text[..<place]) }
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
        "without unknown tokens, \(medianLength) characters read for each token at most"
      )
    ]
  }
}
