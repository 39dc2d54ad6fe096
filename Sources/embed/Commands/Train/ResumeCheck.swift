import ModelFiles
import Training

/// Whether a run may go on with the bits of the one that it would go on with.
struct ResumeCheck {
  /// Of the run as its options and data are now.
  let fingerprint: RunFingerprint

  /// - Parameters:
  ///   - model: the folder of the model that the run begins with
  ///   - others: options beside the hyperparameters that change a bit, and their values
  init(
    model: String, _ objectives: [Objective], _ options: TrainingOptions,
    others: [(option: String, value: String?)]
  ) throws {
    var fingerprint = RunFingerprint()
    fingerprint.add(options)
    fingerprint.add(objectives)
    for (option, value) in others { fingerprint.add(option, value) }
    if let start = options.lora?.start {
      let sum = try Checksums.sum(of: "\(start)/adapter_model.safetensors") { Interrupt.requested }
      fingerprint.add(content: "the adapter that is trained on", sum)
    }
    for (file, sum) in try Self.files(of: model) {
      fingerprint.add(content: "the model's \(file)", sum)
    }
    self.fingerprint = fingerprint
  }

  /// Throws where the run began with other data or options.
  /// - Parameter part: the folder of the run
  func check(_ saved: SavedRun, in part: String) throws {
    guard let difference = saved.state.fingerprint.difference(from: fingerprint) else { return }
    throw FileError(
      "\(part): the run was begun otherwise: \(difference); give what it had, or start again with "
        + "--force")
  }

  // What vectors depend on; of weights in several forms one is read, and which one may change.
  private static let endings = [".json", ".txt", ".model", ".safetensors", ".bin"]
  // Beside the modules: what other programs keep of a model, and what a run adds to it.
  private static let left = [
    "onnx", "openvino", RunFolder.states, RunFolder.recipe, "golden.jsonl", "loss.safetensors",
  ]

  /// The files that a model's vectors depend on, of it and of its modules, which are one folder
  /// down, with their SHA-256.
  static func files(of folder: String, in prefix: String = "") throws -> [(
    file: String, sum: String
  )] {
    var files: [(file: String, sum: String)] = []
    for entry in try folderEntries(folder).sorted()
    where !entry.hasPrefix(".") && !left.contains(entry) && !entry.hasPrefix("checkpoint-") {
      let path = "\(folder)/\(entry)"
      if try isDirectory(path) {
        if prefix.isEmpty { files += try Self.files(of: path, in: entry + "/") }
      } else if endings.contains(where: entry.hasSuffix) {
        files.append((prefix + entry, try Checksums.sum(of: path) { Interrupt.requested }))
      }
    }
    return files
  }
}
