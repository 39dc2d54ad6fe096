import Encoders
package import ModelFiles
import Tensors
import Tokenizers

/// A model in one GGUF file, as the directory that it was made from: the documents that would lie in it,
/// and the weights of its modules by their names there.
package struct GGUFModel: Sendable {
  package let file: GGUFFile
  let architecture: GGUFArchitecture

  package init(_ path: String) throws {
    file = try GGUFFile(path)
    let key = "general.architecture"
    guard let name = try file.string(key) else { throw file.missing(key) }
    guard let known = GGUFArchitecture.known[name] else {
      throw FileError(
        "\(path): `\(key)` is `\(name)`, which is not read; read are "
          + GGUFArchitecture.known.keys.sorted().joined(separator: ", "))
    }
    architecture = known
  }

  /// The documents by their names in the directory, the network's modules listed.
  func documents() throws -> [(name: String, value: JSONValue)] {
    let (configuration, pooling) = try (architecture.configuration(file), pooling())
    let width = try file.requiredInt("\(architecture.name).embedding_length")
    let dense = try StoredDense.all(in: file)
    var modules = [("", "Transformer"), ("1_Pooling", "Pooling")]
    modules += dense.map { ($0.folder, "Dense") } + [("\(dense.count + 2)_Normalize", "Normalize")]
    let listed = modules.enumerated().map { index, module -> JSONValue in
      [
        "idx": .int(index), "name": .string("\(index)"), "path": .string(module.0),
        "type": .string("sentence_transformers.models.\(module.1)"),
      ]
    }
    let limit = try file.int("\(architecture.name).context_length")
    return try [
      ("modules.json", .array(listed)), ("config.json", .object(configuration)),
      ("sentence_bert_config.json", ["max_seq_length": limit.map { .int($0) } ?? .null]),
      (
        "1_Pooling/config.json",
        ["word_embedding_dimension": .int(width), "pooling_mode": .string(pooling)]
      ),
      ("tokenizer.json", GGUFTokenizer(file).json()),
      ("tokenizer_config.json", ["tokenizer_class": "PreTrainedTokenizerFast"]),
    ] + dense.map { ("\($0.folder)/config.json", $0.configuration) }
  }

  /// `pooling_mode`: as the file says, else as llama.cpp has it: the last token's vector of a decoder,
  /// the mean of others.
  private func pooling() throws -> String {
    let key = "\(architecture.name).pooling_type"
    let names = [1: "mean", 2: "cls", 3: "lasttoken"]
    let found = try file.int(key) ?? 0
    if found == 0 { return architecture.isDecoder ? "lasttoken" : "mean" }
    guard let name = names[found] else {
      throw FileError(
        found == 4
          ? "\(file.path): a reranker (`\(key)` is 4); rerankers are not read from GGUF: take the "
            + "directory that it was made from"
          : "\(file.path): `\(key)` is \(found), should be 0 (none), 1 (mean), 2 (cls) or 3 (last)")
    }
    return name
  }

  /// The weights of a module.
  /// - Parameter folder: its folder in the directory; empty for the network
  func weights(of folder: String) throws -> Weights {
    if let dense = try StoredDense.all(in: file).first(where: { $0.folder == folder }) {
      return Weights(
        TensorFile(["linear.weight": dense.weight], of: [file.file]))
    }
    guard folder.isEmpty else { return Weights(TensorFile()) }
    return try architecture.weights(file)
  }
}

extension GGUFModel {
  /// Writes the directory, weights as safetensors.
  /// - Parameter format: of all real numbers; by default as they are stored, and float32 what is stored
  ///   in blocks or otherwise than in the directory
  /// - Returns: the files of weights that were written, and the numbers in each
  func write(
    to folder: any FolderWriting, format: FloatFormat?
  ) throws -> [(file: String, numbers: Int)] {
    for (name, value) in try documents() { try folder.write(name, value.file) }
    let modules = [""] + (try StoredDense.all(in: file).map(\.folder))
    return try modules.map { module in
      let (weights, prefix) = (try weights(of: module), module.isEmpty ? "" : module + "/")
      let tensors = weights.file.names.compactMap { weights.file[$0] }.map {
        NewTensor($0, of: weights, format: format)
      }
      try folder.writeSafetensors(prefix + "model.safetensors", tensors)
      return (prefix + "model.safetensors", tensors.reduce(0) { $0 + $1.count })
    }
  }
}

/// EmbeddingGemma's Dense modules, which are two tensors without biases.
private struct StoredDense {
  let folder: String
  let weight: RawTensor

  static func all(in file: GGUFFile) throws -> [StoredDense] {
    let found = ["dense_2", "dense_3"].compactMap { file.tensors["\($0).weight"] }
    return try found.enumerated().map { index, weight in
      guard weight.shape.count == 2 else {
        throw FileError(
          "\(file.path): tensor `\(weight.name)` is \(weight.shape), should be a matrix")
      }
      return StoredDense(folder: "\(index + 2)_Dense", weight: weight)
    }
  }

  var configuration: JSONValue {
    [
      "in_features": .int(weight.shape[1]), "out_features": .int(weight.shape[0]), "bias": false,
      "activation_function": "torch.nn.modules.linear.Identity",
    ]
  }
}
