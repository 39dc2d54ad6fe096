package import Tensors

/// What training has made of a model's tensors, by their names.
package struct TrainedTensors: Sendable {
  /// Float32 tensors in the place of those in the files.
  package var tensors: [String: Tensor]
  /// Changes of matrices that stay as the files have them.
  package var changes: [String: LowRank]

  package init(_ tensors: [String: Tensor] = [:], changes: [String: LowRank] = [:]) {
    (self.tensors, self.changes) = (tensors, changes)
  }

  package var isEmpty: Bool { tensors.isEmpty && changes.isEmpty }

  /// The names of the tensors that are others than in the files.
  package var names: Set<String> { Set(tensors.keys).union(changes.keys) }

  /// Those whose names begin so, by what follows.
  package func below(_ prefix: String) -> TrainedTensors {
    guard !prefix.isEmpty else { return self }
    func own<Value>(_ values: [String: Value]) -> [String: Value] {
      Dictionary(
        uniqueKeysWithValues: values.filter { $0.key.hasPrefix(prefix) }.map {
          (String($0.key.dropFirst(prefix.count)), $0.value)
        })
    }
    return TrainedTensors(own(tensors), changes: own(changes))
  }
}
