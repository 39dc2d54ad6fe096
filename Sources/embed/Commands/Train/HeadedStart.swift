import Embeddings
import ModelFiles
import Training

extension StartModel {
  /// What the data are held against.
  /// - Parameter trained: `nil` where the model gets a new head first
  init(_ name: String, _ start: TextModel, _ trained: TrainableModel?) throws {
    self.init(
      name: name, width: try trained?.width ?? 0, isStatic: start.isStatic,
      layers: try trained?.layers ?? 0, prompt: { try start.prompts.text(named: $0) },
      kind: trained == nil ? .rerank : start.modelKind, hasNewHead: trained == nil,
      labels: start.modelKind == .rerank ? try Reranker(start).labels : [])
  }
}

/// A start model that gets a new head: a reranker's directory of its own.
enum HeadedStart {
  private static let name = "\(RunFolder.states)/start"

  /// Whether a model needs a new head to be what it is to be.
  /// - Parameter kind: `nil` for what it is
  /// - Throws: where it cannot become that
  static func isNeeded(for kind: ModelKind?, _ start: TextModel, _ name: String) throws -> Bool {
    let isNeeded = kind == .rerank && start.modelKind == .dense
    guard kind == nil || kind == start.modelKind || isNeeded else {
      throw FileError(
        "--type \(kind?.rawValue ?? ""): \(name) is \(start.modelKind.phrase) (\(start.kindOrigin)); only "
          + "of an embedding model, or of a plain network, a reranker is made")
    }
    return isNeeded
  }

  /// Writes the model, by the seed, into the run's folder, which a run that goes on finds there.
  /// - Parameter run: `nil` where nothing is to be made: then it is in a folder that goes again
  static func folder(
    of start: TextModel, _ sets: [PreparedSet], seed: Int, in run: TrainFolder?
  ) throws -> (path: String, kept: TemporaryFolder?) {
    let labels = try labels(of: sets)
    let temporary = run == nil ? try TemporaryFolder() : nil
    run?.folder.note(RunFolder.states)
    let path = run?.folder.file(name) ?? "\(temporary?.path ?? "")/start"
    guard try !fileExists(path) else { return (path, nil) }
    let folder = try NewFolder(path) { Interrupt.requested }
    var generator = WeightGenerator(seed: seed)
    try NewReranker(start, labels: labels).write(to: folder) { shape, deviation in
      generator.normal(shape, deviation: deviation)
    }
    try folder.finish()
    return (path, temporary)
  }

  /// The names of the head's labels: those of the classes where they are words.
  private static func labels(of sets: [PreparedSet]) throws -> [String] {
    let counts = sets.map { set in
      (type(of: set.loss) as? any PairLoss.Type)?.labels(classes: set.set.classNames.count) ?? 1
    }
    guard let count = counts.first, Set(counts).count == 1 else {
      throw FileError(
        "the sets of rows need heads of \(listed(counts.map { "\($0)" })) labels; one model has one head"
      )
    }
    let names = sets.first?.set.classNames ?? []
    guard count > 1, names.count == count, names.allSatisfy({ Int($0) == nil }) else {
      return (0..<count).map { "LABEL_\($0)" }
    }
    return names
  }
}
