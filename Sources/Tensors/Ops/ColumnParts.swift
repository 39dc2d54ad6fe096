extension Tensor {
  /// The columns of several tensors side by side.
  /// - Shapes: `[B, E₁]`, `[B, E₂]`, … → `[B, E₁ + E₂ + …]`
  package static func concatenate(_ parts: [Tensor]) -> Tensor {
    guard let first = parts.first, parts.count > 1 else {
      precondition(!parts.isEmpty, "nothing to concatenate")
      return parts[0]
    }
    let width = parts.reduce(0) { $0 + $1.columns }
    return Tensor([first.rows, width]) { out in
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
  }
}

extension Tensor {
  /// - Shapes: `[B, E]` → `[B, count]`
  package func firstColumns(_ count: Int) -> Tensor {
    Tensor([rows, count]) { out in
      guard let out = out.baseAddress else { return }
      withPointer { x in
        for row in 0..<rows { (out + row * count).update(from: x + row * columns, count: count) }
      }
    }
  }
}
