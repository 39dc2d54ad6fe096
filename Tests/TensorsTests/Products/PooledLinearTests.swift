import Glibc
import TestSupport
import Testing

@testable import Tensors

@Suite struct PooledLinearTests {
  private static let poolings = [
    LogPooling(.max, logarithms: 1), LogPooling(.max, logarithms: 2),
    LogPooling(.sum, logarithms: 1),
    LogPooling(.sum, logarithms: 2, cap: 0.5), LogPooling(.max, logarithms: 0, cap: 0.5),
  ]

  // Over 512 rows, so that sequences lie across two chunks; and one without rows.
  private static let lengths = [3, 505, 0, 40, 1, 9]

  private func layers(_ precision: Precision, _ samples: inout Samples) -> [Linear] {
    [32, 32, 9].map {
      Linear(weight: Weight(rows: samples.tensor($0, 36), precision), bias: samples.tensor($0))
    }
  }

  private func naive(
    _ x: Tensor, _ layers: [Linear], _ layout: SequenceLayout, _ pooling: LogPooling
  ) -> [Float] {
    let products = Tensor.concatenate(layers.map { x.linear($0) })
    let (width, logits) = (products.columns, products.elements)
    return (0..<layout.count).flatMap { sequence in
      (0..<width).map { column in
        let values = layout[sequence].map { row in
          let x = Double(max(0, logits[row * width + column]))
          let bent = pooling.cap.map { Double($0) * tanh(x / Double($0)) } ?? x
          return (0..<pooling.logarithms).reduce(bent) { y, _ in log1p(y) }
        }
        return Float(pooling.reduction == .max ? values.max() ?? 0 : values.reduce(0, +))
      }
    }
  }

  @Test(arguments: Precision.allCases, poolings.indices)
  func itIsTheProductPooled(_ precision: Precision, _ number: Int) {
    var samples = Samples()
    let layout = SequenceLayout(lengths: Self.lengths)
    let x = samples.tensor(layout.rows, 36)
    let layers = layers(precision, &samples)
    let pooling = Self.poolings[number]
    let all = 0..<layout.count
    let found = x.pooledLinear(layers, over: layout, all, by: pooling)
    // To 1e-6 of a number, or what 500 of them round to in a sum.
    let tolerance: Float = pooling.reduction == .max ? 4e-6 : 1e-3
    expectClose(found.elements, naive(x, layers, layout, pooling), tolerance: tolerance)
    let shared = Parallel.sharing(3) { x.pooledLinear(layers, over: layout, all, by: pooling) }
    #expect(shared.elements == found.elements)
  }

  /// Alone, in another order, or asked for with others: the same bits.
  @Test(arguments: Precision.allCases, poolings.indices)
  func aSequencesBitsDoNotDependOnItsCompany(_ precision: Precision, _ number: Int) {
    var samples = Samples()
    let texts = Self.lengths.map { samples.tensor($0, 36) }
    let layers = layers(precision, &samples)
    func pooled(_ order: [Int]) -> [[Float]] {
      let layout = SequenceLayout(lengths: order.map { texts[$0].rows })
      let dense = Tensor.stacked(order.map { texts[$0] })
      let x = dense.rows(
        at: SequenceLayout(lengths: order.map { texts[$0].rows }, period: 1), as: layout)
      let y = x.pooledLinear(layers, over: layout, 0..<order.count, by: Self.poolings[number])
      return order.indices.map { y.view(rows: $0..<$0 + 1).elements }
    }
    let expected = pooled(Array(texts.indices))
    for (place, found) in pooled(texts.indices.reversed()).enumerated() {
      #expect(found == expected[texts.count - 1 - place])
    }
    for text in texts.indices where texts[text].rows > 0 {
      #expect(pooled([text]) == [expected[text]])
    }
  }

  @Test func partOfTheSequencesIsThatPart() {
    var samples = Samples()
    let layout = SequenceLayout(lengths: Self.lengths)
    let x = samples.tensor(layout.rows, 36)
    let layers = layers(.f32, &samples)
    for pooling in Self.poolings {
      let all = x.pooledLinear(layers, over: layout, 0..<6, by: pooling)
      for part in [0..<1, 1..<3, 2..<3, 4..<6] {
        let found = x.pooledLinear(layers, over: layout, part, by: pooling)
        #expect(found.elements == all.view(rows: part).elements)
      }
    }
  }

