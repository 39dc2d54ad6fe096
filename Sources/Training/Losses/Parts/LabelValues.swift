import Tensors

/// Labels as a loss needs them; that they are of this kind is what `Loss.check` is for.
extension BatchLabels {
  var scores: [Float] {
    guard case .scores(let scores) = self else { preconditionFailure("labels are no scores") }
    return scores
  }

  var classes: [Int32] {
    guard case .classes(let classes) = self else { preconditionFailure("labels are no classes") }
    return classes
  }

  var vectors: [Tensor] {
    guard case .vectors(let vectors) = self else { preconditionFailure("labels are no vectors") }
    return vectors
  }

  var teacherScores: Tensor {
    guard case .teacherScores(let scores) = self else {
      preconditionFailure("labels are no scores of a teacher")
    }
    return scores
  }

  /// A score for each text of each row's list.
  var lists: [[Float]] {
    guard case .lists(let lists) = self else { preconditionFailure("labels are no lists") }
    return lists
  }

  var guidance: [Tensor] {
    guard case .guidance(let vectors) = self else { preconditionFailure("no guide's vectors") }
    return vectors
  }
}
