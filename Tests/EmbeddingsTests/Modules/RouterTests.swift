import ModelFiles
import TestSupport
import Testing
import Vectors

@testable import Embeddings

@Suite struct RouterTests {
  @Test(
    arguments: [
      ("('query', 'text')", RouteKey(task: "query", modality: .one("text"))),
      ("(None, 'text')", RouteKey(task: nil, modality: .one("text"))),
      ("('query', None)", RouteKey(task: "query", modality: .any)),
      ("(None, None)", RouteKey(task: nil, modality: .any)),
      ("(None, ('image', 'text'))", RouteKey(task: nil, modality: .several)),
      (#"("it's", None)"#, RouteKey(task: "it's", modality: .any)),
      ("('a b', 'text')", RouteKey(task: "a b", modality: .one("text"))),
      ("query", nil), ("", nil), ("(", nil), ("()", nil), ("('query')", nil), ("('query',)", nil),
      ("('query', 7)", nil), ("('query', 'text', 'x')", nil), (#"('a\'b', None)"#, nil),
    ] as [(String, RouteKey?)])
  func aKeyIsAPairAsPythonWritesIt(text: String, expected: RouteKey?) {
    #expect(RouteKey(text) == expected)
  }

  /// The router of a file with the routes a, b, query and text, none of which has a module.
  private func router(_ parameters: String) throws -> Router {
    let folder = try ScratchFolder(copyOf: Fixture.path("pipelines/asym"))
    try folder.write(
      "2_Asym/router_config.json",
      #"{"types":{},"structure":{"a":[],"b":[],"query":[]},"parameters":\#(parameters)}"#)
    return try Router(
      ModuleEntry(
        type: "sentence_transformers.models.Router", path: "2_Asym", in: ModelFolder(folder.path),
        listing: "modules.json"))
  }

  @Test(
    arguments: [
      ("{}", nil, "a"), ("{}", "query", "query"), ("{}", "b", "b"), ("{}", "document", nil),
      (#"{"default_route":"b"}"#, nil, "b"), (#"{"default_route":"b"}"#, "document", nil),
      (#"{"allow_empty_key":false}"#, nil, nil), (#"{"allow_empty_key":false}"#, "a", "a"),
      (#"{"route_mappings":{"('query', 'text')":"b"}}"#, "query", "b"),
      (#"{"route_mappings":{"('query', 'text')":"b"}}"#, nil, "a"),
      (#"{"route_mappings":{"('query', None)":"a","('query', 'text')":"b"}}"#, "query", "b"),
      (#"{"route_mappings":{"(None, 'text')":"a","('query', None)":"b"}}"#, "query", "b"),
      (#"{"route_mappings":{"(None, None)":"a","(None, 'text')":"b"}}"#, "query", "b"),
      (#"{"route_mappings":{"(None, None)":"b"}}"#, "document", "b"),
      (#"{"route_mappings":{"(None, 'image')":"b"}}"#, nil, "a"),
      (#"{"route_mappings":{"(None, ('image', 'text'))":"b"}}"#, nil, "a"),
    ] as [(String, String?, String?)])
  func aTaskTakesTheRouteThatTheReferenceFinds(
    parameters: String, task: String?, expected: String?
  ) throws {
    #expect(try router(parameters).route(for: task) == expected)
  }

  @Test func aMappingThatCannotBeReadIsOdd() throws {
    let router = try router(#"{"route_mappings":{"query":"b"}}"#)
    #expect(router.warnings.count == 1 && router.warnings[0].contains("`query`"))
  }

  @Test func aTaskWithoutARouteListsThem() throws {
    let folder = try ScratchFolder(copyOf: Fixture.path("pipelines/asym"))
    try folder.set(
      [
        "structure": ["query": ["139637_Dense"], "other": ["139638_Dense"]],
        "parameters": ["allow_empty_key": false],
      ], in: "2_Asym/config.json")
    let model = try Embedder(folder: folder.path)
    let unnamed = try #require(throws: FileError.self) { try model.embed(["the cat"]) }
    let file = "\(folder.path)/2_Asym/config.json"
    #expect(
      unnamed.description
        == "\(file): no route for texts of no task; name one with --prompt-name: other, query")
    let missing = try #require(throws: FileError.self) {
      try model.embed(["the cat"], promptName: "document")
    }
    #expect(missing.description == "\(file): no route for `document`; there are other, query")
    // A route may be named where a prompt may.
    let vectors = try ["query", "other"].map { try model.embed(["the cat"], promptName: $0)[0] }
    #expect(vectors[0] != vectors[1])
    let unknown = try #require(throws: FileError.self) {
      try model.embed(["the cat"], promptName: "qery")
    }
    #expect(
      unknown.description
        == "the model has no prompt `qery`; known are document, query, other")
  }

  @Test func routesThatShareAModuleLoadItOnce() throws {
    let model = try Embedder(folder: Fixture.path("pipelines/asym")).model
    #expect(model.pipelines.count == 2)
    let files = model.weights.flatMap(\.files).map(\.path)
    #expect(files.count == Set(files).count && files.count == 4)
  }

  @Test func inspectionTellsEachRoute() throws {
    let lines = try Inspection(Embedder(folder: Fixture.path("pipelines/asym"))).modules
    #expect(lines.count == 6)
    #expect(lines[2] == "Router: query, document; query unless said")
    #expect(lines[3] == "query: Dense: with bias, Tanh; [B, 16] → [B, 12]")
    #expect(lines.filter { $0.hasPrefix("query, document: Dense") }.count == 1)
    #expect(lines.contains { $0.hasPrefix("document: Dense: without bias") })
    let first = try Inspection(Embedder(folder: Fixture.path("pipelines/router")))
    #expect(first.modules.first == "Router: query, document; document unless said")
    #expect(first.modules.contains { $0.hasPrefix("query: StaticEmbedding") })
    #expect(first.modules.last == "Normalize; [B, 16] → [B, 16]")
  }
}
