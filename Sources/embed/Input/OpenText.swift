import ModelFiles

/// A file of texts that is being read: its first bytes say how, then come its rows.
struct OpenText {
  private let file: InputFile
  private var format: ResolvedFormat
  private let encoding: TextEncoding
  private let wanted: WantedFields
  private let messages: Messages?
  /// What the file's bytes come from, unpacked so far.
  private var source: HeadedSource
  /// What rows are read from, once the first bytes showed what it is.
  private var text: (any ByteSource)?
  private var isUnpacked = false
  private var buffer = RowBuffer()
  private var search: LayoutSearch
  private var rows: (splitter: any RowSplitter, decoder: any RowDecoder)?

  /// What the next step gave.
  enum Step {
    case row(InputRow)
    /// Nothing without waiting.
    case nothingYet
    case end
  }

  init(
    _ file: InputFile, _ format: ResolvedFormat, _ encoding: TextEncoding, _ wanted: WantedFields,
    _ messages: Messages?
  ) {
    (self.file, self.format, self.encoding) = (file, format, encoding)
    (self.wanted, self.messages) = (wanted, messages)
    source = HeadedSource(file)
    search = LayoutSearch(format, wanted)
  }

  /// The bytes of the rows that were given, and of what is between them; of a file that is unpacked
  /// or converted those that were read.
  var bytesRead: Int {
    let isPlain = text === source && !isUnpacked
    return isPlain ? file.bytesRead - source.unread - buffer.pending : file.bytesRead
  }

  /// Whether what comes is the rest of a row that was too long and has been reported.
  var isSkipping: Bool { rows?.splitter.isSkipping == true }

  /// The next row.
  /// - Throws: what makes the rest of the file unreadable
  mutating func next(waiting: Bool) throws -> Step {
    while true {
      guard let text else {
        guard try open(waiting: waiting) else { return .nothingYet }
        continue
      }
      guard rows != nil else {
        if layOut() { continue }
        guard try buffer.fill(from: text, waiting: waiting) else { return .nothingYet }
        continue
      }
      switch rows?.splitter.next(in: &buffer) {
      case .row(let raw):
        if let row = try rows?.decoder(raw) { return .row(row) }
      case .hungry:
        guard try buffer.fill(from: text, waiting: waiting) else { return .nothingYet }
      case .end, nil: return .end
      }
    }
  }

  /// Looks at the first bytes, and unpacks or converts what they begin.
  /// - Returns: whether there were enough of them
  private mutating func open(waiting: Bool) throws -> Bool {
    while !source.isWhole, FileKind.isOpen(source.head) {
      guard try source.lookFurther(waiting: waiting) else { return false }
    }
    let kind = FileKind(source.head)
    if kind == .gzip {
      guard !isUnpacked else {
        throw FileError("\(file.name): is packed twice; unpack it once: gzip -dc")
      }
      isUnpacked = true
      source = HeadedSource(try Gunzip(source))
      return true
    }
    if let refusal = kind?.refusal(file.name, encoding) { throw FileError(refusal) }
    text = encoding.isUTF8 ? source : try RecodedSource(source, encoding)
    return true
  }

  /// Decides how rows are divided, if enough is there.
  private mutating func layOut() -> Bool {
    guard buffer.pending > 0 || buffer.isComplete, buffer.dropByteOrderMark() else { return false }
    let isComplete = buffer.isComplete
    switch wanted {
    case .everything, .pairs: recogniseJSON()
    case .text, .columns, .lists, .rankings, .judgements: break
    }
    guard
      let layout = buffer.withPending({ search.layout($0, isComplete: isComplete) })
    else { return false }
    if format.kind == .lines, !format.isAsked { noteJSON() }
    buffer.drop(layout.skipped.bytes)
    let line = 1 + layout.skipped.lines
    let decoder = wanted.decoder(format.kind, layout, file: file.name)
    rows =
      layout.isJSON
      ? (ValueSplitter(line: line), decoder)
      : (LineSplitter(layout.boundary(format.kind), line: line), decoder)
    return true
  }

  /// Takes a table for JSON that begins so, if neither its name nor anybody said what it is.
  private mutating func recogniseJSON() {
    guard format.kind == .csv, !format.isAsked, InputFormat(ending: file.name) == .lines,
      let found = buffer.withPending(JSONStart.format)
    else { return }
    format = ResolvedFormat(kind: found, isAsked: false)
    search = LayoutSearch(format, wanted)
  }

  /// Says that lines look like JSON, if nobody said that they are to be read as they are.
  private func noteJSON() {
    guard let messages, let format = buffer.withPending(JSONStart.format) else { return }
    messages.note(
      "\(file.name): is JSON, read as plain lines; to take the texts out of it, say --input \(format)"
    )
  }
}

extension Layout {
  /// What ends a row that is not a value of JSON.
  fileprivate func boundary(_ format: InputFormat) -> RowBoundary {
    switch format {
    case .csv: .record(CSVScanner(delimiter: delimiter, newline: newline))
    case .tsv: .tabbed(newline)
    case .files: .file
    case .lines, .jsonl, .json: .line(newline)
    }
  }
}

extension JSONStart {
  /// The format of lines that look like JSON: by the first, or the one mark that is all of it.
  static func format(_ bytes: UnsafeRawBufferPointer) -> InputFormat? {
    let line = bytes.prefix(while: { $0 != 0x0A }).filter { $0 > 0x20 }
    guard let first = line.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
      return nil
    }
    if line.count == 1 { return .json }
    let second = line[1]
    let isObject = first == UInt8(ascii: "{")
    // What begins like JSON in the small may be a text in brackets.
    guard second == UInt8(ascii: "\"") || !isObject && second == UInt8(ascii: "{") else {
      return nil
    }
    var start = JSONStart()
    return isObject && start.spansLines(bytes, isWhole: true) == false ? .jsonl : .json
  }
}
