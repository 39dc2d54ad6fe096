/// Where each byte of a text comes from that normalizers and pre-tokenizers rewrite: whole
/// characters of the text as it was given, or unknown.
struct Origins: Sendable {
  private var starts: [UInt32] = []
  /// Below the start where the origin is unknown.
  private var ends: [UInt32] = []

  init() {}

  /// Those of a text that is as it was given.
  /// - Parameter text: less than 4 GiB.
  init(of text: UnsafeRawBufferPointer) {
    for (_, range) in text.scalars() { append(range, count: range.count) }
  }

  var count: Int { starts.count }

  /// Appends so many bytes that come from one stretch; from nobody knows where if that is `nil`.
  mutating func append(_ origin: Range<Int>?, count: Int) {
    let (start, end) = origin.map { ($0.lowerBound, $0.upperBound) } ?? (1, 0)
    starts += repeatElement(UInt32(clamping: start), count: count)
    ends += repeatElement(UInt32(clamping: end), count: count)
  }

  mutating func append(_ other: Origins, _ range: Range<Int>) {
    starts += other.starts[range]
    ends += other.ends[range]
  }

  /// What some bytes come from, from the first one's to the last one's.
  subscript(_ bytes: Range<Int>) -> Range<Int>? {
    guard !bytes.isEmpty, bytes.upperBound <= count else { return nil }
    let (first, last) = (bytes.lowerBound, bytes.upperBound - 1)
    guard starts[first] <= ends[first], starts[last] <= ends[last], starts[first] <= ends[last]
    else { return nil }
    return Int(starts[first])..<Int(ends[last])
  }

  /// Those of some bytes.
  func part(_ range: Range<Int>) -> Origins {
    var part = Origins()
    part.append(self, range)
    return part
  }

  /// Those after stretches were replaced, by more or by less; what is put where nothing was comes
  /// from the character behind it.
  func edited(_ edits: [TextEdit]) -> Origins {
    var result = Origins()
    var position = 0
    for edit in edits {
      result.append(self, position..<edit.range.lowerBound)
      let (start, end) = (edit.range.lowerBound, edit.range.upperBound)
      let origin =
        start < end ? self[start..<end] : start < count ? self[start..<start + 1] : nil
      result.append(origin, count: edit.count)
      position = end
    }
    result.append(self, position..<count)
    return result
  }

  /// Appends those of what a pre-tokenizer made of a pre-token, perhaps with a character in front:
  /// a character for each byte, or each character as it is, but for spaces.
  mutating func append(
    _ before: Origins, of text: UnsafeRawBufferPointer, _ preToken: Range<Int>,
    as rewritten: UnsafeRawBufferPointer, isBytewise: Bool
  ) {
    let old = UnsafeRawBufferPointer(rebasing: text[preToken])
    let units = isBytewise ? old.indices.map { $0..<$0 + 1 } : old.scalars().map(\.range)
    let new = rewritten.scalars().map(\.range)
    let added = new.count - units.count
    let isPlain = (0...1).contains(added) && !units.isEmpty
    let isKept =
      isPlain
      && (isBytewise
        || zip(units, new.dropFirst(added)).allSatisfy {
          old[$0.lowerBound] == 0x20 || old[$0].elementsEqual(rewritten[$1])
        })
    guard isKept else { return append(nil, count: rewritten.count) }
    for (index, range) in new.enumerated() {
      let unit = units[max(index - added, 0)]
      let start = preToken.lowerBound + unit.lowerBound
      append(before[start..<start + unit.count], count: range.count)
    }
  }
}

/// A stretch of a text that a normalizer replaces, and by how many bytes.
struct TextEdit: Sendable {
  let range: Range<Int>
  let count: Int
}
