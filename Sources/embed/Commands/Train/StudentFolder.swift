import Embeddings
import ModelFiles
import Training

/// How a model and a teacher whose vectors are longer or shorter come together.
enum TeacherProjection: String, CaseIterable, Sendable {
  /// A Dense behind the model makes its vectors as long as the teacher's.
  case dense
  /// The teacher's vectors are projected on their principal components, as many as the model's have
  /// numbers.
  case pca
}

/// The folder of a model that is made of the start model, and with which a run begins in its place. It
/// goes with the run's states.
enum StudentFolder {
  /// Writes the model, where the recipe asks for another than its start model.
  /// - Parameters:
  ///   - teacher: the numbers of the teacher's vectors, if there is a teacher
  ///   - folder: the run's, in which one that an ended process left gives way; without one the model is
  ///     in a folder that goes again
  static func write(
    _ recipe: Recipe, of start: TextModel, teacher: Int?, in folder: RunFolder?
  ) throws -> (path: String, kept: TemporaryFolder?)? {
    let projected = recipe.project == .dense ? teacher : nil
    guard recipe.keepLayers != nil || projected != nil else { return nil }
    let student = try StudentModel(of: start, keeping: recipe.keepLayers)
    let dense = projected.map { width in
      let linear = NewWeights.linear(
        outputs: width, inputs: student.width, seed: recipe.training.seed)
      return NewDense(weight: linear.weight, bias: linear.bias)
    }
    let temporary = folder == nil ? try TemporaryFolder() : nil
    let path = folder?.file("\(RunFolder.states)/student") ?? "\(temporary?.path ?? "")/student"
    try removeTree(path)
    let files = try NewFolder(path) { Interrupt.requested }
    try student.write(ending: dense, to: files)
    try files.finish()
    return (path, temporary)
  }

  /// Throws where principal components cannot make the teacher's vectors as long as the model's.
  static func check(_ recipe: Recipe, width: Int, teacher: Int) throws {
    guard recipe.project == .pca, teacher <= width else { return }
    throw FileError(
      "--project pca makes a teacher's vectors shorter, but those of "
        + "\(recipe.teacher.map(lastPart) ?? "the teacher") have \(teacher) numbers, the model's "
        + "\(width); " + (teacher == width ? "leave it out" : "take --project dense"))
  }
}
