import Encoders
import Foundation
import ModelFiles
import Tensors
import TestSupport

@testable import Embeddings

/// A model with the configurations of a published one (Tests/Fixtures/configurations), made small:
/// two layers of 64 numbers, weights of zeros, and a tokenizer of a few tokens.
struct PublishedModel {
  typealias Object = [String: Any]

  static let names = Fixture.folders("configurations").map { String($0.dropLast(5)) }

  let folder: ScratchFolder
  private var files: [String: Any]
  private static let width = 64

  init(_ name: String) throws {
    folder = try ScratchFolder()
    let path = Fixture.path("configurations/\(name).json")
    let read = try JSONSerialization.jsonObject(with: Data(ScratchFolder.bytes(of: path)))
    files = read as? [String: Any] ?? [:]
    files["source"] = nil
    shrink()
    for (file, value) in files {
      try folder.write(file, JSONSerialization.data(withJSONObject: value))
    }
    try writeTokenizer()
    try writeTensors()
  }

  private func object(_ name: String) -> Object { files[name] as? Object ?? [:] }

  // MARK: Sizes

  private static let sizes: [(keys: [String], size: Int)] = [
    (["hidden_size", "d_model", "dim", "emb_dim", "n_embd"], width),
    (["embedding_size"], 32), (["num_key_value_heads"], 2),
    (["num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_decoder_layers"], 2),
    (["num_attention_heads", "n_heads", "n_head", "num_heads"], 4),
    (["head_dim", "d_kv", "d_head"], 16),
    (["intermediate_size", "hidden_dim", "d_ff", "d_inner", "n_inner"], 128),
    (["vocab_size", "n_words", "n_token"], 1000),
  ]

  /// The part of config.json that is of the network that reads texts.
  private var textConfiguration: Object {
    get {
      let config = object("config.json")
      return config["text_config"] as? Object ?? config
    }
    set {
      var config = object("config.json")
      if config["text_config"] == nil {
        config = newValue
      } else {
        config["text_config"] = newValue
      }
      files["config.json"] = config
    }
  }

  private mutating func shrink() {
    var config = textConfiguration
    for (keys, size) in Self.sizes {
      for key in keys where config[key] is Int { config[key] = size }
    }
    for (key, value) in config where key.hasSuffix("token_id") {
      if let id = value as? Int, id >= 1000 { config[key] = 0 }
    }
    if let kinds = config["layer_types"] as? [String] {
      config["layer_types"] = kinds.prefix(2).map(\.self)
    }
    if files["config.json"] != nil { textConfiguration = config }
    var inputs = Self.width
    for module in files["modules.json"] as? [Object] ?? [] {
      guard let path = module["path"] as? String, var own = files["\(path)/config.json"] as? Object
      else { continue }
      for key in ["word_embedding_dimension", "embedding_dimension"] where own[key] != nil {
        own[key] = Self.width
      }
      if own["in_features"] != nil {
        own["in_features"] = inputs
        own["out_features"] = 32
        inputs = 32
      }
      files["\(path)/config.json"] = own
    }
  }

  // MARK: A tokenizer that its class can be

  private var tokenizer: Object {
    let config = object("tokenizer_config.json")
    let type = object("config.json")["model_type"] as? String ?? ""
    let name = config["tokenizer_class"] as? String ?? ""
    let all = [
      "<s>", "<pad>", "</s>", "<unk>", "[UNK]", "[CLS]", "[SEP]", "[PAD]", "<eos>", "<bos>",
      "<mask>", "[MASK]", "<|endoftext|>", "<|startoftext|>", "<sep>", "<cls>", "a", "b",
    ]
    let numbered = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
    let isGemmas = name.hasPrefix("Gemma") || name.isEmpty && type.hasPrefix("gemma")
    let isBPE =
      isGemmas
      || ["CLIP", "Roberta", "GPT2", "Qwen2", "PreTrained", "Llama"].contains(where: name.hasPrefix)
    let isWordPiece =
      ["Bert", "MPNet", "DistilBert", "Electra"].contains(where: name.hasPrefix)
      || name.isEmpty
        && ["bert", "electra", "distilbert", "mpnet", "nomic_bert", ""].contains(type)
    if isWordPiece {
      let unknown = config["unk_token"] as? String ?? "[UNK]"
      return [
        "model": [
          "type": "WordPiece", "vocab": numbered, "unk_token": unknown,
          "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
        ]
      ]
    }
    if isBPE {
      var model: Object = ["type": "BPE", "vocab": numbered, "merges": [String]()]
      if name.hasPrefix("CLIP") { model["end_of_word_suffix"] = "</w>" }
      if isGemmas { (model["byte_fallback"], model["unk_token"]) = (true, "<unk>") }
      return ["model": model]
    }
    let unknown =
      name.hasPrefix("T5")
      ? 2 : name.hasPrefix("Albert") || type == "albert" ? 1 : type == "xlnet" ? 0 : 3
    return [
      "model": ["type": "Unigram", "unk_id": unknown, "vocab": all.map { [$0, 0.0] as [Any] }]
    ]
  }

