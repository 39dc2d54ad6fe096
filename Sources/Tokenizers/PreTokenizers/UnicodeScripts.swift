package import ModelFiles

/// Runs of one script. Spaces and what has no script go with what is before them; at the start of
/// a text they vanish, as in the reference.
package struct UnicodeScripts: PreTokenizer {
  private let scripts = Self.measured

  /// The number of each scalar's script; 0 for none. Hiragana and Katakana are Han.
  private static let measured: ScalarTable = {
    var table = ScalarTable()
    var numbers = PackedNumbers(ScriptData.text)
    var end = 0
    while !numbers.isAtEnd {
      let start = end + numbers.next()
      end = start + numbers.next() + 1
      table.set(start..<end, to: UInt16(truncatingIfNeeded: numbers.next()))
    }
    return table
  }()

  package init(_ json: JSON) {}

  package var description: String { "UnicodeScripts: runs of one script" }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    preTokens.split { bytes, parts in
      var start: Int?
      var last: UInt16 = 0
      var position = 0
      while position < bytes.count {
        let (scalar, end) = bytes.scalar(at: position)
        let script = scripts[scalar]
        if script != 0, script != last {
          if let start { parts.append(start..<position) }
          start = position
          last = script
        }
        position = end
      }
      if let start { parts.append(start..<bytes.count) }
    }
  }
}
