import TestSupport
import Testing

@testable import Tensors

/// What holds for all derivatives, whatever the operations.
@Suite struct GradientsTests {
  private var samples = Samples(seed: 5)

  @Test mutating func aSumOfPartsHasTheBitsOfAdding() throws {
    let (x, table) = (samples.tensor(3, 4).tracked(), samples.tensor(5, 4).tracked())
    let seeds = (0..<3).map { _ in samples.tensor(3, 4) }
    let parts = seeds.enumerated().map { index, seed in
      let ids = [0, 1, 2].map { Int32(($0 * index) % 5) }
      return Gradients(
        of: x.multiplied(by: x).adding(Tensor.gather([(table, ids)])), seed: seed)
    }
    var added = parts[0]
    for part in parts.dropFirst() { added.add(part) }
    for threads in [1, 2] {
      var (sum, rest) = (Gradients(), parts)
      try sum.add(&rest, threads: threads)
      #expect(rest.isEmpty)
      for leaf in [x, table] {
        let expected = try #require(added[leaf]).dense(leaf.shape).elements
        #expect(sum[leaf]?.dense(leaf.shape).elements == expected)
      }
    }
    let dx = try #require(added[x]).dense([3, 4]).elements
    let byHand = x.elements.indices.map { index in
      seeds.reduce(0) { $0 + 2 * $1.elements[index] * x.elements[index] }
    }
    // Three products of numbers below 2, each rounded to 2⁻²³.
    expectClose(dx, byHand, tolerance: 2e-6)
  }

  @Test func ofNoPartsThereIsNone() throws {
    let x = Tensor([1], [1]).tracked()
    var (sum, none) = (Gradients(), [Gradients]())
    try sum.add(&none, threads: 1)
    #expect(sum[x] == nil)
  }

  private static let sparse = TableGradient(
    Tensor([3, 2], [1, 2, 3, 4, 5, 6]), ids: [3, 1, 3], tableRows: 4)
  private static let dense = Tensor([4, 2], [Float](repeating: 10, count: 8))

  @Test(arguments: [true, false]) func rowsOfATableAndAllOfItAddUp(rowsFirst: Bool) {
    var sum = rowsFirst ? Gradient.rows(Self.sparse) : .dense(Self.dense)
    sum.add(rowsFirst ? .dense(Self.dense) : .rows(Self.sparse))
    #expect(sum.dense([4, 2]).elements == [10, 10, 13, 14, 10, 10, 16, 18])
    #expect(Self.dense.elements == [Float](repeating: 10, count: 8))
  }

  @Test func rowsOfOneTableAddUpByTheirNumbers() {
    let others = TableGradient(Tensor([2, 2], [7, 8, 9, 10]), ids: [0, 3], tableRows: 4)
    var sum = Gradient.rows(Self.sparse)
    sum.add(.rows(others))
    #expect(sum.dense([4, 2]).elements == [7, 8, 3, 4, 0, 0, 15, 18])
  }

  @Test func rowsOfATableAreSummedByTheirWeightsAndMayBeLeftOut() {
    let table = TableGradient(
      Tensor([3, 2], [1, 2, 3, 4, 5, 6]), ids: [3, 1, 3], tableRows: 4, weights: [2, 1, 0.5])
    #expect(table.ids == [1, 3] && table.rows.elements == [3, 4, 4.5, 7])
    #expect(table.without(3).dense.elements == [0, 0, 3, 4, 0, 0, 0, 0])
    #expect(table.without(2).ids == [1, 3])
    #expect(table.scaled(by: 2).rows.elements == [6, 8, 9, 14])
  }

