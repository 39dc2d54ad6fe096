import Encoders
import ModelFiles
import Tensors

/// The weights of a base model as an adapter changes them.
struct AdaptedWeights {
  private let adapter: AdapterFolder
  private let base: TensorFile
  /// The folder of the base, for messages.
  private let path: String
  private let names: TensorNames

  init(_ adapter: AdapterFolder, of base: TensorFile, in path: String) {
    (self.adapter, self.base, self.path) = (adapter, base, path)
    names = TensorNames(base.names)
  }

  /// The factors of a module's change, as they lie in the file.
  private struct Factors {
    var a, b, lengths: RawTensor?
    var isEmbedding = false
  }

  /// The base's tensors, whole ones of the adapter in their places, and changes of its matrices.
  /// - Throws: where the base does not have what is changed, or in another shape
  func weights() throws -> Weights {
    var factors: [String: Factors] = [:]
    var whole: [String: RawTensor] = [:]
    for raw in adapter.file.names.compactMap({ adapter.file[$0] }) {
      let part = try AdapterTensor(raw, in: adapter)
      switch part.part {
      case .a: factors[part.module, default: Factors()].a = raw
      case .b: factors[part.module, default: Factors()].b = raw
      case .embeddingA: factors[part.module, default: Factors(isEmbedding: true)].a = raw
      case .embeddingB: factors[part.module, default: Factors(isEmbedding: true)].b = raw
      case .lengths: factors[part.module, default: Factors()].lengths = raw
      case .whole:
        let name = try replaced(part.module)
        guard whole.updateValue(raw, forKey: name) == nil else { throw twice(part.module) }
      }
    }
    guard !(factors.isEmpty && whole.isEmpty) else {
      throw FileError("\(place): has no tensors; the adapter is empty")
    }
    let file = try base.replacing(whole, of: adapter.file)
    var changes: [String: any WeightChange] = [:]
    for (module, factors) in factors {
      guard let name = try names.name(for: module + ".weight"), let raw = file[name] else {
        throw try missing("module", module)
      }
      let change = try change(of: raw, module, factors)
      guard changes.updateValue(change, forKey: name) == nil else { throw twice(module) }
    }
    return Weights(file, changes: changes)
  }

  private func change(
    of raw: RawTensor, _ module: String, _ factors: Factors
  ) throws -> LowRankChange {
    guard raw.shape.count == 2, FloatFormat(raw.type) != nil else {
      throw FileError(
        "\(raw.file.path): tensor `\(raw.name)` is \(raw.type.rawValue) \(raw.shape), and "
          + "\(adapter.path) changes it as a matrix of real numbers")
    }
    // As Conv1D stores them, or as tables of vectors that are looked up.
    let isTransposed =
      try factors.isEmbedding || adapter.json.flag("fan_in_fan_out", default: false)
    let (inputs, outputs) =
      isTransposed ? (raw.shape[0], raw.shape[1]) : (raw.shape[1], raw.shape[0])
    guard let a = factors.a, let b = factors.b else {
      throw FileError(
        "\(place): of module `\(module)` it has only \(factors.a == nil ? "" : "A")"
          + "\(factors.b == nil ? "" : "B"); a change is made of both, `lora_A` and `lora_B`")
    }
    let isScaled = try adapter.json.flag("use_dora", default: false)
    guard isScaled == (factors.lengths != nil) else {
      throw FileError(
        "\(place): module `\(module)` has \(isScaled ? "no" : "a") `lora_magnitude_vector`, and "
          + "\(AdapterFolder.settings) says `use_dora`: \(isScaled)")
    }
    let rank = try adapter.rank(of: module)
    return LowRankChange(
      a: try adapter.numbers(a, [rank, inputs], of: path),
      b: try adapter.numbers(b, [outputs, rank], of: path), scale: try adapter.scale(of: module),
      isTransposed: isTransposed,
      lengths: try factors.lengths.map {
        try adapter.numbers($0, [outputs], of: path)
      })
  }

