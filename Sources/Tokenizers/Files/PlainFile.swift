package import ModelFiles

extension TokenizerFiles {
  /// A folder's tokenizer.json, or what it would be, changed to add, cut and pad nothing: what a
  /// table of vectors reads its texts with.
  /// - Parameters: as of `tokenizer`
  /// - Throws: for tokenizers that no tokenizer.json describes.
  package static func plain(
    folder: String, modelType: String?, lowercasingFirst: Bool
  ) throws -> JSON {
    guard try fastBPE(folder: folder, modelType: modelType) == nil else {
      throw FileError(
        "\(folder): its tokenizer is FlauBERT's or XLM's, which no tokenizer.json can describe")
    }
    let json = try equivalent(folder: folder, modelType: modelType)
    var changed = ["truncation", "padding", "post_processor"].map { ($0, Array("null".utf8)) }
    if lowercasingFirst, let lowered = try lowercased(json.present("normalizer")) {
      changed.append(("normalizer", lowered))
    }
    return try json.replacing(changed)
  }

  /// A normalizer behind one that makes lower case; `nil` where it is that one already.
  private static func lowercased(_ normalizer: JSON?) throws -> [UInt8]? {
    let lowercase = #"{"type":"Lowercase"}"#
    guard let normalizer else { return Array(lowercase.utf8) }
    guard try normalizer.string("type") != "Lowercase" else { return nil }
    let own = normalizer.withSource(Array.init)
    return Array(#"{"type":"Sequence","normalizers":[\#(lowercase),"#.utf8) + own + Array("]}".utf8)
  }
}

extension JSON {
  /// The same object with other values for some members, each a JSON text; those that it does not
  /// have go to its end.
  fileprivate func replacing(_ values: [(key: String, text: [UInt8])]) throws -> JSON {
    var texts = try members.filter { member in
      let key = try member.key.string()
      return !values.contains { $0.key == key }
    }.map { member in
      member.key.withSource(Array.init) + Array(":".utf8) + member.value.withSource(Array.init)
    }
    texts += values.map { Array(#""\#($0.key)":"#.utf8) + $0.text }
    return try JSON(
      Array("{".utf8) + texts.joined(separator: ",".utf8) + Array("}".utf8), name: name)
  }
}
