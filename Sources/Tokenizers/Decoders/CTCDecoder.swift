package import ModelFiles

/// Drops tokens that repeat the one before, and the one that stands for none (Graves et al., 2006).
package struct CTCDecoder: TokenDecoder {
  private let pad: Pattern
  private let delimiter: Pattern
  private let cleansUp: Bool

  package init(_ json: JSON) throws {
    pad = try Pattern(literal: json.string("pad_token"))
    delimiter = try Pattern(literal: json.string("word_delimiter_token"))
    cleansUp = try json.bool("cleanup")
  }

  package func callAsFunction(_ tokens: inout TokenTexts) throws {
    let all = tokens.list
    try tokens.rewrite { index, text, budget, output in
      if index > 0, all[index] == all[index - 1] { return }
      var kept: [UInt8] = []
      try pad.replace(in: text, with: [], &budget, to: &kept)
      if cleansUp {
        EnglishCleanup.clean(&kept)
        try kept.withUnsafeBytes {
          try delimiter.replace(in: $0, with: [0x20], &budget, to: &output)
        }
      } else {
        output = kept
      }
    }
    try tokens.replace(tokens.list.filter { !$0.isEmpty })
  }
}
