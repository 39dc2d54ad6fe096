import Embeddings
import Tensors
import TestSupport
import Testing
import Vectors

@testable import embed

/// A line of input and the line that comes out of it.
struct SplicingCase: Sendable, CustomTestStringConvertible {
  let input: String
  let output: String
  /// `--no-text`
  var keepsText = true
  /// `--tokens`
  var extras: RowExtras?

  init(_ input: String, _ output: String, keepsText: Bool = true, tokens: Bool = false) {
    self.input = input
    self.output = output
    self.keepsText = keepsText
    extras = tokens ? RowExtras(tokens: 3, isTruncated: false) : nil
  }

  var testDescription: String { input }
}

struct RowFormatterTests {
  private let vector: [Float] = [0.5, -1]

  private func formatted(
    _ rows: [InputRow], _ format: VectorFormat = .jsonl, keepsText: Bool = true,
    extras: RowExtras? = nil
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    let formatter = RowFormatter(format: format, keepsText: keepsText)
    for row in rows {
      formatter.format(
        row: row, .rows(Matrix(columns: 2, vector)), at: 0, extras: extras, into: &bytes)
    }
    return bytes
  }

  private func rows(_ input: String, _ format: InputFormat, field: String = "text") throws
    -> [InputRow]
  {
    let folder = try ScratchFolder()
    return try allRows([try folder.write("f", input.utf8)], format: format, field: field)
  }

