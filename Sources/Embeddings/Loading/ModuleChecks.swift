import ModelFiles

extension FeatureShape {
  /// The width of token rows, which `module` needs.
  func tokens(for module: String) throws -> Int {
    guard owner == .tokens else {
      throw FileError(
        "\(ModuleList.fileName): \(module) stands where each text has one vector already; it takes "
          + "the vectors of tokens, so it stands before Pooling, and a model has one Pooling")
    }
    return width
  }

  /// The width of text rows, which `module` needs.
  func texts(for module: String) throws -> Int {
    guard owner == .texts else {
      throw FileError(
        "\(ModuleList.fileName): \(module) stands before Pooling; it takes one vector a text, swap them"
      )
    }
    return width
  }

  /// The entries of the vocabulary that a head makes numbers for, which `module` needs.
  /// - Parameters:
  ///   - task: of the network that has such a head
  ///   - file: the module's
  func logits(for module: String, task: NetworkTask, _ file: JSON) throws -> Int {
    guard let logits else {
      throw FileError(
        "\(file.name): \(module) stands where there are no numbers of a vocabulary's entries; it takes "
          + "those of a Transformer whose transformer_task is \(task.rawValue)")
    }
    return logits
  }
}

extension JSON {
  /// Which of the two vectors, of tokens or of the text, a module declares to change; `nil` if it
  /// declares none.
  private func changed() throws -> (name: String, owner: FeatureShape.Owner)? {
    let owners = ["token_embeddings": FeatureShape.Owner.tokens, "sentence_embedding": .texts]
    let named = try ["module_input_name", "module_output_name"].map { try present($0)?.string() }
    guard let first = named.compactMap({ $0 }).first else { return nil }
    let input = named[0] ?? "sentence_embedding"
    let output = named[1] ?? first
    guard let owner = owners[input], output == input else {
      throw FileError(
        "\(name): `module_input_name` is `\(input)` and `module_output_name` `\(output)`; "
          + "both should be token_embeddings or both sentence_embedding")
    }
    return (input, owner)
  }

  /// Checks that a module that changes vectors of tokens or of texts is listed where there are such.
  func checkPlace(of module: String, _ input: FeatureShape) throws {
    let changed = try changed() ?? ("sentence_embedding", .texts)
    guard changed.owner == input.owner else {
      throw FileError(
        "\(name): \(module) changes `\(changed.name)`, but stands "
          + (input.owner == .tokens ? "before" : "after")
          + " Pooling, where there are vectors of \(input.owner) only")
    }
  }

  /// Checks a width in a module's file against the output of the module before it.
  /// - Parameter names: the member's name, and the one it got later
  func checkWidth(_ names: String..., is width: Int) throws {
    let key = names.last { self[$0] != nil } ?? names[0]
    let found = try int(key)
    guard found == width else {
      throw FileError(
        "\(name): `\(key)` is \(found), but the vectors before it have \(width) numbers")
    }
  }
}

extension JSON {
  /// An object without members.
  static func empty(named name: String) throws -> JSON { try JSON(Array("{}".utf8), name: name) }

  /// A list of whole numbers from 1 to 65536, at least one.
  func counts() throws -> [Int] {
    let values = try array().elements.map { try $0.int() }
    guard !values.isEmpty, values.allSatisfy({ (1...1 << 16).contains($0) }) else {
      throw FileError("\(name): `\(path)` should be whole numbers from 1 to \(1 << 16)")
    }
    return values
  }
}
