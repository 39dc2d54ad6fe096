/// Texts as UTF-8, counted in characters (code points) as Python counts.
extension [UInt8] {
  /// Where each character lies.
  var characters: [Range<Int>] {
    withUnsafeBytes { bytes in bytes.scalars().map(\.range) }
  }

  /// The text in code points.
  var scalarValues: [UInt32] {
    withUnsafeBytes { bytes in bytes.scalars().map(\.value) }
  }

  /// How many characters it has.
  var characterCount: Int { count { $0 & 0xC0 != 0x80 } }

  /// The first place of `part`, which is not empty, at or behind `start`; in linear time, whatever
  /// the two are (Knuth, Morris and Pratt).
  func firstRange(of part: [UInt8], from start: Int) -> Range<Int>? {
    guard part.count <= count - start else { return nil }
    // Of each beginning of `part`: how much of it is its end as well.
    var borders = [Int](repeating: 0, count: part.count)
    var matched = 0
    for place in 1..<part.count {
      while matched > 0, part[place] != part[matched] { matched = borders[matched - 1] }
      matched += part[place] == part[matched] ? 1 : 0
      borders[place] = matched
    }
    matched = 0
    for place in start..<count {
      while matched > 0, self[place] != part[matched] { matched = borders[matched - 1] }
      matched += self[place] == part[matched] ? 1 : 0
      if matched == part.count { return place + 1 - part.count..<place + 1 }
    }
    return nil
  }

  /// Where `part`, which is not empty, is, from the left and without overlaps.
  func ranges(of part: [UInt8], most: Int = .max) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var place = 0
    while found.count < most, let range = firstRange(of: part, from: place) {
      found.append(range)
      place = range.upperBound
    }
    return found
  }

  /// What is left without the characters at its ends that `isGone` accepts.
  func stripped(left: Bool, right: Bool, _ isGone: (UInt32) -> Bool) -> [UInt8] {
    withUnsafeBytes { bytes in
      let start = left ? bytes.end(from: 0, while: isGone) : 0
      let end = right ? bytes.start(before: bytes.count, from: start, while: isGone) : bytes.count
      return Array(bytes[start..<Swift.max(start, end)])
    }
  }

  /// The text with other characters for its own.
  func mapped(_ mapping: (Unicode.Scalar) -> String) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(count)
    for value in scalarValues { text += mapping(Unicode.Scalar(value) ?? "\u{FFFD}").utf8 }
    return text
  }

  var uppercased: [UInt8] { mapped(\.properties.uppercaseMapping) }

  /// The first character large, all others small.
  var capitalized: [UInt8] {
    guard let first = characters.first else { return [] }
    return Array(self[first]).mapped(\.properties.titlecaseMapping)
      + pythonLowercase(Array(self[first.upperBound...]))
  }

  /// Each run of cased letters with its first one large, as Python's `title` has it.
  var titlecased: [UInt8] {
    var isInWord = false
    return mapped { scalar in
      defer { isInWord = scalar.properties.isCased }
      let properties = scalar.properties
      return isInWord ? properties.lowercaseMapping : properties.titlecaseMapping
    }
  }

  /// The lines, without their ends, as Python's `splitlines` finds them.
  func lines(keepingEnds: Bool = false) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    withUnsafeBytes { bytes in
      for (scalar, range) in bytes.scalars() {
        guard range.lowerBound >= start else { continue }
        switch scalar {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: break
        default: continue
        }
        var end = range.upperBound
        if scalar == 0x0D, end < bytes.count, bytes[end] == 0x0A { end += 1 }
        lines.append(Array(bytes[start..<(keepingEnds ? end : range.lowerBound)]))
        start = end
      }
    }
    if start < count { lines.append(Array(self[start...])) }
    return lines
  }
}
