import ModelFiles
import TestSupport

@testable import Vectors

/// What Tests/Fixtures/vectors has (scripts/fixture_writers/vectors.py: sentence-transformers
/// 6.2.0, scikit-learn 1.9.1, scipy 1.17.1, NumPy 2.4.6).
enum Recorded {
  static func path(_ name: String) -> String { Fixture.path("vectors/\(name)") }

  static func json(_ name: String) throws -> JSON { try JSON(file: path("\(name).json")) }

  /// 120 vectors of 16 numbers around 6 centers; rows 100 to 104 are rows 0 to 4 again.
  static func rows() throws -> Matrix { try NumPyFile(path("rows.npy")).matrix }

  /// 24 rows of 300 columns with few numbers, row 5 without any.
  static func sparse() throws -> SparseMatrix {
    let recorded = try json("sparse")
    let rows = try recorded.array("rows").elements.map { row in
      SparseMatrix.Row(
        indices: try row.wholes("indices").map { Int32($0) }, values: try row.floats("values"))
    }
    return SparseMatrix(columns: try recorded.int("columns"), rows)
  }

  /// Groups of rows of length 1; document 4 has none.
  static func late() throws -> (queries: RaggedMatrix, documents: RaggedMatrix) {
    let recorded = try json("late")
    let columns = try recorded.int("columns")
    func groups(_ key: String) throws -> RaggedMatrix {
      let numbers = try recorded.array(key).elements.map { group in
        try group.array().elements.map { Float(try $0.double()) }
      }
      return RaggedMatrix(
        Matrix(columns: columns, numbers.flatMap { $0 }),
        lengths: numbers.map { $0.count / columns }
      )
    }
    return (try groups("queries"), try groups("documents"))
  }
}

extension JSON {
  func doubles(_ key: String) throws -> [Double] {
    try array(key).elements.map { try $0.double() }
  }

  func wholes(_ key: String) throws -> [Int] { try array(key).elements.map { try $0.int() } }

  func wholes() throws -> [Int] { try array().elements.map { try $0.int() } }
}

/// Labels by the order in which they first come up, so that names do not matter.
func renumbered(_ labels: [Int]) -> [Int] {
  var names: [Int: Int] = [:]
  return labels.map { label in
    let name = names[label] ?? names.count
    names[label] = name
    return name
  }
}
