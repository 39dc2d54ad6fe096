import Tensors

/// Rows over their lengths (`torch.nn.functional.normalize`), and the way back.
struct UnitRows {
  let rows: Tensor
  private let lengths: [Double]
  private let shortest: Double

  /// - Parameter shortest: less counts as this much
  init(_ x: Tensor, shortest: Double = 1e-12) {
    let lengths = x.lengths
    (self.lengths, self.shortest) = (lengths, shortest)
    rows = x.scaledRows(by: lengths.map { Float(1 / Swift.max($0, shortest)) })
  }

  /// y = x/‖x‖, so dx = (dy − y (y·dy))/‖x‖; of a row that is too short, dy over that length.
  /// - Shapes: `[B, E]` → `[B, E]`
  func derivative(_ dy: Tensor) -> Tensor {
    let columns = rows.columns
    return Tensor(rows.shape) { dx in
      rows.withFloats { y in
        dy.withFloats { dy in
          for (row, length) in lengths.enumerated() {
            let places = row * columns..<(row + 1) * columns
            var along = 0.0
            if length >= shortest {
              for index in places { along += Double(y[index]) * Double(dy[index]) }
            }
            let factor = 1 / Swift.max(length, shortest)
            for index in places {
              dx[index] = Float((Double(dy[index]) - Double(y[index]) * along) * factor)
            }
          }
        }
      }
    }
  }
}

extension Tensor {
  /// The Euclidean length of each row.
  /// - Shapes: `[B, E]` → B
  var lengths: [Double] {
    withFloats { x in
      (0..<rows).map { row in
        var sum = 0.0
        for index in row * columns..<(row + 1) * columns {
          sum += Double(x[index]) * Double(x[index])
        }
        return sum.squareRoot()
      }
    }
  }
}
