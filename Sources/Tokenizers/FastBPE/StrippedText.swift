import ModelFiles

/// Strips white space from both ends of a text and, with `do_lower_case`, lowercases it (special
/// tokens included), as sentence-transformers up to 5.3 does before it calls any tokenizer.
struct StrippedText: Normalizer {
  private let lowercases: Bool
  private let lowercase = PythonLowercase()

  init(_ json: JSON) throws { lowercases = try json.bool("do_lower_case", default: false) }

  init(lowercases: Bool) { self.lowercases = lowercases }

  var description: String {
    lowercases ? "white space stripped, lower case" : "white space stripped"
  }

  func callAsFunction(_ text: inout TextBuffer) {
    text.stripPythonSpace()
    if lowercases { lowercase(&text) }
  }
}
