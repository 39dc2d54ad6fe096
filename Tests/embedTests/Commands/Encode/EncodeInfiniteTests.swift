import TestSupport
import Testing

/// Rows whose vectors are not finite, and files of weights with holes.
@Suite struct EncodeInfiniteTests {
  private static let name = "model.safetensors"
  private static let texts = "a cat\nthe river\nthe cat\na fox\n"

  /// A model with NaN in the row of `cat`, id 282.
  private func model() throws -> ScratchFolder {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.editTensors { tensors in
      let entry = tensors["embeddings.word_embeddings.weight"]
      let start = try #require((entry["data_offsets"] as? [Int])?.first) + 282 * 32 * 4
      tensors.data.replaceSubrange(start..<start + 4, with: [0, 0, 0xC0, 0x7F])
    }
    return model
  }

  private func encode(
    _ model: ScratchFolder, _ options: String..., input: String = Self.texts
  ) throws -> CommandResult {
    try embedCommand(["encode", "-m", model.path] + options)(Array(input.utf8))
  }

  private func message(_ model: ScratchFolder, line: Int) -> String {
    "stdin, line \(line): its vector is not finite (a NaN or an infinity came out of the model); look "
      + "for NaN or overflowing weights in \(model.path)/\(Self.name)"
  }

  @Test func theRunEndsAtTheRowOrGoesOn() throws {
    let model = try model()
    expectFailure(
      try encode(model, input: "the river\n" + Self.texts), message: message(model, line: 2),
      rows: 1)
    let result = try encode(model, "--on-error", "null")
    expectRows(result, 4)
    for line in [1, 3] {
      #expect(
        result.lines[line - 1]
          == #"{"embedding":null,"error":"\#(message(model, line: line))"}"#)
    }
    let whole = try embedCommand(["encode", "-m", Models.tiny])(Array(Self.texts.utf8))
    for row in [1, 3] { #expect(result.lines[row] == whole.lines[row]) }
  }

  @Test(arguments: [
    [], ["--tokens"], ["--normalize"], ["--dimensions", "8"], ["--long", "chunk"],
  ])
  func theOtherRowsStayAsTheyAre(_ options: [String]) throws {
    let model = try model()
    func encode(_ folder: String, _ more: [String]) throws -> CommandResult {
      try embedCommand(["encode", "-m", folder] + options + more)(Array(Self.texts.utf8))
    }
    let result = try encode(model.path, ["--on-error", "null"])
    let whole = try encode(Models.tiny, [])
    expectRows(result, 4)
    for row in [1, 3] { #expect(result.lines[row] == whole.lines[row]) }
    for row in [0, 2] { #expect(result.lines[row].contains("\"embedding\":null,\"error\":")) }
  }

  @Test func objectsKeepTheirFields() throws {
    let model = try model()
    let result = try encode(
      model, "--on-error", "null", "--input", "jsonl", "--quantize", "binary",
      input: """
        {"id":7,"text":"cat"}
        {"id":8,"text":3}
        {"id":9,"text":"fox"}

        """)
    expectRows(result, 3)
    #expect(
      result.lines[0]
        == #"{"id":7,"text":"cat","embedding":null,"error":"\#(message(model, line: 1))"}"#)
    #expect(result.lines[1].contains("should be a string"))
    #expect(result.lines[2].hasPrefix(#"{"id":9,"text":"fox","embedding":["#))
  }

  @Test func rangesAreThoseOfFiniteRows() throws {
    let model = try model()
    let result = try encode(model, "--on-error", "null", "--quantize", "int8", "--quiet")
    expectRows(result, 4)
    #expect(result.lines.count { $0.contains("\"embedding\":null") } == 2)
    let rest = try embedCommand(["encode", "-m", Models.tiny, "--quantize", "int8", "--quiet"])(
      Array("the river\na fox\n".utf8))
    #expect([result.lines[1], result.lines[3]] == rest.lines)
  }

  /// A model with zeros over a part of its weights, from one share of their bytes to another.
  private func holed(_ from: Double, _ to: Double) throws -> ScratchFolder {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.editTensors { tensors in
      let size = Double(tensors.data.count)
      for index in Int(size * from)..<Int(size * to) { tensors.data[index] = 0 }
    }
    return model
  }

  @Test(arguments: [
    ["encode"], ["encode", "--on-error", "null"], ["similarity", "a", "b"],
    ["mine"], ["search", "--corpus", "-", "a"],
  ])
  func weightsThatAreZerosAreNotBelieved(_ arguments: [String]) throws {
    let model = try holed(0, 1)
    let result = try embedCommand(arguments + ["-m", model.path])(Array(Self.texts.utf8))
    expectFailure(
      result,
      [
        "\(model.path)/\(Self.name): ", " pages of 4096 bytes are zeros, in `embeddings.LayerNorm.",
        " more tensors, and so texts get no vectors of their own; the file has holes, as a download "
          + "that broke off leaves them: fetch it again",
      ])
  }

  @Test func halfOfTheWeightsIsEnough() throws {
    // With no embeddings left, every text of one length has the same vector.
    let model = try holed(0, 0.5)
    let result = try encode(model, input: "the cat\na river\n")
    expectFailure(result, ["\(model.path)/\(Self.name): ", "pages of 4096 bytes are zeros"])
  }

  @Test func pagesOfZerosAloneAreNoFault() throws {
    // Of words that are in no text.
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.editTensors { tensors in
      let entry = tensors["embeddings.word_embeddings.weight"]
      let start = try #require((entry["data_offsets"] as? [Int])?.first) + 125 * 32 * 4
      for index in start..<start + 3 * 4096 { tensors.data[index] = 0 }
    }
    expectRows(try encode(model, input: "the cat\nthe cat\n\n\n"), 4)
  }
}
