package import ModelFiles

/// Turns a word into ids. The third of the four stages of a tokenizer.
package protocol TokenModel: Sendable, CustomStringConvertible {
  init(_ json: JSON) throws
  /// The pieces of the model and their ids.
  var vocabulary: Vocabulary { get }
  /// How many pieces the file lists; tokens that are added get the ids from here on.
  var pieceCount: Int { get }
  func callAsFunction(_ word: UnsafeRawBufferPointer, into ids: inout [Int32]) throws
}

extension TokenModel {
  package var pieceCount: Int { vocabulary.count }

  /// - Throws: if a word has more parts than can be numbered in 32 bits, as all models number them.
  static func checkCount(_ count: Int, _ parts: String) throws {
    guard count < Int(Int32.max) else {
      throw FileError(
        "a word has \(count) \(parts), at most \(Int32.max - 1) are supported; split the text")
    }
  }
}
