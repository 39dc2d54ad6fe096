import ModelFiles

/// Reads a query and a list of documents from each object: its fields are the query, and then the
/// documents as their JSON has them.
struct ListDecoder: RowDecoder {
  /// Where the documents are: what people write, or what a search wrote.
  static let names = ["documents", "hits"]

  private static let wanted =
    "query, and documents: a list of texts, or of objects with `text`"

  private let layout: Layout
  /// As messages name it.
  private let file: String

  init(_ layout: Layout, file: String) { (self.layout, self.file) = (layout, file) }

  func callAsFunction(_ raw: RawRow) throws -> InputRow? {
    let location = raw.location(in: file)
    if raw.fault == nil, raw.isWhiteSpace { return nil }
    if let problem = raw.problem(in: file) {
      guard raw.fault?.endsFile != true else { throw problem }
      return InputRow(fields: .failure(problem), source: .nothing, location: problem.location)
    }
    var source = SourceRow.nothing
    do throws(RowProblem) {
      let object = try raw.object(location, layout, example: "query")
      let names = FieldNames(Self.names.joined(separator: ","))
      source = .object(SourceObject(object, field: names))
      return InputRow(
        fields: .success(try Self.fields(object, location)), source: source, location: location)
    } catch {
      return InputRow(fields: .failure(error), source: source, location: location)
    }
  }

  private static func fields(
    _ object: JSON, _ location: RowLocation
  ) throws(RowProblem) -> [[UInt8]] {
    guard let query = object["query"] else { throw object.missing("query", location, of: wanted) }
    guard let text = query.utf8 else {
      throw RowProblem(location, "`query` is \(query.found), should be a string")
    }
    guard let name = names.first(where: { object[$0] != nil }), let list = object[name] else {
      throw object.missing("documents", location, of: wanted)
    }
    guard list.kind == .array else {
      throw RowProblem(location, "`\(name)` is \(list.found), should be a list of documents")
    }
    return [text] + list.elements.map(\.source)
  }
}
