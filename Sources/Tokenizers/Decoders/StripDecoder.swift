package import ModelFiles

/// Takes a character off the ends of each token, so often at most. (The reference traps where a
/// token is shorter than that.)
package struct StripDecoder: TokenDecoder {
  private let content: [UInt8]
  private let start: Int
  private let stop: Int

  package init(_ json: JSON) throws {
    content = try json.value("content").bytes()
    guard content.withUnsafeBytes({ !$0.isEmpty && $0.scalar(at: 0).end == $0.count }) else {
      throw FileError("\(json.name): `\(json.path).content` should be one character")
    }
    (start, stop) = (try json.int("start"), try json.int("stop"))
  }

  /// - Parameter start: how many spaces are taken off the beginning.
  init(spaces start: Int) { (content, self.start, stop) = ([0x20], start, 0) }

  package func callAsFunction(_ tokens: inout TokenTexts) throws {
    try tokens.rewrite { _, text, _, output in
      var rest = text[...]
      var taken = 0
      while taken < start, rest.starts(with: content) {
        rest = rest.dropFirst(content.count)
        taken += 1
      }
      taken = 0
      while taken < stop, rest.suffix(content.count).elementsEqual(content) {
        rest = rest.dropLast(content.count)
        taken += 1
      }
      output += rest
    }
  }
}
