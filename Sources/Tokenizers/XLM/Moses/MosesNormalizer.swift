import ModelFiles

/// Punctuation as Moses writes it, and no controls, formats or unassigned characters. Since line
/// feeds and tabs are controls, the words beside them become one.
struct MosesNormalizer: Normalizer {
  private let language: MosesLanguage
  private let punctuation: MosesPunctuation
  private let traits = PythonTraitsTable.shared

  init(_ json: JSON) { self.init(.english) }

  init(_ language: MosesLanguage) {
    self.language = language
    punctuation = MosesPunctuation(language)
  }

  var description: String { "Moses punctuation (\(language.name)), control characters removed" }

  func callAsFunction(_ text: inout TextBuffer) {
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
