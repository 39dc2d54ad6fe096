import Encoders
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Embeddings

/// Adapters of models.example/bert-tiny, against what peft 0.21.2 merges them to.
@Suite struct AdaptedWeightsTests {
  private static let base = Fixture.tinyBERT
  private static func path(_ name: String) -> String { Fixture.path("adapters/\(name)") }

  private static let names = Fixture.folders("adapters")

  @Test func fixturesAreThere() { #expect(Self.names.count == 5) }

  private func weights(_ folder: String, of base: String) throws -> Weights {
    try AdaptedWeights(AdapterFolder(folder), of: TensorFile(folder: base), in: base).weights()
  }

  /// The largest difference between weights and what peft made of them.
  private func expectPEFTs(_ weights: Weights, _ name: String, prefix: String = "") throws {
    let merged = try TensorFile(safetensors: Self.path(name) + "/merged.safetensors")
    #expect(!merged.names.isEmpty)
    let expected = Weights(merged)
    for raw in merged.names.compactMap({ merged[$0] }) {
      let found = try weights.array(prefix + raw.name, raw.shape).elements
      let right = try expected.array(raw.name, raw.shape).elements
      let worst = zip(found, right).map { ($0 - $1).magnitude }.max() ?? .nan
      #expect(worst <= 1e-6, "\(raw.name): \(worst)")
    }
    // All others are as they were.
    let before = try TensorFile(folder: Self.base)
    #expect(weights.file.names.count == before.names.count)
    for raw in before.names.compactMap({ before[$0] }) where merged[raw.name] == nil {
      #expect(!weights.isChanged(prefix + raw.name))
    }
  }

  @Test(arguments: names) func theyAreMergedAsPEFTMergesThem(_ name: String) throws {
    try expectPEFTs(weights(Self.path(name), of: Self.base), name)
  }

  /// Bases are saved with and without the name of the network in front.
  @Test(arguments: names) func theBasesNamesMayHaveAPrefix(_ name: String) throws {
    let scratch = try ScratchFolder()
    let folder = try NewFolder(scratch.file("base"))
    let file = try TensorFile(folder: Self.base)
    try folder.writeSafetensors(
      "model.safetensors",
      file.names.compactMap { file[$0] }.map { raw in
        NewTensor("bert.\(raw.name)", raw.type, raw.shape) { append in try raw.withBytes(append) }
      })
    try folder.finish()
    try expectPEFTs(weights(Self.path(name), of: scratch.file("base")), name, prefix: "bert.")
  }

  /// As Conv1D stores its matrices.
  @Test func aMatrixMayBeStoredInputsFirst() throws {
    let (a, b) = (Tensor([1, 2], [1, 2]), Tensor([3, 1], [1, 10, 100]))
    let scratch = try ScratchFolder()
    func write(_ name: String, _ tensors: [NewTensor]) throws {
      let folder = try NewFolder(scratch.file(name))
      try folder.writeSafetensors(
        name == "base" ? "model.safetensors" : AdapterFolder.weights, tensors)
      if name != "base" {
        try folder.write(
          AdapterFolder.settings,
          Array(
            #"{"peft_type":"LORA","r":1,"lora_alpha":2,"fan_in_fan_out":true,"base_model_name_or_path":"x"}"#
              .utf8))
      }
      try folder.finish()
    }
    try write("base", [NewTensor("h.c.weight", Tensor([2, 3], [1, 2, 3, 4, 5, 6]))])
    try write(
      "adapter",
      [
        NewTensor("base_model.model.h.c.lora_A.weight", a),
        NewTensor("base_model.model.h.c.lora_B.weight", b),
      ])
    let merged = try weights(scratch.file("adapter"), of: scratch.file("base"))
    // W + 2·(B·A)ᵀ
    #expect(
      try merged.array("h.c.weight", [2, 3]).elements == [3, 22, 203, 8, 45, 406])
  }

  private struct Spoilt: Sendable, CustomTestStringConvertible {
    let name: String
    var adapter = "patterns"
    var change: @Sendable (ScratchFolder) throws -> Void
    let message: String
    var testDescription: String { name }
  }

  private static func setting(
    _ name: String, _ value: String, _ message: String, adapter: String = "patterns"
  ) -> Spoilt {
    Spoilt(
      name: name, adapter: adapter,
      change: { folder in
        let settings = Data(try folder.bytes(AdapterFolder.settings))
        var object = try JSONSerialization.jsonObject(with: settings) as? [String: Any] ?? [:]
        object[name] = try JSONSerialization.jsonObject(
          with: Data(value.utf8), options: .fragmentsAllowed)
        try folder.write(
          AdapterFolder.settings, JSONSerialization.data(withJSONObject: object))
      }, message: message)
  }

  private static let spoilt: [Spoilt] = [
    setting("peft_type", #""IA3""#, "`peft_type` is `IA3`; only LORA is read"),
    setting("r", "0", "`r` is 0, should be 1 to 65536"),
    setting("r", "8", "is F32 [4, 32], should be real numbers of [8, 32]"),
    setting("r", "9223372036854775807", "should be 1 to 65536"),
    setting("lora_alpha", "1e30", "`lora_alpha` is 1e+30, should be at most"),
    setting("rank_pattern", #"{"(a|b)":2}"#, "`(a|b)` is a pattern that is not read"),
    setting("lora_bias", "true", "`lora_bias` is true, which is not computed here"),
    setting("init_lora_weights", #""pissa""#, "which is not computed here; merge the adapter"),
    setting("use_dora", "true", "has no `lora_magnitude_vector`"),
    setting("use_dora", "false", "has a `lora_magnitude_vector`", adapter: "scaled"),
    setting(
      "modules_to_save", "null", "changes the tensor `embeddings.LayerNorm",
      adapter: "renamed-norm"),
    Spoilt(
      name: "no weights", change: { try $0.remove(AdapterFolder.weights) },
      message: "no adapter_model.safetensors beside adapter_config.json"),
    Spoilt(
      name: "weights cut off",
      change: {
        let bytes = try $0.bytes(AdapterFolder.weights)
        try $0.write(AdapterFolder.weights, bytes.dropLast(100))
      }, message: AdapterFolder.weights),
  ]

  @Test(arguments: spoilt) private func whatIsNotFollowedIsRefused(_ case: Spoilt) throws {
    let isRenamed = `case`.adapter == "renamed-norm"
    let folder = try ScratchFolder(copyOf: Self.path(isRenamed ? "stabilized" : `case`.adapter))
    try `case`.change(folder)
    let scratch = try ScratchFolder()
    var base = Self.base
    if isRenamed {
      // A base without the tensors that the adapter replaces.
      let new = try NewFolder(scratch.file("base"))
      let file = try TensorFile(folder: base)
      try new.writeSafetensors(
        "model.safetensors",
        file.names.filter { !$0.hasPrefix("embeddings.LayerNorm") }.compactMap { file[$0] }.map {
          raw in NewTensor(raw.name, raw.type, raw.shape) { append in try raw.withBytes(append) }
        })
      try new.finish()
      base = scratch.file("base")
    }
    let error = #expect(throws: FileError.self) { try weights(folder.path, of: base) }
    #expect(error?.description.contains(`case`.message) == true, "\(error?.description ?? "")")
  }

  @Test func anAdapterOfAnotherShapeNamesItsBase() throws {
    let other = Fixture.path("encoders/roberta")
    let error = #expect(throws: FileError.self) {
      try weights(Self.path("patterns"), of: other)
    }
    #expect(error?.description.contains("bert-tiny") == true, "\(error?.description ?? "")")
  }
}
