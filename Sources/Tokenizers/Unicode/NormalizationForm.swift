/// One of Unicode's four normalization forms.
struct NormalizationForm: Sendable {
  static let nfd = Self(.measured, composes: false)
  static let nfkd = Self(.measured, .compatibility, composes: false)
  static let nfc = Self(.measured, composes: true)
  static let nfkc = Self(.measured, .compatibility, composes: true)
  static let pythonNFD = Self(.python, composes: false)
  static let pythonNFC = Self(.python, composes: true)

  private let data: CanonicalData
  private let mapping: ScalarMapping
  private let composes: Bool
  /// 1 for each scalar that the form changes or joins to one before it.
  private var changing = ScalarTable()

  /// - Parameter mapping: the decompositions, canonical unless given.
  private init(_ data: CanonicalData, _ mapping: ScalarMapping? = nil, composes: Bool) {
    self.data = data
    self.mapping = mapping ?? data.decomposition
    self.composes = composes
    var scalars = self.mapping.scalars
    if composes {
      scalars = scalars.filter { !isComposedAgain($0) } + data.composition.seconds
    } else {
      changing.set(0xAC00..<0xD7A4, to: 1)
    }
    for scalar in scalars { changing.set(Int(scalar)..<Int(scalar) + 1, to: 1) }
  }

  func callAsFunction(_ text: inout TextBuffer) {
    let begun = text.bytes.withUnsafeBytes { self.begun($0, text.startCount) }
    text.rewrite { source, output in
      var position = 0
      while position < source.count {
        let plain = plainEnd(source, from: position)
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[position..<plain]))
        position = plain
        if position < source.count { position = rewrite(source, from: position, &output) }
      }
    }
    text.begin(begun)
  }

  /// The start count of the result, given the start count of the source.
  private func begun(_ source: UnsafeRawBufferPointer, _ count: Int) -> Int {
    guard count > 0 else { return 0 }
    let alignment = StartAlignment(data: data, mapping: mapping, composes: composes)
    var scalars: [UInt32] = []
    var begun = 0
    for (scalar, range) in source.scalars() {
      let isBegun = range.lowerBound < count
      guard isBegun || (composes ? isChanging(scalar) : !alignment.isStarter(scalar)) else { break }
      if isBegun { begun += 1 }
      scalars.append(scalar)
    }
    return alignment.begun(scalars, count: begun).utf8Count
  }

  /// Where from `position` on nothing changes, and neither will for what comes after.
  private func plainEnd(_ source: UnsafeRawBufferPointer, from position: Int) -> Int {
    var position = position
    var last = position
    while position < source.count {
      let end = source.asciiEnd(from: position)
      if end > position {
        last = end - 1
        position = end
        continue
      }
      let (scalar, next) = source.scalar(at: position)
      // What came last can take this one in.
      if isChanging(scalar) { return last }
      last = position
      position = next
    }
    return position
  }

  /// Rewrites from `position` on to the next scalar but one that does not change.
  private func rewrite(
    _ source: UnsafeRawBufferPointer, from position: Int, _ output: inout [UInt8]
  ) -> Int {
    var decomposition = CanonicalDecomposition(data, mapping)
    var composition = CanonicalComposition(data)
    var end = position
    for (scalar, range) in source.scalars(from: position) {
      if end > position, !isChanging(scalar) { break }
      push(scalar, &decomposition, &composition) { output.append(scalar: $0) }
      end = range.upperBound
    }
    finish(&decomposition, &composition) { output.append(scalar: $0) }
    return end
  }

  /// Whether a scalar changes, moves, or joins one before it.
  private func isChanging(_ scalar: UInt32) -> Bool {
    scalar >= 0x80 && (changing[scalar] != 0 || data.combiningClass(scalar) != 0)
  }

  private func push(
    _ scalar: UInt32, _ decomposition: inout CanonicalDecomposition,
    _ composition: inout CanonicalComposition, _ emit: (UInt32) -> Void
  ) {
    if composes {
      decomposition.push(scalar) { composition.push($0, emit) }
    } else {
      decomposition.push(scalar, emit)
    }
  }

  private func finish(
    _ decomposition: inout CanonicalDecomposition, _ composition: inout CanonicalComposition,
    _ emit: (UInt32) -> Void
  ) {
    if composes {
      decomposition.finish { composition.push($0, emit) }
      composition.finish(emit)
    } else {
      decomposition.finish(emit)
    }
  }

  /// Whether a scalar that is decomposed is composed to itself again.
  private func isComposedAgain(_ scalar: UInt32) -> Bool {
    var decomposition = CanonicalDecomposition(data, mapping)
    var composition = CanonicalComposition(data)
    var result: [UInt32] = []
    push(scalar, &decomposition, &composition) { result.append($0) }
    finish(&decomposition, &composition) { result.append($0) }
    return result == [scalar]
  }
}
