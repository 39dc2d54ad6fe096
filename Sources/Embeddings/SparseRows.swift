import Tensors
import Vectors

extension SparseMatrix {
  /// For each list of ids, the weight of each of them, once; weights of 0 are left out.
  /// - Parameters:
  ///   - weights: `[V]`, by id
  ///   - lists: of ids below V
  init(_ weights: Tensor, of lists: [[Int32]]) {
    self.init(
      columns: weights.count,
      weights.withFloats { weights in
        lists.map { ids in
          var row = Row()
          for id in Set(ids).sorted() where weights[Int(id)] != 0 {
            row.indices.append(id)
            row.values.append(weights[Int(id)])
          }
          return row
        }
      })
  }
}
