import CKernels
import Testing

struct MaxSimTests {
  /// Rows on both sides of what is multiplied together: sixteen of a query, six of a document.
  static let shapes: [(query: Int, document: Int, columns: Int)] = [
    (1, 1, 1), (15, 5, 3), (16, 6, 8), (17, 7, 24), (32, 64, 128), (33, 13, 17), (5, 12, 0),
  ]

  private func score(_ query: [Float], _ rows: Int, _ document: [Float], _ columns: Int) -> Float {
    var packed = [Float](repeating: .nan, count: (rows + 15) / 16 * 16 * columns)
    ck_maxsim_pack(&packed, query, rows, columns)
    let documentRows = columns == 0 ? 1 : document.count / columns
    return ck_maxsim(packed, rows, document, documentRows, columns)
  }

  @Test(arguments: shapes) func aScoreIsTheSumOfLargestProducts(
    shape: (query: Int, document: Int, columns: Int)
  ) {
    let columns = shape.columns
    let query = random(shape.query * columns, in: -1...1)
    let document = random(shape.document * columns, in: -1...1, seed: 2)
    var (expected, size) = (0.0, 0.0)
    for row in 0..<shape.query {
      let products = (0..<shape.document).map { other in
        (0..<columns).map {
          Double(query[row * columns + $0]) * Double(document[other * columns + $0])
        }
      }
      expected += products.map { $0.reduce(0, +) }.max() ?? 0
      size += products.map { $0.reduce(0) { $0 + $1.magnitude } }.max() ?? 0
    }
    // A sum of so many rounded terms.
    let bound = size * Double(columns + shape.query) * 0x1p-24
    let found = Double(score(query, shape.query, document, columns))
    #expect((found - expected).magnitude <= bound, "\(found), should be \(expected)")
  }

  @Test func aDocumentScoresAloneAsBesideOthers() {
    let (rows, columns) = (20, 33)
    let query = random(rows * columns)
    var packed = [Float](repeating: 0, count: 32 * columns)
    ck_maxsim_pack(&packed, query, rows, columns)
    let document = random(11 * columns, seed: 4)
    let alone = ck_maxsim(packed, rows, document, 11, columns)
    for before in [0, 1, 5, 6, 7] {
      let all = random(before * columns, seed: 9) + document + random(64, seed: 8)
      let found = all.withUnsafeBufferPointer {
        ck_maxsim(packed, rows, $0.baseAddress! + before * columns, 11, columns)
      }
      #expect(found == alone)
    }
    // A row that comes again changes no maximum.
    let doubled = document + document
    #expect(ck_maxsim(packed, rows, doubled, 22, columns) == alone)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, 1e38])
  func aProductThatIsNotFiniteShows(bad: Float) {
    let columns = 9
    for (row, column) in [(0, 0), (4, 8), (6, 3)] {
      var document = random(7 * columns, in: 1...2)
      document[row * columns + column] = bad
      let query = [Float](repeating: bad == 1e38 ? 100 : 1, count: 3 * columns)
      #expect(score(query, 3, document, columns).isNaN)
    }
  }

  @Test func withoutRowsThereIsNothingToAdd() {
    #expect(ck_maxsim([], 0, [1, 2], 1, 2) == 0)
    #expect(ck_maxsim([Float](repeating: 1, count: 32), 1, [], 0, 2) == 0)
  }
}
