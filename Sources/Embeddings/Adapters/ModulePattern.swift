import ModelFiles

/// A key of `rank_pattern` or `alpha_pattern`: the end of modules' names, from a dot on.
///
/// peft reads it as a regular expression, `(.*\.)?KEY$`. Names are read here with what occurs in them: a
/// dot stands for any character, `\.` for a dot, and `^` before all means the whole name.
struct ModulePattern: Sendable {
  /// `nil` is any character.
  private let characters: [UInt8?]
  private let isWhole: Bool

  /// - Parameter file: for messages
  init(_ key: String, in file: String) throws {
    var rest = Array(key.utf8)[...]
    isWhole = rest.first == UInt8(ascii: "^")
    if isWhole { rest.removeFirst() }
    if rest.last == UInt8(ascii: "$") { rest.removeLast() }
    var characters: [UInt8?] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "."): characters.append(nil)
      case UInt8(ascii: "\\") where rest.first == UInt8(ascii: "."):
        characters.append(rest.removeFirst())
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        characters.append(byte)
      default:
        throw FileError(
          "\(file): `\(legible(key))` is a pattern that is not read; read are the ends of modules' "
            + "names, such as `layer.1.attention.self.query`")
      }
    }
    self.characters = characters
  }

  /// Whether a module has such a name.
  func matches(_ module: String) -> Bool {
    let name = Array(module.utf8)
    let start = name.count - characters.count
    guard start >= 0, zip(name[start...], characters).allSatisfy({ $1 == nil || $0 == $1 }) else {
      return false
    }
    return start == 0 || !isWhole && name[start - 1] == UInt8(ascii: ".")
  }
}
