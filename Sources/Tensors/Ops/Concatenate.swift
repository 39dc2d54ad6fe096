extension Tensor {
  /// The columns of several tensors side by side.
  /// - Shapes: `[B, E₁]`, `[B, E₂]`, … → `[B, E₁ + E₂ + …]`
  package static func concatenate(_ parts: [Tensor]) -> Tensor {
    guard let first = parts.first, parts.count > 1 else {
      precondition(!parts.isEmpty, "nothing to concatenate")
      return parts[0]
    }
    let width = parts.reduce(0) { $0 + $1.columns }
    let whole = Tensor([first.rows, width]) { out in
      guard let out = out.baseAddress else { return }
      var offset = 0
      for part in parts {
        precondition(part.rows == first.rows, "\(part.rows) rows beside \(first.rows)")
        part.withPointer { source in
          for row in 0..<part.rows {
            (out + row * width + offset).update(
              from: source + row * part.columns, count: part.columns)
          }
        }
        offset += part.columns
      }
    }
    let columns = ranges(of: parts.map(\.columns))
    let areTracked = parts.map(\.isTracked)
    return whole.recorded(parts) { dy in
      zip(columns, areTracked).map { $1 ? dy.columns($0) : nil }
    }
  }

  /// Where parts of these lengths lie, one after the other.
  private static func ranges(of lengths: [Int]) -> [Range<Int>] {
    var end = 0
    return lengths.map { length in
      end += length
      return end - length..<end
    }
  }
}

extension Tensor {
  /// - Shapes: `[B, E]` → `[B, count]`
  package func firstColumns(_ count: Int) -> Tensor {
    let (rows, width) = (rows, columns)
    return columns(0..<count).recorded([self]) { dy in
      let dx = Tensor([rows, width]) { out in
        out.update(repeating: 0)
        guard let out = out.baseAddress else { return }
        dy.withPointer { dy in
          for row in 0..<rows { (out + row * width).update(from: dy + row * count, count: count) }
        }
      }
      return [dx]
    }
  }

  /// A copy of some columns, without a way back.
  func columns(_ range: Range<Int>) -> Tensor {
    precondition(range.upperBound <= columns, "\(range) of \(columns) columns")
    return Tensor([rows, range.count]) { out in
      guard let out = out.baseAddress else { return }
      withPointer { x in
        for row in 0..<rows {
          (out + row * range.count).update(
            from: x + row * columns + range.lowerBound, count: range.count)
        }
      }
    }
  }
}

extension Tensor {
  /// The rows of several tensors one below the other.
  /// - Shapes: `[N₁, H]`, `[N₂, H]`, … → `[N₁ + N₂ + …, H]`
  package static func stacked(_ parts: [Tensor]) -> Tensor {
    let columns = parts.first?.columns ?? 0
    precondition(parts.allSatisfy { $0.columns == columns }, "rows of different lengths")
    let whole = Tensor([parts.reduce(0) { $0 + $1.rows }, columns]) { out in
      guard var next = out.baseAddress else { return }
      for part in parts {
        part.copy(to: next)
        next += part.count
      }
    }
    let rows = ranges(of: parts.map(\.rows))
    let areTracked = parts.map(\.isTracked)
    return whole.recorded(parts) { dy in zip(rows, areTracked).map { $1 ? dy.rows($0) : nil } }
  }

  // A page or more of numbers for each thread, so that many find room for theirs at once.
  private static let copied = 1 << 16

  private func copy(to other: UnsafeMutablePointer<Float>) {
    nonisolated(unsafe) let other = other
    withPointer { own in
      nonisolated(unsafe) let own = own
      Parallel.split(count, unit: Self.copied) { part in
        (other + part.lowerBound).update(from: own + part.lowerBound, count: part.count)
      }
    }
  }

  /// The numbers of several vectors one after the other.
  /// - Shapes: `[E₁]`, `[E₂]`, … → `[E₁ + E₂ + …]`
  package static func joined(_ vectors: [Tensor]) -> Tensor {
    stacked(vectors.map { $0.reshaped([$0.count, 1]) })
      .reshaped([vectors.reduce(0) { $0 + $1.count }])
  }

  /// A copy of some rows.
  package func rows(_ range: Range<Int>) -> Tensor {
    precondition(range.upperBound <= rows, "\(range) of \(rows) rows")
    let (rows, columns) = (rows, columns)
    let part = Tensor([range.count, columns]) { out in
      withPointer {
        out.baseAddress?.update(from: $0 + range.lowerBound * columns, count: out.count)
      }
    }
    return part.recorded([self]) { dy in
      let dx = Tensor([rows, columns]) { out in
        out.update(repeating: 0)
        guard let out = out.baseAddress else { return }
        dy.withPointer { (out + range.lowerBound * columns).update(from: $0, count: dy.count) }
      }
      return [dx]
    }
  }

  /// A copy of some rows, in any order and as often as they are named.
  package func rows(_ indices: [Int]) -> Tensor {
    let rows = rows
    return Tensor([indices.count, columns]) { out in
      guard var next = out.baseAddress else { return }
      withPointer {
        for row in indices {
          precondition(row < rows, "\(row) of \(rows) rows")
          next.update(from: $0 + row * columns, count: columns)
          next += columns
        }
      }
    }.recorded(ofTables: [self]) {
      [.rows(TableGradient($0, ids: indices.map(Int32.init), tableRows: rows))]
    }
  }
}
