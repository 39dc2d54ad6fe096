import Glibc
import ModelFiles

/// Distances as DeBERTa numbers them (He et al., 2021): near ones each by itself, farther ones by
/// their logarithm, up to a span on both sides.
struct DeBERTaBuckets: Sendable {
  /// Numbers lie in 0 ..< 2 · span, those of distance 0 at `span`.
  let span: Int
  /// From here on distances share numbers; `nil` where none do.
  private let near: Int?
  /// ln of the farthest distance over the nearest that share numbers.
  private let reach: Float

  /// - Parameters:
  ///   - farthest: the distance that all beyond it count as
  ///   - buckets: how many numbers there are on each side; with 0 one for each distance
  init(_ config: ModelConfig, farthest: Int, buckets: Int) throws {
    span = buckets > 0 ? buckets : farthest
    near = buckets > 0 ? buckets / 2 : nil
    guard buckets > 0 else {
      reach = 1
      return
    }
    guard buckets > 1, farthest - 1 > buckets / 2 else {
      throw FileError(
        "\(config.json.name): `position_buckets` is \(buckets), should be at least 2, and half of it "
          + "below the farthest distance, \(farthest - 1)")
    }
    reach = logf(Float(Double(farthest - 1) / Double(buckets / 2)))
  }

  /// - Parameter distance: the query's position less the key's
  func callAsFunction(_ distance: Int) -> Int {
    max(0, min(2 * span - 1, span + bucket(distance)))
  }

  private func bucket(_ distance: Int) -> Int {
    let away = Int(distance.magnitude)
    guard let near, away > near else { return distance }
    // In float32, each step rounded, as torch computes it: some distances lie on an edge.
    let steps = logf(Float(away) / Float(near)) / reach * Float(near - 1)
    return Int(min(steps.rounded(.up), Float(span)) + Float(near)) * distance.signum()
  }
}
