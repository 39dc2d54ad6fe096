import ModelFiles

/// The modules of a model as its files list them; no weight is read.
struct ModuleList: Sendable {
  enum Step: Sendable {
    case module(ModuleEntry)
    case router(Router)
  }

  static let fileName = "modules.json"

  // Far more than any model has; each is read, and run for every text.
  private static let mostModules = 64
  // Published models have one Router of two routes; a pipeline is made for each combination.
  private static let mostChoices = 64

  let steps: [Step]
  /// The file that lists them.
  let file: String
  /// What they make of texts, and what says so.
  let kind: KindOfModel
  /// The pooling that is used where no file names one.
  let pooling: Pooling.Mode?
  /// What a user should know of a kind that was forced.
  let notice: String?
  private let orderWarning: String?

  /// - Parameter needed: the kind that who reads it takes no other than
  init(
    _ folder: ModelFolder, _ options: EmbedderOptions = EmbedderOptions(),
    as needed: ModelKind? = nil
  ) throws {
    file = folder.path(of: Self.fileName)
    guard try folder.has(Self.fileName) else {
      let bare = try BareModel(
        folder, asked: options.kind, needed: needed, poolFactor: options.poolFactor)
      pooling = try options.pooling.map { try Self.pooling($0, bare, folder) } ?? bare.pooling
      steps = bare.entries.map { .module($0) }
      (kind, notice, orderWarning) = (bare.kind, bare.notice, nil)
      try check(options)
      return
    }
    guard options.pooling == nil else {
      throw FileError("\(file): says how the model pools; leave out --pooling")
    }
    (pooling, notice) = (nil, nil)
    let json = try folder.files.json(file, limit: FileLimit.configuration).array()
    guard json.count <= Self.mostModules else {
      throw FileError(
        "\(file): lists \(json.count) modules; at most \(Self.mostModules) are read")
    }
    orderWarning = try Self.checkNumbers(json)
    let listed = try Self.steps(json, folder)
    let settings = try folder.objectIfPresent(TextModel.settingsName)
    kind = try KindOfModel(
      listed.flatMap(\.entries), settings, asked: options.kind, in: folder)
    if let needed, needed != kind.kind { throw kind.refusal(folder, asked: needed) }
    steps = try Self.completed(listed, kind.kind, settings, folder, options)
    let choices = routers.reduce(1) { min($0 * max(1, $1.routes.count), Self.mostChoices + 1) }
    guard choices <= Self.mostChoices else {
      throw FileError(
        "\(file): its Routers have more than \(Self.mostChoices) combinations of routes")
    }
    guard !steps.isEmpty else {
      throw FileError("\(file): lists no module; the first should be one of \(Modules.firstNames)")
    }
    try check(options)
  }

  /// The modules as they are listed, each network's head behind it.
  private static func steps(_ json: JSON, _ folder: ModelFolder) throws -> [Step] {
    try json.elements.flatMap { element -> [Step] in
      let entry = try ModuleEntry(
        type: element.string("type"), path: element.string("path", default: ""), in: folder,
        listing: json.name)
      return Modules.routers.contains(entry.kind)
        ? [.router(try Router(entry))] : try entry.withHead().map { .module($0) }
    }
  }

  /// The list with what a kind of model implies: another head of bge-m3 in the place of what follows
  /// the network, or what reads and masks tokens that meet each other later.
  private static func completed(
    _ steps: [Step], _ kind: ModelKind, _ settings: JSON?, _ folder: ModelFolder,
    _ options: EmbedderOptions
  ) throws -> [Step] {
    guard kind == .sparse || kind == .multi, case .module(var first)? = steps.first,
      first.kind == "Transformer"
    else { return steps }
    let pooling = try kind == .multi ? first.tokenPooling(options.poolFactor) : []
    if ModelKind(listed: steps.flatMap(\.entries)) == .dense,
      try M3Heads.kinds(folder).contains(kind)
    {
      let modules = try M3Heads.modules(kind, folder).map(first.implying)
      return ([first] + modules + pooling).map { .module($0) }
    }
    guard kind == .multi else { return steps }
    let file = try TransformerSettings.file(of: first)
    let config = try Transformer.configuration(first)
    first.lateInteraction = try LateInteraction.read(
      folder, settings: settings,
      transformer: file.flatMap { try first.folder.objectIfPresent($0) },
      config: config)
    let implied = try first.lateInteraction?.implied(folder, config: config) ?? []
    let others = try steps.dropFirst().map { step -> Step in
      if case .module(let entry) = step { .module(try entry.overTokens()) } else { step }
    }
    return [.module(first)] + others
      + (implied.map(first.implying) + pooling).map { .module($0) }
  }

  private func check(_ options: EmbedderOptions) throws {
    if let task = options.task { try allEntries.first?.folder.check(task) }
    guard options.poolFactor != nil, kind.kind != .multi else { return }
    throw FileError(
      "\(file): --pool-factor joins the vectors of a text's tokens, and the model is "
        + "\(kind.kind.phrase); leave it out")
  }

  /// A module's folder relative to the model's, with a slash at its end; empty for the model's own.
  func relative(_ folder: ModelFolder) -> String {
    let root = file.dropLast(Self.fileName.utf8.count)
    guard folder.path.hasPrefix(root), folder.path.count > root.count else { return "" }
    return folder.path.dropFirst(root.count) + "/"
  }

  private static func pooling(
    _ name: String, _ bare: BareModel, _ folder: ModelFolder
  ) throws -> Pooling.Mode {
    guard bare.pooling != nil else {
      let kind = bare.kind.kind
      throw FileError(
        "\(folder.path): \(kind == .dense ? "a model of model2vec, or CLIP," : kind.phrase) pools nothing; leave "
          + "out --pooling")
    }
    guard let mode = Pooling.Mode(rawValue: name) else {
      let known = Pooling.Mode.allCases.map(\.rawValue).joined(separator: ", ")
      throw FileError("--pooling \(name) is not known; known are \(known)")
    }
    return mode
  }

