package import ModelFiles

/// What BERT does to text: removes controls, sets Chinese characters apart, strips accents, lower
/// case, in this order. One pass, since each step sees one scalar, but for the order of marks.
package struct BertNormalizer: Normalizer {
  private let cleansText: Bool
  private let spacesChinese: Bool
  private let stripsAccents: Bool
  private let lowercases: Bool
  /// The replacement of each ASCII byte; `slow` for bytes that are removed or not ASCII.
  private let plain: [UInt8]
  private let traits = ScalarTraits.table
  private let lowercase = ScalarMapping.lowercase

  /// No byte of UTF-8.
  private static let slow: UInt8 = 0xFF

  package init(_ json: JSON) throws {
    let cleansText = try json.bool("clean_text")
    let lowercases = try json.bool("lowercase")
    self.cleansText = cleansText
    self.lowercases = lowercases
    spacesChinese = try json.bool("handle_chinese_chars")
    stripsAccents = try json.present("strip_accents")?.bool() ?? lowercases
    let traits = traits
    plain = (0...255).map { (byte: UInt8) in
      if byte >= 0x80 { return Self.slow }
      let trait = cleansText ? traits[UInt32(byte)] : []
      if trait.contains(.control) { return Self.slow }
      if trait.contains(.spaceLike) { return 0x20 }
      return lowercases && byte &- 65 < 26 ? byte | 0x20 : byte
    }
  }

  package var description: String {
    let steps = [
      cleansText ? "clean text" : nil, spacesChinese ? "spaces around CJK" : nil,
      stripsAccents ? "accents stripped" : nil, lowercases ? "lower case" : nil,
    ]
    return "BertNormalizer: " + steps.compactMap { $0 }.joined(separator: ", ")
  }

  package func callAsFunction(_ text: inout TextBuffer) {
    let begun = text.bytes.withUnsafeBytes { self.begun($0, text.startCount) }
    text.rewrite { source, output in
      var accents = CanonicalDecomposition(dropping: .nonspacingMark)
      var position = 0
      while position < source.count {
        if accents.isIdle { copyPlain(source, &position, &output) }
        guard position < source.count else { break }
        let (scalar, end) = source.scalar(at: position)
        clean(scalar) { strip($0, &accents, &output) }
        position = end
      }
      accents.finish { appendLowercase($0, &output) }
    }
    text.begin(begun)
  }

  /// The start count of the result, given the start count of the source.
  private func begun(_ source: UnsafeRawBufferPointer, _ count: Int) -> Int {
    guard count > 0 else { return 0 }
    let alignment = StartAlignment(data: .measured, mapping: .decomposition, composes: false)
    var scalars: [UInt32] = []
    var begun = 0
    for (scalar, range) in source.scalars() {
      let isBegun = range.lowerBound < count
      let isGone = cleansText && traits[scalar].contains(.control)
      guard isBegun || stripsAccents && (isGone || !alignment.isStarter(scalar)) else { break }
      clean(scalar) { scalars.append($0) }
      if isBegun { begun = scalars.count }
    }
    if stripsAccents {
      scalars = alignment.begun(scalars, count: begun).filter {
        !traits[$0].contains(.nonspacingMark)
      }
    }
    var bytes: [UInt8] = []
    for scalar in scalars { appendLowercase(scalar, &bytes) }
    return bytes.count
  }

  /// The first two steps.
  private func clean(_ scalar: UInt32, _ emit: (UInt32) -> Void) {
    let traits = traits[scalar]
    if cleansText, traits.contains(.control) { return }
    let isChinese = spacesChinese && traits.contains(.chinese)
    if isChinese { emit(0x20) }
    emit(cleansText && traits.contains(.spaceLike) ? 0x20 : scalar)
    if isChinese { emit(0x20) }
  }

  /// Copies bytes that no neighbour changes, as far as they go.
  private func copyPlain(
    _ source: UnsafeRawBufferPointer, _ position: inout Int, _ output: inout [UInt8]
  ) {
    plain.withUnsafeBufferPointer { plain in
      while position < source.count {
        let byte = plain[Int(source[position])]
        if byte == Self.slow { return }
        output.append(byte)
        position += 1
      }
    }
  }

  private func strip(
    _ scalar: UInt32, _ accents: inout CanonicalDecomposition, _ output: inout [UInt8]
  ) {
    if stripsAccents {
      accents.push(scalar) { appendLowercase($0, &output) }
    } else {
      appendLowercase(scalar, &output)
    }
  }

  private func appendLowercase(_ scalar: UInt32, _ output: inout [UInt8]) {
    if lowercases {
      lowercase(scalar) { output.append(scalar: $0) }
    } else {
      output.append(scalar: scalar)
    }
  }
}
