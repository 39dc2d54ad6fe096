package import ModelFiles

/// Each word as a whole.
package struct WordLevel: TokenModel {
  package let vocabulary: Vocabulary
  let unknown: UnknownToken

  package init(_ json: JSON) throws {
    vocabulary = try Vocabulary(json.object("vocab"))
    unknown = UnknownToken(try json.string("unk_token"), in: vocabulary)
  }

  package var description: String {
    "WordLevel: \(vocabulary.count) words, unknown `\(unknown.name)`"
  }

  package func callAsFunction(_ word: UnsafeRawBufferPointer, into ids: inout [Int32]) throws {
    ids.append(try vocabulary.id(of: word) ?? unknown(for: "a word"))
  }
}
