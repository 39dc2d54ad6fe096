import ModelFiles

/// What a SentencePiece `.model` holds that decides over ids (sentencepiece_model.proto).
struct SentencePieceModel: Sendable {
  struct Piece: Sendable {
    var text: [UInt8] = []
    var score: Float = 0
    var kind = Kind.normal
  }

  /// `ModelProto.SentencePiece.Type`, those that ask for something.
  enum Kind: UInt64, Sendable {
    case normal = 1
    case unknown = 2
    case control = 3
    case userDefined = 4
    case unused = 5
    case byte = 6
  }

  /// `TrainerSpec.ModelType`.
  enum Algorithm: UInt64, Sendable {
    case unigram = 1
    case bpe = 2
    case word = 3
    case character = 4
  }

  private(set) var pieces: [Piece] = []
  private(set) var algorithm = Algorithm.unigram
  private(set) var unknownID = 0
  private(set) var unknownPiece = "<unk>"
  private(set) var fallsBackToBytes = false
  /// The pieces that begin and end a text, and the id of each; below 0 if there is none.
  private var ends = (first: "<s>", last: "</s>", firstID: 1, lastID: 2)
  /// The rules of normalization, empty if there are none.
  private(set) var charsmap: [UInt8] = []
  private(set) var addsDummyPrefix = true
  private(set) var removesExtraSpace = true
  private let name: String

  /// The tokens that the model itself gives parts to play.
  var specialPieces: [String: String] {
    var pieces: [String: String] = [:]
    if ends.firstID >= 0 { pieces["bos_token"] = ends.first.isEmpty ? "<s>" : ends.first }
    if ends.lastID >= 0 { pieces["eos_token"] = ends.last.isEmpty ? "</s>" : ends.last }
    if unknownID >= 0 { pieces["unk_token"] = unknownPiece.isEmpty ? "<unk>" : unknownPiece }
    return pieces
  }

  /// - Parameter name: what errors call the file.
  init(_ bytes: [UInt8], name: String) throws {
    self.name = name
    try bytes.withUnsafeBytes { message in
      try Self.visit(message, name) { field, value in
        guard case .bytes(let inner) = value else { return }
        switch field {
        case 1:
          pieces.append(try Self.piece(inner, name))
          try PieceLimit.check(pieces.count, "\(name): pieces")
        case 2: try readTrainer(inner)
        case 3: try readNormalizer(inner)
        default: break
        }
      }
    }
    guard !pieces.isEmpty else { throw FileError("\(name) has no pieces") }
  }

  private static func visit(
    _ message: UnsafeRawBufferPointer, _ name: String,
    _ body: (Int, ProtobufReader.Value) throws -> Void
  ) throws {
    var reader = ProtobufReader(message, name: name)
    while let (field, value) = try reader.next() { try body(field, value) }
  }

  private static func piece(_ message: UnsafeRawBufferPointer, _ name: String) throws -> Piece {
    var piece = Piece()
    try visit(message, name) { field, value in
      switch (field, value) {
      case (1, .bytes(let text)):
        guard firstInvalidUTF8(text) == nil else {
          throw FileError("\(name) has a piece that is not valid UTF-8")
        }
        piece.text = Array(text)
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      // A type that is not known is none, as in protobuf.
      case (3, .varint(let number)): piece.kind = Kind(rawValue: number) ?? .normal
      default: break
      }
    }
    guard piece.score.isFinite else {
      throw FileError("\(name) has a piece whose score is not a finite number")
    }
    return piece
  }

  private mutating func readTrainer(_ message: UnsafeRawBufferPointer) throws {
    try Self.visit(message, name) { field, value in
      switch (field, value) {
      case (3, .varint(let number)): algorithm = Algorithm(rawValue: number) ?? .unigram
      case (35, .varint(let flag)): fallsBackToBytes = flag != 0
      case (40, .varint(let number)): unknownID = Int(Int32(truncatingIfNeeded: number))
      case (41, .varint(let number)): ends.firstID = Int(Int32(truncatingIfNeeded: number))
      case (42, .varint(let number)): ends.lastID = Int(Int32(truncatingIfNeeded: number))
      case (46, .bytes(let text)): ends.first = String(decoding: text, as: UTF8.self)
      case (47, .bytes(let text)): ends.last = String(decoding: text, as: UTF8.self)
      case (45, .bytes(let text)): unknownPiece = String(decoding: text, as: UTF8.self)
      default: break
      }
    }
  }

  private mutating func readNormalizer(_ message: UnsafeRawBufferPointer) throws {
    try Self.visit(message, name) { field, value in
      switch (field, value) {
      case (2, .bytes(let rules)): charsmap = Array(rules)
      case (3, .varint(let flag)): addsDummyPrefix = flag != 0
      case (4, .varint(let flag)): removesExtraSpace = flag != 0
      default: break
      }
    }
  }
}
