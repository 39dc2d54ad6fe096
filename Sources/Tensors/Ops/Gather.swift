import CKernels

extension Tensor {
  /// The sum, for each token, of one row of each table: word, position and segment embeddings.
  /// - Parameter lookups: tables `[V, H]`, each with N row numbers below its V
  /// - Shapes: → `[N, H]`
  package static func gather(_ lookups: [(table: Tensor, rows: [Int32])]) -> Tensor {
    guard let first = lookups.first else { preconditionFailure("nothing to look up") }
    let (count, columns) = (first.rows.count, first.table.columns)
    let sum = Tensor([count, columns]) { out in
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
    let wanted = lookups.map { $0.table.isTracked ? (ids: $0.rows, tableRows: $0.table.rows) : nil }
    return sum.recorded(ofTables: lookups.map(\.table)) { dy in
      wanted.map { $0.map { .rows(TableGradient(dy, ids: $0.ids, tableRows: $0.tableRows)) } }
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
    let means = Tensor([layout.rows, columns]) { out in
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
    return means.recorded(ofTables: [table, weights]) { dy in
      let bags = Bags(lists, rows, at: layout)
      return [
        table.isTracked ? .rows(bags.slopes(dy, byRowsOf: table, weights)) : nil,
        weights.flatMap { $0.isTracked ? .dense(bags.slopes(dy, byWeights: $0, table)) : nil },
      ]
    }
  }
}

/// All lists' ids one after the other, for the way back: y = Σ w[id] E[row of id] / T, so
/// dE[row of id] = Σ w[id] dy / T and dw[id] = Σ E[row of id] · dy / T.
private struct Bags {
  var ids: [Int] = []
  /// Of each id: its row in the table, the row of its list's mean, and 1/T.
  var rows: [Int32] = []
  var means: [Int] = []
  var shares: [Float] = []

  init(_ lists: [[Int32]], _ rows: [Int32]?, at layout: SequenceLayout) {
    for (index, list) in lists.enumerated() {
      ids += list.map(Int.init)
      self.rows += rows.map { rows in list.map { rows[Int($0)] } } ?? list
      means += repeatElement(layout[index].lowerBound, count: list.count)
      shares += repeatElement(1 / Float(list.count), count: list.count)
    }
  }

  func slopes(_ dy: Tensor, byRowsOf table: Tensor, _ weights: Tensor?) -> TableGradient {
    let factors = weights.map { weights in
      weights.withFloats { weights in zip(ids, shares).map { weights[$0] * $1 } }
    }
    return TableGradient(
      dy.rows(means), ids: rows, tableRows: table.rows, weights: factors ?? shares)
  }

  func slopes(_ dy: Tensor, byWeights weights: Tensor, _ table: Tensor) -> Tensor {
    let columns = table.columns
    return Tensor(weights.shape) { out in
      out.update(repeating: 0)
      dy.withPointer { dy in
        table.withPointer { table in
          for (index, id) in ids.enumerated() {
            let row = table + Int(rows[index]) * columns
            out[id] += shares[index] * ck_dot(row, dy + means[index] * columns, columns)
          }
        }
      }
    }
  }
}
