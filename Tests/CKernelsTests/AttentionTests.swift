import CKernels
import Glibc
import Testing

/// Sizes of one attention and what it may leave out.
struct AttentionShape: Sendable, CustomTestStringConvertible {
  var queries: Int, keys: Int, heads = 1, keyHeads = 1, size: Int
  var hasBias = false, hasRange = false

  var testDescription: String {
    "\(queries) × \(keys), \(heads)/\(keyHeads) heads of \(size)"
      + (hasBias ? ", bias" : "") + (hasRange ? ", range" : "")
  }
}

private let shapes = [
  AttentionShape(queries: 1, keys: 1, size: 32),
  AttentionShape(queries: 5, keys: 5, heads: 3, keyHeads: 3, size: 24),
  AttentionShape(queries: 16, keys: 16, size: 64, hasRange: true),
  AttentionShape(queries: 17, keys: 17, heads: 2, keyHeads: 2, size: 32, hasBias: true),
  AttentionShape(queries: 32, keys: 32, heads: 4, keyHeads: 2, size: 16),
  AttentionShape(queries: 33, keys: 49, heads: 2, keyHeads: 1, size: 80, hasBias: true),
  AttentionShape(queries: 1, keys: 100, size: 128, hasBias: true),
  AttentionShape(queries: 100, keys: 100, size: 33, hasBias: true, hasRange: true),
  AttentionShape(queries: 130, keys: 130, heads: 2, keyHeads: 2, size: 64, hasRange: true),
  // Rows that ask and are no keys.
  AttentionShape(queries: 40, keys: 9, heads: 2, keyHeads: 2, size: 32, hasBias: true),
  AttentionShape(queries: 70, keys: 3, size: 24, hasRange: true),
  AttentionShape(queries: 33, keys: 0, size: 32),
]

/// Numbers for an attention of a shape.
private struct Attention {
  let shape: AttentionShape
  var q: [UInt16], k: [UInt16], v: [UInt16]
  let bias: [Float], first: [Int32], last: [Int32]
  var scale: Float { 1 / Float(shape.size).squareRoot() }

  init(_ shape: AttentionShape) {
    func bfloat16(_ count: Int, seed: UInt64) -> [UInt16] {
      random(count, in: -2...2, seed: seed).map { UInt16(rounded($0).bitPattern >> 16) }
    }
    self.shape = shape
    q = bfloat16(shape.queries * shape.heads * shape.size, seed: 1)
    k = bfloat16(shape.keys * shape.keyHeads * shape.size, seed: 2)
    v = bfloat16(shape.keys * shape.keyHeads * shape.size, seed: 3)
    bias = random(shape.queries * shape.keys, in: -2...2, seed: 4)
    // Windows that wander over all blocks; one query in seven attends to nothing.
    first = (0..<shape.queries).map { Int32($0 % 7 == 5 ? shape.keys : max(0, $0 - 40)) }
    last = (0..<shape.queries).map { Int32(min(shape.keys, $0 + 3)) }
  }

  /// `[queries, heads · size]`, and the same as packed rows of a matrix that has 3 rows and 5 columns more
  /// before it.
  func callAsFunction(by set: InstructionSet) -> (rows: [Float], packed: [UInt16]) {
    let width = shape.heads * shape.size
    var out = [Float](repeating: -1, count: shape.queries * width)
    let count = ck_packed_bytes(shape.queries + 3, width + 5, CK_BFLOAT16) / 2
    let scratch = [Float](repeating: .nan, count: ck_attention_scratch(shape.keys, shape.size))
    let packed = withAligned([UInt16](repeating: 0, count: count)) { packed in
      out.withUnsafeMutableBufferPointer { out in
        q.withUnsafeBufferPointer { q in
          k.withUnsafeBufferPointer { k in
            v.withUnsafeBufferPointer { v in
              bias.withUnsafeBufferPointer { bias in
                first.withUnsafeBufferPointer { first in
                  last.withUnsafeBufferPointer { last in
                    var attention = ck_attention()
                    attention.queries = shape.queries
                    attention.keys = shape.keys
                    attention.heads = shape.heads
                    attention.key_heads = shape.keyHeads
                    attention.size = shape.size
                    attention.q = q.baseAddress
                    attention.k = k.baseAddress
                    attention.v = v.baseAddress
                    attention.q_stride = width
                    attention.k_stride = shape.keyHeads * shape.size
                    attention.v_stride = shape.keyHeads * shape.size
                    attention.scale = scale
                    if shape.hasBias {
                      attention.bias = bias.baseAddress
                      attention.bias_stride = shape.keys
                    }
                    if shape.hasRange {
                      attention.first = first.baseAddress
                      attention.last = last.baseAddress
                    }
                    attention.out = out.baseAddress
                    attention.out_stride = width
                    attention.packed = packed.baseAddress
                    attention.packed_format = CK_BFLOAT16
                    attention.packed_columns = width + 5
                    attention.packed_row = 3
                    attention.packed_column = 5
                    withAligned(scratch) {
                      ck_attention_bf16(&attention, $0.baseAddress, set.features)
                    }
                  }
                }
              }
            }
          }
        }
      }
      return Array(packed)
    }
    return (out, packed)
  }

