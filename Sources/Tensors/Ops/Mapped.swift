extension Tensor {
  /// A function of each number.
  /// - Parameter slope: its derivative, at the same number
  package func mapped(
    _ function: (Float) -> Float, slope: @escaping @Sendable (Float) -> Float
  ) -> Tensor {
    let y = Tensor(shape) { out in
      withFloats { x in for index in out.indices { out[index] = function(x[index]) } }
    }
    return y.recorded([self]) { dy in
      let dx = Tensor(shape) { out in
        withFloats { x in
          dy.withFloats { dy in
            for index in out.indices { out[index] = dy[index] * slope(x[index]) }
          }
        }
      }
      return [dx]
    }
  }

  /// A function of each row, as long as it.
  /// - Parameters:
  ///   - function: writes y, given x
  ///   - slope: from y and the derivatives by y to those by x: it is given y, and changes dy to dx
  package func mappedRows(
    _ function: (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void,
    slope:
      @escaping @Sendable (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) ->
      Void
  ) -> Tensor {
    let y = Tensor(shape) { out in eachRow(function, out) }
    return y.recorded([self]) { dy in
      let dx = Tensor(shape) { out in
        dy.withFloats { _ = out.initialize(from: $0) }
        y.eachRow(slope, out)
      }
      return [dx]
    }
  }

  private func eachRow(
    _ body: (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void,
    _ out: UnsafeMutableBufferPointer<Float>
  ) {
    withFloats { floats in
      for start in stride(from: 0, to: floats.count, by: max(1, columns)) {
        let row = start..<start + columns
        body(
          UnsafeBufferPointer(rebasing: floats[row]),
          UnsafeMutableBufferPointer(rebasing: out[row]))
      }
    }
  }
}
