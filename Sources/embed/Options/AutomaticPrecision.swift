import Glibc
import Machine
import ModelFiles
import Tensors

/// What `--precision auto` means on this processor: the fastest road whose results float32's own
/// tolerance allows, f32 itself or bf16x3.
///
/// Only a matrix unit makes three products of bfloat16 faster than one of float32; where there is
/// one, both are measured, once, and a file keeps what was found, so that no two runs differ. Where
/// no file can be kept, the matrix unit decides alone.
struct AutomaticPrecision {
  /// Where what was measured is kept; `nil` where there is no home.
  let folder: String?
  /// The processor's name and features, as a part of a file's name.
  let processor: String
  let hasMatrixUnit: Bool
  /// Operations a second of a model's products.
  let rate: (Precision) -> Double

  /// Resolved once a process.
  static let found = AutomaticPrecision().precision

  /// On this machine.
  init(places: ModelPlaces = ModelPlaces()) {
    let caches =
      places.variable("XDG_CACHE_HOME") ?? places.variable("HOME").map { $0 + "/.cache" }
    folder = caches.map { $0 + "/embed" }
    let features = ProcessorFeatures.found
    processor = Self.fileName(Processors.name ?? "unknown", features.description)
    hasMatrixUnit = features.hasMatrixUnit
    rate = Self.measuredRate
  }

  init(
    folder: String?, processor: String, hasMatrixUnit: Bool,
    rate: @escaping (Precision) -> Double
  ) {
    (self.folder, self.processor) = (folder, processor)
    (self.hasMatrixUnit, self.rate) = (hasMatrixUnit, rate)
  }

  var precision: Precision {
    guard hasMatrixUnit else { return .f32 }
    guard let folder else { return .bf16x3 }
    let file = "\(folder)/auto-precision.\(processor)"
    if let kept = kept(in: file) { return kept }
    let (f32, bf16x3) = (rate(.f32), rate(.bf16x3))
    let chosen = bf16x3 > f32 ? Precision.bf16x3 : .f32
    let text =
      "\(chosen.rawValue)\nf32 \(fixed(f32 / 1e9, 1)), bf16x3 \(fixed(bf16x3 / 1e9, 1)) GFLOP/s\n"
    do {
      try keep(text, in: file)
    } catch {
      return .bf16x3
    }
    // Another process may have been first.
    return kept(in: file) ?? chosen
  }

  /// The best of a few products of a base model's shape, on one thread.
  static func measuredRate(_ precision: Precision) -> Double {
    let (rows, size) = (512, 768)
    func numbers(_ rows: Int) -> Tensor {
      Tensor([rows, size]) { out in
        for index in out.indices { out[index] = Float(index % 251) / 251 - 0.5 }
      }
    }
    let (x, layer) = (
      numbers(rows), Linear(weight: Weight(rows: numbers(size), precision), bias: nil)
    )
    let least = (0..<6).map { _ in
      ContinuousClock().measure { _ = x.linear(layer) } / .seconds(1)
    }.min()
    return 2 * Double(rows * size * size) / max(least ?? 1, 1e-9)
  }

  /// What a file says in its first line; `nil` where there is none, or it says something else.
  private func kept(in file: String) -> Precision? {
    guard let bytes = try? readFile(file, limit: 1 << 12) else { return nil }
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first ?? ""
    return [Precision.f32, .bf16x3].first { $0.rawValue == line }
  }

  /// Writes a file as a whole, unless there is one that says something by now.
  private func keep(_ text: String, in file: String) throws {
    let folder = enclosingFolder(of: file)
    for path in [enclosingFolder(of: folder), folder] where mkdir(path, 0o700) != 0 {
      guard errno == EEXIST else { throw FileError("\(path): \(systemMessage(errno))") }
    }
    let name = PartialName(file)
    let descriptor = try name.newFile()
    defer { close(descriptor) }
    let code = Array(text.utf8).withUnsafeBytes { writeAll($0, to: descriptor) }
    guard code == 0 else { throw FileError("\(file): \(systemMessage(code))") }
    guard kept(in: file) == nil else { return try removeFile(name.part) }
    try name.finish()
  }

  /// Letters and digits, with dashes for the rest.
  static func fileName(_ parts: String...) -> String {
    parts.joined(separator: "-").split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
      .joined(separator: "-")
  }
}
