import ModelFiles
import Testing

@testable import Tokenizers

/// Keys that a file chooses so that they fill one run of slots, which every lookup there walks.
@Suite struct SlotRunTests {
  @Test func tokensThatShareAHashAreRefused() {
    var vocabulary = Vocabulary(capacity: 1_200)
    let error = #expect(throws: FileError.self) {
      var number = 0
      while vocabulary.count < 1_200 {
        number += 1
        try Array("\(number)".utf8).withUnsafeBytes { piece in
          // Of 4096 slots the first 300.
          guard PieceHash(piece).tag >> 20 < 300 else { return }
          try vocabulary.insert(piece, id: 0)
        }
      }
    }
    #expect(error?.description == "too many tokens of a vocabulary share a hash; check the file")
    #expect(vocabulary.count > 1_000)
  }

  @Test func mergesThatShareAHashAreRefused() {
    var table = MergeTable(capacity: 1_200)
    let error = #expect(throws: FileError.self) {
      var right: Int32 = 0
      while table.count < 1_200 {
        right += 1
        let pair = UInt64(right)
        guard ((pair ^ pair >> 29) &* 0x9E37_79B9_7F4A_7C15) >> 52 < 300 else { continue }
        try table.insert(0, right, id: 0)
      }
    }
    #expect(error?.description == "too many merges share a hash; check the file")
    #expect(table.count > 1_000)
  }

  @Test func aTokenWhoseStepsShareAHashIsRefused() {
    // Each byte is the one whose transition lies nearest to the start of the table.
    let bytes = (1..<UInt64(5_000)).map { state in
      (UInt8(0x21)..<0x7F).min {
        Self.place(state, $0) < Self.place(state, $1)
      } ?? 0
    }
    let error = #expect(throws: FileError.self) {
      try PatternAutomaton([bytes.reversed() + [0x61]])
    }
    #expect(
      error?.description
        == "too many beginnings of tokens to look for share a hash; check `added_tokens`")
  }

  private static func place(_ state: UInt64, _ byte: UInt8) -> UInt64 {
    (state << 8 + UInt64(byte) + 1) &* 0x9E37_79B9_7F4A_7C15
  }
}
