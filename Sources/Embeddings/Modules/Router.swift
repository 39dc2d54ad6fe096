import ModelFiles

/// Several lists of modules, of which a text goes through that of its task: one for queries and one
/// for documents, say. It is no module itself: the pipeline of each task goes straight.
struct Router: Sendable {
  let entry: ModuleEntry
  /// In the file's order.
  let routes: [(name: String, entries: [ModuleEntry])]
  /// The route of texts that no other is for.
  let standard: String?
  let warnings: [String]
  private let mappings: [(key: RouteKey, route: String)]
  private let file: String

  // Far more routes, and modules in one, than any model has; of modules and mappings in all, as each
  // is looked for by walking over them.
  private static let (mostRoutes, mostNames) = (64, 256)

  init(_ entry: ModuleEntry) throws {
    self.entry = entry
    let known = ["router_config.json", "config.json"]
    let name = try known.first(where: entry.folder.has) ?? known[0]
    let json = try entry.folder.object(name, for: "says what routes there are")
    file = json.name
    routes = try Self.routes(json, entry.folder)
    guard let first = routes.first else {
      throw FileError("\(json.name): `structure` has no route")
    }
    let parameters = try json.present("parameters")?.object()
    try parameters?.present("route_mappings")?.check(atMost: Self.mostNames, "mappings")
    let named = try parameters?.present("default_route")?.string()
    let mayBeMissing = try parameters?.bool("allow_empty_key", default: true) ?? true
    standard = named ?? (mayBeMissing ? first.name : nil)
    var mappings: [(key: RouteKey, route: String)] = []
    var warnings: [String] = []
    for (key, value) in try parameters?.present("route_mappings")?.object().members.map({ $0 })
      ?? []
    {
      let text = try key.string()
      if let key = RouteKey(text) {
        mappings.append((key, try value.string()))
      } else {
        warnings.append("\(json.name): the route mapping `\(text)` cannot be read; it is not used")
      }
    }
    (self.mappings, self.warnings) = (mappings, warnings)
    let names = routes.map(\.name)
    for route in mappings.map(\.route) + [standard].compactMap({ $0 })
    where !names.contains(route) {
      throw FileError(
        "\(json.name): there is no route `\(route)`; there are \(names.joined(separator: ", "))")
    }
  }

  private static func routes(
    _ json: JSON, _ folder: ModelFolder
  ) throws -> [(name: String, entries: [ModuleEntry])] {
    let (types, structure) = try (json.object("types"), json.object("structure"))
    try types.check(atMost: mostNames, "modules")
    try structure.check(atMost: mostRoutes, "routes")
    return try structure.members.map { route in
      let named = try route.value.array()
      try named.check(atMost: mostRoutes, "modules")
      let made = try named.elements.flatMap { element in
        let id = try element.string()
        let entry = try ModuleEntry(
          type: types.string(id), path: id, in: folder, listing: json.name)
        guard !Modules.routers.contains(entry.kind) else {
          throw FileError("\(json.name): `\(id)` is a Router inside a Router, which is not read")
        }
        return try entry.withHead()
      }
      return (name: try route.key.string(), entries: made)
    }
  }

  /// The route that texts of a task take, as sentence-transformers finds it; `nil` if there is none.
  func route(for task: String?) -> String? {
    // From the narrowest mapping to the widest.
    for (task, isText) in [(task, true), (task, false), (nil, true), (nil, false)] {
      let key = RouteKey(task: task, modality: isText ? .one("text") : .any)
      if let found = mappings.last(where: { $0.key == key }) { return found.route }
    }
    let names = routes.map(\.name)
    if let task, names.contains(task) { return task }
    if names.contains("text") { return "text" }
    return task == nil ? standard : nil
  }

  func entries(of route: String) -> [ModuleEntry] {
    routes.last { $0.name == route }?.entries ?? []
  }

  func noRoute(for task: String?) -> FileError {
    let names = routes.map(\.name).joined(separator: ", ")
    return task.map { FileError("\(file): no route for `\($0)`; there are \(names)") }
      ?? FileError(
        "\(file): no route for texts of no task; name one with --prompt-name: \(names)")
  }
}

extension JSON {
  /// Refuses a list or an object of too many, before any of them is looked at.
  fileprivate func check(atMost most: Int, _ things: String) throws {
    guard count > most else { return }
    throw FileError("\(place) lists \(count) \(things); at most \(most) are read")
  }
}

/// A key of `route_mappings`: a Python pair of a task and a modality, `('query', None)`.
struct RouteKey: Equatable, Sendable {
  enum Modality: Equatable, Sendable {
    case any
    case one(String)
    /// Images with text, say, which is never what is read here.
    case several
  }

  let task: String?
  let modality: Modality

  init(task: String?, modality: Modality) { (self.task, self.modality) = (task, modality) }

  /// - Parameter text: Python's own writing of the pair; `nil` for anything else
  init?(_ text: String) {
    guard text.hasPrefix("("), text.hasSuffix(")") else { return nil }
    var rest = text.dropFirst().dropLast()
    guard let task = Self.item(&rest), rest.first == "," else { return nil }
    self.task = task
    rest = rest.dropFirst().drop { $0 == " " }
    if rest.hasPrefix("("), rest.hasSuffix(")") {
      modality = .several
      return
    }
    guard let modality = Self.item(&rest), rest.isEmpty else { return nil }
    self.modality = modality.map { .one($0) } ?? .any
  }

  /// Takes `None` (as `.some(nil)`) or a quoted word from the start.
  private static func item(_ text: inout Substring) -> String?? {
    if text.hasPrefix("None") {
      text = text.dropFirst(4)
      return .some(nil)
    }
    guard let quote = text.first, quote == "'" || quote == "\"" else { return nil }
    let body = text.dropFirst()
    guard let end = body.firstIndex(of: quote), !body[..<end].contains("\\") else { return nil }
    text = body[body.index(after: end)...]
    return .some(String(body[..<end]))
  }
}
