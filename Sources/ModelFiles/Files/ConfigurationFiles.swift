import Synchronization

/// The JSON files of a model directory: each is read once, and remembers what was asked of it.
package final class ConfigurationFiles: Sendable {
  private let read = Mutex<[String: JSON]>([:])
  private let replaced = Mutex<Set<String>>([])

  package init() {}

  /// Documents that lie in no files, by the paths that they would have.
  package init(_ made: [(path: String, json: JSON)]) {
    read.withLock { read in for (path, json) in made { read[Self.key(path)] = json } }
  }

  /// Whether there is such a file, or a document in its place.
  package func has(_ path: String) throws -> Bool {
    let key = Self.key(path)
    return try read.withLock { $0[key] != nil } || fileExists(path)
  }

  /// The document in a file, which must be there.
  /// - Parameter limit: the most bytes the file may have
  package func json(_ path: String, limit: Int = FileLimit.tokenizer) throws -> JSON {
    let key = Self.key(path)
    if let known = read.withLock({ $0[key] }) { return known }
    let json = try JSON(file: path, limit: limit, tracking: true)
    return read.withLock { read in
      if let known = read[key] { return known }
      read[key] = json
      return json
    }
  }

  /// The same document with other values for some of its members, which count from the first call
  /// on; an object of these alone where there is no such file.
  package func json(_ path: String, replacing fields: [(String, JSONValue)]) throws -> JSON {
    if try !has(path) {
      return try read.withLock { read in
        if let known = read[Self.key(path)] { return known }
        let made = try JSON(.object(fields), name: path, tracking: true)
        read[Self.key(path)] = made
        return made
      }
    }
    let json = try json(path, limit: FileLimit.configuration)
    guard !fields.isEmpty, replaced.withLock({ $0.insert(Self.key(path)).inserted }) else {
      return json
    }
    let changed = try json.replacing(fields)
    read.withLock { $0[Self.key(path)] = changed }
    return changed
  }

  /// A folder's path may end in a slash.
  private static func key(_ path: String) -> String {
    path.split(separator: "/", omittingEmptySubsequences: true).joined(separator: "/")
  }

  /// Every document that was read, by its path.
  package var all: [(path: String, json: JSON)] {
    read.withLock { read in read.sorted { $0.key < $1.key }.map { (path: $0.key, json: $0.value) } }
  }
}
