import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Vectors

/// Searches over vectors in fewer bits, and those that leave rows out.
@Suite struct QuantizedSearchTests {
  /// Keeps memory of a test's own.
  private final class Bytes: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
      memory = .allocate(byteCount: bytes.count, alignment: 1)
      memory.copyBytes(from: bytes)
    }

    deinit { memory.deallocate() }
  }

  private func quantized(_ matrix: Matrix, _ kind: Quantization) -> QuantizedRows {
    let owner = Bytes(kind(matrix))
    return QuantizedRows(
      UnsafeRawBufferPointer(owner.memory), owner: owner, kind, columns: matrix.columns,
      ranges: kind.usesRanges ? ColumnRanges(of: matrix) : nil)
  }

  private func matrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var samples = Samples(seed: seed)
    return Matrix(columns: columns, samples.floats(rows * columns))
  }

  @Test(arguments: Quantization.allCases)
  func aNumberIsTheMiddleOfThoseThatABytesStandsFor(_ kind: Quantization) {
    let matrix = Matrix(columns: 3, [-1, 0, 5, 1, 0, 7, 0.2, 0, 6])
    let raised = quantized(matrix, kind).matrix
    for row in 0..<3 {
      for (column, (found, exact)) in zip(raised[row], matrix[row]).enumerated() {
        if kind.usesRanges {
          // Half a step, of which there are 255 between the least and the largest.
          #expect((found - exact).magnitude <= [2, 0, 2][column] / 255 / 2 + 1e-6)
        } else {
          #expect(found == (exact > 0 ? 1 : -1))
        }
      }
    }
  }

  @Test(arguments: Quantization.allCases, [Similarity.cosine, .dot, .euclidean])
  func aSearchIsThatOfTheNumbersToTheBit(_ kind: Quantization, _ metric: Similarity) throws {
    // More rows than a block has, and columns that end within a byte.
    let corpus = quantized(matrix(3000, 45, seed: 1), kind)
    let queries = matrix(5, 45, seed: 2)
    let raised = try Search(corpus.matrix, by: metric, name: "rows", threads: 2)
      .nearest(to: queries, count: 7)
    for threads in [1, 3] {
      let found = try Search(.quantized(corpus), by: metric, name: "rows", threads: threads)
        .nearest(to: queries, count: 7)
      #expect(found == raised)
    }
  }

  @Test(arguments: Quantization.allCases, Similarity.allCases)
  func rescoredHitsAreExact(_ kind: Quantization, _ metric: Similarity) throws {
    let (corpus, queries) = (matrix(400, 24, seed: 3), matrix(6, 24, seed: 4))
    let exact = try Search(corpus, by: metric, name: "rows", threads: 1)
      .nearest(to: queries, count: 5)
    let rescoring = Rescoring(corpus, by: metric, name: "rows", threads: 2)
    // All rows again are a search of the numbers.
    let all = try Search(.quantized(quantized(corpus, kind)), by: .dot, name: "rows", threads: 2)
      .nearest(to: queries, count: 400)
    #expect(try rescoring(all, of: queries, count: 5) == exact)
    let some = try rescoring(all.map { Array($0.prefix(40)) }, of: queries, count: 5)
    for (found, exact) in zip(some, exact) {
      let scores = Dictionary(uniqueKeysWithValues: exact.map { ($0.row, $0.score) })
      for hit in found { #expect(scores[hit.row].map { $0 == hit.score } ?? true) }
      #expect(found == found.sorted(by: >))
    }
  }

  @Test func rowsThatAreLeftOutAreNotFound() throws {
    let corpus = matrix(2500, 16, seed: 5)
    let queries = matrix(3, 16, seed: 6)
    let allowed = (0..<2500).map { $0 % 7 == 3 }
    let kept = allowed.indices.filter { allowed[$0] }
    func expected(_ hits: [[Hit]]) -> [[Hit]] {
      hits.map { $0.map { Hit(row: kept[$0.row], score: $0.score) } }
    }
    for metric in Similarity.allCases {
      let found = try Search(
        .floats(corpus.tensor), by: metric, name: "rows", threads: 2, allowed: allowed
      ).nearest(to: queries, count: 9)
      let picked = try Search(corpus.picked(kept), by: metric, name: "rows", threads: 1)
      #expect(try found == expected(picked.nearest(to: queries, count: 9)))
    }
    // Sparse rows and groups of rows likewise.
    let sparse = SparseMatrix(ofRowsOf: corpus)
    let index = try InvertedIndex(sparse, by: .dot, name: "rows", threads: 2, allowed: allowed)
    let other = try InvertedIndex(
      SparseMatrix(ofRowsOf: corpus.picked(kept)), by: .dot, name: "rows", threads: 1)
    let wanted = SparseMatrix(ofRowsOf: queries)
    #expect(
      try index.nearest(to: wanted, count: 9) == expected(other.nearest(to: wanted, count: 9)))
    let pairs = RaggedMatrix(corpus, lengths: Array(repeating: 2, count: 1250))
    let marks = (0..<1250).map { $0 % 5 == 1 }
    let late = MaxSimSearch(pairs, name: "rows", threads: 2, allowed: marks)
    let all = MaxSimSearch(pairs, name: "rows", threads: 1)
    let groups = RaggedMatrix(queries, lengths: [2, 1])
    let found = try late.nearest(to: groups, count: 6)
    let ranked = try all.nearest(to: groups, count: 1250).map { $0.filter { marks[$0.row] } }
    #expect(found == ranked.map { Array($0.prefix(6)) })
  }

  @Test(arguments: [
    ("|i1", [2, 3], 6, "should be |u1 of ubinary"), ("|u1", [2, 4], 8, "should be (rows, 3)"),
    ("|u1", [2, 3], 5, "cut off or too long"), ("|u1", [6], 6, "should be (rows, 3)"),
  ])
  func filesOfOtherBytesAreRefused(
    _ element: String, _ shape: [Int], _ bytes: Int, _ message: String
  ) throws {
    let folder = try ScratchFolder()
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(element)', 'fortran_order': False, 'shape': (\(extents)), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    let path = try folder.write(
      "x.npy",
      [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8)
        + [UInt8](repeating: 7, count: bytes))
    let error = try #require(throws: FileError.self) {
      try QuantizedFile(path, .ubinary, columns: 20, ranges: nil)
    }
    #expect(error.description.contains(message), "\(error)")
  }
}

extension SparseMatrix {
  /// Numbers above 0 of rows.
  fileprivate init(ofRowsOf matrix: Matrix) {
    self.init(
      columns: matrix.columns,
      (0..<matrix.rows).map { row in
        let active = matrix[row].enumerated().filter { $0.element > 0 }
        return Row(indices: active.map { Int32($0.offset) }, values: active.map(\.element))
      })
  }
}
