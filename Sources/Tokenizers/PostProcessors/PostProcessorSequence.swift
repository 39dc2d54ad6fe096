package import ModelFiles

/// Post-processors one after the other, each around what the one before made.
package struct PostProcessorSequence: PostProcessor {
  private let parts: [any PostProcessor]

  package init(_ json: JSON) throws {
    parts = try json.array("processors").elements.map(PostProcessors.make)
  }

  package var description: String { parts.map(\.description).joined(separator: ", then ") }

  package var addedIDs: [Int32] { parts.flatMap(\.addedIDs) }

  package func callAsFunction(_ encoding: inout Encoding, withSpecials: Bool) {
    for part in parts { part(&encoding, withSpecials: withSpecials) }
  }
}
