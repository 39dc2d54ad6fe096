import ModelFiles

/// Splits text into words as Moses does; for XLM, optionally lowercased and without accents.
struct MosesPreTokenizer: PreTokenizer {
  private let language: MosesLanguage
  private let words: MosesWords
  private let plain: PlainWords?

  init(_ json: JSON) { self.init(.english) }

  /// - Parameter dropsAccents: whether words are lowercased and accents removed
  init(_ language: MosesLanguage, dropsAccents: Bool = false) {
    self.language = language
    words = MosesWords(language)
    plain = dropsAccents ? PlainWords() : nil
  }

  var description: String {
    "Moses: words (\(language.name)), split around punctuation"
      + (plain == nil ? "" : ", lower case, no accents")
  }

  func callAsFunction(_ preTokens: inout PreTokenizedText) {
    var buffer = TextBuffer()
    preTokens.rewrite { text, startsText, output in
      buffer.set(text, startsText: startsText)
      words(&buffer)
      plain?(&buffer)
      output.append(contentsOf: buffer.bytes)
    }
    preTokens.split { text, parts in
      for word in text.pythonWords() { parts.append(word) }
    }
  }
}

/// Lowercases text and removes accents, as XLM's tokenizer does in Python 3.11.
private struct PlainWords: Sendable {
  private let lowercase = PythonLowercase()
  private let decompose = NormalizationForm.pythonNFD
  private let marks = ScalarTable(runs: PythonMarkData.text)

  func callAsFunction(_ text: inout TextBuffer) {
    lowercase(&text)
    guard text.bytes.contains(where: { $0 >= 0x80 }) else { return }
    decompose(&text)
    text.rewrite { source, output in output.append(source) { marks[$0] != 0 } }
    lowercase(&text)
  }
}
