import TestSupport
import Testing

/// `embed verify` with models of other kinds.
@Suite struct VerifyKindsTests {
  private func verify(
    _ model: RecordedModel, _ file: String, _ arguments: String...
  ) throws -> CommandResult {
    try embedCommand(
      ["verify", "-m", model.path, "--golden", "\(model.path)/\(file)", "--json"] + arguments)()
  }

  @Test(arguments: [
    ("sp_bert", "sparse.jsonl"), ("sp_csr", "sparse.jsonl"), ("mv_bert", "multi.jsonl"),
    ("mv_pylate", "multi.jsonl"), ("ce_bert", "pairs.jsonl"), ("ce_roberta_nli", "pairs.jsonl"),
    ("ce_qwen3_lm", "pairs.jsonl"),
  ])
  func whatTheReferenceRecordedHolds(_ name: String, _ file: String) throws {
    let model = RecordedModel(name)
    let count = try model.rows(file).count
    let result = try verify(model, file)
    expectRows(result, 1)
    let found = try object(result.text)
    #expect(found["rows"] as? Int == count)
    #expect(found["id_lists"] as? Int == count && found["id_lists_that_differ"] as? Int == 0)
    #expect(found["vectors"] as? Int == count)
  }

  @Test(arguments: [
    ("sp_bert", "sparse.jsonl", "the vector differs by"),
    ("mv_bert", "multi.jsonl", "the vector differs by"),
    ("ce_bert", "pairs.jsonl", "the score differs by"),
  ])
  func aDifferenceIsNamed(_ name: String, _ file: String, _ message: String) throws {
    let result = try verify(RecordedModel(name), file, "--tolerance", "0")
    #expect(result.ending == .exited(1))
    #expect(result.stderr.contains(message), "\(result.stderr)")
    #expect(result.stderr.contains("\(file), line"), "\(result.stderr)")
  }

  @Test(arguments: [
    (#"{"text":"a","embedding":[1,2]}"#, "`embedding` is one vector, the model gives a text "),
    (#"{"text":"a","embedding":[[1,2]]}"#, "`embedding` is a vector for each token"),
    (
      #"{"text":"a","embedding":{"indices":[1],"values":[]}}"#,
      "`indices` has 1 entries, `values` 0"
    ),
    (
      #"{"text":"a","embedding":{"indices":[1,1],"values":[1,2]}}"#,
      "should be as many, and no index twice"
    ),
    (#"{"text":"a","embedding":{"indices":[1]}}"#, "values"),
    (#"{"text":"a"}"#, "no row has `ids` or `embedding`"),
  ])
  func aRecordingOfAnotherShapeIsRefused(_ line: String, _ message: String) throws {
    try expectRefusal(of: line, by: "sp_bert", message)
  }

  @Test(arguments: [
    (#"{"query":"a","document":"b","logits":[1,2]}"#, "`logits` has 2 numbers, the model has 1"),
    (#"{"query":"a","document":"b"}"#, "no row has `ids` or `logits` or `score`"),
    (#"{"query":"a"}"#, "document"),
  ])
  func aPairOfAnotherShapeIsRefused(_ line: String, _ message: String) throws {
    try expectRefusal(of: line, by: "ce_bert", message)
  }

  private func expectRefusal(of line: String, by model: String, _ message: String) throws {
    let folder = try ScratchFolder()
    let file = try folder.write("golden.jsonl", line + "\n")
    let result = try embedCommand(["verify", "-m", RecordedModel(model).path, "--golden", file])()
    #expect(result.ending == .exited(1))
    #expect(result.stderr.contains(message), "\(result.stderr)")
  }
}
