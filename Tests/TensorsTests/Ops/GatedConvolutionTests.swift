import TestSupport
import Testing

@testable import Tensors

/// A short convolution between gates, against a naive twin.
@Suite struct GatedConvolutionTests {
  @Test(arguments: [(1, false), (3, true), (4, false), (7, true)], [1, 4])
  func aRowIsMadeOfItselfAndThoseBefore(_ kernel: (width: Int, hasBias: Bool), _ period: Int) {
    let (columns, layout) = (3, SequenceLayout(lengths: [4, 0, 1, 6], period: period))
    var samples = Samples(seed: 6)
    let x = samples.tensor(layout.rows, 3 * columns)
    let taps = samples.tensor(columns, kernel.width)
    let bias = kernel.hasBias ? samples.tensor(1, columns).reshaped([columns]) : nil
    let found = x.gatedConvolution(taps, bias: bias, over: layout).elements
    for sequence in 0..<layout.count {
      let rows = layout[sequence]
      for row in rows {
        for column in 0..<columns {
          func input(_ row: Int, _ part: Int) -> Float {
            x.elements[row * 3 * columns + part * columns + column]
          }
          var sum = bias?.elements[column] ?? 0
          for back in 0..<kernel.width where row - back >= rows.lowerBound {
            sum +=
              taps.elements[column * kernel.width + kernel.width - 1 - back]
              * input(row - back, 0) * input(row - back, 2)
          }
          let expected = sum * input(row, 1)
          #expect((found[row * columns + column] - expected).magnitude <= 1e-5)
        }
      }
    }
  }
}
