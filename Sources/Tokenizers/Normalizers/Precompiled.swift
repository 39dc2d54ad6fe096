package import ModelFiles

/// Applies the normalization rules of a SentencePiece model as the reference does, which differs
/// from SentencePiece: to grapheme clusters, where a rule for the first bytes replaces the whole
/// cluster.
package struct Precompiled: Normalizer {
  private let charsmap: Charsmap
  /// Which ASCII characters become themselves. CR is not asked for alone, as LF may follow.
  private let isPlain: [Bool]

  /// The reference asks rules for whole clusters of fewer bytes only.
  private static let longestCluster = 6

  package init(_ json: JSON) throws {
    let charsmap = try Charsmap(json.value("precompiled_charsmap"))
    self.charsmap = charsmap
    isPlain = (0...255).map { (byte: UInt8) in
      byte < 0x80 && byte != 0x0D && withUnsafeBytes(of: byte) { charsmap.rule($0) } == nil
    }
  }

  package var description: String { "Precompiled: a SentencePiece model's rules" }

  package func callAsFunction(_ text: inout TextBuffer) throws {
    let growth = text.growth
    let startsText = text.startsText
    // The bytes of what does not vanish first.
    var first = 0
    try text.rewriteEach { source, output in
      var position = 0
      while position < source.count {
        let start = position
        while position < source.count, isPlain[Int(source[position])] { position += 1 }
        // The last one may have a mark behind it.
        if position < source.count, position > start { position -= 1 }
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[start..<position]))
        if first == 0, position > start { first = 1 }
        guard position < source.count else { break }
        let end = source.clusterEnd(from: position)
        try append(UnsafeRawBufferPointer(rebasing: source[position..<end]), &output, growth)
        if first == 0 {
          first = source.scalar(at: position).end == end ? output.count : min(output.count, 1)
        }
        position = end
      }
    }
    // If what began the text vanishes, in the reference what is left then begins it.
    if startsText, !text.startsText { text.begin(first) }
  }

  private func append(
    _ cluster: UnsafeRawBufferPointer, _ output: inout [UInt8], _ growth: TextGrowth
  ) throws {
    func append(_ rule: Range<Int>) throws {
      try growth.check(output.count + rule.count)
      charsmap.withString(rule) { output.append(contentsOf: $0) }
    }
    if cluster.count < Self.longestCluster, let rule = charsmap.rule(cluster) {
      return try append(rule)
    }
    for (_, range) in cluster.scalars() {
      let scalar = UnsafeRawBufferPointer(rebasing: cluster[range])
      if let rule = charsmap.rule(scalar) {
        try append(rule)
      } else {
        output.append(contentsOf: scalar)
      }
    }
  }
}
