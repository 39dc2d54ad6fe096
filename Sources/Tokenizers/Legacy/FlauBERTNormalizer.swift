import ModelFiles

/// What FlauBERT's tokenizer does to text before it looks for words: quotation marks, composition,
/// lower case, punctuation as Moses writes it, and no controls, formats or unassigned characters.
/// Since line feeds and tabs are controls, the words beside them become one.
struct FlauBERTNormalizer: Normalizer {
  private let lowercases: Bool
  private let quotes = [Rewrite("``", "\""), Rewrite("''", "\"")]
  private let compose = PythonNFC()
  private let lowercase = PythonLowercase()
  private let punctuation = MosesPunctuation()
  private let traits = PythonTraitsTable.shared

  /// Reads tokenizer_config.json. What it may say of accents is ignored, as in the reference.
  init(_ json: JSON) throws {
    lowercases = try json.bool("do_lowercase", default: false)
  }

  var description: String {
    "FlauBERT: NFC (Unicode 14), " + (lowercases ? "lower case, " : "")
      + "Moses punctuation (fr), no category C"
  }

  func callAsFunction(_ text: inout TextBuffer) {
    for rule in quotes { rule(&text) }
    compose(&text)
    if lowercases { lowercase(&text) }
    punctuation(&text)
    removeOthers(&text)
  }

  private func removeOthers(_ text: inout TextBuffer) {
    text.rewrite { source, output in
      var position = 0
      while position < source.count {
        let byte = source[position]
        if byte >= 0x20, byte < 0x7F {
          output.append(byte)
          position += 1
          continue
        }
        let (scalar, end) = source.scalar(at: position)
        if !traits[scalar].contains(.other) {
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[position..<end]))
        }
        position = end
      }
    }
  }
}

/// Words as Moses finds them in French.
struct MosesPreTokenizer: PreTokenizer {
  private let words = MosesWords()

  init(_ json: JSON) {}

  init() {}

  var description: String { "Moses: French words, punctuation apart" }

  func callAsFunction(_ pieces: inout Pieces) {
    var buffer = TextBuffer()
    pieces.rewrite { text, startsText, output in
      buffer.set(text, startsText: startsText)
      words(&buffer)
      output.append(contentsOf: buffer.bytes)
    }
    pieces.split { text, parts in
      for word in text.pythonWords() { parts.append(word) }
    }
  }
}

/// What sentence-transformers up to 5.3 does to each text before any tokenizer: white space off
/// both ends and, with `do_lower_case`, Python's lower case, in which special tokens change too.
struct StrippedText: Normalizer {
  private let lowercases: Bool
  private let lowercase = PythonLowercase()

  init(_ json: JSON) throws { lowercases = try json.bool("do_lower_case", default: false) }

  init(lowercases: Bool) { self.lowercases = lowercases }

  var description: String { lowercases ? "stripped, lower case" : "stripped" }

  func callAsFunction(_ text: inout TextBuffer) {
    text.stripPythonSpace()
    if lowercases { lowercase(&text) }
  }
}
