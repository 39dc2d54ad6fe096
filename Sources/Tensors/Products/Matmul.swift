import CKernels
import COpenBLAS
import CProcess

/// One matrix operand of a product: row-major, `stride` floats from one row to the next.
struct Operand {
  let pointer: UnsafePointer<Float>
  let stride: Int

  /// The part that begins at a row and a column.
  func row(_ row: Int, _ column: Int = 0) -> Operand {
    Operand(pointer: pointer + row * stride + column, stride: stride)
  }
}

/// Matrix products. The only file that calls CBLAS.
///
/// A row of a product with weights must not change its last bits with the rows beside it. Two
/// things in OpenBLAS would change them: small matrices go to other kernels (`paddedRows`), and
/// the AVX2 kernels sum the rows of one half of a group in another order (`rowPeriod`).
enum Matmul {
  /// The processor for which OpenBLAS has the kernels that it has chosen, by its name.
  static var kernels: String { String(cString: openblas_get_corename()) }

  // interface/gemm.c and kernel/x86_64/sgemm_small_kernel_permit_skylakex.c of OpenBLAS 0.3.21:
  // the small-matrix kernels take m·n·k ≤ 100³.
  static let smallMatrixLimit = 1_000_000
  // Products with smaller matrices would be padded to a thousand rows and more.
  private static let fewestWeights = 1024
  // Below that many rows some kernels treat the last rows apart.
  private static let fewestRows = 16

  /// The rows of a product that share their order of summation are those whose indices are equal
  /// modulo this: of OpenBLAS 0.3.21's kernels 1 with those for AVX-512, AVX and SSE4, 12 with those
  /// for AVX2 (Haswell, Zen), 2 with the oldest (Prescott). Measured once, by products of equal rows.
  static let rowPeriod: Int = {
    let sample = Sample(rows: 144, outputs: 96)
    let (rows, outputs) = (sample.rows, sample.outputs)
    let c = sample.product()
    let period =
      (1...rows).first { period in
        (period..<rows).allSatisfy { row in
          (0..<outputs).allSatisfy { c[row * outputs + $0] == c[row % period * outputs + $0] }
        }
      } ?? rows
    // Of an odd number of rows, the SSE3 kernels (Prescott) sum the last in another order.
    let odd = sample.product(rows: rows - 1)
    let last = (rows - 2) * outputs
    let isClean = (last..<last + outputs).allSatisfy { odd[$0] == c[$0] }
    return isClean || period % 2 == 0 ? period : 2 * period
  }()

  /// Whether parts of the outputs, from a multiple of `unitOutputs` on, have the bits that they have
  /// in the whole. The kernels for AVX2 sum the last outputs of a product in another order.
  private static let canSplitOutputs: Bool = {
    let sample = Sample(rows: 240, outputs: 3 * unitOutputs)
    let (outputs, whole) = (sample.outputs, sample.product())
    return [0..<unitOutputs, unitOutputs..<outputs].allSatisfy { part in
      let made = sample.product(outputs: part)
      return (0..<sample.rows).allSatisfy { row in
        part.indices.allSatisfy {
          made[row * part.count + $0 - part.lowerBound] == whole[row * outputs + $0]
        }
      }
    }
  }()

  /// A product to measure by, whose rows are equal.
  private struct Sample {
    let rows, outputs: Int
    private static let inputs = 80
    private let a, w: Tensor

    init(rows: Int, outputs: Int) {
      // Any numbers will do whose sums round: i·φ modulo 1.
      func numbers(_ count: Int) -> [Float] {
        (0..<count).map { (Float($0) * 0.618_034).truncatingRemainder(dividingBy: 1) - 0.5 }
      }
      let row = numbers(Self.inputs)
      (self.rows, self.outputs) = (rows, outputs)
      a = Tensor([rows, Self.inputs], (0..<rows).flatMap { _ in row })
      w = Tensor([outputs, Self.inputs], numbers(outputs * Self.inputs))
    }

    /// Of the first rows, some outputs; by default all.
    func product(rows: Int? = nil, outputs part: Range<Int>? = nil) -> [Float] {
      let (rows, part, inputs) = (rows ?? self.rows, part ?? 0..<outputs, Self.inputs)
      return Tensor([rows, part.count]) { c in
        c.update(repeating: 0.1)
        guard let c = c.baseAddress else { return }
        a.withPointer { a in
          w.withPointer { w in
            gemm(
              Operand(pointer: a, stride: inputs),
              Operand(pointer: w + part.lowerBound * inputs, stride: inputs),
              transposed: true, into: c, stride: part.count, rows, part.count, inputs, beta: 1)
          }
        }
      }.elements
    }
  }

