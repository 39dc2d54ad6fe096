import ModelFiles

extension RawRow {
  /// The JSON that a row is; of several lines in one line, all else byte for byte.
  /// - Parameter isLine: whether a row must be a line
  func json(_ location: RowLocation, isLine: Bool) throws(RowProblem) -> JSON {
    let json: JSON
    do throws(JSONSyntaxError) {
      json = try JSON(row: bytes, name: "\(location)")
    } catch {
      throw problem(error, location, isLine: isLine)
    }
    guard !isLine, bytes.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return json }
    do throws(JSONSyntaxError) {
      return try JSON(row: bytes.withoutLineBreaks, name: "\(location)")
    } catch {
      throw problem(error, location, isLine: isLine)
    }
  }

  /// The object that a row of a file is.
  /// - Parameter field: of an object as it should be, for an example
  func object(
    _ location: RowLocation, _ layout: Layout, example field: String
  ) throws(RowProblem) -> JSON {
    let isLine = !layout.isJSON
    return try json(location, isLine: isLine).asObject(location, example: field, isLine: isLine)
  }

  private func problem(
    _ error: JSONSyntaxError, _ location: RowLocation, isLine: Bool
  ) -> RowProblem {
    let place = position(of: min(error.offset, bytes.count))
    let column = "column \(place.column)"
    let location = location.onLine(place.line)
    if isLine, error.offset >= bytes.count {
      return RowProblem(
        location,
        "the line ends inside a JSON value; each line must be a whole object (jq -c . makes them so), "
          + "or read it with --input json")
    }
    if let word = pythonWord(at: error.offset) {
      return RowProblem(
        location, "\(column): `\(word.found)` is not JSON; write \(word.advice)")
    }
    return RowProblem(location, "not JSON: \(column): \(error.problem)")
  }

  /// What Python and JavaScript write in place of JSON, if that is what is at an offset.
  private func pythonWord(at offset: Int) -> (found: String, advice: String)? {
    let rest = bytes[min(offset, bytes.count)...]
    let words = [
      ("NaN", "null, or leave the field out"), ("Infinity", "null, or leave the field out"),
      ("nan", "null, or leave the field out"), ("inf", "null, or leave the field out"),
      ("None", "null"), ("undefined", "null"), ("True", "true"), ("False", "false"),
      ("'", "names and texts in double quotes (Python: json.dumps)"),
    ]
    guard let word = words.first(where: { rest.starts(with: $0.0.utf8) }) else { return nil }
    let isNegative = offset > 0 && offset <= bytes.count && bytes[offset - 1] == UInt8(ascii: "-")
    return (isNegative ? "-" + word.0 : word.0, word.1)
  }
}

extension JSON {
  /// The same value, if it is an object.
  /// - Parameters:
  ///   - field: of an object as it should be, for an example
  ///   - isLine: whether a row must be a line
  func asObject(
    _ location: RowLocation, example field: String, isLine: Bool
  ) throws(RowProblem) -> JSON {
    guard kind == .object else {
      let advice = isLine && kind == .array ? "; --input json reads arrays" : ""
      throw RowProblem(
        location, "\(found), should be an object such as {\"\(field)\":\"…\"}\(advice)")
    }
    return self
  }

  /// What a cell of a table would hold: a string, or a number as it is written.
  /// - Parameter name: of the field that has the value
  func field(_ name: String, _ location: RowLocation) throws(RowProblem) -> [UInt8] {
    guard let field = utf8 ?? (kind == .number ? source : nil) else {
      throw RowProblem(location, "`\(name)` is \(found), should be a string or a number")
    }
    return field
  }
}

extension [UInt8] {
  /// JSON without its line breaks and the spaces around them: no string has any.
  fileprivate var withoutLineBreaks: [UInt8] {
    var kept: [UInt8] = []
    kept.reserveCapacity(count)
    var index = 0
    while index < count {
      let space = self[index...].prefix { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
      // In a string there are spaces without a break.
      if !space.contains(where: { $0 == 0x0A || $0 == 0x0D }) { kept += space }
      index += space.count
      if index < count {
        kept.append(self[index])
        index += 1
      }
    }
    return kept
  }
}
