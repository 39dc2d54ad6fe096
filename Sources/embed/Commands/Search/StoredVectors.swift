import Embeddings
import ModelFiles
import Vectors

/// Vectors of any kind in a file: `.npz` of sparse ones, `.npy` of others, with the lengths of texts
/// beside it where each has several.
struct StoredVectors: Sendable {
  let results: Results
  private let mapped: Mapped

  private enum Mapped: Sendable {
    case dense(NumPyFile)
    case multi(RaggedFile)
    /// It is read whole.
    case nothing
  }

  /// - Parameter kind: of the model that made them; `nil` goes by the files there are
  init(_ path: String, kind: ModelKind? = nil) throws {
    switch try kind ?? Self.kind(path) {
    case .sparse: (results, mapped) = (.sparse(try CSRFile(path).matrix), .nothing)
    case .multi:
      let file = try RaggedFile(path)
      (results, mapped) = (.ragged(file.matrix), .multi(file))
    case .dense, .rerank:
      let file = try NumPyFile(path)
      (results, mapped) = (.rows(file.matrix), .dense(file))
    }
  }

  private static func kind(_ path: String) throws -> ModelKind {
    if Ending(path).text == "npz" { return .sparse }
    return try fileExists(RaggedFile.lengthsPath(path)) ? .multi : .dense
  }

  /// Throws if the file has become shorter since it was opened, so that rows may have been read as
  /// zeros.
  func checkIntact() throws {
    switch mapped {
    case .dense(let file): try file.checkIntact()
    case .multi(let file): try file.checkIntact()
    case .nothing: break
    }
  }
}
