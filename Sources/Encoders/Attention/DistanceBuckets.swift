import Glibc
import ModelFiles

/// Distances in buckets, as T5 counts them (Raffel et al., 2019): half for keys before the
/// query, half for those after it; of each half the first half exactly, the others by logarithm.
struct T5Buckets: Sendable {
  /// At least 2: one on either side.
  let count: Int
  /// From here on all distances are in the last bucket.
  let farthest: Int

  /// - Parameter distance: the key's position less the query's
  func callAsFunction(_ distance: Int) -> Int {
    let half = count / 2
    let exact = half / 2
    let start = distance > 0 ? half : 0
    let away = Int(distance.magnitude)
    guard away >= exact, exact > 0 else { return start + min(away, half - 1) }
    // In float32, as torch computes it: some distances lie on an edge.
    let logarithm = logf(Float(away) / Float(exact))
    let whole = Float(log(Double(farthest) / Double(exact)))
    let steps = logarithm / whole * Float(half - exact)
    return start + min(half - 1, exact + Int(max(0, min(steps, Float(half)))))
  }
}

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
