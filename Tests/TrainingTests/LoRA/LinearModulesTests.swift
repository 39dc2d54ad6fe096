import ModelFiles
import Testing

@testable import Training

@Suite struct LinearModulesTests {
  private static let names = [
    "encoder.layer.10.attention.self.query", "encoder.layer.2.attention.self.key",
    "encoder.layer.2.attention.self.query", "encoder.layer.2.attention.self.value",
    "encoder.layer.2.output.dense",
  ]

  private static func modules(_ type: String = "bert", prefix: String = "") -> LinearModules {
    LinearModules(
      names.map { prefix + $0 + ".weight" }, prefix: prefix.hasSuffix("/") ? prefix : "",
      type: type,
      path: "DIR")
  }

  @Test(arguments: ["", "bert.", "0_Transformer/"])
  func modulesAreCalledAsTheNetworksClassCallsThem(prefix: String) {
    let modules = Self.modules(prefix: prefix)
    // Layers by number, not by their digits.
    #expect(modules.entries.map(\.module) == Array(Self.names[1...]) + [Self.names[0]])
    #expect(modules.entries.last?.tensor == prefix + Self.names[0] + ".weight")
  }

  @Test(arguments: [
    ("distilbert.transformer.layer.0.ffn.lin1", "distilbert", "transformer.layer.0.ffn.lin1"),
    ("transformer.attentions.0.q_lin", "xlm", "attentions.0.q_lin"),
    ("model.layers.0.self_attn.q_proj", "qwen3", "layers.0.self_attn.q_proj"),
    ("encoder.block.0.layer.0.SelfAttention.q", "t5", "encoder.block.0.layer.0.SelfAttention.q"),
  ])
  func whatAHeadPutsBeforeThemIsLeftOut(name: String, type: String, module: String) {
    #expect(LinearModules.module(Substring(name), type) == module)
  }

  @Test(
    arguments: [
      (.usual, [1, 2, 4], ["query", "value"]), (.named(["key"]), [0], ["key"]),
      (.named(["self.key", "value"]), [0, 2], ["self.key", "value"]),
      (.named(["encoder.layer.2.output.dense"]), [3], ["encoder.layer.2.output.dense"]),
      // The pooler's is not trained, and peft is not to add to it.
      (.named(["dense"]), [3], ["encoder.layer.2.output.dense"]),
    ] as [(LoRAOptions.Modules, [Int], [String])])
  func namesAreEndingsAfterADot(
    _ asked: LoRAOptions.Modules, places: [Int], names: [String]
  ) throws {
    let modules = Self.modules()
    let chosen = try modules.chosen(asked)
    let sorted = modules.entries
    #expect(chosen.entries == places.map { sorted[$0] })
    #expect(chosen.names == names)
    #expect(try modules.chosen(.allLinear).entries == sorted)
  }

  @Test(
    arguments: [
      (
        .named(["querry"]), "bert",
        "lora: DIR has no linear module `querry`; did you mean `query`? its linear modules are `key`, "
          + "`query`, `value`, `dense`"
      ),
      (
        .named(["uery"]), "bert",
        "lora: DIR has no linear module `uery`; did you mean `query`? its linear modules are `key`, "
          + "`query`, `value`, `dense`"
      ),
      (
        .usual, "mpnet",
        "lora: peft has no usual modules for `mpnet`; name them, as in modules=key+query, or take "
          + "modules=all-linear; its linear modules are `key`, `query`, `value`, `dense`"
      ),
    ] as [(LoRAOptions.Modules, String, String)])
  func whatIsNotThereIsNamed(_ asked: LoRAOptions.Modules, type: String, message: String) {
    let error = #expect(throws: FileError.self) { try Self.modules(type).chosen(asked) }
    #expect(error?.description == message)
  }
}
