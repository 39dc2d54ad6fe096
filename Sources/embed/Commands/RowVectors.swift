import ArgumentParser
import Embeddings
import ModelFiles
import Tensors
import Vectors

/// Vectors of rows that are looked at together, made of their texts or read from a file, and what is
/// known of the rows.
struct RowVectors {
  let vectors: Matrix
  /// `nil` where only vectors were given.
  let texts: [[UInt8]]?
  let members: KeptMembers?
  /// The numbers of the rows in the input, where not all are taken.
  private let numbers: [Int]?
  /// Where the vectors were read from.
  private let stored: StoredVectors?

  init(_ read: TextVectors) {
    (vectors, texts, members, stored) = (read.vectors, read.texts, read.members, nil)
    numbers = read.numbers
  }

  // What is kept of each row, and of its results, takes some 100 bytes.
  private static let mostRows = 30_000_000

  /// - Parameters:
  ///   - path: of the vectors
  ///   - reader: of their rows, where these are given
  ///   - members: takes up what results keep of each row
  ///   - filter: tells which rows are taken
  /// - Throws: where vectors and rows are not of each other
  init(
    stored path: String, _ reader: RowReader?, keeping members: KeptMembers? = nil,
    where filter: RowFilter? = nil, _ messages: Messages
  ) throws {
    let stored = try StoredVectors(path)
    guard stored.count <= Self.mostRows else {
      throw FileError(
        "\(path) has \(stored.count) rows, should have at most \(Self.mostRows); give fewer")
    }
    guard case .rows(let vectors) = try stored.results(path) else {
      throw FileError(
        "\(path) has sparse vectors or those of tokens; here each row has one dense vector: give those"
      )
    }
    try vectors.checkLengths(path)
    var (reader, members, filter) = (reader, members, filter)
    var (taken, next): ([Int], Int) = ([], 0)
    let texts = try reader?.allTexts { row in
      if filter?.accepts(row) ?? true {
        members?.append(row)
        taken.append(next)
      }
      next += 1
    }
    try filter?.finish()
    try members?.finish(messages)
    if let texts, texts.count != vectors.rows {
      throw FileError(
        "\(path) has \(vectors.rows) vectors, and there are \(texts.count) rows of texts; give the rows that "
          + "they were made of")
    }
    let isRecorded = try VectorsRecord.check(vectors: path, stored, texts: texts)
    if texts != nil, !isRecorded {
      messages.note(
        "\(path) has no record of what made it, so that nothing tells whether it is of these texts")
    }
    self.stored = stored
    self.members = texts == nil ? nil : members
    guard filter != nil, let texts else {
      (self.vectors, self.texts, numbers) = (vectors, texts, nil)
      return
    }
    (self.vectors, self.texts) = (vectors.picked(taken), taken.map { texts[$0] })
    numbers = taken
  }

  /// The number of a row in the input.
  func number(_ row: Int) -> Int { numbers?[row] ?? row }

  /// Throws if the file of the vectors has become shorter since it was opened.
  func checkIntact() throws { try stored?.checkIntact() }

  /// What results say of a row: its number, its own members and its text, as far as they are known.
  func fields(_ row: Int) -> [(String, JSONValue)] {
    [("row", .int(number(row)))] + (texts.map { [("text", .utf8($0[row]))] } ?? [])
  }

  /// The columns of a table that say of a row what `fields` says, and members by these names.
  func columns(_ names: [String], prefix: String = "") -> [ResultColumn] {
    [ResultColumn(prefix + "row", .number)] + names.map { ResultColumn(prefix + $0, .field) }
      + (texts == nil ? [] : [ResultColumn(prefix + "text", .text)])
  }

  /// The cells in these.
  func cells(_ row: Int, _ names: [String]) -> [ResultCell] {
    [.count(number(row))] + (members?.cells(row, names) ?? [])
      + (texts.map { [.text($0[row])] } ?? [])
  }

  /// What pictures call the rows: their texts, or their numbers.
  var names: [String] {
    (0..<vectors.rows).map { row in
      texts.map { String(decoding: $0[row], as: UTF8.self) } ?? "\(number(row))"
    }
  }

  /// A result with a row's own members first.
  func object(_ row: Int, _ fields: [(String, JSONValue)]) -> JSONValue {
    members?.object(row, adding: fields) ?? .object(fields)
  }
}

/// Vectors in the place of what a model would make.
struct VectorsOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take the rows' vectors from FILE.npy, as encode --output or search --save wrote it; needs no "
        + "model, and texts only to show them.", valueName: "FILE.npy"),
    completion: .file())
  var vectors: String?

  /// The files of the rows' texts: of vectors those that are named, else standard input too.
  func paths(_ files: [String]) -> [String] {
    files.isEmpty && vectors == nil ? ["-"] : files
  }

  /// The rows' vectors and what is known of the rows.
  func rows(
    _ files: [String], _ format: FormatOptions, keeping members: KeptMembers? = nil,
    where filter: RowFilter? = nil, _ prompt: PromptOptions, _ model: ModelOptions
  ) throws -> RowVectors {
    let messages = model.messages
    guard let vectors else {
      let embedder = try model.load()
      return RowVectors(
        try TextVectors(
          reading: format.reader(files, messages), keeping: members, where: filter, embedder,
          prompt.route(embedder), model))
    }
    let reader = files.isEmpty ? nil : try format.reader(files, messages)
    return try RowVectors(stored: vectors, reader, keeping: members, where: filter, messages)
  }

  /// Refuses options that vectors alone have no use for.
  func check(
    _ files: [String], _ fields: FieldsOptions? = nil, _ prompt: PromptOptions
  ) throws {
    guard vectors != nil else { return }
    if let fields, files.isEmpty, fields.areGiven {
      throw ValidationError(
        "--fields and --where are of texts; name their FILE beside --vectors")
    }
    if prompt.isGiven {
      throw ValidationError("--vectors are made already; leave out the prompt")
    }
  }
}
