import ModelFiles
import TestSupport
import Testing

/// `embed convert` with models of every kind: heads are kept.
@Suite struct ConvertKindsTests {
  private static let models =
    [
      ("ce_bert", "pairs.jsonl"), ("ce_bert_2021", "pairs.jsonl"), ("ce_dense", "pairs.jsonl"),
      ("ce_xlm_roberta", "pairs.jsonl"), ("sp_bert", "sparse.jsonl"), ("sp_csr", "sparse.jsonl"),
      ("mv_bert", "multi.jsonl"), ("mv_pylate", "multi.jsonl"), ("mv_stanford", "multi.jsonl"),
    ] as [(String, String)]

  @Test(arguments: models)
  func theCopyGivesTheSame(_ name: String, _ file: String) throws {
    let scratch = try ScratchFolder()
    let model = RecordedModel(name)
    let result = try embed("convert", "-m", model.path, "--output", scratch.file("copy"))
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let verified = try embed(
      "verify", "-m", scratch.file("copy"), "--golden", "\(model.path)/\(file)")
    #expect(verified.ending == .exited(0), "\(verified.stderr)")
  }

  @Test(arguments: models)
  func noTensorIsLost(_ name: String, _ file: String) throws {
    let scratch = try ScratchFolder()
    let model = RecordedModel(name)
    _ = try embed("convert", "-m", model.path, "--output", scratch.file("copy"))
    for folder in try ["."] + model.subfolders
    where try TensorFile.isStored(in: "\(model.path)/\(folder)") {
      let before = try TensorFile(folder: "\(model.path)/\(folder)")
      let after = try TensorFile(folder: "\(scratch.file("copy"))/\(folder)")
      #expect(Set(before.names) == Set(after.names))
    }
  }

  @Test func theFilesOfBgeM3sHeadsAreCopied() throws {
    let scratch = try ScratchFolder()
    let model = RecordedModel("bge_m3")
    let copy = scratch.file("copy")
    _ = try embed("convert", "-m", model.path, "--output", copy)
    for file in ["sparse_linear.pt", "colbert_linear.pt"] {
      #expect(
        try ScratchFolder.bytes(of: "\(copy)/\(file)")
          == ScratchFolder.bytes(of: "\(model.path)/\(file)"))
    }
    for kind in ["sparse", "multi"] {
      let outputs = try [model.path, copy].map {
        try embed("encode", "-m", $0, "--type", kind, input: "the cat\n").stdout
      }
      #expect(outputs[0] == outputs[1] && !outputs[0].isEmpty)
    }
  }
}

extension RecordedModel {
  /// The folders in its folder.
  fileprivate var subfolders: [String] {
    get throws { try folderEntries(path).filter { try isDirectory("\(path)/\($0)") } }
  }
}
