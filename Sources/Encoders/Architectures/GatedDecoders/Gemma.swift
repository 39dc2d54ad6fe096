import ModelFiles
import Tensors

/// Gemma (Gemma Team, 2024): LLaMA's layers with stored scales of norms less 1, and words' vectors
/// times √H. What its file says of looking both ways does nothing, as in transformers 5.23 for texts
/// beside shorter ones.
enum Gemma: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let size = try config.width("head_dim", default: 256)
    let rotary = try config.rotary(size: size, theta: 10_000, positions: 8192)
    let name = try config.json.string("hidden_act", default: "gelu_pytorch_tanh")
    let bias = try config.json.bool("attention_bias", default: false)
    return try GatedDecoder(
      headSize: size, layers: .init(config, config.decoderMask(), rotary),
      // Of the first files, which meant the other.
      activation: config.activation(
        named: name == "gelu" ? "gelu_pytorch_tanh" : name, "hidden_act"),
      epsilon: config.epsilon("rms_norm_eps", default: 1e-6), bias: bias, outputBias: bias,
      normOffset: 1, embeddingScale: Float(config.width("hidden_size")).squareRoot()
    ).encoder(config, weights)
  }
}
