import ModelFiles
import Tokenizers

/// How texts become messages of a chat: a language model reads them in the template that its
/// tokenizer has for one.
struct ChatFormat: Sendable {
  /// What a text is to the template.
  enum Texts: Sendable {
    case one(String)
    case pair(query: String, document: String)
  }

  private let template: ChatTemplate
  /// The template's file, for errors.
  private let name: String
  private let tokenizer: Tokenizer
  /// Whether a message's content is a list of parts, and not a text.
  let isStructured: Bool
  /// Whether the template's end is written over the last tokens of a text that was cut.
  private let restoresEnd: Bool

  static let fileName = "chat_template.jinja"

  /// The format of a Transformer module; `nil` where texts go in as they are. sentence-transformers
  /// has it where `modality_config` names messages and, in a model without modules.json, wherever
  /// there is a template.
  /// - Parameters:
  ///   - settings: sentence_bert_config.json
  ///   - config: tokenizer_config.json
  init?(
    _ entry: ModuleEntry, settings: JSON?, config: JSON, _ tokenizer: Tokenizer
  ) throws {
    let message = try settings?.present("modality_config")?.object()["message"]
    guard entry.isBare || message != nil else { return nil }
    guard let (source, name) = try Self.source(entry.folder, config) else {
      guard let message else { return nil }
      throw FileError(
        "\(message.place): texts go through a chat template, but there is none: neither "
          + "\(Self.fileName) nor `chat_template` in tokenizer_config.json")
    }
    let roles = [
      "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]
    let specials = roles.compactMap { role in tokenizer.token(ofRole: role).map { (role, $0) } }
    template = try ChatTemplate(
      source, name: name, specials: Dictionary(uniqueKeysWithValues: specials))
    (self.name, self.tokenizer) = (name, tokenizer)
    isStructured = try Self.isStructured(message, source)
    let processing = try settings?.present("processing_kwargs")?.present("chat_template")
    restoresEnd = try processing?.bool("restore_suffix", default: true) ?? true
  }

  /// The template: its own file wins; of several in tokenizer_config.json, `default` is taken.
  private static func source(
    _ folder: ModelFolder, _ config: JSON
  ) throws -> (source: [UInt8], name: String)? {
    let path = folder.path(of: fileName)
    if try folder.has(fileName) {
      return (try readFile(path, limit: FileLimit.configuration), path)
    }
    guard let value = try config.present("chat_template") else { return nil }
    if value.kind == .string { return (Array(try value.string().utf8), value.place) }
    for entry in try value.array().elements where try entry.string("name") == "default" {
      return (Array(try entry.string("template").utf8), value.place)
    }
    throw FileError("\(value.place): has no template of the name `default`")
  }

  /// Whether messages have parts: as the file says, else by what the template looks for.
  private static func isStructured(_ message: JSON?, _ source: [UInt8]) throws -> Bool {
    if let message, message.kind == .object, let value = try message.present("format") {
      switch try value.string() {
      case "flat": return false
      case "structured": return true
      case "auto": break
      case let format:
        throw FileError("\(value.place) is `\(format)`, should be flat, structured or auto")
      }
    }
    let text = String(decoding: source, as: UTF8.self)
    return ["content[0]", ".type", "'type'", "\"type\"", "message.content["].contains {
      text.contains($0)
    }
  }

  /// The text with all that the template puts around it.
  private func rendered(_ texts: Texts, prompt: String) throws -> [UInt8] {
    let contents =
      switch texts {
      case .one(let text): [("user", text)]
      case .pair(let query, let document): [("query", query), ("document", document)]
      }
    let messages = (prompt.isEmpty ? [] : [("system", prompt)]) + contents
    return try Array(
      template(
        messages.map { role, content in
          ChatTemplate.Message(role: role, content: content, isStructured: isStructured)
        }, addsGenerationPrompt: false
      ).utf8)
  }

  private func tokens(_ texts: Texts, prompt: String) throws -> [Int32] {
    try rendered(texts, prompt: prompt).withUnsafeBytes { try tokenizer.tokens(of: $0) }
  }

  /// The tokens of a text in the template, `limit` of them at most, and how many were cut off. The
  /// template adds the special ones itself.
  func encoding(
    _ texts: Texts, prompt: [UInt8], limit: Int?
  ) throws -> (encoding: Encoding, lost: Int) {
    let prompt = String(decoding: prompt, as: UTF8.self)
    var ids = try tokens(texts, prompt: prompt)
    guard let limit, ids.count >= limit else { return (Encoding(ids: ids), 0) }
    let lost = ids.count - limit
    switch tokenizer.truncationDirection {
    case .right: ids.removeLast(lost)
    case .left: ids.removeFirst(lost)
    }
    if restoresEnd {
      let end = try end(texts, prompt: prompt).suffix(ids.count)
      ids.replaceSubrange((ids.count - end.count)..., with: end)
    }
    return (Encoding(ids: ids, truncated: lost > 0), lost)
  }

  /// The tokens that the template ends in, whatever the texts: what two other ones have in common.
  private func end(_ texts: Texts, prompt: String) throws -> ArraySlice<Int32> {
    func filled(_ filler: String) throws -> [Int32] {
      let texts: Texts =
        if case .one = texts { .one(filler) } else { .pair(query: filler, document: filler) }
      return try tokens(texts, prompt: prompt)
    }
    let (first, second) = (try filled("0"), try filled("1 2 3 4"))
    let count = zip(first.reversed(), second.reversed()).prefix { $0 == $1 }.count
    return count < min(first.count, second.count) ? first.suffix(count) : []
  }

  /// Refuses a template in which a query or a document has no place.
  func checkPairs() throws {
    func probe(_ query: String, _ document: String) throws -> [UInt8] {
      try rendered(.pair(query: query, document: document), prompt: "")
    }
    let whole = try probe("alpha", "bravo")
    let dropped = [
      try probe("charlie", "bravo") == whole ? "query" : nil,
      try probe("alpha", "foxtrot") == whole ? "document" : nil,
    ].compactMap { $0 }
    guard dropped.isEmpty else {
      throw FileError(
        "\(name): the chat template leaves out the \(dropped.joined(separator: " and the ")) of a pair: "
          + "it should write messages of the roles query and document; take the template that the "
          + "reranker was trained with, or remove it if pairs go in as they are")
    }
  }
}
