import ModelFiles

/// A JSON object as its line has it, and where the members lie that may have to go.
struct SourceObject: Sendable, Equatable {
  let bytes: [UInt8]
  /// The members that have a role, in the order they stand.
  let members: [Member]
  private let memberCount: Int
  /// Where a new last member goes: behind the last one's value, or behind the brace.
  private let end: Int

  struct Member: Sendable, Equatable {
    let roles: Roles
    /// How many members stand before it.
    let position: Int
    /// From the key's quote to the value's last byte.
    let range: Range<Int>
    /// Where the value before it ends; its own start when it is the first.
    let endBefore: Int
    /// Where the key after it starts; its own end when it is the last.
    let startAfter: Int
  }

  /// - `line`: the bytes that `object` was parsed from.
  /// - `field`: the name of the member that holds the text.
  init(_ object: JSON, line: [UInt8], field: String) throws {
    bytes = line
    var members: [Member] = []
    var position = 0
    var endBefore: Int?
    // The role of the member before waits for where the next one starts.
    var waiting: (roles: Roles, range: Range<Int>, endBefore: Int)?
    for (key, value) in object.members {
      let range = key.sourceRange.lowerBound..<value.sourceRange.upperBound
      if let before = waiting {
        members.append(Self.member(before, position - 1, startAfter: range.lowerBound))
      }
      let roles = try key.withUTF8 { Roles(of: $0, field: field) }
      waiting = roles.isEmpty ? nil : (roles, range, endBefore ?? range.lowerBound)
      endBefore = range.upperBound
      position += 1
    }
    if let last = waiting {
      members.append(Self.member(last, position - 1, startAfter: last.range.upperBound))
    }
    self.members = members
    memberCount = position
    end = endBefore ?? object.sourceRange.lowerBound + 1
  }

  private static func member(
    _ found: (roles: Roles, range: Range<Int>, endBefore: Int), _ position: Int, startAfter: Int
  ) -> Member {
    Member(
      roles: found.roles, position: position, range: found.range, endBefore: found.endBefore,
      startAfter: startAfter)
  }

  /// Appends the object without the members of these roles, up to where new ones belong; the
  /// caller adds those and then `bytes[rest]`. Every other byte stays as it is.
  ///
  /// A member takes one comma with it: the one before it, or, where no member stays before it, the
  /// one behind it.
  func appendKept(
    without dropped: Roles, to output: inout [UInt8]
  ) -> (isEmpty: Bool, rest: Range<Int>) {
    var copied = 0
    var cuts = 0
    for member in members where !member.roles.isDisjoint(with: dropped) {
      let isLeading = cuts == member.position
      let start = isLeading ? member.range.lowerBound : member.endBefore
      output += bytes[copied..<max(copied, start)]
      copied = isLeading ? member.startAfter : member.range.upperBound
      cuts += 1
    }
    let rest = max(copied, end)
    output += bytes[copied..<rest]
    return (cuts == memberCount, rest..<bytes.count)
  }
}
