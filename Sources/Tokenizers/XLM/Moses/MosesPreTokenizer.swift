import ModelFiles

/// Words as Moses finds them, for XLM in lower case and without accents if asked.
struct MosesPreTokenizer: PreTokenizer {
  private let language: MosesLanguage
  private let words: MosesWords
  private let plain: PlainWords?

  init(_ json: JSON) { self.init(.english) }

  /// - Parameter dropsAccents: whether the words lose their case and their accents.
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

/// Lower case and no accents, as XLM's tokenizer has it in Python 3.11.
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
