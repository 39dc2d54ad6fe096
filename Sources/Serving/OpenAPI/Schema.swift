import ModelFiles

/// A JSON Schema, of which the dialect is 2020-12, as OpenAPI 3.1 has it.
struct Schema: Sendable {
  private var fields: [(name: String, value: JSONValue)]

  private init(_ fields: [(name: String, value: JSONValue)]) { self.fields = fields }

  /// The schema as a document has it.
  var json: JSONValue { .object(fields.map { ($0.name, $0.value) }) }

  /// The same with a sentence for people.
  func described(_ text: String) -> Schema {
    Schema(fields.filter { $0.name != "description" } + [("description", .string(text))])
  }

  /// The same, or null, which counts as if the member were not there.
  var orNull: Schema { .any([self, .type("null")]) }

  private static func type(_ name: String, _ more: [(name: String, value: JSONValue)] = [])
    -> Schema
  {
    Schema([("type", .string(name))] + more)
  }

  /// Whatever JSON can say.
  static let anything = Schema([])
  static let string = type("string")
  static let boolean = type("boolean")
  static let number = type("number")

  /// One of some words.
  static func word(_ words: [String]) -> Schema {
    type("string", [("enum", .array(words.map { .string($0) }))])
  }

  /// A number without a fraction; its bounds are part of the range.
  static func integer(from least: Int? = nil, through most: Int? = nil) -> Schema {
    type(
      "integer",
      [("minimum", least), ("maximum", most)].compactMap { name, bound in
        bound.map { (name: name, value: .int($0)) }
      })
  }

  /// A list of equal things.
  static func list(of element: Schema, least: Int? = nil, most: Int? = nil) -> Schema {
    type(
      "array",
      [("items", element.json)]
        + [("minItems", least), ("maxItems", most)].compactMap { name, bound in
          bound.map { (name: name, value: .int($0)) }
        })
  }

  /// An object; members that are not listed are allowed, and passed over.
  /// - Parameter needed: the members that must be there
  static func object(
    _ members: KeyValuePairs<String, Schema>, needed: [String]? = nil
  ) -> Schema {
    let needed = needed ?? members.map(\.key)
    let required: [(name: String, value: JSONValue)] =
      needed.isEmpty ? [] : [("required", .array(needed.map { .string($0) }))]
    return type(
      "object", [("properties", .object(members.map { ($0.key, $0.value.json) }))] + required)
  }

  /// Something that one of these describes, or more than one.
  static func any(_ schemas: [Schema]) -> Schema {
    Schema([("anyOf", .array(schemas.map(\.json)))])
  }

  /// What the document's components have under a name.
  static func named(_ name: String) -> Schema {
    Schema([("$ref", .string("#/components/schemas/\(name)"))])
  }
}
