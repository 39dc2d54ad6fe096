package import Embeddings

/// A loss of rerankers: it looks at scores of pairs, each of a query and a document.
///
/// What it is called with has a column for each row of the batch: the logits of the pairs of that
/// row's query, `[pairs, labels]`, in the order of `documents`.
package protocol PairLoss: Loss {
  /// The numbers that it needs of a pair, of a model whose head is new.
  /// - Parameter classes: of the labels; 0 where they are none
  static func labels(classes: Int) -> Int

  /// How many numbers it draws for a batch.
  /// - Parameter counts: how many documents each row has: texts behind its first, or those of its list
  func draws(_ counts: [Int]) -> Int
  /// The documents that are scored for the query of each row of a batch.
  /// - Parameter drawn: numbers from 0 to 1
  func documents(_ counts: [Int], drawn: [Double]) -> [[RowDocument]]
}

/// A document of a batch.
package struct RowDocument: Sendable, Equatable {
  /// Its row in the batch.
  package let row: Int
  /// Its place among the documents of that row.
  package let place: Int
}

extension PairLoss {
  package static var kind: ModelKind { .rerank }
  package static func labels(classes: Int) -> Int { 1 }

  package func draws(_ counts: [Int]) -> Int { 0 }
  package func documents(_ counts: [Int], drawn: [Double]) -> [[RowDocument]] {
    counts.enumerated().map { row, count in
      (0..<count).map { RowDocument(row: row, place: $0) }
    }
  }
}
