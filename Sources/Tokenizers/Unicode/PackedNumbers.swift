/// Reads the numbers that scripts/unicode-tables.py packed into a string: five bits a character,
/// lowest first, counted from "0"; the sixth bit says that the number goes on.
struct PackedNumbers {
  private let characters: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ text: StaticString) {
    characters = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  var isAtEnd: Bool { position >= characters.count }

  mutating func next() -> Int {
    var number = 0
    var shift = 0
    while position < characters.count {
      let digit = Int(characters[position]) &- 48
      position += 1
      number |= (digit & 31) << shift
      if digit < 32 { break }
      shift += 5
    }
    return number
  }

  mutating func nextSigned() -> Int {
    let number = next()
    return number & 1 == 0 ? number >> 1 : -(number + 1) >> 1
  }
}
