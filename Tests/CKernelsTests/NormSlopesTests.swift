import CKernels
import Testing

/// A norm's way back in double precision.
private struct NormTwin {
  var dx: [Double] = []
  var dweight: [Double]
  var dbias: [Double]
  /// ρ · max |e| of each row, which errors are measured by.
  var measures: [Double] = []

  /// - Parameter centred: whether the mean is taken away first
  init(_ z: [Double], _ weight: [Float], _ dy: [Float], _ epsilon: Double, centred: Bool) {
    let columns = weight.count
    dweight = weight.map { _ in 0 }
    dbias = dweight
    for start in stride(from: 0, to: z.count, by: columns) {
      let row = z[start..<start + columns]
      let mean = centred ? row.reduce(0, +) / Double(columns) : 0
      let variance = row.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(columns)
      let factor = 1 / (variance + epsilon).squareRoot()
      let normal = row.map { ($0 - mean) * factor }
      let given = dy[start..<start + columns].map(Double.init)
      let e = zip(given, weight).map { $0 * Double($1) }
      let centre = centred ? e.reduce(0, +) / Double(columns) : 0
      let along = zip(e, normal).map(*).reduce(0, +) / Double(columns)
      dx += zip(e, normal).map { factor * ($0 - centre - $1 * along) }
      measures.append(factor * (e.map(\.magnitude).max() ?? 0))
      for column in 0..<columns {
        dweight[column] += given[column] * normal[column]
        dbias[column] += given[column]
      }
    }
  }

  /// How far off numbers of dx are, at most, by their row's measure.
  func worst(_ found: [Float]) -> Double {
    zip(found, dx).enumerated().map { index, pair in
      (Double(pair.0) - pair.1).magnitude / measures[index * measures.count / dx.count]
    }.max() ?? 0
  }
}

private func near(_ found: [Float], _ expected: [Double], _ tolerance: Double) -> Bool {
  zip(found, expected).allSatisfy { (Double($0) - $1).magnitude <= tolerance }
}

@Suite struct LayerNormSlopeTests {
  private let rows = 5

  @Test(arguments: sizes.dropFirst(3), [Float(1e-12), 1e-5])
  func agreesWithDoublePrecision(columns: Int, epsilon: Float) {
    let weight = random(columns, in: 0.5...1.5, seed: 2)
    let dy = random(rows * columns, in: -1...1, seed: 3)
    for shift: Float in [0, 1] {
      let x = random(rows * columns, in: (shift - 2)...(shift + 2), seed: 4)
      let residual = random(rows * columns, in: -1...1, seed: 5)
      for other in [nil, residual] {
        let z = x.indices.map { Double(x[$0] + (other?[$0] ?? 0)) }
        let twin = NormTwin(z, weight, dy, Double(epsilon), centred: true)
        // What is there is added to.
        var (dweight, dbias) = (weight.map { _ in Float(1) }, weight.map { _ in Float(2) })
        var dx = dy
        dx.withUnsafeMutableBufferPointer {
          ck_layer_norm_slope(
            $0.baseAddress, &dweight, &dbias, x, other, weight, $0.baseAddress, epsilon, rows,
            columns)
        }
        #expect(twin.worst(dx) <= 2e-6)
        // x̂ is right to 2e-6 or so, and five rows are summed.
        #expect(near(dweight, twin.dweight.map { $0 + 1 }, 1e-5))
        #expect(near(dbias, twin.dbias.map { $0 + 2 }, 1e-6))
      }
    }
  }

  @Test(arguments: sizes.dropFirst())
  func whatIsNotWantedMayBeLeftOut(columns: Int) {
    let (x, dy) = (random(rows * columns, seed: 1), random(rows * columns, seed: 2))
    let weight = random(columns, seed: 3)
    let zeros = [Float](repeating: 0, count: columns)
    var (dx, dweight, dbias) = (dy, zeros, zeros)
    ck_layer_norm_slope(&dx, &dweight, &dbias, x, x, weight, dy, 1e-5, rows, columns)
    var alone = x
    alone.withUnsafeMutableBufferPointer {
      ck_layer_norm_slope(
        $0.baseAddress, nil, nil, $0.baseAddress, $0.baseAddress, weight, dy, 1e-5, rows, columns)
    }
    #expect(bits(alone) == bits(dx))
    var (ofWeight, ofBias) = (zeros, zeros)
    ck_layer_norm_slope(nil, &ofWeight, nil, x, x, weight, dy, 1e-5, rows, columns)
    ck_layer_norm_slope(nil, nil, &ofBias, x, x, weight, dy, 1e-5, rows, columns)
    #expect(bits(ofWeight) == bits(dweight) && bits(ofBias) == bits(dbias))
  }

  @Test(arguments: sizes.dropFirst())
  func aRowIsTheSameWhereverItStands(columns: Int) {
    let weight = random(columns, seed: 3)
    #expect(
      rowsThatDiffer(columns: columns) {
        ck_layer_norm_slope($0, nil, nil, $0, nil, weight, $0, 1e-12, $1, $2)
      } == [])
  }

  @Test(arguments: sizes.dropFirst())
  func notANumberFillsItsRowAndNoOther(columns: Int) {
    let weight = random(columns, seed: 3)
    var x = random(3 * columns)
    x[2 * columns - 1] = .nan
    var dx = x
    ck_layer_norm_slope(&dx, nil, nil, x, nil, weight, random(3 * columns), 1e-5, 3, columns)
    #expect(dx.indices.allSatisfy { dx[$0].isNaN == ($0 / columns == 1) })
  }

  @Test func noRowsAreSafe() {
    ck_layer_norm_slope(nil, nil, nil, nil, nil, nil, nil, 1e-12, 0, 384)
    ck_layer_norm_slope(nil, nil, nil, nil, nil, nil, nil, 1e-12, 3, 0)
  }
}

@Suite struct RMSNormSlopeTests {
  @Test(arguments: sizes.dropFirst(3), [0, 5])
  func agreesWithDoublePrecision(columns: Int, gap: Int) {
    let (rows, stride) = (4, columns + gap)
    let weight = random(columns, in: 0.5...1.5, seed: 2)
    let x = random(rows * stride, in: -1...3, seed: 3)
    let dy = random(rows * stride, in: -1...1, seed: 4)
    func gathered(_ x: [Float]) -> [Float] {
      (0..<rows).flatMap { x[$0 * stride..<$0 * stride + columns] }
    }
    let twin = NormTwin(
      gathered(x).map(Double.init), weight, gathered(dy), 1e-6, centred: false)
    var (dx, dweight) = (dy, weight.map { _ in Float(1) })
    dx.withUnsafeMutableBufferPointer {
      ck_rms_norm_slope(
        $0.baseAddress, &dweight, x, weight, $0.baseAddress, 1e-6, rows, columns, stride)
    }
    #expect(twin.worst(gathered(dx)) <= 1e-6)
    #expect(near(dweight, twin.dweight.map { $0 + 1 }, 5e-6))
    // What lies between rows stays.
    let between = dx.indices.filter { $0 % stride >= columns }
    #expect(between.allSatisfy { dx[$0] == dy[$0] })
  }

  @Test(arguments: sizes.dropFirst())
  func aRowIsTheSameWhereverItStands(columns: Int) {
    let weight = random(columns, seed: 3)
    #expect(
      rowsThatDiffer(columns: columns) {
        ck_rms_norm_slope($0, nil, $0, weight, $0, 1e-6, $1, $2, $2)
      } == [])
  }
}
