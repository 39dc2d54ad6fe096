/// Takes out the spaces that joining the tokens of English puts before punctuation and
/// contractions, in the reference's order.
enum EnglishCleanup {
  private static let steps: [(find: [UInt8], put: [UInt8])] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  static func clean(_ text: inout [UInt8]) {
    for (find, put) in steps where text.contains(0x20) { replace(find, put, in: &text) }
  }

  /// What is found is a few bytes long, and so looked for at every place.
  private static func replace(_ find: [UInt8], _ put: [UInt8], in text: inout [UInt8]) {
    var output: [UInt8] = []
    var position = 0
    while position < text.count {
      if text[position] == 0x20, text[position...].starts(with: find) {
        output += put
        position += find.count
      } else {
        output.append(text[position])
        position += 1
      }
    }
    text = output
  }
}
