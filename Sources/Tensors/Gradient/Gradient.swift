import CKernels

/// The derivative of one number by a tensor.
package enum Gradient: Sendable {
  /// By each element.
  case dense(Tensor)
  /// By a table's rows that occurred; 0 by all others.
  case rows(TableGradient)

  /// By each element, as a tensor of this shape.
  package func dense(_ shape: [Int]) -> Tensor {
    switch self {
    case .dense(let tensor): tensor.reshaped(shape)
    case .rows(let table): table.dense.reshaped(shape)
    }
  }

  /// Adds the derivative of another number by the same tensor.
  package mutating func add(_ other: Gradient) {
    switch (self, other) {
    case (.rows(let mine), .rows(let others)): self = .rows(mine.adding(others))
    case (.dense(var mine), .dense(let others)):
      // Alone, so that it can be changed where it lies.
      self = .dense(Tensor([0], []))
      mine.accumulate(others)
      self = .dense(mine)
    case (.dense(var mine), .rows(let others)):
      self = .dense(Tensor([0], []))
      mine.accumulate(others)
      self = .dense(mine)
    case (.rows(let mine), .dense(let others)): self = .dense(mine.added(to: others))
    }
  }
}

/// The derivative by a table of which few rows occurred.
package struct TableGradient: Sendable {
  /// V, the rows of the table.
  package let tableRows: Int
  /// The rows that occurred, rising, each once.
  package let ids: [Int32]
  /// The derivatives by those: `[ids.count, H]`
  package let rows: Tensor

  /// Σ of the rows of `dy` that are of the same id, summed in their order.
  /// - Parameters:
  ///   - dy: `[N, H]`
  ///   - ids: of those N rows
  ///   - weights: what each row counts, if not 1
  package init(_ dy: Tensor, ids: [Int32], tableRows: Int, weights: [Float]? = nil) {
    precondition(ids.count == dy.rows, "\(ids.count) ids of \(dy.rows) rows")
    let order = ids.indices.sorted { (ids[$0], $0) < (ids[$1], $1) }
    var distinct: [Int32] = []
    for index in order where distinct.last != ids[index] { distinct.append(ids[index]) }
    let columns = dy.columns
    rows = Tensor([distinct.count, columns]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      dy.withPointer { dy in
        var target = -1
        var last: Int32?
        for index in order {
          if ids[index] != last { (target, last) = (target + 1, ids[index]) }
          let (row, source) = (out + target * columns, dy + index * columns)
          let weight = weights?[index] ?? 1
          for column in 0..<columns { row[column] += weight * source[column] }
        }
      }
    }
    (self.tableRows, self.ids) = (tableRows, distinct)
  }

  private init(tableRows: Int, ids: [Int32], rows: Tensor) {
    (self.tableRows, self.ids, self.rows) = (tableRows, ids, rows)
  }

  /// - Shapes: → `[V, H]`
  package var dense: Tensor { added(to: .zeros([tableRows, rows.columns])) }

  func added(to table: Tensor) -> Tensor {
    let columns = rows.columns
    return table.copied { out in
      rows.withPointer { rows in
        for (index, id) in ids.enumerated() {
          ck_add_to_rows(out + Int(id) * columns, rows + index * columns, 1, columns)
        }
      }
    }
  }

  func adding(_ other: TableGradient) -> TableGradient {
    precondition(tableRows == other.tableRows, "another table")
    let union = Set(ids).union(other.ids).sorted()
    let places = Dictionary(uniqueKeysWithValues: union.enumerated().map { ($1, $0) })
    let columns = rows.columns
    let sum = Tensor([union.count, columns]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      for part in [self, other] {
        part.rows.withPointer { rows in
          for (index, id) in part.ids.enumerated() {
            guard let place = places[id] else { continue }
            ck_add_to_rows(out + place * columns, rows + index * columns, 1, columns)
          }
        }
      }
    }
    return TableGradient(tableRows: tableRows, ids: union, rows: sum)
  }

  /// The same without one row.
  package func without(_ id: Int32) -> TableGradient {
    guard let place = ids.firstIndex(of: id) else { return self }
    var (ids, places) = (ids, Array(self.ids.indices))
    ids.remove(at: place)
    places.remove(at: place)
    return TableGradient(tableRows: tableRows, ids: ids, rows: rows.rows(places))
  }

  /// The same, each number times `factor`.
  package func scaled(by factor: Float) -> TableGradient {
    TableGradient(tableRows: tableRows, ids: ids, rows: rows.scaled(by: factor))
  }
}
