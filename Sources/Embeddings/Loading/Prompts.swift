import ModelFiles

/// The prompts of a model, by name, and the one that is used by default.
package struct Prompts: Sendable {
  /// In the file's order.
  package let named: [(name: String, text: String)]
  package let defaultName: String?
  /// Names of routes, which may be named where a prompt may.
  private let routes: [String]

  /// The prompts of a model directory.
  package init(_ folder: ModelFolder) throws {
    try self.init(
      folder.objectIfPresent("config_sentence_transformers.json"), routes: ModuleList(folder).routes
    )
  }

  /// - Parameter json: config_sentence_transformers.json, if there is one
  init(_ json: JSON?, routes: [String] = []) throws {
    self.routes = routes
    let prompts = try json?.present("prompts")?.object()
    named =
      try prompts?.members.map { (name: try $0.key.string(), text: try $0.value.string()) } ?? []
    let name = try json?.present("default_prompt_name")?.string()
    defaultName = name
    if let json, let name, self[name] == nil {
      throw FileError(
        "\(json.name): default_prompt_name `\(name)` is not among the prompts: \(names)")
    }
  }

  private subscript(_ name: String) -> String? { named.last { $0.name == name }?.text }

  private var names: String { named.map(\.name).joined(separator: ", ") }

  /// What goes before a text when nothing was asked for; `nil` for nothing.
  package var standard: String? { defaultName.flatMap { self[$0] } }

  // What sentence-transformers' encode_query and encode_document look for.
  private static let roles = [
    "query": ["query"], "document": ["document", "passage", "corpus"],
  ]

  /// The prompt of that name; `query` and `document` are known to every model, and a route's name to
  /// one with a Router.
  package func text(named name: String) throws -> String {
    if let text = self[name] { return text }
    if let role = Self.roles[name] { return role.lazy.compactMap { self[$0] }.first ?? "" }
    guard routes.contains(name) else {
      let roles = Self.roles.keys.sorted() + routes.filter { Self.roles[$0] == nil }
      let known = named.map(\.name) + roles.filter { self[$0] == nil }
      throw FileError(
        "the model has no prompt `\(name)`; known are \(known.joined(separator: ", "))")
    }
    return ""
  }
}
