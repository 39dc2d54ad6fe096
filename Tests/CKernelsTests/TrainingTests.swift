import CKernels
import Testing

@Suite struct AdamWTests {
  private let settings = ck_adamw(
    rate: 2e-3, decay: 1 - 2e-5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, correction1: 0,
    root2: 0, scale: 0.7)

  @Test(arguments: sizes, [false, true])
  func agreesWithDoublePrecision(count: Int, hasNoGradient: Bool) {
    var p = random(count, in: -1...1, seed: 1)
    var (m, v) = (p.map { _ in Float(0) }, p.map { _ in Float(0) })
    var (wideP, wideM, wideV) = (p.map(Double.init), m.map(Double.init), v.map(Double.init))
    var (power1, power2) = (1.0, 1.0)
    for step in 1...10 {
      let g = random(count, in: -1e-3...1e-3, seed: UInt64(step))
      // In some steps a row of a table did not occur.
      let isAbsent = hasNoGradient && step % 3 == 0
      (power1, power2) = (power1 * 0.9, power2 * 0.999)
      var by = settings
      by.correction1 = Float(1 - power1)
      by.root2 = Float((1 - power2).squareRoot())
      ck_adamw_step(&p, &m, &v, isAbsent ? nil : g, &by, count)
      for index in 0..<count {
        let scaled = isAbsent ? 0 : Double(g[index]) * 0.7
        wideM[index] = 0.9 * wideM[index] + 0.1 * scaled
        wideV[index] = 0.999 * wideV[index] + 0.001 * scaled * scaled
        let root = wideV[index].squareRoot() / (1 - power2).squareRoot() + 1e-8
        wideP[index] = wideP[index] * (1 - 2e-5) - 2e-3 / (1 - power1) * wideM[index] / root
      }
    }
    for index in 0..<count {
      // Ten roundings of p, and steps of 2e-3 that are right to some 1e-6.
      #expect((Double(p[index]) - wideP[index]).magnitude <= 6e-7)
      #expect((Double(m[index]) - wideM[index]).magnitude <= 1e-6 * 1e-3)
      #expect((Double(v[index]) - wideV[index]).magnitude <= 2e-6 * wideV[index])
    }
  }

  @Test(arguments: sizes)
  func writesNothingBehindTheLastNumber(count: Int) {
    var (p, m, v) = (random(count + 16), random(count + 16), random(count + 16, in: 0...1))
    let behind = [p, m, v].map { $0[count...] }
    var by = settings
    (by.correction1, by.root2) = (1, 1)
    ck_adamw_step(&p, &m, &v, p, &by, count)
    #expect([p, m, v].map { $0[count...] } == behind)
  }

  @Test func aNumberThatNeverHadAGradientIsDecayedAlone() {
    var p = random(40)
    let decayed = p.map { $0 * settings.decay }
    var (m, v) = (p.map { _ in Float(0) }, p.map { _ in Float(0) })
    var by = settings
    (by.correction1, by.root2) = (0.1, 0.03)
    ck_adamw_step(&p, &m, &v, nil, &by, p.count)
    #expect(p == decayed)
  }
}

@Suite struct SumsTests {
  @Test(arguments: sizes)
  func rowsAreAddedInTheirOrder(columns: Int) {
    let x = random(7 * columns)
    var sums = random(columns, seed: 2)
    let expected = (0..<columns).map { column in
      (0..<7).reduce(sums[column]) { $0 + x[$1 * columns + column] }
    }
    ck_sum_rows(&sums, x, 7, columns)
    #expect(bits(sums) == bits(expected))
  }

  @Test(arguments: sizes + [4095, 4096, 4097, 20_000])
  func squaresAreSummed(count: Int) {
    let x = random(count, in: -1e-3...1e-3)
    let expected = x.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect((ck_sum_of_squares(x, count) - expected).magnitude <= 4e-6 * expected)
  }

  @Test(arguments: sizes)
  func numbersAreScaledAndAdded(count: Int) {
    let (x, y) = (random(count + 3, seed: 1), random(count + 3, seed: 2))
    var scaled = x
    ck_scale(&scaled, 0.3, count)
    #expect(scaled == x.indices.map { $0 < count ? x[$0] * 0.3 : x[$0] })
    var sum = y
    ck_add_scaled(&sum, x, 0.3, count)
    for index in sum.indices {
      let expected = index < count ? Double(y[index]) + Double(Float(0.3)) * Double(x[index]) : 0
      #expect(
        index < count
          ? (Double(sum[index]) - expected).magnitude <= 4e-7 * 4 : sum[index] == y[index])
    }
  }
}

@Suite struct DropOutTests {
  /// The number that is drawn for place `i`, step by step.
  private func drawn(_ i: Int, _ low: UInt32, _ high: UInt32) -> UInt32 {
    var h = UInt32(truncatingIfNeeded: i) &* 0x9e37_79b9 ^ low
    h ^= h >> 16
    h &*= 0x85eb_ca6b
    h ^= high
    h ^= h >> 13
    h &*= 0xc2b2_ae35
    return h ^ h >> 16
  }

  @Test(arguments: sizes)
  func agreesWithTheDefinition(count: Int) {
    for (low, high): (UInt32, UInt32) in [(0, 0), (1, 2), (0xdead_beef, 0x1234_5678)] {
      for threshold in [0, 0x1999_999a, 0x8000_0000, UInt32.max] {
        let x = random(count + 16)
        var y = x
        ck_drop_out(&y, count, low, high, threshold, 1.5)
        let expected = x.indices.map { index in
          index >= count ? x[index] : drawn(index, low, high) >= threshold ? x[index] * 1.5 : 0
        }
        #expect(bits(y) == bits(expected))
      }
    }
  }
}

@Suite struct RotateBackTests {
  @Test(arguments: [(1, 8, 8), (3, 34, 34), (2, 64, 48), (12, 32, 32), (2, 4, 2)])
  func undoesTheRotation(heads: Int, size: Int, rotated: Int) {
    let x = random(heads * size)
    let angles = random(rotated / 2, in: -3...3, seed: 2)
    // (1 − t²) / (1 + t²) and 2t / (1 + t²) are a cosine and a sine.
    let turns =
      angles.map { (1 - $0 * $0) / (1 + $0 * $0) } + angles.map { 2 * $0 / (1 + $0 * $0) }
    var y = x
    ck_rotate(&y, turns, heads, size, rotated)
    #expect(y != x)
    ck_rotate_back(&y, turns, heads, size, rotated)
    #expect(zip(x, y).allSatisfy { ($0 - $1).magnitude <= 4e-6 })
  }
}
