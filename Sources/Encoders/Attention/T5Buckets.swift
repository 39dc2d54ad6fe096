import Glibc

/// Distances in so many buckets, as T5 counts them (Raffel et al., 2019): half for keys before the
/// query, half for those after it; of each half the first half exactly, the others by logarithm.
struct T5Buckets: Sendable {
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
