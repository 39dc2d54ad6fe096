import Synchronization

/// Vectors of texts that were asked for before, by their tokens.
///
/// A vector is a function of model, route and tokens alone, to the bit, so what is kept is what would
/// be computed. Bounded in bytes; what was not used for longest goes first.
final class VectorCache: Sendable {
  struct Key: Hashable {
    let lane: Int
    let ids: [Int32]
  }

  fileprivate struct Entry {
    let key: Key
    let vector: [Float]
    /// The neighbours in the order of use; -1 at its ends.
    var newer = -1
    var older = -1
  }

  fileprivate struct State {
    var entries: [Entry] = []
    var free: [Int] = []
    var places: [Key: Int] = [:]
    var newest = -1
    var oldest = -1
    var bytes = 0
  }

  private let mostBytes: Int
  private let state = Mutex(State())

  init(bytes: Int) { mostBytes = max(0, bytes) }

  var isOff: Bool { mostBytes == 0 }
  var bytes: Int { state.withLock { $0.bytes } }

  func vector(of key: Key) -> [Float]? {
    guard !isOff else { return nil }
    return state.withLock { $0.use(key) }
  }

  func keep(_ vector: [Float], of key: Key) {
    guard !isOff else { return }
    state.withLock { $0.keep(vector, of: key, within: mostBytes) }
  }

  /// The bytes that an entry takes: its numbers and tokens, and what the table and the list need.
  fileprivate static func cost(_ key: Key, _ vector: [Float]) -> Int {
    4 * (vector.count + key.ids.count) + 256
  }
}

extension VectorCache.State {
  fileprivate mutating func use(_ key: VectorCache.Key) -> [Float]? {
    guard let place = places[key] else { return nil }
    if place != newest {
      unlink(place)
      putFirst(place)
    }
    return entries[place].vector
  }

  fileprivate mutating func keep(
    _ vector: [Float], of key: VectorCache.Key, within most: Int
  ) {
    let cost = VectorCache.cost(key, vector)
    guard cost <= most, places[key] == nil else { return }
    while bytes + cost > most, oldest >= 0 { dropOldest() }
    let entry = VectorCache.Entry(key: key, vector: vector)
    let place: Int
    if let one = free.popLast() {
      place = one
      entries[place] = entry
    } else {
      place = entries.count
      entries.append(entry)
    }
    places[key] = place
    bytes += cost
    putFirst(place)
  }

  private mutating func dropOldest() {
    let place = oldest
    let entry = entries[place]
    unlink(place)
    places[entry.key] = nil
    bytes -= VectorCache.cost(entry.key, entry.vector)
    // The vector's memory goes now, not when the place is taken again.
    entries[place] = VectorCache.Entry(key: VectorCache.Key(lane: 0, ids: []), vector: [])
    free.append(place)
  }

  private mutating func unlink(_ place: Int) {
    let (newer, older) = (entries[place].newer, entries[place].older)
    if newer >= 0 { entries[newer].older = older } else { newest = older }
    if older >= 0 { entries[older].newer = newer } else { oldest = newer }
  }

  private mutating func putFirst(_ place: Int) {
    (entries[place].newer, entries[place].older) = (-1, newest)
    if newest >= 0 { entries[newest].newer = place } else { oldest = place }
    newest = place
  }
}
