/// How vectors are written.
enum VectorFormat: String, CaseIterable, Sendable {
  case jsonl, npy, f32, csv

  /// The format that an output's ending promises; JSON lines where it promises none.
  init(ending path: String) {
    let ending = path.utf8.lastIndex(of: UInt8(ascii: ".")).map { path[path.index(after: $0)...] }
    self = ending.flatMap { VectorFormat(rawValue: $0.lowercased()) } ?? .jsonl
  }

  /// Whether a row without a vector can be written, for `--on-error null`: the others are nothing
  /// but numbers.
  var supportsMissingRows: Bool { self == .jsonl }

  /// Whether the bytes are for programs only, so that a terminal should not get them.
  var isBinary: Bool { self == .npy || self == .f32 }
}
