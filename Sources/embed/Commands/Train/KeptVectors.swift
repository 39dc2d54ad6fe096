import ModelFiles
import Tensors
import Vectors

/// Vectors that are made once for a run, each kind in a NumPy file of the run's folder until the run
/// is over. The files are mapped, so that they may be larger than the memory; their names say by a
/// hash of what they were made, and a process that comes later goes on where one was ended.
struct KeptVectors {
  /// Of the run; `nil` where only what would be done is said.
  let folder: RunFolder?
  let messages: Messages
  var progress = ProgressMode.never

  // Rows that are made together, and are on the disk before the next ones are.
  private static let window = 4096

  /// The rows of a file, made as far as they are not there.
  /// - Parameters:
  ///   - name: of the file, and of what it holds in messages
  ///   - content: a hash of all that the rows depend on, which nobody makes where nothing is kept
  ///   - make: makes some of them: `[range.count, width]`
  /// - Shapes: → `[count, width]`
  func rows(
    _ count: Int, width: Int, _ name: String, of content: @autoclosure () throws -> String,
    _ make: (Range<Int>) throws -> Tensor
  ) throws -> Tensor {
    guard let folder else {
      try MemoryBound.check(count, width, 4, for: "the vectors (\(name)) of \(count) texts")
      return .zeros([count, width])
    }
    let path = folder.file("\(RunFolder.states)/\(name)-\(try content().prefix(32))")
    if try !fileExists(path + ".npy") {
      try write(count, width, name, path, folder, make)
    }
    return try NumPyFile(path + ".npy").matrix.tensor
  }

  private func write(
    _ count: Int, _ width: Int, _ name: String, _ path: String, _ folder: RunFolder,
    _ make: (Range<Int>) throws -> Tensor
  ) throws {
    let file = try GrowingFile(path + ".made")
    let (head, row) = (NumPyHeader.byteCount, width * MemoryLayout<Float>.stride)
    // A process that was ended may have left a part of a window.
    var done = min(max(0, file.count - head) / row / Self.window * Self.window, count)
    if done == 0 {
      try file.cut(to: 0)
      try NumPyHeader(dimensions: width).bytes(rows: count)
        .withUnsafeBytes { try file.append($0) }
    } else {
      try file.cut(to: head + done * row)
    }
    if count > Self.window {
      messages.note(
        "\(name): vectors of \(grouped(count)) texts are made first"
          + (done > 0 ? ", from the \(grouped(done + 1))th on" : ""))
    }
    var bar = Progress(messages.isQuiet ? .never : progress, total: count)
    defer { bar.erase() }
    do {
      while done < count {
        let end = min(done + Self.window, count)
        try make(done..<end).withFloats { try file.append(UnsafeRawBufferPointer($0)) }
        done = end
        folder.keep()
        bar.update(rows: done, bytes: done)
      }
    } catch is CancellationError where done > 0 {
      bar.erase()
      messages.warn(
        "interrupted at text \(grouped(done)) of \(grouped(count)) (\(name)); go on with the same "
          + "command and --resume")
      throw CancellationError()
    }
    try file.finish(as: path + ".npy")
  }
}
