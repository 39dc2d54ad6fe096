import Embeddings
import Tensors
import Training
import Vectors

extension Similarity {
  /// The score of each text's vector with that of the same text of others.
  func pairwise(_ a: Results, _ b: Results) -> [Float] {
    switch (a, b) {
    case (.rows(let a), .rows(let b)): pairwise(a, b)
    case (.sparse(let a), .sparse(let b)): pairwise(a, b)
    default: preconditionFailure("results of different kinds")
    }
  }
}

extension Results {
  /// Of these the nearest to each query.
  func nearest(
    to queries: Results, by metric: Similarity, _ name: String, threads: Int
  ) throws -> [[Hit]] {
    switch (self, queries) {
    case (.rows(let corpus), .rows(let queries)):
      try Search(
        corpus, by: metric, name: name, threads: threads, cancelled: { Interrupt.requested }
      ).nearest(to: queries, count: 1, queriesName: name)
    case (.sparse(let corpus), .sparse(let queries)):
      try InvertedIndex(
        corpus, by: metric, name: name, threads: threads, cancelled: { Interrupt.requested }
      ).nearest(to: queries, count: 1, queriesName: name)
    default: preconditionFailure("results of different kinds")
    }
  }

  /// All numbers of one text's vector.
  func numbers(of row: Int) -> [Float] {
    switch self {
    case .rows(let matrix): return matrix[row]
    case .sparse(let matrix):
      let sparse = matrix[row]
      var all = [Float](repeating: 0, count: matrix.columns)
      for (index, value) in zip(sparse.indices, sparse.values) { all[Int(index)] = value }
      return all
    case .ragged: preconditionFailure("a text has several vectors")
    }
  }
}

extension TrainEvaluator {
  /// The values of what says how sparse vectors are: of each column of triplets, of pairs that do or do
  /// not belong together over all different texts, of others the mean of their columns.
  func sparsities(_ vectors: [Results]) -> [Double] {
    let counts = vectors.map { results -> (active: [Double], width: Double) in
      guard case .sparse(let matrix) = results else { return ([], 1) }
      return ((0..<matrix.rows).map { Double(matrix[$0].count) }, Double(matrix.columns))
    }
    let width = counts.first?.width ?? 1
    func pair(_ active: Double) -> [Double] { [active, 1 - active / width] }
    func mean(_ values: [Double]) -> Double {
      values.reduce(0, +) / Double(max(1, values.count))
    }
    switch kind {
    case .triplets: return counts.flatMap { pair(mean($0.active)) }
    case .matches:
      var active: [[UInt8]: Double] = [:]
      for (column, counts) in zip(columns, counts) {
        for (text, count) in zip(column.texts, counts.active) { active[text] = count }
      }
      return pair(mean(active.sorted { $0.value < $1.value }.map(\.value)))
    case .scores, .pairs, .vectors: return pair(mean(counts.map { mean($0.active) }))
    case .reranking: return []
    }
  }
}
