import Tensors

/// The score of late interaction: for each vector of the query the largest product with a vector of
/// the document, added up. A document without vectors scores less than any other.
public enum MaxSim {
  /// The score of a query with a document.
  /// - Parameter mean: whether the sum is divided by the number of the query's rows
  /// - Shapes: `[q, E]`, `[d, E]` → one number
  public static func score(_ query: Matrix, _ document: Matrix, mean: Bool = false) -> Float {
    precondition(query.columns == document.columns, "\(query.columns) beside \(document.columns)")
    return LateQuery(query.tensor, rows: 0..<query.rows, isMean: mean)
      .score(document.tensor, rows: 0..<document.rows)
  }

  /// The score of each query with each document.
  /// - Shapes: m and n groups → `[m, n]`
  public static func scores(
    _ queries: RaggedMatrix, _ documents: RaggedMatrix, mean: Bool = false
  ) -> Matrix {
    Matrix(
      Tensor([queries.count, documents.count]) { out in
        for query in 0..<queries.count {
          let packed = LateQuery(queries.matrix.tensor, rows: queries[query], isMean: mean)
          for document in 0..<documents.count {
            out[query * documents.count + document] =
              packed.score(documents.matrix.tensor, rows: documents[document])
          }
        }
      })
  }

  /// The score of each query with the document in its place; there are as many of both.
  public static func pairwise(
    _ queries: RaggedMatrix, _ documents: RaggedMatrix, mean: Bool = false
  ) -> [Float] {
    precondition(queries.count == documents.count, "\(queries.count) beside \(documents.count)")
    return (0..<queries.count).map {
      LateQuery(queries.matrix.tensor, rows: queries[$0], isMean: mean)
        .score(documents.matrix.tensor, rows: documents[$0])
    }
  }
}
