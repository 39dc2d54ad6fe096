import Testing

struct TorchArchiveTests {
  @Test(arguments: [
    ("big", "big"), ("", "\"\""), ("little\n", #""little\n""#), ("LITTLE", "LITTLE"),
  ])
  func otherByteOrdersAreRefused(_ order: String, _ found: String) throws {
    var zip = ZipBytes.torch()
    zip.files[1].bytes = Array(order.utf8)
    #expect(
      try torchFailure(zip.bytes)
        == "F has byte order \(found), should be `little`; save the model as safetensors")
  }

  @Test func theByteOrderMayBeUnsaid() throws {
    var zip = ZipBytes.torch()
    zip.files.remove(at: 1)
    #expect(try torchFailure(zip.bytes) == nil)
  }

  @Test(arguments: ["archive/constants.pkl", "archive/code/__torch__.py"])
  func programsAreRefused(_ name: String) throws {
    #expect(
      try torchFailure(ZipBytes.torch(more: [.init(name: name)]).bytes)
        == "F is a TorchScript program, not a file of weights; save the model as safetensors")
  }

  @Test func otherArchivesAreRefused() throws {
    #expect(
      try torchFailure(ZipBytes(files: [.init(name: "word/document.xml")]).bytes)
        == "F is a zip archive without `data.pkl`, not one that `torch.save` writes; "
        + "save the model as safetensors")
  }

  /// A file of another folder in the archive is not the one that is looked for.
  @Test func allFilesLieInOneFolder() throws {
    var zip = ZipBytes.torch()
    zip.files[2].name = "other/data/0"
    #expect(try torchFailure(zip.bytes) == "F: storage `0` is missing from the archive")
  }
}