  private func writeTokenizer() throws {
    if object("config.json")["model_type"] as? String == "flaubert" {
      try folder.write("vocab.json", #"{"<s>":0,"</s>":1,"<pad>":2,"<unk>":3,"a</w>":4}"#)
      try folder.write("merges.txt", "")
      return
    }
    let data = try JSONSerialization.data(withJSONObject: tokenizer)
    try folder.write("tokenizer.json", data)
    if files["config.json"] == nil { try folder.write("0_StaticEmbedding/tokenizer.json", data) }
  }

  // MARK: Weights

  private func writeTensors() throws {
    if let config = try? JSON(file: folder.file("config.json")),
      config["architectures"]?[0]?.isString("StaticModel") != true
    {
      let shapes = try network(config["text_config"] ?? config)
      let projection = ["text_projection.weight": [Self.width, Self.width]]
      let isCLIP = config["model_type"]?.isString("clip") ?? false
      try write(
        "model.safetensors", isCLIP ? shapes.merging(projection) { $1 } : shapes)
    } else {
      let isOwn = files["config.json"] == nil
      try write(
        (isOwn ? "0_StaticEmbedding/" : "") + "model.safetensors",
        [isOwn ? "embedding.weight" : "embeddings": [1000, Self.width]])
    }
    for module in files["modules.json"] as? [Object] ?? [] {
      guard let path = module["path"] as? String,
        let own = files["\(path)/config.json"] as? Object,
        let inputs = own["in_features"] as? Int, let outputs = own["out_features"] as? Int
      else { continue }
      try write(
        "\(path)/model.safetensors",
        ["linear.weight": [outputs, inputs], "linear.bias": [outputs]])
    }
  }

  /// The tensors that a network asks for: each error names the next. None where it is refused.
  private func network(_ config: JSON) throws -> [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    while shapes.count < 1000 {
      let parameters = shapes.mapValues { shape in
        Tensor(shape, [Float](repeating: 0, count: shape.reduce(1, *)))
      }
      do {
        _ = try Architectures.encoder(
          ModelConfig(config), Weights(TensorFile(), parameters: parameters))
        break
      } catch {
        guard let match = "\(error)".firstMatch(of: /no tensor `([^`]+)`.*shape \[([0-9, ]+)\]/)
        else { break }
        let shape = match.2.split(separator: ", ").compactMap { Int($0) }
        // A vector may be asked for as one row.
        shapes[String(match.1)] = shape.first == 1 && match.1.hasSuffix("bias") ? [shape[1]] : shape
      }
    }
    return shapes
  }

  private func write(_ name: String, _ shapes: [String: [Int]]) throws {
    var header: Object = [:]
    var offset = 0
    for (name, shape) in shapes {
      let end = offset + 4 * shape.reduce(1, *)
      header[name] = ["dtype": "F32", "shape": shape, "data_offsets": [offset, end]] as Object
      offset = end
    }
    var text = Array(try JSONSerialization.data(withJSONObject: header))
    text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
    let length = withUnsafeBytes(of: UInt64(text.count).littleEndian, Array.init)
    try folder.write(name, length + text + [UInt8](repeating: 0, count: offset))
  }
}
