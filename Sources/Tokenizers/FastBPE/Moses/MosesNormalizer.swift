import ModelFiles

/// Normalizes punctuation as Moses does and removes control, format and unassigned characters. Line
/// feeds and tabs are control characters, so the words around them are joined.
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
