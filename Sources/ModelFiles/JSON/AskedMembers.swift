import Synchronization

/// Which members of a configuration were asked for, so that the rest can be named: a reader cannot
/// forget to list a key, since asking for it is what reads it.
final class AskedMembers: Sendable {
  private struct Nodes {
    /// Values that were asked for by their keys.
    var single: Set<Int> = []
    /// Objects that were read as a whole.
    var whole: Set<Int> = []
  }

  private let nodes = Mutex(Nodes())

  /// Notes that the value at `node` was asked for.
  func insert(_ node: Int) { nodes.withLock { _ = $0.single.insert(node) } }

  /// Notes that all members of the object at `node` were asked for.
  func insertAll(of node: Int) { nodes.withLock { _ = $0.whole.insert(node) } }

  func contains(_ node: Int) -> Bool { nodes.withLock { $0.single.contains(node) } }

  func containsAll(of node: Int) -> Bool { nodes.withLock { $0.whole.contains(node) } }
}

extension JSON {
  /// Notes that all of this value counts, as where it is copied.
  package func askForAll() { document.asked?.insertAll(of: node) }

  /// The members, at any depth, that were not asked for, in a document that tracks it. An object of
  /// which no member was asked for counts as read, since whoever asked for it looked at it whole.
  package var unasked: [JSON] {
    var found: [JSON] = []
    collectUnasked(into: &found)
    return found
  }

  private func collectUnasked(into found: inout [JSON]) {
    guard let asked = document.asked else { return }
    switch kind {
    case .object:
      guard !asked.containsAll(of: node) else { return }
      let values = memberNodes
      guard node == 0 || values.contains(where: asked.contains) else { return }
      // The last of several with one key is the one that counts.
      for value in values {
        if asked.contains(value) {
          JSON(document, value).collectUnasked(into: &found)
        } else if !JSON(document, value).isNull {
          found.append(JSON(document, value))
        }
      }
    case .array:
      for element in elements where element.kind == .object {
        guard element.memberNodes.contains(where: asked.contains) else { continue }
        element.collectUnasked(into: &found)
      }
    default: return
    }
  }

  /// The keys of an object's members, in the file's order; none of them is asked for by it.
  package var keys: [String] {
    kind == .object ? memberNodes.compactMap { try? JSON(document, $0 - 1).string() } : []
  }

  /// The values of an object's members whose keys are as asked, of equal keys the last, in one pass;
  /// only these are asked for by it.
  @discardableResult
  package func values(where isAsked: (String) -> Bool) -> [JSON] {
    guard kind == .object else { return [] }
    var places: [[UInt8]: Int] = [:]
    var values: [JSON] = []
    for node in memberNodes {
      guard let key = JSON(document, node - 1).utf8, isAsked(String(decoding: key, as: UTF8.self))
      else { continue }
      if let place = places[key] {
        values[place] = JSON(document, node)
      } else {
        places[key] = values.count
        values.append(JSON(document, node))
      }
    }
    for value in values { document.asked?.insert(value.node) }
    return values
  }

  /// The keys of members that were asked for.
  var askedKeys: [String] {
    guard let asked = document.asked else { return [] }
    return memberNodes.filter(asked.contains).compactMap { try? JSON(document, $0 - 1).string() }
  }

  /// The values of an object's members on the tape.
  private var memberNodes: [Int] {
    var nodes: [Int] = []
    var member = node + 1
    for _ in 0..<count {
      nodes.append(member + 1)
      member = document.next(after: member + 1)
    }
    return nodes
  }
}
