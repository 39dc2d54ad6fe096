package import ModelFiles

/// Runs of one script. Spaces and what has no script go with what is before them; at the start of
/// a text they vanish, as in the reference.
package struct UnicodeScripts: PreTokenizer {
  /// The number of each scalar's script; 0 for none. Hiragana and Katakana are Han.
  private let scripts = Self.measured

  private static let measured = ScalarTable(runs: ScriptData.text)

  package init(_ json: JSON) {}

  package var description: String { "UnicodeScripts: runs of one script" }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    preTokens.split { bytes, parts in
      var start: Int?
      var last: UInt16 = 0
      for (scalar, range) in bytes.scalars() {
        let script = scripts[scalar]
        if script != 0, script != last {
          if let start { parts.append(start..<range.lowerBound) }
          start = range.lowerBound
          last = script
        }
      }
      if let start { parts.append(start..<bytes.count) }
    }
  }
}
