/// A family of networks: how its configuration and the names of its weights make an encoder.
package protocol Architecture: Sendable {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder
}
