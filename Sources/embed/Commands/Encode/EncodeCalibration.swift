import Embeddings
import ModelFiles
import Vectors

// The ranges that int8 and uint8 go by.
extension Encode {
  // Below, sentence-transformers warns as well.
  private static let fewestVectors = 100

  /// The ranges of `--calibration`; `nil` where there is none.
  func calibratedRanges(_ steps: EncodeSteps) throws -> ColumnRanges? {
    guard let path = output.calibration else { return nil }
    let (ranges, count) =
      path.hasSuffix(".npy")
      ? try ranges(ofVectors: path, dimensions: steps.dimensions) : try ranges(ofTexts: path, steps)
    guard let ranges else {
      throw FileError("\(path) has no rows; --calibration needs texts or vectors")
    }
    try check(calibrating: count, isInput: false)
    return ranges
  }

  /// Notes that ranges are of few vectors, and throws where they are of one and of no use.
  /// - Parameter isInput: whether they are those of the texts to encode
  func check(calibrating count: Int, isInput: Bool) throws {
    let kind = output.quantize?.rawValue ?? ""
    guard count > 1 || !isInput else {
      throw FileError(
        "--quantize \(kind) needs the ranges of several vectors, found one; give --calibration FILE "
          + "with texts like it")
    }
    guard count < Self.fewestVectors else { return }
    model.messages.note(
      "--quantize \(kind) uses the ranges of \(count) \(count == 1 ? "vector" : "vectors"); at least "
        + "\(Self.fewestVectors) are more stable" + (isInput ? " (--calibration FILE)" : ""))
  }

  private func ranges(
    ofVectors path: String, dimensions: Int
  ) throws -> (ColumnRanges?, count: Int) {
    let file = try NumPyFile(path)
    let matrix = file.matrix
    guard matrix.columns == dimensions else {
      throw FileError(
        "\(path) has vectors of \(matrix.columns) dimensions, should have \(dimensions); encode it "
          + "with the same model and --dimensions")
    }
    try matrix.checkLengths(path)
    let ranges = matrix.rows > 0 ? ColumnRanges(of: matrix) : nil
    try file.checkIntact()
    return (ranges, matrix.rows)
  }

  private func ranges(
    ofTexts path: String, _ steps: EncodeSteps
  ) throws -> (ColumnRanges?, count: Int) {
    var reader = try RowReader([path], as: input.format.calibration, field: input.format.fieldNames)
    let size = WindowSize(dimension: steps.model.width)
    var (ranges, count) = (ColumnRanges?.none, 0)
    while let rows = try reader.window(upTo: size.mostRows, bytes: size.bytes) {
      let window = try steps(rows)
      if let problem = window.stop ?? window.rows.lazy.compactMap(\.problem).first { throw problem }
      guard case .rows(let vectors) = window.results else { continue }
      let found = ColumnRanges(of: vectors)
      ranges = ranges?.union(found) ?? found
      count += vectors.rows
    }
    return (ranges, count)
  }
}
