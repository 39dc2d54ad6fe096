/// The expressions that byte-level tokenizers split text into words with. Every byte of a text is
/// in a match, so that each begins where the one before ends.
struct WordPattern: Sendable {
  private enum Style: Sendable {
    /// GPT-2's: a space goes to the word after it.
    case gpt2
    /// cl100k's, Llama 3's and Qwen's: so does any other mark, and line ends stay with what they
    /// follow. So many digits at most are a word.
    case cl100k(digits: Int)
  }

  private let style: Style
  private let traits = PatternTraits.table
  private let kinds: [WordKind]

  static let gpt2 =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  private static let rest = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let letters = #"|[^\r\n\p{L}\p{N}]?\p{L}+"#

  private static let known: [String: Style] = [
    gpt2: .gpt2,
    contractions + letters + #"|\p{N}"# + rest: .cl100k(digits: 1),
    contractions + letters + #"|\p{N}{1,3}"# + rest: .cl100k(digits: 3),
  ]

  /// nil if `regex` is no such expression that is known by its text.
  init?(_ regex: String) {
    guard let style = Self.known[regex] else { return nil }
    self.init(style)
  }

  private init(_ style: Style) {
    self.style = style
    let traits = traits
    kinds = (0...255).map { (byte: UInt32) in
      byte < 0x80 ? WordKind(byte, traits[byte]) : .beyondASCII
    }
  }

  func forEachMatch(
    in text: UnsafeRawBufferPointer, _ body: (Range<Int>) throws -> Void
  ) rethrows {
    try kinds.withUnsafeBufferPointer { kinds in
      let scanner = WordScanner(text: text, kinds: kinds, traits: traits)
      var start = 0
      while start < text.count {
        let end: Int =
          switch style {
          case .gpt2: scanner.endGPT2(start)
          case .cl100k(let digits): scanner.endCL100K(start, digits)
          }
        try body(start..<end)
        start = end
      }
    }
  }
}
