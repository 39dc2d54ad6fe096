import CKernels
import Glibc
import Testing

/// Sizes of one attention and what it may leave out.
struct AttentionShape: Sendable, CustomTestStringConvertible {
  var queries: Int, keys: Int, heads = 1, keyHeads = 1, size: Int
  var hasBias = false, hasRange = false
  /// Whether each number is the sum of two bfloat16.
  var hasErrors = false

  var testDescription: String {
    "\(queries) × \(keys), \(heads)/\(keyHeads) heads of \(size)"
      + (hasBias ? ", bias" : "") + (hasRange ? ", range" : "") + (hasErrors ? ", two parts" : "")
  }

  var format: ck_operand_format { hasErrors ? CK_BFLOAT16X2 : CK_BFLOAT16 }

  /// How far a result may be from the true one, over Σ weight · |value|: weights are rounded to eight
  /// bits, their sum is not; of two parts to sixteen, and scores are off by as much of |q| |k|.
  var tolerance: Double { hasErrors ? 0x1p-13 : 0x1.1p-8 }
}

private let shapes =
  onePart
  + onePart.map { shape in
    var shape = shape
    shape.hasErrors = true
    return shape
  }

private let onePart = [
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
  /// Of two parts the lower ones are behind, as far as the longest has numbers.
  var q: [UInt16], k: [UInt16], v: [UInt16]
  private let longest: Int
  let bias: [Float], first: [Int32], last: [Int32]
  var scale: Float { 1 / Float(shape.size).squareRoot() }

  init(_ shape: AttentionShape) {
    let keys = shape.keys * shape.keyHeads * shape.size
    let queries = shape.queries * shape.heads * shape.size
    let longest = max(keys, queries)
    func bfloat16(_ count: Int, seed: UInt64) -> [UInt16] {
      let exact = random(count, in: -2...2, seed: seed)
      let high = exact.map { UInt16(rounded($0).bitPattern >> 16) }
      guard shape.hasErrors else { return high }
      let low = zip(exact, widened(high)).map { UInt16(rounded($0 - $1).bitPattern >> 16) }
      return high + [UInt16](repeating: 0, count: longest - count) + low
    }
    (self.shape, self.longest) = (shape, longest)
    q = bfloat16(queries, seed: 1)
    k = bfloat16(keys, seed: 2)
    v = bfloat16(keys, seed: 3)
    bias = random(shape.queries * shape.keys, in: -2...2, seed: 4)
    // Windows that wander over all blocks; one query in seven attends to nothing.
    first = (0..<shape.queries).map { Int32($0 % 7 == 5 ? shape.keys : max(0, $0 - 40)) }
    last = (0..<shape.queries).map { Int32(min(shape.keys, $0 + 3)) }
  }

  /// The same with some of its queries alone.
  func part(_ queries: Range<Int>) -> Attention {
    var shape = shape
    shape.queries = queries.count
    var part = Attention(shape)
    let width = shape.heads * shape.size
    let numbers = queries.lowerBound * width..<queries.upperBound * width
    for (place, number) in numbers.enumerated() {
      part.q[place] = q[number]
      if shape.hasErrors { part.q[part.longest + place] = q[longest + number] }
    }
    return part
  }

  /// `[queries, heads · size]`, and the same as packed rows of a matrix that has 3 rows and 5 columns more
  /// before it.
  func callAsFunction(by set: InstructionSet) -> (rows: [Float], packed: [UInt16]) {
    let width = shape.heads * shape.size
    var out = [Float](repeating: -1, count: shape.queries * width)
    let count = ck_packed_bytes(shape.queries + 3, width + 5, shape.format) / 2
    let scratch = [Float](
      repeating: .nan, count: ck_attention_scratch(shape.keys, shape.size, shape.format))
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
                    attention.errors = shape.hasErrors ? longest : 0
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
                    attention.packed_format = shape.format
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

  /// What some numbers stand for, in double precision.
  private func numbers(_ x: [UInt16], from start: Int) -> [Double] {
    let high = widened(x[start...].prefix(shape.size)).map(Double.init)
    guard shape.hasErrors else { return high }
    return zip(high, widened(x[(start + longest)...])).map { $0 + Double($1) }
  }

  /// In double precision; and Σ weight · |value|.
  func twin(_ head: Int, _ query: Int) -> (values: [Double], magnitudes: [Double]) {
    let size = shape.size
    let keyHead = head * shape.keyHeads / shape.heads
    let range =
      shape.hasRange ? Int(first[query])..<max(Int(first[query]), Int(last[query])) : 0..<shape.keys
    let queryRow = numbers(q, from: (query * shape.heads + head) * size)
    let scores = range.map { key in
      let keyRow = numbers(k, from: (key * shape.keyHeads + keyHead) * size)
      let dot = zip(queryRow, keyRow).reduce(0) { $0 + $1.0 * $1.1 }
      let bias = shape.hasBias ? bias[query * shape.keys + key] : 0
      return dot * Double(scale) + Double(bias)
    }
    let most = scores.max() ?? 0
    let weights = scores.map { exp($0 - most) }
    let total = max(weights.reduce(0, +), .leastNormalMagnitude)
    var values = [Double](repeating: 0, count: size)
    var magnitudes = values
    for (key, weight) in zip(range, weights) {
      let row = numbers(v, from: (key * shape.keyHeads + keyHead) * size)
      for (column, number) in row.enumerated() {
        values[column] += weight / total * number
        magnitudes[column] += weight / total * number.magnitude
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
          let bound = shape.tolerance * twin.magnitudes[column]
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
    #expect(made == packed(whole, rows: shape.queries + 3, columns: width + 5, shape.format))
  }

  @Test(arguments: InstructionSet.vector, shapes)
  func agreesWithPortableCode(set: InstructionSet, shape: AttentionShape) {
    let attention = Attention(shape)
    let apart = zip(attention(by: set).rows, attention(by: .portable).rows)
      .filter { !(Double(($0 - $1).magnitude) <= 4 * shape.tolerance) }
    // Values are below 2: each may be off by its tolerance of that.
    #expect(apart.count == 0)
  }

  @Test(arguments: InstructionSet.here)
  func aQueryIsTheSameWhateverIsBesideIt(set: InstructionSet) {
    for hasErrors in [false, true] {
      let shape = AttentionShape(
        queries: 70, keys: 45, heads: 2, keyHeads: 2, size: 40, hasErrors: hasErrors)
      let attention = Attention(shape)
      let all = attention(by: set).rows
      for (start, count) in [(0, 1), (3, 16), (40, 30), (69, 1)] {
        let part = attention.part(start..<start + count)
        #expect(bits(part(by: set).rows) == bits(all[(start * 80)..<((start + count) * 80)]))
      }
    }
  }

  @Test(arguments: InstructionSet.here)
  func notANumberStaysInItsHeadAndQuery(set: InstructionSet) {
    for hasErrors in [false, true] {
      let shape = AttentionShape(
        queries: 20, keys: 20, heads: 2, keyHeads: 2, size: 32, hasErrors: hasErrors)
      var attention = Attention(shape)
      let without = attention(by: set).rows
      attention.q[7 * 64 + 3] = 0x7FC0
      let rows = attention(by: set).rows
      for (place, (y, expected)) in zip(rows, without).enumerated() {
        let isBad = place / 64 == 7 && place % 64 < 32
        #expect(isBad ? y.isNaN : y.bitPattern == expected.bitPattern)
      }
    }
  }

  @Test func rowsAreRounded() {
    let x = random(3 * 40, seed: 1)
    var out = [UInt16](repeating: 1, count: 3 * 37)
    var (again, errors) = (out, out)
    ck_round_to_bf16(&out, nil, 37, x, 40, 3, 35)
    ck_round_to_bf16(&again, &errors, 37, x, 40, 3, 35)
    #expect(again == out)
    for row in 0..<3 {
      let exact = x[(row * 40)...].prefix(35)
      let expected = exact.map(rounded)
      #expect(widened(out[(row * 37)...].prefix(35)) == expected)
      let lost = zip(exact, expected).map { rounded($0 - $1) }
      #expect(widened(errors[(row * 37)...].prefix(35)) == lost)
      for numbers in [out, errors] {
        #expect(numbers[(row * 37 + 35)..<(row * 37 + 37)].allSatisfy { $0 == 1 })
      }
    }
  }
}