  /// Rows that go through a product and what follows it together: enough for the product to be
  /// worth packing the weights (256 already gives 95 % of the rate of 2048), few enough for what it
  /// writes to be in the cache still when the next step reads it.
  static let blockRows = 512 / rowPeriod * rowPeriod
  /// Rows that a thread takes at least, where several share a product.
  static let unitRows = 4 * rowPeriod * (12 / min(12, rowPeriod))

  /// Outputs that a thread takes at least, where several share a product of few rows.
  static let unitOutputs = 64

  /// Whether threads may share a product by its outputs: their bits are the same, and each part is
  /// large enough to go the same way.
  static func canSplit(outputs: Int, inputs: Int) -> Bool {
    outputs % unitOutputs == 0 && unitOutputs * inputs >= fewestWeights && canSplitOutputs
  }

  /// The rows a product of `rows` rows is computed with, so that each row's bits do not depend on
  /// how many there are; `nil` where each number is computed by itself.
  static func paddedRows(_ rows: Int, outputs: Int, inputs: Int) -> Int? {
    guard outputs * inputs >= fewestWeights else { return nil }
    let enough = max(rows, fewestRows, smallMatrixLimit / (outputs * inputs) + 1)
    return (enough + rowPeriod - 1) / rowPeriod * rowPeriod
  }

  /// The most rows r whose product with r + `span` columns is small; perhaps none.
  static func smallRows(beside span: Int, inner: Int) -> Int {
    let products = Double(smallMatrixLimit / max(1, inner))
    let half = Double(span) / 2
    return Int((half * half + products).squareRoot() - half)
  }

  /// c = a · wᵀ + c, the bits of each row of c independent of `rows`.
  /// - Parameter stride: floats from one row of c to the next
  /// - Shapes: a `[rows, inputs]`, w `[outputs, inputs]`, both contiguous, c `[rows, outputs]`
  static func accumulate(
    _ a: UnsafePointer<Float>, times w: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    stride: Int, rows: Int, outputs: Int, inputs: Int
  ) {
    guard let padded = paddedRows(rows, outputs: outputs, inputs: inputs) else {
      for row in 0..<rows {
        for output in 0..<outputs {
          c[row * stride + output] += ck_dot(a + row * inputs, w + output * inputs, inputs)
        }
      }
      return
    }
    guard padded > rows else {
      return gemm(
        Operand(pointer: a, stride: inputs), Operand(pointer: w, stride: inputs),
        transposed: true, into: c, stride: stride, rows, outputs, inputs, beta: 1)
    }
    let scratch = Storage(count: padded * (inputs + outputs))
    guard let wideA = scratch.floats.baseAddress else { return }
    let wideC = wideA + padded * inputs
    wideA.update(from: a, count: rows * inputs)
    (wideA + rows * inputs).update(repeating: 0, count: (padded - rows) * inputs)
    for row in 0..<rows {
      (wideC + row * outputs).update(from: c + row * stride, count: outputs)
    }
    (wideC + rows * outputs).update(repeating: 0, count: (padded - rows) * outputs)
    gemm(
      Operand(pointer: wideA, stride: inputs), Operand(pointer: w, stride: inputs),
      transposed: true, into: wideC, stride: outputs, padded, outputs, inputs, beta: 1)
    for row in 0..<rows {
      (c + row * stride).update(from: wideC + row * outputs, count: outputs)
    }
    withExtendedLifetime(scratch) {}
  }

  /// c = scale · a · b, or scale · a · bᵀ when `transposed`, or that plus c when `beta` is 1.
  /// - Parameter transposedLeft: whether aᵀ takes the place of a
  /// - Shapes: a `[rows, inner]` (`[inner, rows]` when it is transposed), b `[inner, columns]`
  ///   (`[columns, inner]` when it is), c `[rows, columns]`
  static func gemm(
    _ a: Operand, _ b: Operand, transposedLeft: Bool = false, transposed: Bool = false,
    into c: UnsafeMutablePointer<Float>, stride: Int, _ rows: Int, _ columns: Int, _ inner: Int,
    scale: Float = 1, beta: Float = 0
  ) {
    cp_before_blas()
    cblas_sgemm(
      CblasRowMajor, transposedLeft ? CblasTrans : CblasNoTrans,
      transposed ? CblasTrans : CblasNoTrans,
      blasint(rows), blasint(columns), blasint(inner), scale, a.pointer, blasint(a.stride),
      b.pointer, blasint(b.stride), beta, c, blasint(stride))
  }
}
