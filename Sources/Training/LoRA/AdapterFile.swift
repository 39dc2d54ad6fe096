import Embeddings
import ModelFiles
import Tensors

/// An adapter that training goes on from: one whose changes are of linear modules, and all alike.
struct AdapterFile {
  private let folder: AdapterFolder
  private var json: JSON { folder.json }

  init(_ path: String) throws {
    guard try fileExists("\(path)/\(AdapterFolder.settings)") else {
      throw FileError(
        "\(path): no adapter to go on from, as it has no \(AdapterFolder.settings); name a folder that "
          + "peft or `--lora …,save=adapter` has written")
    }
    folder = try AdapterFolder(path)
    try check()
  }

  /// Refuses what is not trained.
  private func check() throws {
    for key in ["use_dora", "fan_in_fan_out"] where try json.flag(key, default: false) {
      throw refused(key)
    }
    for key in ["rank_pattern", "alpha_pattern", "modules_to_save"] {
      if let value = try json.present(key), value.count > 0 { throw refused(key) }
    }
    if let bias = try json.present("bias"), try bias.string() != "none" { throw refused("bias") }
  }

  private func refused(_ key: String) -> FileError {
    FileError(
      "\(json.name): `\(key)` is \(json[key]?.found ?? "set"), which is not trained on here; go on "
        + "from an adapter without it, or merge it into its base (`embed convert --merge`)")
  }

  /// What the adapter says of itself, and what is asked for beside it.
  func options(_ asked: LoRAOptions) throws -> LoRAOptions {
    var options = asked
    options.rank = try folder.rank
    options.alpha = try folder.alpha
    options.isRankStabilized = try folder.isRankStabilized
    if let modules = try modules { options.modules = .named(modules) }
    return options
  }

  /// `target_modules`; `nil` where they are no list.
  var modules: [String]? {
    get throws {
      guard let list = try json.present("target_modules"), list.kind == .array else { return nil }
      return try list.elements.map { try $0.string() }.sorted()
    }
  }

  /// The name of the model that it was trained on.
  var base: String? { get throws { try folder.base } }

  /// The modules that it changes.
  /// - Throws: where the model does not have them
  func entries(in linear: LinearModules, of model: String) throws -> [LinearModules.Entry] {
    var found: [String: LinearModules.Entry] = [:]
    for name in folder.file.names {
      guard name.hasPrefix(AdapterFolder.prefix), let end = Self.ends.first(where: name.hasSuffix)
      else {
        throw FileError(
          "\(place): tensor `\(name)` is none of a linear module's changes, such as "
            + "`\(AdapterFolder.prefix)….lora_A.weight`; such adapters are not trained on here")
      }
      let module = String(name.dropFirst(AdapterFolder.prefix.count).dropLast(end.count))
      guard let entry = linear.module(named: module) else { throw try problem(module, model) }
      found[entry.module] = entry
    }
    guard !found.isEmpty else {
      throw FileError("\(place): has no tensors; the adapter is empty")
    }
    return linear.entries.filter { found[$0.module] != nil }
  }

  /// A and B of a module.
  func values(
    _ names: (a: String, b: String), outputs: Int, _ inputs: Int, of model: String
  ) throws -> [(name: String, tensor: Tensor)] {
    let rank = try folder.rank
    return try [(names.a, [rank, inputs]), (names.b, [outputs, rank])].map { name, shape in
      guard let raw = stored(name) else {
        throw try problem(String(name.dropFirst(AdapterFolder.prefix.count)), model)
      }
      return (name, try folder.numbers(raw, shape, of: model))
    }
  }

  /// A tensor by the name that it has here; in the file another may stand before the network's.
  private func stored(_ name: String) -> RawTensor? {
    let (file, prefix) = (folder.file, AdapterFolder.prefix)
    return file[name]
      ?? file.names.first { other in
        other.hasPrefix(prefix) && other.hasSuffix("." + name.dropFirst(prefix.count))
      }.flatMap { file[$0] }
  }

  private var place: String { folder.file.files.first?.path ?? folder.path }

  private static let ends = [".lora_A.weight", ".lora_B.weight"]

  private func problem(_ what: String, _ model: String) throws -> FileError {
    let base = try self.base.map { "`\($0)`" } ?? "another model"
    return FileError(
      "\(folder.path): the adapter changes `\(what)`, which \(model) does not have so; the adapter was made "
        + "for \(base): start from that model (-m)")
  }
}
