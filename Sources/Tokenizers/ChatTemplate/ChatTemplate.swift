package import ModelFiles

/// A model's chat template: a program, in Jinja, that makes one text of messages with roles. It
/// writes what `apply_chat_template` of transformers writes, byte for byte, with `tools` and
/// `documents` none.
package struct ChatTemplate: Sendable {
  /// What somebody says.
  package struct Message: Sendable {
    package let role: String
    package let content: String
    /// Whether the template gets `[{"type": "text", "text": content}]` for the content itself.
    package let isStructured: Bool

    package init(role: String, content: String, isStructured: Bool = false) {
      (self.role, self.content, self.isStructured) = (role, content, isStructured)
    }
  }

  /// Many times the longest that is published.
  private static let longestSource = 256 << 10
  /// Steps, bytes and values that any template may make; and for each byte of the messages.
  private static let (work, workPerByte) = (2_000_000, 64)

  private let name: String
  private let statements: [JinjaStatement]
  private let specials: [String: String]
  private let variables: [(name: String, value: JSON)]

  /// - Parameters:
  ///   - name: the file, for messages
  ///   - specials: special tokens by their names in tokenizer_config.json: `bos_token` …
  ///   - variables: an object of other names that the template sees
  /// - Throws: for what is no Jinja, and for constructs that are not supported. Functions, filters
  ///   and tests are looked for only when a text gets there, as in the reference.
  package init(
    _ source: [UInt8], name: String, specials: [String: String], variables: JSON? = nil
  ) throws {
    guard source.count <= Self.longestSource else {
      throw FileError(
        "\(name) has \(source.count) bytes; chat templates are read up to \(Self.longestSource)")
    }
    guard String(validating: source, as: UTF8.self) != nil else {
      throw FileError("\(name) is not UTF-8, a chat template should be")
    }
    (self.name, self.specials) = (name, specials)
    self.variables =
      try variables.map { object in
        try object.object().members.map { (try $0.key.string(), $0.value) }
      } ?? []
    do {
      statements = try JinjaParser.statements(source)
    } catch let problem as JinjaProblem {
      throw FileError("\(name), line \(problem.line ?? 1): \(problem.description)")
    }
  }

  /// The text of a conversation.
  /// - Parameter addsGenerationPrompt: whether the beginning of an answer is written as well
  package func callAsFunction(
    _ messages: [Message], addsGenerationPrompt: Bool = false
  ) throws -> String {
    let size = messages.reduce(0) { $0 + $1.content.utf8.count }
    let run = JinjaRenderer(work: Self.work + Self.workPerByte * min(size, 1 << 40))
    do {
      let conversation = try messages.map { try Self.value($0, run) }
      let globals: [(String, JinjaValue)] =
        specials.map { ($0.key, JinjaValue($0.value)) }
        + (try variables.map { ($0.name, try run.value($0.value)) })
        + [
          ("messages", .list(try run.items(conversation))), ("tools", .none), ("documents", .none),
          ("add_generation_prompt", .bool(addsGenerationPrompt)),
        ]
      return String(decoding: try run.render(statements, globals), as: UTF8.self)
    } catch let problem as JinjaProblem {
      throw FileError("\(name), line \(problem.line ?? run.line): \(problem.description)")
    }
  }

  private static func value(_ message: Message, _ run: JinjaRenderer) throws -> JinjaValue {
    var content = JinjaValue(message.content)
    if message.isStructured {
      var piece = JinjaDict()
      try run.set(JinjaValue("type"), JinjaValue("text"), in: &piece)
      try run.set(JinjaValue("text"), content, in: &piece)
      content = .list(try run.items([.dict(piece)]))
    }
    var members = JinjaDict()
    try run.set(JinjaValue("role"), JinjaValue(message.role), in: &members)
    try run.set(JinjaValue("content"), content, in: &members)
    return .dict(members)
  }
}
