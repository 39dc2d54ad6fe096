import ModelFiles

/// The table of endpoints as OpenAPI 3.1 describes it.
struct OpenAPIDocument {
  private let endpoints: [Endpoint]
  private let options: ServeOptions

  init(_ endpoints: [Endpoint], _ options: ServeOptions) {
    (self.endpoints, self.options) = (endpoints, options)
  }

  var json: JSONValue {
    .object([
      ("openapi", "3.1.0"),
      (
        "info",
        [
          "title": "embed", "summary": "Vectors of texts, in the forms of several servers",
          "version": .string(options.version.isEmpty ? "0" : options.version),
        ]
      ),
      ("servers", [["url": "/"]]), ("paths", paths), ("components", components),
    ])
  }

  private var needsKey: Bool { !options.keys.isEmpty || options.keyFile != nil }

  private var paths: JSONValue {
    var names: [String] = []
    var operations: [String: [(String, JSONValue)]] = [:]
    for endpoint in endpoints {
      if operations[endpoint.path] == nil { names.append(endpoint.path) }
      operations[endpoint.path, default: []].append(
        (endpoint.method.lowercased(), operation(endpoint)))
    }
    return .object(names.map { ($0, .object(operations[$0] ?? [])) })
  }

  private func operation(_ endpoint: Endpoint) -> JSONValue {
    let words = endpoint.path.split { !$0.isLetter && !$0.isNumber }.joined(separator: "_")
    var fields: [(String, JSONValue)] = [
      ("operationId", .string("\(endpoint.method.lowercased())_\(words.isEmpty ? "root" : words)")),
      ("summary", .string(endpoint.summary)), ("tags", [.string(endpoint.dialect.title)]),
    ]
    if needsKey, !endpoint.isOpen {
      fields.append(("security", .array(Self.keys.map { .object([($0.name, .array([]))]) })))
    }
    if let parameter = endpoint.path.split(whereSeparator: "{}".contains).dropFirst().first {
      fields.append(
        (
          "parameters",
          [
            [
              "name": .string(String(parameter)), "in": "path", "required": true,
              "schema": ["type": "string", "minLength": 1],
            ]
          ]
        ))
    }
    if let body = endpoint.body {
      fields.append(
        (
          "requestBody",
          ["required": true, "content": ["application/json": ["schema": body.json]]]
        ))
    }
    return .object(fields + [("responses", responses(endpoint))])
  }

  private func responses(_ endpoint: Endpoint) -> JSONValue {
    var fields: [(String, JSONValue)] = []
    for status in Set(endpoint.answers.map(\.status)).sorted() {
      let answers = endpoint.answers.filter { $0.status == status }
      fields.append(
        (
          "\(status)",
          [
            "description": .string(answers.map(\.description).joined(separator: "; ")),
            "content": .object(
              answers.map { ($0.type, .object($0.schema.map { [("schema", $0.json)] } ?? [])) }),
          ]
        ))
    }
    let schema = Schema.named(endpoint.dialect.errorName)
    return .object(
      fields
        + Self.errors.map { status, description in
          (
            "\(status)",
            [
              "description": .string(description),
              "content": ["application/json": ["schema": schema.json]],
            ]
          )
        })
  }

  /// What every endpoint may answer: some of it before it is known which one was asked.
  private static let errors: [(status: Int, description: String)] = [
    (400, "The request says something that cannot be"), (401, "No key, or a wrong one"),
    (403, "A page of another origin, or a name that this server does not have"),
    (404, "No such model or path"), (405, "Another method; `allow` names those there are"),
    (408, "The request came too slowly"), (413, "More than is read or sent at once"),
    (415, "A body that is compressed"), (422, "The request says something that cannot be"),
    (424, "The model cannot do that"),
    (429, "Too much waits; `retry-after` says when to come again"),
    (431, "Too many headers, or too long ones"),
    (500, "The model made numbers that are not finite"),
    (503, "Not ready yet, ending, or too slow"),
  ]

  private static let keys: [(name: String, scheme: JSONValue)] = [
    ("bearer", ["type": "http", "scheme": "bearer"]),
    ("api_key", ["type": "apiKey", "in": "header", "name": "api-key"]),
    ("x_api_key", ["type": "apiKey", "in": "header", "name": "x-api-key"]),
  ]

  private var components: JSONValue {
    let schemas = RequestSchemas(mostTexts: options.mostTexts).all + AnswerSchemas.all
    return .object(
      [("schemas", .object(schemas.map { ($0.name, $0.schema.json) }))]
        + (needsKey
          ? [("securitySchemes", .object(Self.keys.map { ($0.name, $0.scheme) }))] : []))
  }
}

extension Endpoint.Answer {
  /// A document of that form.
  static func ok(_ schema: Schema) -> Self {
    Self(status: 200, description: "OK", schema: schema)
  }

  /// Vectors: in the dialect's document, or as bare numbers for who accepts those.
  static func vectors(_ schema: Schema) -> [Self] {
    [
      ok(schema),
      Self(
        status: 200, description: "Rows of float32, or of bytes", type: "application/octet-stream"),
      Self(status: 200, description: "The same as a NumPy file", type: "application/x-npy"),
    ]
  }
}