  /// The name of the base's tensor that a whole one replaces; one of a module that the adapter was
  /// trained with (`modules_to_save`) may have none, as a head that the base lacks.
  private func replaced(_ name: String) throws -> String {
    if let known = try names.name(for: name) { return known }
    let saved = try adapter.json.present("modules_to_save")?.array().elements
      .map { try $0.string() }
    let module = name.split(separator: ".").dropLast().joined(separator: ".")
    guard let saved, saved.contains(where: { module == $0 || module.hasSuffix("." + $0) }) else {
      throw try missing("tensor", name)
    }
    return name
  }

  private var place: String { adapter.file.files.first?.path ?? adapter.path }

  private func missing(_ what: String, _ name: String) throws -> FileError {
    let base = try adapter.base.map { "`\($0)`" } ?? "another model"
    return FileError(
      "\(place): the adapter changes the \(what) `\(name)`, which its base (\(base), found as \(path)) "
        + "does not have; it was made for another model of that name, or for one whose modules have "
        + "other names")
  }

  private func twice(_ name: String) -> FileError {
    FileError("\(place): two changes are for the same tensor of the base, one of `\(name)`")
  }
}

/// A tensor of an adapter's file: whose it is, and what of it.
private struct AdapterTensor {
  enum Part { case a, b, embeddingA, embeddingB, lengths, whole }

  /// The name of the module; of a whole tensor, its own.
  let module: String
  let part: Part

  private static let endings: [(ending: String, part: Part)] = [
    (".lora_A.weight", .a), (".lora_B.weight", .b), (".lora_embedding_A", .embeddingA),
    (".lora_embedding_B", .embeddingB), (".lora_magnitude_vector", .lengths),
    (".lora_magnitude_vector.weight", .lengths),
  ]

  init(_ raw: RawTensor, in adapter: AdapterFolder) throws {
    guard raw.name.hasPrefix(AdapterFolder.prefix) else {
      throw FileError(
        "\(raw.file.path): tensor `\(raw.name)` is none of an adapter's, whose names begin with "
          + "`\(AdapterFolder.prefix)`; save it with peft's `save_pretrained`")
    }
    let name = raw.name.dropFirst(AdapterFolder.prefix.count)
    if let (ending, part) = Self.endings.first(where: { name.hasSuffix($0.ending) }) {
      (module, self.part) = (String(name.dropLast(ending.count)), part)
      return
    }
    guard !name.contains("lora_") else {
      throw FileError(
        "\(raw.file.path): tensor `\(raw.name)` is a kind of change that is not read; merge the "
          + "adapter into its base (`merge_and_unload()` in Python's peft) and save the whole model"
      )
    }
    // A module that has a change too keeps what it was under another name.
    (module, part) = (
      name.split(separator: ".").filter { $0 != "base_layer" }.joined(separator: "."), .whole
    )
  }
}

/// Names of a base model's tensors as an adapter of it may say them: either may have in front of them
/// what the network is called in a larger one.
private struct TensorNames {
  // `base_model.encoder.` and the like.
  private static let mostLeft = 3
  private static let mostParts = 64

  private let names: Set<String>
  /// Names by what is left of them without their first parts.
  private var shortened: [Substring: [String]] = [:]

  init(_ names: [String]) {
    self.names = Set(names)
    for name in names {
      for start in Self.starts(name, Self.mostLeft) {
        shortened[name[start...], default: []].append(name)
      }
    }
  }

  /// Where the parts behind the first few dots begin.
  private static func starts(_ name: String, _ most: Int) -> [String.Index] {
    name.indices.lazy.filter { name[$0] == "." }.prefix(most).map { name.index(after: $0) }
  }

  /// The name that the base has for it; `nil` where it has none.
  /// - Throws: where it has several
  func name(for asked: String) throws -> String? {
    if names.contains(asked) { return asked }
    for start in Self.starts(asked, Self.mostParts) where names.contains(String(asked[start...])) {
      return String(asked[start...])
    }
    guard let longer = shortened[asked[...]] else { return nil }
    guard longer.count == 1 else {
      throw FileError(
        "the adapter's `\(asked)` may be each of \(longer.map { "`\($0)`" }.joined(separator: ", ")) of "
          + "its base; name it by the whole")
    }
    return longer[0]
  }
}
