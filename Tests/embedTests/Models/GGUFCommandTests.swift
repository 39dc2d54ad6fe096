import Foundation
import TestSupport
import Testing

/// Models in a GGUF file, and in ollama's store.
@Suite struct GGUFCommandTests {
  private static let file = Fixture.path("gguf/bert-tiny.gguf")
  private static let texts = "the cat sat\nwhere is the river?\n\n"

  private func vectors(
    _ model: String, environment: [String: String] = [:]
  ) throws -> [[Float]] {
    let command = try embedCommand(["encode", "-m", model], environment: environment)
    let result = try command(Array(Self.texts.utf8))
    #expect(result.ending == .exited(0), "\(result.stderr)")
    return result.lines.map(numbers)
  }

  @Test(arguments: ["bert-tiny", "bert-tiny-q8", "ce_xlm_roberta", "ce_qwen3_seqcls"])
  func whatIsConvertedGivesTheSameVectors(_ name: String) throws {
    let (file, scratch) = (Fixture.path("gguf/\(name).gguf"), try ScratchFolder())
    let result = try embed("convert", "-m", file, "--output", scratch.file("copy"))
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(try vectors(scratch.file("copy")) == vectors(file))
    #expect(try embed("inspect", scratch.file("copy")).ending == .exited(0))
    #expect(
      try embed("convert", "-m", file, "--output", scratch.file("half"), "--dtype", "f16").ending
        == .exited(0))
  }

  @Test(arguments: [
    ["train", "--dry-run"], ["reduce", "--dimensions", "4", "--texts"],
    ["distill", "--dimensions", "4", "--texts"],
  ])
  func whatWritesAModelAsksForADirectory(_ arguments: [String]) throws {
    let scratch = try ScratchFolder()
    let rows = (0..<40).map { "the cat \($0),the dog \($0)\n" }.joined()
    let isTrained = arguments[0] == "train"
    let file = try scratch.write(
      isTrained ? "rows.csv" : "texts.txt", (isTrained ? "sentence1,sentence2\n" : "") + rows)
    let command = try embedCommand(
      arguments + [file, "-m", Self.file, "--output", scratch.file("out")])
    let result = try command()
    #expect(result.ending == .exited(1), "\(result.stderr)")
    #expect(
      result.stderr.contains("a GGUF file; write it as a directory first"), "\(result.stderr)")
  }

  @Test func inspectSaysHowNumbersAreStored() throws {
    let found = try object(embed("inspect", "--json", Fixture.path("gguf/bert-tiny-q8.gguf")).text)
    #expect(found["stored_as"] as? [String] == ["F32", "Q8_0"])
    #expect(found["architecture"] as? String == "bert")
  }

  /// A store with one model.
  private func store(_ path: String, digest: String? = nil, type: String? = nil) throws
    -> ScratchFolder
  {
    let folder = try ScratchFolder()
    let hash = String(repeating: "ab", count: 32)
    try folder.write("blobs/sha256-\(hash)", ScratchFolder.bytes(of: Self.file))
    let kind = type ?? "application/vnd.ollama.image.model"
    try folder.write(
      "manifests/registry.ollama.ai/\(path)",
      """
      {"schemaVersion":2,"layers":[{"mediaType":"application/vnd.ollama.image.license","digest":"x"},
      {"mediaType":"\(kind)","digest":"\(digest ?? "sha256:" + hash)","size":1}]}
      """)
    return folder
  }

  @Test(arguments: [
    ("library/tiny/latest", "tiny"), ("library/tiny/latest", "tiny:latest"),
    ("library/tiny/22m", "tiny:22m"), ("someone/tiny/latest", "someone/tiny"),
  ])
  func modelsOfOllamasStoreAreFound(_ path: String, _ name: String) throws {
    let folder = try store(path)
    let environment = ["OLLAMA_MODELS": folder.path]
    #expect(try vectors("ollama:\(name)", environment: environment) == vectors(Self.file))
  }

  @Test func whatIsNotThereIsNamed() throws {
    let folder = try store("library/tiny/latest")
    let broken = try store("library/tiny/latest", digest: "sha256:../../etc/passwd")
    let other = try store("library/tiny/latest", type: "application/vnd.ollama.image.params")
    for (place, name, words) in [
      (folder, "ollama:none", "not in ollama's store; looked for \(folder.path)/manifests/"),
      (folder, "ollama:../x", "is no name of ollama's"),
      (folder, "ollama:", "is no name of ollama's"),
      (broken, "ollama:tiny", "should be sha256: and 64 digits"),
      (other, "ollama:tiny", "no layer is of type"),
    ] {
      let command = try embedCommand(
        ["encode", "-m", name], environment: ["OLLAMA_MODELS": place.path])
      let result = try command(Array("a\n".utf8))
      #expect(
        result.ending == .exited(1) && result.stderr.contains(words), "\(name): \(result.stderr)")
    }
    let scratch = try ScratchFolder()
    try scratch.write("only/m.gguf", ScratchFolder.bytes(of: Self.file))
    try scratch.write("no.gguf", "not one")
    #expect(
      try embed("encode", "-m", scratch.file("only")).stderr.contains(
        "give that file, -m \(scratch.file("only"))/m.gguf"))
    #expect(try embed("encode", "-m", scratch.file("no.gguf")).stderr.contains("begin with GGUF"))
  }
}
