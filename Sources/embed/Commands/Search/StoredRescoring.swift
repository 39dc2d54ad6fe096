import ModelFiles
import Vectors

/// The float32 vectors of a corpus in a file, by which hits of a search over fewer bits are scored again.
struct StoredRescoring: Sendable {
  private let file: NumPyFile
  private let rescoring: Rescoring
  /// How many times as many hits are scored again as stay.
  private let oversample: Int

  /// - Parameters:
  ///   - stored: the vectors that are searched
  ///   - searched: their file
  /// - Throws: where the file is not of the same texts
  init(
    _ path: String, oversample: Int, beside stored: StoredVectors, _ searched: String,
    by metric: Similarity, threads: Int
  ) throws {
    guard stored.isQuantized else {
      throw FileError(
        "--rescore scores hits of quantized vectors again, and \(searched) is not quantized; leave it out"
      )
    }
    file = try NumPyFile(path)
    let (rows, columns) = (file.matrix.rows, file.matrix.columns)
    guard rows == stored.count, columns == stored.columns else {
      throw FileError(
        "\(path) is \(rows) × \(columns), \(searched) has \(stored.count) vectors of "
          + "\(stored.columns) numbers; give the same vectors in float32")
    }
    let remedy = "make it again with embed encode FILE --output \(path)"
    let records = try [path, searched].map { try VectorsRecord(beside: $0, remedy: remedy) }
    guard records[0].contents?.texts == records[1].contents?.texts,
      records[0].difference(from: records[1]) == nil
    else {
      throw FileError(
        "\(path) was made of other texts, or with another model or prompt, than \(searched); \(remedy)"
      )
    }
    self.oversample = oversample
    rescoring = Rescoring(file.matrix, by: metric, name: path, threads: threads)
  }

  /// How many hits to look for where so many stay.
  func depth(_ count: Int) -> Int {
    let (depth, overflow) = count.multipliedReportingOverflow(by: oversample)
    return overflow ? .max : depth
  }

  func callAsFunction(
    _ found: [[Hit]], of queries: Matrix, count: Int, queriesName: String, firstQuery: Int = 0
  ) throws -> [[Hit]] {
    let hits = try rescoring(
      found, of: queries, count: count, queriesName: queriesName, firstQuery: firstQuery)
    try file.checkIntact()
    return hits
  }
}
