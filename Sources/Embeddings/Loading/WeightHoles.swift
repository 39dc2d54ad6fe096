import ModelFiles
import Synchronization
import Tokenizers
import Vectors

extension TextModel {
  /// The files that hold the weights of all modules, each once.
  var weights: [TensorFile] {
    var seen: Set<String> = []
    return pipelines.values.flatMap(\.files).filter { file in
      file.files.first.map { seen.insert($0.path).inserted } ?? false
    }
  }

  /// Throws where a file of its weights was changed since it was opened: nothing that is computed
  /// may be believed from then on.
  package func checkIntact() throws { for file in weights { try file.checkIntact() } }

  /// Gives the memory back that weights take which were read, for who has them elsewhere.
  package func releaseWeights() {
    for file in weights.flatMap(\.files) { file.release() }
  }

  /// Throws where a network's rows say nothing because pages of its files are zeros, as those of a
  /// download that broke off are. Files are looked at only where a row is zero, or where two texts
  /// of other tokens have the same row: no trained network has such.
  func checkHoles(_ rows: Matrix, _ texts: [Encoding], by route: Route) throws {
    guard route.pipeline.input is Transformer else { return }
    let isEmpty = texts.indices.contains { row in
      let isSame = row > 0 && texts[row].ids != texts[row - 1].ids && rows.isSame(row, row - 1)
      return !texts[row].ids.isEmpty && (isSame || rows.withRow(row) { $0.allSatisfy { $0 == 0 } })
    }
    guard isEmpty, let holes = holes.first(in: weights) else { return }
    throw FileError(
      "\(holes.file.path): \(holes.pages) of its \(holes.file.pages) pages of "
        + "\(MappedFile.pageSize) bytes are zeros, in `\(holes.tensors[0])`"
        + (holes.tensors.count > 1 ? " and \(holes.tensors.count - 1) more tensors" : "")
        + ", and so texts get no vectors of their own; the file has holes, as a download that broke "
        + "off leaves them: fetch it again")
  }
}

/// The holes in a model's files, which are looked for once: all of the files are read for it.
final class WeightHoles: Sendable {
  private let found = Mutex<FileHoles??>(nil)

  /// Those of the first file that has any.
  func first(in files: [TensorFile]) -> FileHoles? {
    found.withLock { found in
      if let found { return found }
      let first = files.lazy.compactMap(\.holes).first
      found = .some(first)
      return first
    }
  }
}

extension Matrix {
  /// Whether two rows have the same numbers.
  fileprivate func isSame(_ a: Int, _ b: Int) -> Bool {
    withRow(a) { a in withRow(b) { b in zip(a, b).allSatisfy { $0 == $1 } } }
  }
}
