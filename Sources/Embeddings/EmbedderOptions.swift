package import Tensors

/// How a model is to run. None of it changes a vector, but for `maximumLength` and `precision`.
public struct EmbedderOptions: Sendable {
  /// Threads at most; the processors that this process may use, unless said.
  public var threads: Int
  /// Tokens that go through the model together, about.
  public var batchTokens: Int
  /// Fewer tokens of each text than the model would read; `nil` for as many.
  public var maximumLength: Int?

  /// How exactly the network's products are computed.
  package var precision: Precision = .f32

  // Far more than speeds anything up; what is beyond would overflow sizes.
  static let mostBatchTokens = 1 << 20

  public init(threads: Int? = nil, batchTokens: Int = 512, maximumLength: Int? = nil) {
    self.threads = max(1, min(threads ?? Processors.allowed, Processors.allowed))
    self.batchTokens = max(1, min(batchTokens, Self.mostBatchTokens))
    self.maximumLength = maximumLength
  }
}
