import Tensors

/// The vectors of a vocabulary: in float32, or where a file has them in half precision, of which rows are
/// raised when a text has their words.
enum WordTable: Sendable {
  case tensor(Tensor)
  case stored(StoredRows)

  /// V
  var rows: Int {
    switch self {
    case .tensor(let tensor): tensor.rows
    case .stored(let stored): stored.rows
    }
  }

  var columns: Int {
    switch self {
    case .tensor(let tensor): tensor.columns
    case .stored(let stored): stored.columns
    }
  }
}
