/// Finds what a normalizer made of each character of a text by normalizing each alone. Where a
/// character became something else among others, origins are unknown until the two agree again.
struct CharacterAlignment {
  private let normalizer: any Normalizer
  private let old: [UInt8]
  private let new: [UInt8]
  private let before: Origins
  private var after = Origins()
  /// What scalars become alone.
  private var known: [UInt32: [UInt8]] = [:]
  private var probe = TextBuffer()

  // No normalizer in use needs one; each looks at so many characters, and at so many bytes a time.
  private var resumptionsLeft = 64
  private static let lookedAhead = 32
  private static let lookedOver = 256

  init(
    of normalizer: any Normalizer, from old: [UInt8], to new: [UInt8], _ origins: Origins
  ) {
    self.normalizer = normalizer
    (self.old, self.new, before) = (old, new, origins)
  }

  /// Those of the new text.
  mutating func origins() throws -> Origins {
    var position = 0
    while position < old.count {
      let end = clusterEnd(from: position)
      let parts = try parts(of: position..<end)
      let whole = Array(parts.map(\.result).joined())
      if new[after.count...].starts(with: whole) {
        for part in parts { after.append(before[part.range], count: part.result.count) }
      } else if new[after.count...].starts(with: old[position..<end]) {
        after.append(before, position..<end)
      } else if let next = try resume(after: end) {
        position = next
        continue
      } else {
        break
      }
      position = end
    }
    after.append(nil, count: new.count - after.count)
    return after
  }

  /// What becomes of a cluster: scalar by scalar, if that makes the same as together.
  private mutating func parts(
    of cluster: Range<Int>
  ) throws -> [(range: Range<Int>, result: [UInt8])] {
    var parts: [(range: Range<Int>, result: [UInt8])] = []
    let scalars = old[cluster].withUnsafeBytes { Array($0.scalars()) }
    for (scalar, range) in scalars {
      let place = cluster.lowerBound + range.lowerBound..<cluster.lowerBound + range.upperBound
      let result = try known[scalar] ?? alone(place)
      known[scalar] = result
      parts.append((place, result))
    }
    guard parts.count > 1 else { return parts }
    let together = try alone(cluster)
    guard !together.elementsEqual(parts.map(\.result).joined()) else { return parts }
    return [(cluster, together)]
  }

  private mutating func alone(_ range: Range<Int>) throws -> [UInt8] {
    old[range].withUnsafeBytes { probe.set($0, startsText: false) }
    try normalizer(&probe)
    return probe.bytes
  }

  /// Finds a character behind `position` whose result comes soon in the new text, to go on there.
  private mutating func resume(after position: Int) throws -> Int? {
    guard resumptionsLeft > 0 else { return nil }
    resumptionsLeft -= 1
    var position = position
    for _ in 0..<Self.lookedAhead where position < old.count {
      let end = clusterEnd(from: position)
      let result = Array(try parts(of: position..<end).map(\.result).joined())
      let stop = min(after.count + Self.lookedOver, new.count)
      if !result.isEmpty,
        let found = (after.count..<stop).first(where: { new[$0...].starts(with: result) })
      {
        after.append(nil, count: found - after.count)
        return position
      }
      position = end
    }
    return nil
  }

  private func clusterEnd(from position: Int) -> Int {
    old.withUnsafeBytes { $0.clusterEnd(from: position) }
  }
}
