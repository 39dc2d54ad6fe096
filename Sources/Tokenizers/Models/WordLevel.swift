package import ModelFiles

/// Each word as a whole.
package struct WordLevel: TokenModel {
  package let vocabulary: Vocabulary
  private let unknown: String
  private let unknownID: Int32?

  package init(_ json: JSON) throws {
    vocabulary = try Vocabulary(json.object("vocab"))
    unknown = try json.string("unk_token")
    unknownID = vocabulary.id(of: unknown)
  }

  package var description: String {
    "WordLevel: \(vocabulary.count) words, unknown `\(unknown)`"
  }

  package func callAsFunction(_ word: UnsafeRawBufferPointer, into ids: inout [Int32]) throws {
    guard let id = vocabulary.id(of: word) ?? unknownID else {
      throw FileError(
        "a word is not in the vocabulary, and neither is `unk_token` `\(unknown)`, "
          + "which should stand for it")
    }
    ids.append(id)
  }
}
