import ModelFiles

/// What sentence-transformers up to 5.3 does to each text before any tokenizer: white space off
/// both ends and, with `do_lower_case`, Python's lower case, in which special tokens change too.
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
