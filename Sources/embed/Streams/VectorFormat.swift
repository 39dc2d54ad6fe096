/// How vectors are written.
enum VectorFormat: String, CaseIterable, Sendable {
  case jsonl, npy, csv
  /// Rows one after the other: of float32; of bytes with a sign and without.
  case f32, i8, u8

  /// The format that an output's ending promises; JSON lines where it promises none.
  init(ending path: String) {
    let ending = path.utf8.lastIndex(of: UInt8(ascii: ".")).map { path[path.index(after: $0)...] }
    self = ending.flatMap { VectorFormat(rawValue: $0.lowercased()) } ?? .jsonl
  }

  /// Whether a row without a vector can be written, for `--on-error null`: the others are nothing
  /// but numbers.
  var supportsMissingRows: Bool { self == .jsonl }

  /// Whether the bytes are for programs only, so that a terminal should not get them.
  var isBinary: Bool { self == .npy || rawElement != nil }

  /// Of raw rows, the only elements that they have, as NumPy calls those.
  var rawElement: String? {
    switch self {
    case .f32: "<f4"
    case .i8: "|i1"
    case .u8: "|u1"
    case .jsonl, .npy, .csv: nil
    }
  }
}
