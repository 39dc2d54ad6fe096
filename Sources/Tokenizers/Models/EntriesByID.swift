import Synchronization

/// The way from ids back to the entries of a vocabulary. Few ask for it, so it is made when it is
/// first needed, and most vocabularies are in the order of their ids and need none.
final class EntriesByID: Sendable {
  /// Where the entries of ids are.
  enum Places: Sendable {
    /// Each id is the number of its entry.
    case ordered
    case table([Int32: Int])

    /// - Parameter ids: of the entries
    func entry(of id: Int32, _ ids: [Int32]) -> Int? {
      switch self {
      case .ordered: ids.indices.contains(Int(id)) ? Int(id) : nil
      case .table(let table): table[id]
      }
    }
  }

  private let made = Mutex<(ids: [Int32], places: Places)?>(nil)

  /// - Parameter ids: of the entries; more may have come since the last time
  func of(_ ids: [Int32]) -> Places {
    made.withLock { made in
      if let made, made.ids.count == ids.count, Self.isSame(made.ids, ids) { return made.places }
      let isOrdered = ids.indices.allSatisfy { ids[$0] == $0 }
      let places =
        isOrdered
        ? Places.ordered
        : .table(Dictionary(zip(ids, ids.indices), uniquingKeysWith: { max($0, $1) }))
      made = (ids, places)
      return places
    }
  }

  /// Whether two arrays lie in the same memory, so that none was changed.
  private static func isSame(_ one: [Int32], _ other: [Int32]) -> Bool {
    one.withUnsafeBufferPointer { one in
      other.withUnsafeBufferPointer { $0.baseAddress == one.baseAddress }
    }
  }
}
