import TestSupport
import Testing

@testable import embed

/// Rows of tables with all that they have.
@Suite struct TableDecoderTests {
  @Test(
    arguments: [
      ("a.csv", "x,y\n1,\"a,b\"\n", ["text x, text y", "number 1, text a,b"]),
      ("a.tsv", "x\ty\r\n\t[1, 2]\r\n", ["text x, text y", "empty , list [1, 2]"]),
      (
        "a.jsonl", #"{"x":null,"y":[1],"z":["a"],"t":"1","b":true,"o":{}}"# + "\n",
        ["x=empty null, y=list [1], z=texts [\"a\"], t=text 1, b=flag true, o=other {}"]
      ),
      // What begins like JSON is JSON, where no name says what it is.
      ("a", #"{"x":"a","y":"b"}"# + "\n", ["x=text a, y=text b"]),
      ("b", "x,y\na,b\n", ["text x, text y", "text a, text b"]),
    ])
  func rowsHaveEverything(_ name: String, _ text: String, _ expected: [String]) throws {
    let folder = try ScratchFolder()
    var reader = try RowReader(everythingIn: folder.write(name, text), names: ["x"])
    var found: [String] = []
    while let rows = try reader.window() {
      found += try rows.map { row in
        let row = try TableRow(row)
        let names = row.names.map { $0.map { String(decoding: $0, as: UTF8.self) + "=" } }
        return row.cells.enumerated().map { index, cell in
          "\(names?[index] ?? "")\(cell.kind) \(String(decoding: cell.bytes, as: UTF8.self))"
        }.joined(separator: ", ")
      }
    }
    #expect(found == expected)
  }

  @Test(
    arguments: [
      ("1", 1), (" -2.5e3 \r", -2500), ("", nil), ("1 2", nil), ("0x10", nil), ("nan", nil),
      ("inf", nil), ("1e999", nil), ("1\u{0}", nil), ("+.5", 0.5),
    ] as [(String, Double?)])
  func numbersAreDecimals(_ text: String, _ number: Double?) {
    #expect(Double(decimal: Array(text.utf8)) == number)
  }
}
