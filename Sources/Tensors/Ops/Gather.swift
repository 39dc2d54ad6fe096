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

extension Tensor {
  /// For each list of ids, the mean of their rows in a table; zeros for an empty list.
  /// - Parameters:
  ///   - table: `[V, E]`
  ///   - rows: the table's row for each id, unless it is the id itself
  ///   - weights: what each id's row is multiplied by
  /// - Shapes: B lists → rows as `SequenceLayout(vectors: B)` has them, of E columns
  package static func embeddingBag(
    of table: Tensor, _ lists: [[Int32]], rows: [Int32]? = nil, weights: Tensor? = nil
  ) -> Tensor {
    let columns = table.columns
    let layout = SequenceLayout(vectors: lists.count)
    return Tensor([layout.rows, columns]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      table.withPointer { table in
        weights.withPart(from: 0) { weights in
          for (index, ids) in lists.enumerated() where !ids.isEmpty {
            let target = out + layout[index].lowerBound * columns
            for id in ids.map(Int.init) {
              let source = table + (rows.map { Int($0[id]) } ?? id) * columns
              let weight = weights?[id] ?? 1
              for column in 0..<columns { target[column] += weight * source[column] }
            }
            let count = Float(ids.count)
            for column in 0..<columns { target[column] /= count }
          }
        }
      }
    }
  }
}
