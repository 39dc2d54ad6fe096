import Embeddings
import ModelFiles
import Vectors

/// What int8 and uint8 take the columns' ranges from.
extension Encode {
  // Below, sentence-transformers warns as well.
  private static let fewestVectors = 100

  /// The ranges that `--calibration` tells; `nil` where nothing is calibrated, or by all vectors.
  func calibratedRanges(_ steps: EncodeSteps) throws -> ColumnRanges? {
    guard let path = output.calibration else { return nil }
    let (ranges, count) =
      path.hasSuffix(".npy")
      ? try ranges(ofVectors: path, dimensions: steps.dimensions) : try ranges(ofTexts: path, steps)
    guard let ranges else {
      throw FileError("\(path): has no row; --calibration needs texts or vectors")
    }
    try check(calibrating: count, isInput: false)
    return ranges
  }

  /// Says that ranges are of few vectors, or throws where they are of one and of no use.
  /// - Parameter isInput: whether they are those of the texts to encode
  func check(calibrating count: Int, isInput: Bool) throws {
    let kind = output.quantize?.rawValue ?? ""
    guard count > 1 || !isInput else {
      throw FileError(
        "--quantize \(kind): one vector has no ranges; give --calibration FILE with texts like it")
    }
    guard count < Self.fewestVectors else { return }
    model.messages.note(
      "--quantize \(kind) goes by the ranges of \(count) \(count == 1 ? "vector" : "vectors"); "
        + "those of \(Self.fewestVectors) and more are more stable"
        + (isInput ? " (--calibration FILE)" : ""))
  }

  private func ranges(
    ofVectors path: String, dimensions: Int
  ) throws -> (ColumnRanges?, count: Int) {
    let file = try NumPyFile(path)
    let matrix = file.matrix
    guard matrix.columns == dimensions else {
      throw FileError(
        "\(path): its vectors have \(matrix.columns) numbers, those to quantize \(dimensions); "
          + "encode it with the same model and --dimensions")
    }
    try matrix.checkLengths(path)
    let ranges = matrix.rows > 0 ? ColumnRanges(of: matrix) : nil
    try file.checkIntact()
    return (ranges, matrix.rows)
  }

  private func ranges(
    ofTexts path: String, _ steps: EncodeSteps
  ) throws -> (ColumnRanges?, count: Int) {
    var reader = try RowReader([path], field: input.format.field)
    let size = WindowSize(dimension: steps.embedder.dimension)
    var (ranges, count) = (ColumnRanges?.none, 0)
    while true {
      let rows = try reader.next(upTo: size.mostRows, bytes: size.bytes)
      if Interrupt.requested { throw CancellationError() }
      if rows.isEmpty { return (ranges, count) }
      let window = try steps(rows)
      if let problem = window.stop
        ?? window.rows.lazy.compactMap(\.problem).first.map(FileError.init)
      {
        throw problem
      }
      let found = ColumnRanges(of: window.vectors)
      ranges = ranges?.union(found) ?? found
      count += window.vectors.rows
    }
  }
}
