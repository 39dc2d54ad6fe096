import CMeCab
import ModelFiles

/// Words of Japanese text, by MeCab (Kudo et al., 2004) and one of its dictionaries.
///
/// The library reads its dictionary only, and each call has what it works in to itself; that is what makes it
/// `Sendable`.
final class MeCab: @unchecked Sendable {
  private let model: UnsafeMutableRawPointer
  /// The folder of the dictionary.
  let dictionary: String

  // Its tables take some hundred times a text's bytes.
  private static let longestText = 1 << 20

  /// - Throws: where the library or the dictionary is not there
  init(_ dictionary: String) throws {
    var message = [CChar](repeating: 0, count: Int(CM_MESSAGE))
    guard let model = cm_open(dictionary, &message) else {
      throw FileError(
        "\(dictionary): not opened as a dictionary of MeCab: \(Self.text(message))")
    }
    (self.model, self.dictionary) = (model, dictionary)
  }

  deinit { cm_close(model) }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Where the words of a text lie in it, white space between them left out.
  func words(of text: UnsafeRawBufferPointer) throws -> [Range<Int>] {
    guard text.count <= Self.longestText else {
      throw FileError(
        "a text of \(text.count) bytes is too long for MeCab; at most \(Self.longestText) are split into "
          + "words")
    }
    guard let start = text.bindMemory(to: CChar.self).baseAddress else { return [] }
    var message = [CChar](repeating: 0, count: Int(CM_MESSAGE))
    var words: [Range<Int>] = []
    let result = withUnsafeMutablePointer(to: &words) { words in
      cm_words(
        model, start, text.count,
        { context, start, count in
          context?.assumingMemoryBound(to: [Range<Int>].self).pointee
            .append(start..<start + count)
        }, words, &message)
    }
    guard result == 0 else { throw FileError(Self.text(message)) }
    return words
  }
}