  /// Names that are there twice are refused: sentence-transformers would put one module in the
  /// other's place.
  /// - Returns: a warning where the numbers are not in the list's order
  private static func checkNumbers(_ list: JSON) throws -> String? {
    var seen: Set<String> = []
    for element in list.elements {
      guard let name = try element.present("name")?.found else { continue }
      guard seen.insert(name).inserted else {
        throw FileError("\(list.name): two modules have the `name` \(name)")
      }
    }
    let numbers = try list.elements.compactMap { try $0.present("idx")?.int() }
    return numbers == numbers.sorted()
      ? nil : "\(fileName): `idx` is not in the list's order; the list's order is used"
  }
}

extension ModuleList.Step {
  /// Its modules, of all routes.
  fileprivate var entries: [ModuleEntry] {
    switch self {
    case .module(let entry): [entry]
    case .router(let router): router.routes.flatMap(\.entries)
    }
  }
}

extension ModuleList {
  /// The modules of all routes.
  private var allEntries: [ModuleEntry] { steps.flatMap(\.entries) }

  private var routers: [Router] {
    steps.compactMap { step in
      if case .router(let router) = step { router } else { nil }
    }
  }

  /// How its first network reads queries and documents, where their tokens meet each other later.
  var lateInteraction: LateInteraction? { allEntries.lazy.compactMap(\.lateInteraction).first }

  /// The adapter that changes the weights of one of its networks.
  var adapter: Adaptation? { allEntries.lazy.compactMap(\.folder.adapter).first }

  /// The folders of the modules, relative to the model's.
  var folders: [String: ModelFolder] {
    Dictionary(allEntries.map { (String(relative($0.folder).dropLast()), $0.folder) }) { $1 }
  }

  /// The modules' kinds.
  var kinds: Set<String> { Set(allEntries.map(\.kind)) }

  /// The names of all routes.
  var routes: [String] {
    var seen: Set<String> = []
    return routers.flatMap { $0.routes.map(\.name) }.filter { seen.insert($0).inserted }
  }

  /// The tasks that a text can be embedded for: none, query, document, and what the routers name.
  var tasks: [String?] { [nil, "query", "document"] + routes }

  /// The task that a prompt's name means, if it is one.
  func task(named name: String?) -> String? { tasks.contains(name) ? name : nil }

  /// The task of texts of which nothing is said: those of models that tell documents from queries are
  /// documents.
  var standardTask: String? {
    kind.kind == .sparse || kind.kind == .multi
      ? choice(TextSide.document.rawValue).map { _ in TextSide.document.rawValue } : nil
  }

  /// What a text is behind the prompt of that name: a document where nothing is said, in models that
  /// tell the two apart; `nil` where none needs to know.
  func side(of promptName: String?) -> TextSide? {
    promptName.flatMap(TextSide.init(rawValue:))
      ?? (kind.kind == .sparse || kind.kind == .multi ? .document : nil)
  }

  /// The route through each router that a task takes; `nil` if one of them has none.
  func choice(_ task: String?) -> [String]? {
    let choice = routers.compactMap { $0.route(for: task) }
    return choice.count == routers.count ? choice : nil
  }

  /// The choices of all tasks that have one, each once, that of texts of no task first.
  var choices: [[String]] {
    var seen: Set<[String]> = []
    return tasks.compactMap(choice).filter { seen.insert($0).inserted }
  }

  /// As `choice`, or an error that says what routes there are.
  func route(_ task: String?) throws -> [String] {
    try routers.map { router in
      guard let route = router.route(for: task) else { throw router.noRoute(for: task) }
      return route
    }
  }

  /// The modules in a line, by one route of each router.
  func entries(_ choice: [String]) -> [(step: Int, entry: ModuleEntry)] {
    var choices = choice.makeIterator()
    return steps.enumerated().flatMap { index, step in
      switch step {
      case .module(let entry): [(index, entry)]
      case .router(let router):
        choices.next().map { router.entries(of: $0).map { (index, $0) } } ?? []
      }
    }
  }

  /// The module that reads the texts of a task.
  func first(_ task: String?) throws -> ModuleEntry {
    guard let first = try entries(route(task)).first else {
      throw FileError("\(file): no module reads text; known are \(Modules.firstNames)")
    }
    return first.entry
  }

  /// Warnings about the files that list the modules.
  var warnings: [String] {
    [orderWarning].compactMap { $0 } + routers.flatMap(\.warnings)
  }

  private var firstEntry: ModuleEntry? {
    switch steps.first {
    case .module(let entry): entry
    case .router(let router): router.entry
    case nil: nil
    }
  }

  /// Whether there is no modules.json.
  var isBare: Bool { firstEntry?.isBare ?? false }

  /// Whether classes have the names of sentence-transformers 5.4 and later.
  var isLate: Bool { firstEntry?.type.contains(".modules.") ?? false }

  /// Which releases of sentence-transformers write directories like it.
  var layout: String {
    let first = firstEntry
    guard let first, !first.isBare else {
      return first?.kind == "StaticEmbedding"
        ? "model2vec, without modules.json" : "a plain Hugging Face model, without modules.json"
    }
    if first.formerType != nil { return "sentence-transformers before 0.3" }
    if isLate { return "sentence-transformers 5.4 and later" }
    return first.path == "0_Transformer"
      ? "sentence-transformers 0.3 to 1.2" : "sentence-transformers 2.0 to 5.3"
  }
}
