import ModelFiles
import Testing

@testable import Serving

@Suite struct OpenAPIDocumentTests {
  private func document(_ options: ServeOptions) throws -> JSON {
    try JSON(
      OpenAPIDocument(Endpoints.all(options), options).json, name: "openapi.json")
  }

  @Test func listsEveryEndpointWithItsAnswers() throws {
    let options = ServeOptions()
    let paths = try document(options).object("paths")
    for endpoint in Endpoints.all(options) {
      let operation = try paths.object(endpoint.path).object(endpoint.method.lowercased())
      #expect((operation["requestBody"] != nil) == (endpoint.body != nil), "\(endpoint.path)")
      let responses = try operation.object("responses")
      for status in endpoint.answers.map(\.status) + [400, 401, 404, 413, 422, 429, 503] {
        #expect(responses["\(status)"] != nil, "\(endpoint.path) \(status)")
      }
    }
  }

  @Test func noTwoEndpointsAreTheSame() throws {
    let names = Endpoints.all(ServeOptions()).map { "\($0.method) \($0.path)" }
    #expect(Set(names).count == names.count)
    let paths = try document(ServeOptions()).object("paths")
    let ids = try paths.members.flatMap {
      try $0.value.members.map { try $0.value.string("operationId") }
    }
    #expect(ids.count == names.count)
    #expect(Set(ids).count == ids.count)
  }

  @Test func everyNamedSchemaIsThere() throws {
    let document = try document(ServeOptions())
    let schemas = try document.object("components").object("schemas")
    #expect(Set(schemas.keys).count == schemas.count)
    let references = Self.references(in: document)
    #expect(references.count > 20)
    for reference in references {
      let name = String(reference.dropFirst("#/components/schemas/".count))
      #expect(schemas[name] != nil, "\(reference)")
    }
  }

  @Test func whatAPathHasInBracesIsAParameter() throws {
    let paths = try document(ServeOptions()).object("paths")
    for (path, method, name) in [
      ("/v1/models/{id}", "get", "id"), ("/openai/deployments/{name}/embeddings", "post", "name"),
    ] {
      let parameters = try paths.object(path).object(method).array("parameters")
      #expect(try parameters[0]?.string("name") == name)
      #expect(try parameters[0]?.string("in") == "path")
    }
  }

  /// What a client may send and read, in the words of its own service.
  @Test(arguments: [
    (
      "EmbeddingsRequest",
      ["encoding_type", "embedding_type", "task", "normalized", "output_dimension"]
    ),
    ("CohereEmbedRequest", ["texts", "inputs", "embedding_types", "max_tokens", "truncate"]),
    ("OpenAIError", ["error", "detail"]), ("CohereError", ["message"]),
  ])
  func membersAreDescribed(name: String, members: [String]) throws {
    let schemas = try document(ServeOptions()).object("components").object("schemas")
    let properties = try schemas.object(name).object("properties")
    for member in members { #expect(properties[member] != nil, "\(member)") }
  }

  private static func references(in json: JSON) -> [String] {
    switch json.kind {
    case .object:
      json.members.flatMap { key, value in
        key.isString("$ref") ? [try? value.string()].compactMap { $0 } : references(in: value)
      }
    case .array: json.elements.flatMap(references)
    default: []
    }
  }

  @Test func saysWhetherAKeyIsNeeded() throws {
    #expect(try document(ServeOptions()).object("components")["securitySchemes"] == nil)
    var options = ServeOptions()
    options.keys = ["secret"]
    let locked = try document(options)
    #expect(try locked.object("components").object("securitySchemes").count == 3)
    let paths = try locked.object("paths")
    #expect(try paths.object("/embed").object("post")["security"] != nil)
    #expect(try paths.object("/health").object("get")["security"] == nil)
    #expect(try paths.object("/metrics").object("get")["security"] != nil)
    #expect(!locked.documentBytes.contains(Array("secret".utf8)))
    options.hasOpenMetrics = true
    #expect(
      try document(options).object("paths").object("/metrics").object("get")["security"] == nil)
  }
}
