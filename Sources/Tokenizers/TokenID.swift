import ModelFiles

extension JSON {
  /// A number that can be a token's id: whole, from 0 to 2³¹ - 1.
  func tokenID() throws -> Int32 {
    let number = try int()
    guard let id = Int32(exactly: number), id >= 0 else {
      throw FileError("\(name): `\(path)` is \(number), should be from 0 to \(Int32.max)")
    }
    return id
  }

  /// The bytes of a string.
  func bytes() throws -> [UInt8] { try withUTF8 { [UInt8]($0) } }
}
