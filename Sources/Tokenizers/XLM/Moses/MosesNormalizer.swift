import ModelFiles

/// Punctuation as Moses writes it, and no controls, formats or unassigned characters. Since line
/// feeds and tabs are controls, the words beside them become one.
struct MosesNormalizer: Normalizer {
  private let language: MosesLanguage
  private let punctuation: MosesPunctuation
  private let traits = PythonTraits.table

  init(_ json: JSON) { self.init(.english) }

  init(_ language: MosesLanguage) {
    self.language = language
    punctuation = MosesPunctuation(language)
  }

  var description: String { "Moses punctuation (\(language.name)), control characters removed" }

  func callAsFunction(_ text: inout TextBuffer) {
    punctuation(&text)
    text.rewrite { source, output in output.append(source) { traits[$0].contains(.other) } }
  }
}
