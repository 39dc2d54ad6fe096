package import ModelFiles

/// Post-processors one after the other, each around what the one before made.
package struct PostProcessorSequence: PostProcessor {
  /// Those of sequences within this one included.
  let parts: [any PostProcessor]

  /// - Throws: if a template is followed by what adds tokens: the reference then takes each part of
  ///   the template for a text of its own.
  package init(_ json: JSON) throws {
    parts = try json.parts("processors").flatMap { element in
      let part = try PostProcessors.make(element)
      return (part as? Self)?.parts ?? [part]
    }
    let afterTemplate = parts.drop { !($0 is TemplateProcessing) }.dropFirst()
    let isFollowed = try afterTemplate.contains {
      try $0 is TemplateProcessing || !$0.addedIDs(toPair: false).isEmpty
    }
    guard !isFollowed else {
      throw FileError(
        "\(json.name): in `\(json.path).processors` a TemplateProcessing is followed by a "
          + "processor that adds tokens; it should be the last that does")
    }
  }

  package var description: String { parts.map(\.description).joined(separator: ", then ") }

  package func addedIDs(toPair isPair: Bool) throws -> [Int32] {
    try parts.flatMap { try $0.addedIDs(toPair: isPair) }
  }

  package func callAsFunction(_ texts: inout EncodedTexts, withSpecials: Bool) {
    for part in parts { part(&texts, withSpecials: withSpecials) }
  }
}
