import Embeddings
import ModelFiles
import Vectors

// Whether a file of vectors is what its record says.
extension VectorsRecord {
  /// Throws unless the vectors of a file were made as this record says.
  /// - Parameter texts: whether the texts are known as well
  /// - Returns: what was made of each vector after that
  func check(vectors path: String, _ vectors: StoredVectors, texts: Bool) throws -> VectorTreatment
  {
    let remedy = "make the vectors again with embed search --corpus FILE --save \(path)"
    let found = try VectorsRecord(beside: path, remedy: remedy)
    if let difference = found.difference(from: self) {
      throw FileError("\(path) was made with \(difference); \(remedy)")
    }
    guard probe.count == found.probe.count,
      zip(probe, found.probe).allSatisfy({ ($0 - $1).magnitude <= Self.tolerance })
    else {
      throw FileError(
        "\(path) was made with another model, \(found.model), not \(model); \(remedy)")
    }
    try found.check(contents: contents, of: path, vectors, texts: texts, remedy)
    return VectorTreatment(found.options)
  }

  /// Throws unless vectors are those of a record beside their file, and of these texts, whatever model
  /// made them.
  /// - Returns: whether there is such a record
  static func check(vectors path: String, _ vectors: StoredVectors, texts: [[UInt8]]?) throws
    -> Bool
  {
    guard try fileExists(Self.path(beside: path)) else { return false }
    let remedy = "make them again with embed encode FILE --output \(path)"
    let found = try VectorsRecord(beside: path, remedy: remedy)
    try found.check(
      contents: Contents(texts ?? [], vectors), of: path, vectors, texts: texts != nil, remedy)
    return true
  }

  /// Throws unless the vectors and texts are those of this record.
  private func check(
    contents now: Contents?, of path: String, _ vectors: StoredVectors, texts: Bool,
    _ remedy: String
  ) throws {
    let (rows, columns) = (vectors.count, vectors.columns)
    guard let before = contents, let now, rows == before.rows, columns == before.columns else {
      throw FileError(
        "\(path) is \(rows) × \(columns), \(Self.path(beside: path)) records "
          + "\(contents?.rows ?? 0) × \(contents?.columns ?? probe.count); "
          + remedy)
    }
    guard before.vectors == now.vectors else {
      throw FileError(
        "\(path) has other vectors than those that \(Self.path(beside: path)) records; \(remedy)")
    }
    if texts, before.texts != now.texts {
      throw FileError(
        "\(path) was made with other texts: \(before.rows) of hash \(before.texts), the corpus has "
          + "\(now.rows) of hash \(now.texts); \(remedy)")
    }
  }
}