  /// With an operand that is used beside it, sums have other brackets.
  @Test(arguments: [false, true])
  mutating func whatIsMadeAgainHasTheSameBits(isUsedBeside: Bool) throws {
    let (x, w, b) = (samples.tensor(4, 6), samples.tensor(4, 6), samples.tensor(6))
    let seed = samples.tensor(4, 6)
    func derivatives(_ recomputes: Bool) throws -> [[Float]] {
      let leaves = [x, w, b].map { $0.tracked() }
      let body: @Sendable (Tensor) -> Tensor = { x in
        x.multiplied(by: leaves[1]).normalizedRows().adding(toEachRow: leaves[2]).multiplied(by: x)
      }
      let input = leaves[0].scaled(by: 2)
      let made = recomputes ? input.recomputed(body) : body(input)
      let y = (isUsedBeside ? made.adding(input) : made).normalizedRows()
      let gradients = Gradients(of: y, seed: seed)
      return try [y.elements] + leaves.map { try #require(gradients[$0]).dense($0.shape).elements }
    }
    for (found, expected) in zip(try derivatives(true), try derivatives(false)) {
      // Numbers below 8, of which two are added in another order.
      expectClose(found, expected, tolerance: isUsedBeside ? 1e-6 : 0)
    }
  }

  @Test func whatIsMadeAgainMayHaveALeafAsItsOperandOrNone() throws {
    let (x, w) = (Tensor([2], [3, 5]).tracked(), Tensor([2], [2, 4]).tracked())
    let ones = Tensor([2], [1, 1])
    let ofLeaf = Gradients(of: x.recomputed { $0.multiplied(by: w) }, seed: ones)
    #expect(ofLeaf[x]?.dense([2]).elements == [2, 4])
    #expect(ofLeaf[w]?.dense([2]).elements == [3, 5])
    let ofConstant = Gradients(of: x.untracked.recomputed { $0.multiplied(by: w) }, seed: ones)
    #expect(ofConstant[x] == nil)
    #expect(ofConstant[w]?.dense([2]).elements == [3, 5])
  }

  @Test func nothingIsRememberedOfWhatIsNotTracked() {
    let x = Tensor([2], [1, 2])
    let y = x.adding(x).scaled(by: 2).reshaped([1, 2]).normalizedRows()
    #expect(!y.isTracked)
    #expect(Gradients(of: y, seed: y)[x] == nil)
    let leaf = x.tracked()
    #expect(!leaf.untracked.adding(x).isTracked)
    #expect(leaf.adding(x).isTracked)
    // Nothing leads from one leaf to another.
    #expect(Gradients(of: leaf.adding(x), seed: x)[x.tracked()] == nil)
  }

  @Test func addingToATensorLeavesItsOtherHoldersAlone() {
    var sum = Tensor([3], [1, 2, 3])
    let held = sum
    sum.accumulate(Tensor([3], [10, 20, 30]))
    #expect(held.elements == [1, 2, 3] && sum.elements == [11, 22, 33])
    // Now alone: it is changed where it lies.
    sum.accumulate(Tensor([3], [1, 1, 1]))
    #expect(sum.elements == [12, 23, 34])
    // Both operands have the same tensor as their derivative, and one gets more.
    let (a, b) = (Tensor([1], [1]).tracked(), Tensor([1], [1]).tracked())
    let seed = Tensor([1], [1])
    let gradients = Gradients(of: a.adding(b).adding(a), seed: seed)
    #expect(gradients[a]?.dense([1]).elements == [2])
    #expect(gradients[b]?.dense([1]).elements == [1])
    #expect(seed.elements == [1])
  }

  @Test mutating func theGraphMayBeCutAndContinued() throws {
    let (w, v) = (samples.tensor(3, 4), samples.tensor(3, 4))
    let seed = samples.tensor(3, 4)
    func derivative(cut: Bool) throws -> [Float] {
      let leaf = w.tracked()
      let derived = leaf.normalizedRows()
      let boundary = cut ? Gradients.boundary : 0
      let y = derived.multiplied(by: v).adding(derived)
      let above = Gradients(of: y, seed: seed, above: boundary)
      if cut { #expect(above[leaf] == nil && above[derived] != nil) }
      return try #require((cut ? above.continued() : above)[leaf]).dense(leaf.shape).elements
    }
    #expect(try derivative(cut: true) == derivative(cut: false))
  }

  @Test func onlyWhatTheResultWasMadeOfIsFollowed() {
    let (x, other) = (Tensor([1], [2]).tracked(), Tensor([1], [3]).tracked())
    let y = x.multiplied(by: x)
    let unused = other.multiplied(by: x)
    #expect(unused.isTracked)
    let gradients = Gradients(of: y, seed: Tensor([1], [1]))
    #expect(gradients[x]?.dense([1]).elements == [4])
    #expect(gradients[other] == nil)
  }
}
