import ModelFiles
import Tensors

/// The vectors that another model, a teacher or a guide, makes of texts: computed once, and kept in
/// the run's folder until the run is over.
final class TeacherVectors {
  private let folder: RunFolder?
  /// E, the numbers of a vector.
  private let width: Int
  /// What its files are called; no other model's are.
  private let name: String
  private var sets = 0

  init(folder: RunFolder?, width: Int, name: String) {
    (self.folder, self.width, self.name) = (folder, width, name)
  }

  // Texts that are embedded together.
  private static let window = 4096

  /// The vectors of a set's texts.
  /// - Parameter make: what the teacher makes of some of them: `[texts, E]`
  /// - Shapes: → `[texts, E]`
  func vectors(_ texts: [[UInt8]], _ make: ([[UInt8]]) throws -> Tensor) throws -> Tensor {
    sets += 1
    try MemoryBound.check(
      texts.count, width, 4, for: "the \(name)'s vectors of \(texts.count) texts")
    // Nothing is trained where only what would be done is said.
    guard let folder else { return .zeros([texts.count, width]) }
    let name = "\(RunFolder.states)/\(name)-\(sets).f32"
    if let kept = try kept(folder.file(name), texts.count) { return kept }
    var parts: [Tensor] = []
    for start in stride(from: 0, to: texts.count, by: Self.window) {
      parts.append(try make(Array(texts[start..<min(start + Self.window, texts.count)])))
    }
    let vectors = Tensor.stacked(parts)
    try folder.write(name) { file in
      try vectors.withFloats { try file.append(UnsafeRawBufferPointer($0)) }
    }
    return vectors
  }

  /// What an earlier process of the run has kept, where it is whole.
  private func kept(_ path: String, _ count: Int) throws -> Tensor? {
    let size = count * width * MemoryLayout<Float>.stride
    guard try fileExists(path) else { return nil }
    let bytes = try readFile(path, limit: size + 1)
    guard bytes.count == size else {
      try removeFile(path)
      return nil
    }
    return bytes.withUnsafeBytes { Tensor([count, width], raising: $0, from: .float32) }
  }
}
