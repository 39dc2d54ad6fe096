package import ModelFiles
package import Tensors

/// The tensors of a checkpoint, seen from one point of its dotted names.
///
/// `weights["encoder.layer.0"]` looks one level down; a layer is handed its own level and asks for
/// `weight` and `bias`.
package struct Weights: Sendable {
  package let file: TensorFile
  /// What training has made of the file's tensors, by their whole names.
  private(set) var trained: TrainedTensors
  /// What is made of the file's tensors, by their whole names.
  let changes: [String: any WeightChange]
  private(set) var prefix = ""
  /// That of products with the matrices.
  private(set) var precision: Precision
  /// What errors add where a tensor is missing.
  private var note: String?
  /// Who notes the matrices that products are with, and what goes before their names there.
  private var recorder: (recorder: MatrixRecorder, prefix: String)?
  /// From how many bytes of files on matrices stay there, if products are of what is stored.
  private(set) var storedFrom: Int

  /// - Parameters:
  ///   - precision: in which matrices are multiplied by
  ///   - parameters: float32 tensors in the place of the file's of the same name, as a step of
  ///     training has changed them
  ///   - changes: of the file's tensors, in its shapes; each is made when a tensor is asked for
  ///   - storedFrom: from how many bytes of files on matrices stay there, if products are of what is stored
  package init(
    _ file: TensorFile, _ precision: Precision = .f32, parameters: [String: Tensor] = [:],
    changes: [String: any WeightChange] = [:], storedFrom: Int = Self.fewestStored
  ) {
    self.storedFrom = storedFrom
    (self.file, self.precision) = (file, precision)
    (trained, self.changes) = (TrainedTensors(parameters), changes)
  }

  /// The same with what training has made of some, by their whole names.
  package func with(_ trained: TrainedTensors) -> Weights {
    var weights = self
    weights.trained = trained
    return weights
  }

  /// The same, of whose files matrices stay there from so many bytes on.
  package func with(storedFrom: Int) -> Weights {
    var weights = self
    weights.storedFrom = storedFrom
    return weights
  }

  package subscript(_ scope: String) -> Weights {
    var weights = self
    weights.prefix += scope + "."
    return weights
  }

  /// The same tensors, whose matrices are multiplied by in another precision.
  package func with(_ precision: Precision) -> Weights {
    var weights = self
    weights.precision = precision
    return weights
  }

  /// The same tensors; matrices that are taken of them are noted.
  /// - Parameter prefix: goes before their names
  package func noting(_ recorder: MatrixRecorder, prefix: String = "") -> Weights {
    var weights = self
    weights.recorder = (recorder, prefix)
    return weights
  }

  func note(_ parts: [(name: String, rows: Int)], _ weight: Weight) {
    guard let (recorder, start) = recorder else { return }
    recorder.note(parts.map { start + prefix + $0.name }, weight)
  }

  /// The same tensors; where one is missing, the error says this too.
  package func noting(_ note: String?) -> Weights {
    var weights = self
    weights.note = note
    return weights
  }

  /// Refuses to make anything of a tensor that there is no memory for, before any is taken.
  /// - Parameters:
  ///   - count: how many numbers are made
  ///   - bytes: of each
  package func checkRoom(_ count: Int, of name: String, bytes: Int = 4) throws {
    try MemoryBound.check(count, bytes, for: place(of: name))
  }

  /// The shape in which the file has a tensor; `nil` where it has none.
  package func shape(_ name: String) -> [Int]? { file[prefix + name]?.shape }

  /// One level down if anything lies there, else here: checkpoints are saved with and without the
  /// name of the whole model in front.
  package func below(_ scope: String) -> Weights {
    let start = prefix + scope + "."
    return file.names.contains { $0.hasPrefix(start) } ? self[scope] : self
  }

  package func has(_ name: String) -> Bool { file[prefix + name] != nil }

  /// Whether another tensor is made of what the file has.
  package func isChanged(_ name: String) -> Bool {
    changes[prefix + name] != nil || trained.changes[prefix + name] != nil
  }

  package func stackedVectors(_ parts: [(name: String, count: Int)]) throws -> Tensor {
    let vectors = try parts.map { try tensor($0.name, [1, $0.count]) }
    return Tensor.concatenate(vectors).reshaped([parts.reduce(0) { $0 + $1.count }])
  }

  /// A matrix that is stored inputs by outputs, the outputs perhaps as heads and their columns.
  /// - Parameter shape: as it is stored, inputs first
  package func transposed(_ name: String, _ shape: [Int]) throws -> Tensor {
    let stored = try tensor(name, shape)
    try checkRoom(stored.count, of: name)
    return stored.reshaped([shape[0], shape.dropFirst().reduce(1, *)]).transposed()
  }

  /// A table of `[rows, columns]` that ids look rows up in.
  package func table(_ name: String, _ rows: Int, _ columns: Int) throws -> Tensor {
    try tensor(name, [rows, columns])
  }

  package func vector(_ name: String, _ count: Int) throws -> Tensor {
    try tensor(name, [count])
  }

  /// A tensor of any rank.
  package func array(_ name: String, _ shape: [Int]) throws -> Tensor { try tensor(name, shape) }

  /// A table whose extents the file says: real numbers, or bytes as they are (a table that model2vec
  /// rounded to int8 keeps no scale, which a mean's direction does not need).
  package func table(ofAnySize name: String) throws -> Tensor {
    guard let raw = file[prefix + name] else {
      throw FileError("\(place): no tensor `\(prefix + name)`")
    }
    guard raw.shape.count == 2, raw.shape.allSatisfy({ $0 > 0 }) else {
      throw FileError(
        "\(raw.file.path): tensor `\(raw.name)` is \(raw.shape), should be a table of rows and columns"
      )
    }
    guard raw.type == .i8, trained.tensors[raw.name] == nil else {
      return try tensor(name, raw.shape)
    }
    try checkRoom(raw.count, of: name)
    return try raw.withBytes { bytes in
      Tensor(raw.shape) { out in
        for index in out.indices { out[index] = Float(Int8(bitPattern: bytes[index])) }
      }
    }
  }

  /// A list of whole numbers from 0 up to, but not including, `limit`; `nil` where there is no such
  /// tensor.
  package func rowNumbers(_ name: String, below limit: Int) throws -> [Int32]? {
    try file[prefix + name].map { raw in
      try checkRoom(raw.count, of: name)
      return try raw.rowNumbers(below: limit)
    }
  }

  /// A vector of any length; `nil` where there is no such tensor.
  package func vector(ofAnySize name: String) throws -> Tensor? {
    try file[prefix + name].map { try vector(name, $0.count) }
  }

  /// The tensor `name` as float32 in `shape`; a vector's shape may be asked for as one row.
  func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
    if let parameter = trained.tensors[prefix + name] { return parameter.reshaped(shape) }
    let raw = try raw(name, shape)
    var tensor = try floats(raw, shape, name)
    let changes: [(Tensor) -> Tensor] = [
      changes[raw.name].map { $0.applied }, trained.changes[raw.name].map { $0.applied },
    ].compactMap(\.self)
    for change in changes {
      try checkRoom(raw.count, of: name)
      tensor = change(tensor.reshaped(raw.shape)).reshaped(shape)
    }
    return tensor
  }

  /// What the file has by that name, which must be of that shape.
  func raw(_ name: String, _ shape: [Int]) throws -> RawTensor {
    guard let raw = file[prefix + name] else {
      throw FileError(
        "\(place): no tensor `\(prefix + name)`, which config.json's model_type needs "
          + "with the shape \(shape)" + (note.map { "; \($0)" } ?? ""))
    }
    let expected = shape.count == 2 && shape[0] == 1 && raw.shape.count == 1 ? [shape[1]] : shape
    guard raw.shape == expected else {
      throw FileError(
        "\(raw.file.path): tensor `\(raw.name)` is \(raw.shape), should be \(expected) "
          + "by config.json")
    }
    return raw
  }

  /// The file, or the first of several, for messages.
  private var place: String { file.files.first?.path ?? "the weights" }

  /// A tensor and its file, for messages.
  func place(of name: String) -> String {
    "\(file[prefix + name]?.file.path ?? place): tensor `\(prefix + name)`"
  }

  /// float32 that lies aligned and in order in the map is used there; everything else is raised
  /// into memory.
  private func floats(_ raw: RawTensor, _ shape: [Int], _ name: String) throws -> Tensor {
    if raw.type == .f32, raw.isMapped(alignedTo: MemoryLayout<Float>.alignment) {
      return try raw.withBytes { bytes in
        Tensor(shape, borrowing: bytes.bindMemory(to: Float.self), from: raw.file)
      }
    }
    if let blocks = raw.blocks {
      try checkRoom(raw.count, of: name)
      return try raw.withBytes { bytes in Tensor(shape) { blocks.raise(bytes, into: $0) } }
    }
    guard let format = FloatFormat(raw.type) else {
      throw FileError(
        "\(raw.file.path): tensor `\(raw.name)` is \(raw.type.rawValue), "
          + "should be F32, F16, BF16 or F64")
    }
    try checkRoom(raw.count, of: name)
    return try raw.withBytes { Tensor(shape, raising: $0, from: format) }
  }
}

extension FloatFormat {
  /// The format of a file's elements; `nil` for what are no real numbers.
  package init?(_ type: ElementType) {
    guard let format = Self.formats[type] else { return nil }
    self = format
  }

  package var elementType: ElementType {
    switch self {
    case .float64: .f64
    case .float32: .f32
    case .float16: .f16
    case .bfloat16: .bf16
    }
  }

  private static let formats: [ElementType: FloatFormat] = [
    .f64: .float64, .f32: .float32, .f16: .float16, .bf16: .bfloat16,
  ]
}
