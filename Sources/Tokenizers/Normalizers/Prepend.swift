package import ModelFiles

/// Puts a string before each text that is not empty.
package struct Prepend: Normalizer {
  private let prefix: [UInt8]

  package init(_ json: JSON) throws { prefix = try json.value("prepend").bytes() }

  package var description: String { "Prepend: `\(String(decoding: prefix, as: UTF8.self))`" }

  package func callAsFunction(_ text: inout TextBuffer) throws {
    guard !text.bytes.isEmpty else { return }
    try text.growth.check(text.bytes.count + prefix.count)
    let start = text.startsText ? prefix.count + text.startCount : 0
    text.rewrite { source, output in
      output += prefix
      output.append(contentsOf: source)
    }
    text.begin(start)
  }
}

extension Prepend: EditingNormalizer {
  func edits(of text: TextBuffer) -> [TextEdit] {
    text.bytes.isEmpty ? [] : [TextEdit(range: 0..<0, count: prefix.count)]
  }
}
