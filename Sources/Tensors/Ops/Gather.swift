extension Tensor {
  /// The sum, for each token, of one row of each table: word, position and segment embeddings.
  /// - Parameter lookups: tables `[V, H]`, each with N row numbers below its V
  /// - Shapes: → `[N, H]`
  package static func gather(_ lookups: [(table: Tensor, rows: [Int32])]) -> Tensor {
    guard let first = lookups.first else { preconditionFailure("nothing to look up") }
    let (count, columns) = (first.rows.count, first.table.columns)
    return Tensor([count, columns]) { out in
      guard let out = out.baseAddress else { return }
      for (index, lookup) in lookups.enumerated() {
        precondition(lookup.table.columns == columns && lookup.rows.count == count)
        let last = lookup.table.rows
        lookup.table.withPointer { table in
          for (row, number) in lookup.rows.enumerated() {
            precondition(number >= 0 && number < last, "row \(number) of \(last)")
            let source = table + Int(number) * columns
            let target = out + row * columns
            if index == 0 {
              target.update(from: source, count: columns)
            } else {
              for column in 0..<columns { target[column] += source[column] }
            }
          }
        }
      }
    }
  }
}
