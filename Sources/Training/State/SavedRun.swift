package import ModelFiles

/// A run as it was at a step: what `state/step-N` holds, and `checkpoint-N` beside its model.
package struct SavedRun: Sendable {
  package let state: RunState
  package let numbers: TrainingState

  /// Reads what a run goes on from; throws where that is damaged.
  /// - Parameters:
  ///   - folder: the path of the point
  ///   - cancelled: asked again and again; `true` ends in `CancellationError`
  package init(
    _ point: RunPoint, in folder: String, cancelled: () -> Bool = { false }
  ) throws {
    do {
      try Checksums(of: folder)?.check(in: folder, cancelled: cancelled)
      state = try RunState(file: "\(folder)/\(RunPoint.numbers)")
      numbers = try TrainingState(file: "\(folder)/\(RunPoint.tensors)")
      guard state.step == point.step else {
        throw FileError(
          "\(folder)/\(RunPoint.numbers): `global_step` is \(state.step), should be \(point.step)")
      }
    } catch let error as FileError {
      throw FileError("\(error); remove \(folder) to go on from what is older")
    }
  }

  /// Writes what a run goes on from.
  /// - Parameter json: `RunState.json`
  package static func write(
    _ numbers: TrainingState, _ json: JSONValue, to folder: any FolderWriting
  ) throws {
    try numbers.write(RunPoint.tensors, to: folder)
    try folder.write(RunPoint.numbers, json.file)
  }
}
