import ModelFiles
import Testing

@testable import Tokenizers

/// tokenizer.json that is wrong: each is refused with a sentence.
@Suite struct MalformedTokenizerTests {
  @Test(arguments: [
    "[]", "{}", "null", #"{"model":null}"#, #"{"model":[]}"#, #"{"version":"2.0","model":{}}"#,
    #"{"version":1,"model":{}}"#, #"{"model":{"vocab":{"a":0}}}"#,
  ])
  func theFile(text: String) throws {
    #expect(throws: FileError.self) { try Tokenizer(JSON.of(text)) }
  }

  @Test(arguments: [
    "{}", "[]", "3", #"{"type":"Nonsense"}"#, #"{"type":null}"#, #"{"type":"BertNormalizer"}"#,
    #"{"type":"BertNormalizer","clean_text":1,"handle_chinese_chars":true,"lowercase":true}"#,
    #"{"type":"Sequence"}"#, #"{"type":"Sequence","normalizers":{}}"#,
    #"{"type":"Sequence","normalizers":[null]}"#,
    #"{"type":"Sequence","normalizers":[{"type":"?"}]}"#,
  ])
  func theNormalizer(text: String) {
    var made = MadeTokenizer()
    made.normalizer = text
    #expect(throws: FileError.self) { try made() }
  }

  @Test(arguments: ["{}", #"{"type":"WordPiece"}"#, #"{"type":"Sequence","pretokenizers":7}"#])
  func thePreTokenizer(text: String) {
    var made = MadeTokenizer()
    made.preTokenizer = text
    #expect(throws: FileError.self) { try made() }
  }

  @Test(arguments: [
    "{}", "[]", #"{"a":-1}"#, #"{"a":2147483648}"#, #"{"a":1e2}"#, #"{"a":0.5}"#, #"{"a":"0"}"#,
    #"{"a":null}"#, #"{"a":99999999999999999999999}"#, #"{"a":[0]}"#,
  ])
  func theVocabulary(text: String) {
    var made = MadeTokenizer()
    made.model = MadeTokenizer.wordPiece(vocabulary: text)
    #expect(throws: FileError.self) { try made() }
  }

  @Test(arguments: ["-1", "1.5", "null", "\"100\"", "99999999999999999999999999"])
  func theLongestWord(text: String) {
    var made = MadeTokenizer()
    made.model = MadeTokenizer.wordPiece(longestWord: text)
    #expect(throws: FileError.self) { try made() }
  }

  @Test(arguments: [
    "{}", "[1]", "[{}]", #"[{"content":"a"}]"#, #"[{"id":0,"content":3,"single_word":false}]"#,
    #"[{"id":0,"content":"a","lstrip":false,"rstrip":false,"normalized":false,"special":false}]"#,
  ])
  func theAddedTokens(text: String) {
    var made = MadeTokenizer()
    made.added = text
    #expect(throws: FileError.self) { try made() }
  }

  private static let justText =
    #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}}],"#
    + #""special_tokens":{}}"#

  @Test(arguments: [
    "{}", #"{"type":"BertProcessing"}"#, #"{"type":"BertProcessing","cls":["c"],"sep":["s",1]}"#,
    #"{"type":"BertProcessing","cls":["c",-1],"sep":["s",1]}"#,
    #"{"type":"BertProcessing","cls":[1,1],"sep":["s",1]}"#,
    #"{"type":"RobertaProcessing","cls":["c",0],"sep":["s",1]}"#,
    #"{"type":"Sequence","processors":[1]}"#,
    #"{"type":"Sequence","processors":[{"type":"Sequence","processors":[\#(justText)]},"#
      + #"\#(justText)]}"#,
    #"{"type":"TemplateProcessing"}"#,
    #"{"type":"TemplateProcessing","single":[],"special_tokens":{}}"#,
    #"{"type":"TemplateProcessing","single":[{}],"special_tokens":{}}"#,
    #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"B","type_id":0}}],"#
      + #""special_tokens":{}}"#,
    #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":-3}}],"#
      + #""special_tokens":{}}"#,
    #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},"#
      + #"{"SpecialToken":{"id":"[SEP]","type_id":0}}],"special_tokens":{}}"#,
    #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}}],"#
      + #""special_tokens":{"x":{"ids":[4294967296]}}}"#,
    #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},"#
      + #"{"Sequence":{"id":"A","type_id":0}}],"special_tokens":{}}"#,
  ])
  func thePostProcessor(text: String) {
    var made = MadeTokenizer()
    made.postProcessor = text
    #expect(throws: FileError.self) { try made() }
  }

  @Test func anUnknownComponentIsNamedBesideTheKnown() {
    var made = MadeTokenizer()
    made.preTokenizer = #"{"type":"Blackspace"}"#
    let error = #expect(throws: FileError.self) { try made() }
    let known = PreTokenizers.known.keys.sorted().joined(separator: ", ")
    #expect(
      error?.description
        == "tokenizer.json: the pre-tokenizer `Blackspace` is not supported; known are \(known)")
  }
}