  @Test(
    arguments: [
      .init(#"{"text":"a"}"#, #"{"text":"a","embedding":[0.5,-1]}"#),
      .init(#" { "text" : "a" } "#, #" { "text" : "a","embedding":[0.5,-1] } "#),
      .init(
        #"{"n":1.50,"text":"\u00e9/\/","m":[1, {"embedding":2}]}"#,
        #"{"n":1.50,"text":"\u00e9/\/","m":[1, {"embedding":2}],"embedding":[0.5,-1]}"#),
      .init(#"{"embedding":[9],"text":"a"}"#, #"{"text":"a","embedding":[0.5,-1]}"#),
      .init(
        #"{ "embedding" : [9] , "text":"a" }"#, #"{ "text":"a","embedding":[0.5,-1] }"#),
      .init(
        #"{"text":"a" , "embedding":[9] , "z":null}"#,
        #"{"text":"a" , "z":null,"embedding":[0.5,-1]}"#),
      .init(#"{"text":"a", "embedding":null }"#, #"{"text":"a","embedding":[0.5,-1] }"#),
      .init(
        #"{"embedding":1,"embedding":2,"text":"a","embedding":3,"embedding":4,"b":0,"embedding":5}"#,
        #"{"text":"a","b":0,"embedding":[0.5,-1]}"#),
      .init(
        #"{"\u0065mbedding":1,"text":"a","embeddin\u0067":{"x":[]}}"#,
        #"{"text":"a","embedding":[0.5,-1]}"#),
      .init(#"{"text":"a","error":"e"}"#, #"{"text":"a","error":"e","embedding":[0.5,-1]}"#),
      .init(#"{"text":"a"}"#, #"{"embedding":[0.5,-1]}"#, keepsText: false),
      .init(#"{ "text":"a", "embedding":0 }"#, #"{ "embedding":[0.5,-1] }"#, keepsText: false),
      .init(#"{"a":1,"text":"x","b":2}"#, #"{"a":1,"b":2,"embedding":[0.5,-1]}"#, keepsText: false),
      .init(
        #"{"tokens":9,"text":"a","truncated":1}"#,
        #"{"text":"a","tokens":3,"truncated":false,"embedding":[0.5,-1]}"#, tokens: true),
      .init(
        #"{"tokens":9,"text":"a"}"#, #"{"tokens":9,"text":"a","embedding":[0.5,-1]}"#),
      .init(
        #"{"embedding":1,"text":7,"error":2,"id":3}"#,
        #"{"text":7,"id":3,"embedding":null,"error":"F, line 1: `text` is 7, should be a string"}"#),
      .init(
        #"{}"#,
        #"{"embedding":null,"error":"F, line 1: no `text` in an empty object; add it, or leave "#
          + #"the row out"}"#),
      .init(
        #"{"embedding":1}"#,
        #"{"embedding":null,"error":"F, line 1: no `text`; the object has `embedding`; "#
          + #"name one with --field"}"#),
      .init(
        "[\"",
        #"{"embedding":null,"error":"F, line 1: not JSON: column 2: "#
          + #"the string that begins here has no closing quote"}"#),
    ] as [SplicingCase]) func objectsKeepTheirOtherBytes(_ splicing: SplicingCase) throws
  {
    let rows = try rows(splicing.input, .jsonl)
    let output = formatted(rows, keepsText: splicing.keepsText, extras: splicing.extras)
    let file = rows.first.map(\.location.file) ?? ""
    let text = String(decoding: output, as: UTF8.self).replacing(file + ",", with: "F,")
    #expect(text == splicing.output + "\n")
  }

  @Test func linesBecomeObjects() throws {
    let rows = try rows("say \"hi\"\u{2028}\t\\\n", .lines)
    #expect(
      formatted(rows)
        == Array(
          #"{"text":"say \"hi\"\#u{2028}\t\\","embedding":[0.5,-1]}"#.utf8) + [0x0A])
    #expect(formatted(rows, keepsText: false) == Array("{\"embedding\":[0.5,-1]}\n".utf8))
    #expect(
      formatted(rows, keepsText: false, extras: RowExtras(tokens: 9, isTruncated: true))
        == Array("{\"tokens\":9,\"truncated\":true,\"embedding\":[0.5,-1]}\n".utf8))
    let failed = rows[0].failing("too long")
    #expect(
      String(decoding: formatted([failed]), as: UTF8.self)
        == "{\"embedding\":null,\"error\":\"\(failed.location): too long\"}\n")
  }

  @Test func columnsBecomeFields() throws {
    let rows = try rows("id,t,embedding,tokens\n1,\"a\nb\",9,8\n", .csv, field: "t")
    #expect(
      String(decoding: formatted(rows), as: UTF8.self)
        == "{\"id\":\"1\",\"t\":\"a\\nb\",\"tokens\":\"8\",\"embedding\":[0.5,-1]}\n")
    let extras = RowExtras(tokens: 2, isTruncated: false)
    #expect(
      String(decoding: formatted(rows, keepsText: false, extras: extras), as: UTF8.self)
        == "{\"id\":\"1\",\"tokens\":2,\"truncated\":false,\"embedding\":[0.5,-1]}\n")
  }

  @Test func otherFormatsAreNumbers() throws {
    let rows = try rows("a\nb\n", .lines)
    #expect(formatted(rows, .csv) == Array("0.5,-1\n0.5,-1\n".utf8))
    let raw: [UInt8] = [0, 0, 0, 0x3F, 0, 0, 0x80, 0xBF]
    #expect(formatted(rows, .f32) == raw + raw)
    #expect(formatted(rows, .npy) == raw + raw)
    for format in VectorFormat.allCases {
      #expect(format.supportsMissingRows == (format == .jsonl))
      #expect(formatted([rows[0].failing("x")], format).isEmpty == (format != .jsonl))
    }
  }

  @Test(
    arguments: [
      ("a.jsonl", .jsonl), ("a.NDJSON", .jsonl), ("a.b/c.csv", .csv), ("a.csv/b", .lines),
      ("a.tsv", .tsv), ("a.tab", .tsv), ("a.JSON", .json), ("a.csv.gz", .csv), ("a.gz", .lines),
      ("-", .lines), ("", .lines), ("/", .lines), ("a.", .lines),
    ] as [(String, InputFormat)]) func endingsNameInputs(_ path: String, _ format: InputFormat)
  {
    #expect(InputFormat(ending: path) == format)
  }

  @Test func aVectorForEachTokenIsAnArrayOfArrays() {
    let groups = RaggedMatrix(
      columns: 2,
      [Tensor([2, 2], [1, 2, 3, 4.5]), Tensor([0, 2], []), Tensor([1, 2], [-1, 0])])
    #expect(embeddings(.ragged(groups), 3) == ["[[1,2],[3,4.5]]", "[]", "[[-1,0]]"])
  }

  @Test func aSparseVectorIsItsIndicesAndValues() {
    let rows = SparseMatrix(compressing: Tensor([2, 4], [0, 0.5, 0, -2, 0, 0, 0, 0]))
    #expect(
      embeddings(.sparse(rows), 2) == [
        #"{"indices":[1,3],"values":[0.5,-2]}"#, #"{"indices":[],"values":[]}"#,
      ])
  }

  @Test func termsAreTokensAndWeightsInTheOrderGiven() {
    let rows = SparseMatrix(compressing: Tensor([1, 4], [0, 0.5, 0, 2]))
    let found = embeddings(.sparse(rows), 1) { row in
      zip(row.indices, row.values).map { ("\"\($0)", $1) }.reversed()
    }
    #expect(found == [#"{"\"3":2,"\"1":0.5}"#])
  }

  @Test func vectorsOfTokensAreOneBelowTheOtherForPrograms() {
    let groups = RaggedMatrix(columns: 2, [Tensor([2, 2], [1, 2, 3, 4.5]), Tensor([0, 2], [])])
    let row = InputRow(
      fields: .success([Array("a".utf8)]), source: .line, location: RowLocation(file: "", line: 1))
    let found = (0..<2).map { index in
      var bytes: [UInt8] = []
      RowFormatter(format: .npy).format(row: row, .ragged(groups), at: index, into: &bytes)
      return bytes
    }
    #expect(
      found == [[1, 2, 3, 4.5].flatMap { (x: Float) in withUnsafeBytes(of: x, Array.init) }, []])
  }

  private func embeddings(
    _ results: Results, _ count: Int,
    terms: (@Sendable (SparseMatrix.Row) -> [(token: String, weight: Float)])? = nil
  ) -> [String] {
    let row = InputRow(
      fields: .success([Array("a".utf8)]), source: .nothing,
      location: RowLocation(file: "", line: 1))
    return (0..<count).map { index in
      var bytes: [UInt8] = []
      RowFormatter(format: .jsonl, keepsText: false, terms: terms)
        .format(row: row, results, at: index, into: &bytes)
      return String(decoding: bytes.dropFirst(#"{"embedding":"#.count).dropLast(2), as: UTF8.self)
    }
  }
}
