/// The cells of one row, side by side in one array.
struct Cells: Sendable, Equatable {
  private(set) var bytes: [UInt8] = []
  private(set) var ends: [Int] = []

  var count: Int { ends.count }

  subscript(_ cell: Int) -> ArraySlice<UInt8> {
    bytes[(cell == 0 ? 0 : ends[cell - 1])..<ends[cell]]
  }

  /// Cells between tabs, as they are.
  init(tabbed row: [UInt8]) {
    bytes.reserveCapacity(row.count)
    for byte in row {
      if byte == UInt8(ascii: "\t") { ends.append(bytes.count) } else { bytes.append(byte) }
    }
    ends.append(bytes.count)
  }

  /// Cells between commas, quotes taken off.
  /// - `row`: one that `CSVScanner` found nothing wrong with.
  init(quoted row: [UInt8]) {
    bytes.reserveCapacity(row.count)
    var isQuoted = false
    var atCellStart = true
    var afterQuote = false
    for byte in row {
      switch byte {
      case UInt8(ascii: "\"") where isQuoted:
        isQuoted = false
        afterQuote = true
        continue
      case UInt8(ascii: "\"") where atCellStart:
        isQuoted = true
      case UInt8(ascii: "\"") where afterQuote:
        isQuoted = true
        bytes.append(byte)
      case UInt8(ascii: ",") where !isQuoted:
        ends.append(bytes.count)
        atCellStart = true
        afterQuote = false
        continue
      // Only a line end can follow a closing quote, and this is all that is left of one.
      case UInt8(ascii: "\r") where afterQuote:
        break
      default:
        bytes.append(byte)
      }
      atCellStart = false
      afterQuote = false
    }
    ends.append(bytes.count)
  }
}
