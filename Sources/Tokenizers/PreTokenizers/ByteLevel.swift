package import ModelFiles

/// Splits text into GPT-2's words and writes each byte as a character of GPT-2's byte alphabet.
package struct ByteLevel: PreTokenizer {
  private let addsSpace: Bool
  /// nil if another pre-tokenizer splits.
  private let words: WordPattern?

  package init(_ json: JSON) throws {
    addsSpace = try json.bool("add_prefix_space")
    _ = try json.bool("trim_offsets")
    words = try json.bool("use_regex", default: true) ? WordPattern(WordPattern.gpt2) : nil
  }

  package var description: String {
    let steps = [addsSpace ? "space in front" : nil, words == nil ? nil : "GPT-2's words"]
    return "ByteLevel: "
      + (steps.compactMap { $0 } + ["bytes as characters"]).joined(separator: ", ")
  }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    if addsSpace {
      preTokens.rewrite { bytes, _, output in
        if bytes.first != 0x20 { output.append(0x20) }
        output.append(contentsOf: bytes)
      }
    }
    if let words {
      preTokens.split { bytes, parts in words.forEachMatch(in: bytes) { parts.append($0) } }
    }
    preTokens.rewrite(isBytewise: true) { bytes, _, output in
      ByteAlphabet.standard.append(bytes, to: &output)
    }
  }
}
