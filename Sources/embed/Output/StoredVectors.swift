import Embeddings
import ModelFiles
import Vectors

/// Vectors of any kind in a file: `.npz` of sparse ones, `.npy` of others, in fewer bits too, with the
/// lengths of texts beside it where each has several.
struct StoredVectors: Sendable {
  private let mapped: Mapped

  private enum Mapped: Sendable {
    case dense(NumPyFile)
    case quantized(QuantizedFile)
    case multi(RaggedFile)
    /// It is read whole.
    case sparse(SparseMatrix)
  }

  /// - Parameters:
  ///   - kind: of the model that made them; `nil` goes by the files there are
  ///   - quantization: how they are in fewer bits; `nil` for as the record beside them says
  init(
    _ path: String, kind: ModelKind? = nil, quantization: QuantizationRecord? = nil
  ) throws {
    mapped =
      switch try kind ?? Self.kind(path) {
      case .sparse: .sparse(try CSRFile(path).matrix)
      case .multi: .multi(try RaggedFile(path))
      case .dense, .rerank:
        try QuantizedFile.isThere(path)
          ? .quantized(Self.file(path, quantization ?? Self.recorded(beside: path)))
          : .dense(NumPyFile(path))
      }
  }

  private static func kind(_ path: String) throws -> ModelKind {
    if Ending(path).text == "npz" { return .sparse }
    return try fileExists(RaggedFile.lengthsPath(path)) ? .multi : .dense
  }

  /// What bytes mean, the record beside them says.
  private static func recorded(beside path: String) throws -> QuantizationRecord {
    let record = try VectorsRecord(
      beside: path, remedy: "make them again with embed encode --quantize KIND --output \(path)")
    guard let quantization = record.quantization else {
      throw FileError(
        "\(path) has bytes, and \(VectorsRecord.path(beside: path)) does not say how vectors became "
          + "them; make them again with embed encode --quantize KIND --output \(path)")
    }
    return quantization
  }

  private static func file(
    _ path: String, _ quantization: QuantizationRecord
  ) throws -> QuantizedFile {
    try QuantizedFile(
      path, quantization.kind, columns: quantization.columns, ranges: quantization.ranges)
  }

  /// How many texts they are of.
  var count: Int {
    switch mapped {
    case .dense(let file): file.matrix.rows
    case .quantized(let file): file.rows.count
    case .multi(let file): file.matrix.count
    case .sparse(let matrix): matrix.rows
    }
  }

  /// The numbers in a vector.
  var columns: Int {
    switch mapped {
    case .dense(let file): file.matrix.columns
    case .quantized(let file): file.rows.columns
    case .multi(let file): file.matrix.columns
    case .sparse(let matrix): matrix.columns
    }
  }

  var fingerprint: Fingerprint {
    switch mapped {
    case .dense(let file): Fingerprint(file.matrix)
    case .quantized(let file): Fingerprint(file.rows)
    case .multi(let file): Fingerprint(.ragged(file.matrix))
    case .sparse(let matrix): Fingerprint(.sparse(matrix))
    }
  }

  /// What commands that look at rows by themselves take: bytes become numbers in memory.
  /// - Parameter name: the file, for errors
  func results(_ name: String) throws -> Results {
    switch mapped {
    case .dense(let file): return .rows(file.matrix)
    case .quantized(let file):
      try MemoryBound.check(file.rows.count, file.rows.columns, 4, for: "\(name): its numbers")
      return .rows(file.rows.matrix)
    case .multi(let file): return .ragged(file.matrix)
    case .sparse(let matrix): return .sparse(matrix)
    }
  }

  /// The rows of vectors that are searched as they lie; `nil` of other kinds.
  var searched: SearchedRows? {
    switch mapped {
    case .dense(let file): .floats(file.matrix.tensor)
    case .quantized(let file): .quantized(file.rows)
    case .multi, .sparse: nil
    }
  }

  /// Whether they are in fewer bits.
  var isQuantized: Bool { if case .quantized = mapped { true } else { false } }

  /// What was made of each vector that the model gave.
  /// - Parameters:
  ///   - path: their file
  ///   - route: of the texts
  ///   - texts: those of the rows; `nil` where they are not known
  /// - Throws: where another model made them, or of other texts
  func treatment(
    _ path: String, by model: VectorModel, _ route: Route, _ options: ModelOptions,
    texts: [[UInt8]]?
  ) throws -> VectorTreatment {
    let treatment = try VectorsRecord(
      model, route, options, contents: VectorsRecord.Contents(texts ?? [], self)
    ).check(vectors: path, self, texts: texts != nil)
    guard columns == treatment.dimensions ?? model.width, columns <= model.width else {
      throw FileError(
        "\(path) has vectors of \(columns) numbers, the model gives \(model.width); "
          + "use the model that made them")
    }
    return treatment
  }

  /// Throws if the file has become shorter since it was opened, so that rows may have been read as
  /// zeros.
  func checkIntact() throws {
    switch mapped {
    case .dense(let file): try file.checkIntact()
    case .quantized(let file): try file.checkIntact()
    case .multi(let file): try file.checkIntact()
    case .sparse: break
    }
  }
}