  /// In double precision; and Σ weight · |value|.
  func twin(_ head: Int, _ query: Int) -> (values: [Double], magnitudes: [Double]) {
    let size = shape.size
    let keyHead = head * shape.keyHeads / shape.heads
    let range =
      shape.hasRange ? Int(first[query])..<max(Int(first[query]), Int(last[query])) : 0..<shape.keys
    let queryRow = (query * shape.heads + head) * size
    let scores = range.map { key in
      let keyRow = (key * shape.keyHeads + keyHead) * size
      let dot = (0..<size).reduce(0.0) {
        $0 + Double(widened([q[queryRow + $1]])[0]) * Double(widened([k[keyRow + $1]])[0])
      }
      let bias = shape.hasBias ? bias[query * shape.keys + key] : 0
      return dot * Double(scale) + Double(bias)
    }
    let most = scores.max() ?? 0
    let weights = scores.map { exp($0 - most) }
    let total = max(weights.reduce(0, +), .leastNormalMagnitude)
    var values = [Double](repeating: 0, count: size)
    var magnitudes = values
    for (key, weight) in zip(range, weights) {
      for (column, number) in widened(v[((key * shape.keyHeads + keyHead) * size)...].prefix(size))
        .enumerated()
      {
        values[column] += weight / total * Double(number)
        magnitudes[column] += weight / total * Double(number.magnitude)
      }
    }
    return (values, magnitudes)
  }
}

@Suite struct AttentionTests {
  @Test(arguments: InstructionSet.here, shapes)
  func agreesWithDoublePrecision(set: InstructionSet, shape: AttentionShape) {
    let attention = Attention(shape)
    let rows = attention(by: set).rows
    var wrong = 0
    for query in 0..<shape.queries {
      for head in 0..<shape.heads {
        let twin = attention.twin(head, query)
        for column in 0..<shape.size {
          let y = rows[(query * shape.heads + head) * shape.size + column]
          // Weights are rounded to eight bits, their sum is not.
          let bound = 0x1.1p-8 * twin.magnitudes[column]
          if !((Double(y) - twin.values[column]).magnitude <= bound) { wrong += 1 }
        }
      }
    }
    #expect(wrong == 0)
  }

  @Test(arguments: InstructionSet.here, shapes)
  func packedRowsAreTheSameRounded(set: InstructionSet, shape: AttentionShape) {
    let (rows, made) = Attention(shape)(by: set)
    let width = shape.heads * shape.size
    var whole = [Float](repeating: 0, count: (shape.queries + 3) * (width + 5))
    for query in 0..<shape.queries {
      let place = (query + 3) * (width + 5) + 5
      whole.replaceSubrange(place..<place + width, with: rows[(query * width)...].prefix(width))
    }
    #expect(made == packed(whole, rows: shape.queries + 3, columns: width + 5))
  }

  @Test(arguments: InstructionSet.vector, shapes)
  func agreesWithPortableCode(set: InstructionSet, shape: AttentionShape) {
    let attention = Attention(shape)
    let apart = zip(attention(by: set).rows, attention(by: .portable).rows)
      .filter { !(($0 - $1).magnitude <= 0x1p-6) }
    // Values are below 2: each may be off by 2⁻⁸ of that.
    #expect(apart.count == 0)
  }

  @Test(arguments: InstructionSet.here)
  func aQueryIsTheSameWhateverIsBesideIt(set: InstructionSet) {
    let shape = AttentionShape(queries: 70, keys: 45, heads: 2, keyHeads: 2, size: 40)
    let all = Attention(shape)(by: set).rows
    for (start, count) in [(0, 1), (3, 16), (40, 30), (69, 1)] {
      var part = shape
      part.queries = count
      var attention = Attention(part)
      attention.q = Array(Attention(shape).q[(start * 80)..<((start + count) * 80)])
      #expect(bits(attention(by: set).rows) == bits(all[(start * 80)..<((start + count) * 80)]))
    }
  }

  @Test(arguments: InstructionSet.here)
  func notANumberStaysInItsHeadAndQuery(set: InstructionSet) {
    let shape = AttentionShape(queries: 20, keys: 20, heads: 2, keyHeads: 2, size: 32)
    var attention = Attention(shape)
    let without = attention(by: set).rows
    attention.q[7 * 64 + 3] = 0x7FC0
    let rows = attention(by: set).rows
    for (place, (y, expected)) in zip(rows, without).enumerated() {
      let isBad = place / 64 == 7 && place % 64 < 32
      #expect(isBad ? y.isNaN : y.bitPattern == expected.bitPattern)
    }
  }

  @Test func rowsAreRounded() {
    let x = random(3 * 40, seed: 1)
    var out = [UInt16](repeating: 1, count: 3 * 37)
    ck_round_to_bf16(&out, 37, x, 40, 3, 35)
    for row in 0..<3 {
      let expected = x[(row * 40)...].prefix(35).map(rounded)
      #expect(widened(out[(row * 37)...].prefix(35)) == expected)
      #expect(out[(row * 37 + 35)..<(row * 37 + 37)].allSatisfy { $0 == 1 })
    }
  }
}
