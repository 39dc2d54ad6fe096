import Encoders
import ModelFiles
import Tensors
import Tokenizers

/// How much rather a language model goes on with one token than with another: with "yes" than "no".
struct LogitScore: FeatureModule {
  /// The token that speaks for a document, and the one against it, if there is one.
  private let tokens: [Int32]
  let info: ModuleInfo

  static let configFile = ConfigFile("config.json", "says which tokens are compared")

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let json = source.configuration
    let vocabulary = try input.logits(for: "LogitScore", task: .generation, json)
    let name = try json.string("module_input_name", default: "causal_logits")
    guard name == "causal_logits" else {
      throw FileError(
        "\(json.name): `module_input_name` is `\(name)`, should be `causal_logits`")
    }
    tokens = try Self.tokens(json, source, below: vocabulary)
    let network = try source.tokenizer?.network
    let names = tokens.map { id in
      network?.token(of: id).map { "`\(String(decoding: $0, as: UTF8.self))`" } ?? "\(id)"
    }
    info = ModuleInfo(
      summary: "LogitScore: \(names.joined(separator: " less "))", output: .scores(1),
      requested: .last)
  }

  private static func tokens(
    _ json: JSON, _ source: ModuleSource, below count: Int
  ) throws -> [Int32] {
    if json["true_token"] != nil {
      return try ["true_token", "false_token"].map { key in
        let text = try json.string(key)
        guard let id = try source.tokenizer?.network?.id(of: text), id < count else {
          throw FileError(
            "\(source.path): the tokenizer has no token `\(text)`, by which a causal language model "
              + "scores pairs where no LogitScore says otherwise; save the model with one")
        }
        return id
      }
    }
    let ids = try [json.int("true_token_id")] + [json.present("false_token_id")?.int()]
    return try ids.compactMap { $0 }.map { id in
      guard (0..<count).contains(id) else {
        throw FileError("\(json.name): a token's id is \(id), should be from 0 to \(count - 1)")
      }
      return Int32(id)
    }
  }

  func callAsFunction(_ features: Features) -> Features {
    guard let head = features.vocabulary else { preconditionFailure("no head") }
    var features = features
    let layout = features.layout
    let rows = features.tokenEmbeddings.rows(at: layout.last, as: layout.pooled)
    let logits = head.logits(rows, of: tokens)
    features.sentenceEmbedding = logits.linear(Self.difference[tokens.count - 1], bias: nil)
    return features
  }

  /// Of one number itself, of two the first less the second.
  private static let difference = [
    Weight(rows: Tensor([1, 1], [1]), .f32), Weight(rows: Tensor([1, 2], [1, -1]), .f32),
  ]
}
