import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// A tokenizer with a decoder, and what the reference makes of ids with it.
private struct RecordedDecoder: CustomTestStringConvertible, Sendable {
  static let all = Fixture.folders("decoders").map(Self.init)

  let testDescription: String

  /// The tokenizers that should all do the same, and rows of ids and texts.
  func read() throws -> ([Tokenizer], rows: ArraySlice<JSON>) {
    let rows = try Fixture.lines(Fixture.path("decoders/\(testDescription)"))
    let json = try RecordedTokenizer(name: try rows[0].string("tokenizer")).json()
    let written = JSONValue.optional(try rows[0].present("decoder"), JSONValue.init)
    let files = [written] + (try rows[0].bool("standard") ? [.null] : [])
    return (
      try files.map { try Tokenizer(json.replacing([("decoder", $0)])) }, rows.dropFirst()
    )
  }
}

@Suite struct DecodingTests {
  @Test(arguments: RecordedDecoder.all)
  fileprivate func everyRecordedListHasTheReferencesText(recorded: RecordedDecoder) throws {
    let (tokenizers, rows) = try recorded.read()
    for tokenizer in tokenizers {
      for row in rows {
        let ids = try row.ints("ids")
        let text = try row.value("text").bytes()
        #expect(try tokenizer.decoded(ids, skippingSpecials: false) == text, "\(ids)")
        let plain = try row.present("plain")?.bytes() ?? text
        #expect(try tokenizer.decoded(ids, skippingSpecials: true) == plain, "\(ids)")
      }
    }
  }

  @Test func fixturesAreThere() { #expect(RecordedDecoder.all.count >= 20) }

  private func text(
    _ pieces: [String], _ decoder: String, skippingSpecials: Bool = false
  ) throws -> String {
    var made = MadeTokenizer()
    let words = pieces.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
    made.model = #"{"type":"WordLevel","unk_token":"a","vocab":{\#(words)}}"#
    made.decoder = decoder
    let ids = pieces.indices.map { Int32($0) }
    return String(
      decoding: try made().decoded(ids, skippingSpecials: skippingSpecials), as: UTF8.self)
  }

  @Test(arguments: [
    (["##a", "b", "##c", ".", "x do not", "n't"], "##a bc. x don'tn't"),
    (["it", "'s", "' '", "?"], "it's''?"),
  ])
  func aPieceIsCleanedUpAlone(pieces: [String], text: String) throws {
    let decoder = ###"{"type":"WordPiece","prefix":"##","cleanup":true}"###
    #expect(try self.text(pieces, decoder) == text)
  }

  @Test func bytesThatAreNoTextBecomeAsManyReplacements() throws {
    let pieces = [
      "<0x41>", "<0x+5>", "<0xc3>", "<0xA9>", "z", "<0xFF>", "<0xC3>", "<0xGG>", "<0x-1>",
    ]
    #expect(
      try text(pieces, #"{"type":"ByteFallback"}"#) == "A\u{5}éz\u{FFFD}\u{FFFD}<0xGG><0x-1>")
  }

  @Test func aTokenBeyondTheByteAlphabetStaysAsItIs() throws {
    #expect(try text(["ĠaÃ", " é", "©"], #"{"type":"ByteLevel"}"#) == " a\u{FFFD} é\u{FFFD}")
  }

  @Test func aTokenOfNothingButStrippedCharactersIsEmpty() throws {
    let strip = #"{"type":"Strip","content":"_","start":1,"stop":2}"#
    #expect(try text(["__a___", "_", "b", "__"], strip) == "_a_b")
    let other = try #require(throws: FileError.self) {
      try text(["a"], #"{"type":"Strip","content":"ab","start":1,"stop":2}"#)
    }
    #expect(other.description.hasSuffix("content` should be one character"))
  }

  @Test func anUnknownDecoderMattersOnlyToWhoDecodes() throws {
    var made = MadeTokenizer()
    made.decoder = #"{"type":"Rot13"}"#
    let tokenizer = try made()
    #expect(try tokenizer.encode("a").ids == [1])
    let error = try #require(throws: FileError.self) {
      try tokenizer.decoded([1], skippingSpecials: false)
    }
    #expect(
      error.description.contains("the decoder `Rot13` is not supported; known are BPEDecoder"))
  }

  @Test(arguments: [-1, 5, Int32.max, Int32.min])
  func anIDBeyondTheLargestIsRefused(id: Int32) throws {
    let error = try #require(throws: FileError.self) {
      try MadeTokenizer()().decoded([1, id], skippingSpecials: true)
    }
    #expect(error.description == "the token id \(id) is not the tokenizer's; its largest is 4")
  }

  @Test func anIDThatNoTokenHasIsLeftOut() throws {
    var made = MadeTokenizer()
    made.model = MadeTokenizer.wordPiece(vocabulary: #"{"[UNK]":0,"b":9,"a":4}"#)
    #expect(try made().decoded([4, 5, 9], skippingSpecials: false) == Array("a b".utf8))
  }

  @Test func aDecoderThatMakesTextsLongerAndLongerIsStopped() throws {
    let more = String(repeating: "a", count: 64)
    let part = #"{"type":"Replace","pattern":{"String":"a"},"content":"\#(more)"}"#
    let parts = [String](repeating: part, count: 60).joined(separator: ",")
    let error = try #require(throws: FileError.self) {
      try text(["a"], #"{"type":"Sequence","decoders":[\#(parts)]}"#)
    }
    #expect(error.description.contains("longer than 67108864 bytes"))
  }

  @Test func specialsMayBeSkipped() throws {
    var made = MadeTokenizer()
    made.added = "[\(MadeTokenizer.token("[X]", "special")),\(MadeTokenizer.token("[Y]"))]"
    let tokenizer = try made()
    #expect(try tokenizer.decoded([5, 1, 6], skippingSpecials: false) == Array("[X] a [Y]".utf8))
    #expect(try tokenizer.decoded([5, 1, 6], skippingSpecials: true) == Array("a [Y]".utf8))
    #expect(try tokenizer.decoded([], skippingSpecials: true) == [])
  }
}
