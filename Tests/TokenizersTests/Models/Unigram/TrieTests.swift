import TestSupport
import Testing

@testable import Tokenizers

@Suite struct TrieTests {
  /// The ids of the pieces that `text` begins with.
  private func found(_ text: [UInt8], _ trie: Trie) -> [Int32] {
    trie.withSteps { steps in
      var node = 0
      var ids: [Int32] = []
      for byte in text {
        node = steps(node, byte)
        if node == 0 { break }
        if steps.id(node) >= 0 { ids.append(steps.id(node)) }
      }
      return ids
    }
  }

  @Test(arguments: [2, 12, 200])
  func itFindsWhatASlowSearchFinds(letters: Int) throws {
    var samples = Samples(seed: 7)
    func number(_ bound: Int) -> Int { samples.int(below: bound) }
    func word(_ length: Int) -> [UInt8] { (0..<length).map { _ in UInt8(number(letters)) } }
    for count in [0, 1, 5, 2_000] {
      let pieces = Set((0..<count).map { _ in word(number(6)) }).sorted { $0.count < $1.count }
      var vocabulary = Vocabulary(capacity: 0)
      for (id, piece) in pieces.enumerated() {
        try piece.withUnsafeBytes { try vocabulary.insert($0, id: Int32(id)) }
      }
      let trie = try Trie(vocabulary)
      for _ in 0..<500 {
        let text = word(number(8))
        let expected = pieces.indices.filter {
          !pieces[$0].isEmpty && text.starts(with: pieces[$0])
        }
        #expect(found(text, trie) == expected.map { Int32($0) })
      }
    }
  }
}
