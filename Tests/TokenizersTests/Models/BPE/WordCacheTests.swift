import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct WordCacheTests {
  private func ids(_ cache: WordCache, _ word: String) -> [Int32]? {
    var ids: [Int32] = [42]
    guard Array(word.utf8).withUnsafeBytes({ cache.append($0, to: &ids) }) else { return nil }
    return Array(ids.dropFirst())
  }

  private func insert(_ cache: WordCache, _ word: String, _ ids: [Int32]) {
    Array(word.utf8).withUnsafeBytes { word in
      ids.withUnsafeBufferPointer { cache.insert(word, $0) }
    }
  }

  @Test func itKeepsWhatFits() {
    let cache = WordCache()
    #expect(ids(cache, "a") == nil)
    let word = String(repeating: "b", count: WordCache.longestWord)
    let most = (0..<Int32(WordCache.mostIDs)).map { $0 - 3 }
    for (key, value) in [("a", []), ("é", [1]), ("ab", [7, 8]), ("a\0", [9]), (word, most)] {
      insert(cache, key, value)
      #expect(ids(cache, key) == value)
    }
    insert(cache, "c", most + [1])
    insert(cache, word + "b", [1])
    #expect(ids(cache, "c") == nil)
    #expect(ids(cache, word + "b") == nil)
    insert(cache, "ab", [5])
    #expect(ids(cache, "ab") == [5])
  }

  @Test func threadsGiveEachWordItsOwnIDs() async {
    let cache = WordCache()
    await withTaskGroup(of: Int.self) { group in
      for thread in 0..<8 {
        group.addTask {
          var wrong = 0
          for step in 0..<40_000 {
            let number = (step * 7 + thread * 13) % 30_000
            let value = (0..<Int32(number % 18)).map { Int32(number) + $0 }
            insert(cache, "word \(number)", value)
            let other = (step * 11) % 30_000
            let expected = (0..<Int32(other % 18)).map { Int32(other) + $0 }
            if let found = ids(cache, "word \(other)"), found != expected { wrong += 1 }
          }
          return wrong
        }
      }
      for await wrong in group { #expect(wrong == 0) }
    }
  }
}
