import Synchronization
import Tensors

/// A number for each head and distance, made as far as texts are long.
final class DistanceBias: Sendable {
  private let heads: Int
  /// - Parameters: a head and a distance, the key's place less the query's
  private let value: @Sendable (_ head: Int, _ distance: Int) -> Float
  private let made = Mutex<(tokens: Int, bias: RelativeBias)?>(nil)

  init(heads: Int, _ value: @escaping @Sendable (_ head: Int, _ distance: Int) -> Float) {
    self.heads = heads
    self.value = value
  }

  func bias(for packing: Packing) -> RelativeBias {
    let longest = packing.longest
    return made.withLock { made in
      if let made, made.tokens >= longest { return made.bias }
      // Twice as many, so that growing text by text costs no more than making it once.
      let tokens = max(longest, 2 * (made?.tokens ?? 32))
      let bias = RelativeBias(heads: heads, tokens: tokens, value)
      made = (tokens, bias)
      return bias
    }
  }
}
