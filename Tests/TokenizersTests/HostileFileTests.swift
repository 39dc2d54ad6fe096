import ModelFiles
import Testing

@testable import Tokenizers

/// What a hostile or careless tokenizer.json says that is no fault of form.
@Suite(.timeLimit(.minutes(5))) struct HostileFileTests {
  @Test func anEmptyAddedTokenIsNone() throws {
    var made = MadeTokenizer()
    made.added = "[\(MadeTokenizer.token("")),\(MadeTokenizer.token("b"))]"
    let tokenizer = try made()
    #expect(try tokenizer.encode("a b").ids == [1, 3])
    #expect(tokenizer.vocabularyCount == 5)
  }

  /// Lengths are the caller's to say, and nothing is padded or decoded here.
  @Test(arguments: [
    #""truncation":{"direction":"Right","max_length":2,"strategy":"LongestFirst","stride":9}"#,
    #""padding":{"strategy":{"Fixed":9},"pad_id":-1}"#,
    #""decoder":{"type":"Strip","content":"a","start":18446744073709551615,"stop":9}"#,
    #""decoder":{"type":"Nonsense"}"#,
  ])
  func whatIsNotAskedForIsNotRead(member: String) throws {
    let tokenizer = try Tokenizer(JSON.of("{\(member)," + MadeTokenizer().text.dropFirst()))
    #expect(try tokenizer.encode("a b a").ids == [1, 3, 1])
  }

  @Test func ofEqualKeysTheLastCounts() throws {
    var made = MadeTokenizer()
    made.model = MadeTokenizer.wordPiece(vocabulary: #"{"[UNK]":0,"a":7,"b":1,"a":5}"#)
    #expect(try made().encode("a b").ids == [5, 1])
  }

  @Test func idsMayBeFarApart() throws {
    var made = MadeTokenizer()
    made.model = MadeTokenizer.wordPiece(vocabulary: #"{"[UNK]":0,"a":2147483647}"#)
    let tokenizer = try made()
    #expect(try tokenizer.encode("a").ids == [Int32.max])
    #expect(tokenizer.vocabularyCount == 1 << 31)
  }

  @Test func twoHundredThousandMergesTakeSeconds() throws {
    // Pairs of 450 characters of Hangul.
    let letters = (0..<450).map { String(Unicode.Scalar(0xAC00 + $0)!) }
    var vocabulary = letters.enumerated().map { #""\#($1)":\#($0)"# }
    var merges: [String] = []
    for first in letters {
      for second in letters {
        vocabulary.append(#""\#(first)\#(second)":\#(vocabulary.count)"#)
        merges.append(#""\#(first) \#(second)""#)
      }
    }
    let model = try BPE(
      JSON.of(
        #"{"vocab":{\#(vocabulary.joined(separator: ","))},"#
          + #""merges":[\#(merges.joined(separator: ","))]}"#))
    var ids: [Int32] = []
    try Array((letters[449] + letters[449] + letters[0]).utf8).withUnsafeBytes {
      try model($0, into: &ids)
    }
    #expect(ids == [449, Int32(450 + 449 * 450)])
  }

  private static let texts = [
    "", " ", "\n", "\t\r\n ", "\r", "a\rb", "\u{0}", "a\u{0}b", "\u{FFFD}", "\u{FEFF}a", "\u{7F}",
    "\u{85}", "\u{A0}", "\u{200B}", "\u{2028}", "\u{202E}abc\u{202C}", "👩‍👩‍👧‍👦", "☕️", "\u{E000}",
    "\u{10FFFF}", "\u{378}", "\u{E0001}", "[CLS][SEP][MASK][PAD]", "<s></s><unk><mask>",
    "<|endoftext|>", "שלום עולם", "\u{1F1EB}\u{1F1F7}", "a\u{301}\u{327}\u{301}", "▁", "##a", "Ġ",
  ]

  @Test(arguments: RecordedTokenizer.all)
  func oddTextsHaveIDsOfTheVocabulary(recorded: RecordedTokenizer) throws {
    let tokenizer = try Tokenizer(recorded.json())
    for text in Self.texts {
      // A few of these tokenizers have no token for what is unknown.
      guard let ids = try? tokenizer.encode(text).ids else { continue }
      #expect(ids.allSatisfy { (0..<tokenizer.vocabularyCount).contains(Int($0)) }, "\(text)")
      for limit in tokenizer.specialCount + 1...tokenizer.specialCount + 2 {
        #expect(try tokenizer.encode(text, limit: limit).ids.count <= limit, "\(text)")
      }
    }
  }
}