  /// Numbers whose order no step of a difference changes.
  @Test(arguments: [1, 4], poolings.indices)
  func theWayBackIsThatOfFiniteDifferences(_ period: Int, _ number: Int) {
    let layout = SequenceLayout(lengths: [3, 0, 2], period: period)
    let x = Tensor([8, 3], [1, 3, 6, 2, 5, 9, 4, 7].flatMap { [$0, 0.5, -0.25] })
      .rows(0..<layout.rows)
    let table = Tensor(
      [5, 3], [1, 0.3, 0.2, -1, 0.1, 0.4, 0.5, -0.2, 0.3, 2, 0.1, -0.3, 0.75, 0.4, 0.1])
    let bias = Tensor([5], [0.3, -0.4, 0.5, 0.1, -0.2])
    expectGradient(
      of: { operands in
        let layers = [0..<4, 4..<5].map { rows in
          Linear(
            weight: Weight(rows: operands[1].view(rows: rows)),
            bias: operands[2].reshaped([5, 1]).view(rows: rows).reshaped([rows.count]))
        }
        return operands[0].pooledLinear(
          layers, over: layout, 0..<3, by: Self.poolings[number],
          source: (operands[1], operands[2]))
      }, at: [x, table, bias])
  }

  @Test(arguments: poolings.indices) func noNumberOfThreadsChangesABitOfTheWayBack(_ number: Int) {
    var samples = Samples()
    let layout = SequenceLayout(unpadded: Self.lengths)
    let (x, table) = (samples.tensor(layout.rows, 36), samples.tensor(700, 36))
    let layers = [0..<300, 300..<700].map {
      Linear(weight: Weight(rows: table.view(rows: $0)), bias: nil)
    }
    let found = [1, 3].map { threads in
      Parallel.sharing(threads) {
        let leaves = [x.tracked(), table.tracked()]
        let y = leaves[0].pooledLinear(
          layers, over: layout, 0..<layout.count, by: Self.poolings[number],
          source: (leaves[1], nil))
        let gradients = Gradients(of: y, seed: Tensor(y.shape) { $0.update(repeating: 0.5) })
        return leaves.map { gradients[$0]?.dense($0.shape).elements ?? [] }
      }
    }
    #expect(found[0] == found[1] && !found[0][0].isEmpty && !found[0][1].isEmpty)
  }

  /// Of equal numbers the first has the derivative, as torch's max gives it.
  @Test func onlyTheFirstOfEqualRowsIsTheLargest() {
    let x = Tensor([4, 1], [1, 2, 2, -1]).tracked()
    let one = [Linear(weight: Weight(rows: Tensor([2, 1], [1, -1])), bias: nil)]
    let y = x.pooledLinear(
      one, over: SequenceLayout(unpadded: [3, 1]), 0..<2, by: LogPooling(.max, logarithms: 0),
      source: (Tensor([2, 1], [1, -1]), nil))
    let gradients = Gradients(of: y, seed: Tensor([2, 2], [1, 1, 1, 1]))
    #expect(gradients[x]?.dense([4, 1]).elements == [0, 1, 0, -1])
  }

  @Test func paddingBringsNothing() {
    // Rows between sequences hold the largest numbers of all.
    let layout = SequenceLayout(lengths: [2, 3], period: 4)
    let x = Tensor([8, 1], [1, 2, 99, 99, 3, 1, 2, 99])
    let one = [Linear(weight: Weight(rows: Tensor([1, 1], [1])), bias: nil)]
    let max = x.pooledLinear(one, over: layout, 0..<2, by: LogPooling(.max, logarithms: 0))
    let sum = x.pooledLinear(one, over: layout, 0..<2, by: LogPooling(.sum, logarithms: 0))
    #expect(max.elements == [2, 3] && sum.elements == [3, 6])
  }

  @Test(arguments: [LogPooling.Reduction.max, .sum]) func aNaNStays(
    _ reduction: LogPooling.Reduction
  ) {
    let layout = SequenceLayout(lengths: [3], period: 1)
    let one = [Linear(weight: Weight(rows: Tensor([1, 1], [1])), bias: nil)]
    for place in 0..<3 {
      var x: [Float] = [1, -2, 3]
      x[place] = .nan
      let y = Tensor([3, 1], x).pooledLinear(
        one, over: layout, 0..<1, by: LogPooling(reduction, logarithms: 1))
      #expect(y.elements[0].isNaN)
    }
  }
}
