/// The moments of rows that came to be known one after the other, in memory that grows by parts.
struct RowMoments: Sendable {
  private let columns: Int
  private var parts: [NumberBlock] = []
  private var count = 0

  private static let rowsPerPart = 256

  init(columns: Int) { self.columns = columns }

  /// A place more, of zeros.
  mutating func add() {
    if count == parts.count * Self.rowsPerPart {
      parts.append(NumberBlock(count: 2 * Self.rowsPerPart * columns))
    }
    count += 1
  }

  func first(_ place: Int) -> UnsafeMutablePointer<Float> {
    parts[place / Self.rowsPerPart].floats + place % Self.rowsPerPart * columns
  }

  func second(_ place: Int) -> UnsafeMutablePointer<Float> {
    first(place) + Self.rowsPerPart * columns
  }
}
