/// How often each of a list of tokens occurs, and what that leaves it to say: a / (a + p) for the
/// share p of its occurrences in all (Arora, Liang & Ma, 2017).
struct TokenFrequencies {
  private let shares: [Double]
  private let a: Double

  /// Zipf's law: the n-th token of a vocabulary, which lists frequent ones first, has a share that
  /// falls as 1/n.
  init(rankedFirst count: Int) {
    // Of 1e-5, 3e-5, 1e-4 and 3e-4 the best for all-MiniLM-L6-v2 on the STS benchmark's dev set.
    a = 3e-5
    let total = (0..<count).reduce(0.0) { $0 + 1 / Double($1 + 1) }
    shares = (0..<count).map { 1 / Double($0 + 1) / total }
  }

  /// What was counted; a token that never occurred weighs most.
  /// - Parameter counts: of which one at least is more than 0
  init(counts: [Int]) {
    // The authors' value; of 3e-4, 1e-3 and 2e-3 the best there, too.
    a = 1e-3
    let total = Double(counts.reduce(0, +))
    shares = counts.map { Double($0) / total }
  }

  /// For each token, in order.
  var weights: [Float] { shares.map { Float(a / (a + $0)) } }
}
