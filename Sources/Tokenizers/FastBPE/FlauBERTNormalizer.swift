import ModelFiles

/// Normalizes text for FlauBERT before Moses' rules: replaces quotation marks, composes (NFC) and,
/// if configured, lowercases.
struct FlauBERTNormalizer: Normalizer {
  private let lowercases: Bool
  private let quotes = [Rewrite("``", "\""), Rewrite("''", "\"")]
  private let compose = NormalizationForm.pythonNFC
  private let lowercase = PythonLowercase()

  /// Reads tokenizer_config.json. Its option for accents is ignored, as in the reference.
  init(_ json: JSON) throws {
    lowercases = try json.bool("do_lowercase", default: false)
  }

  var description: String { "NFC (Unicode 14)" + (lowercases ? ", lower case" : "") }

  func callAsFunction(_ text: inout TextBuffer) {
    for rule in quotes { rule(&text) }
    compose(&text)
    if lowercases { lowercase(&text) }
  }
}
