package import ModelFiles
package import Tensors

/// A model's config.json, whose numbers are within reason when they are handed out.
package struct ModelConfig: Sendable {
  package let json: JSON

  package init(_ json: JSON) throws { self.json = try json.object() }

  // Extents multiply to addresses; below this, the product of any two fits many times over.
  private static let largest = 1 << 24

  /// A number of things, at least 1.
  package func count(_ key: String) throws -> Int {
    let value = try json.int(key)
    guard (1...Self.largest).contains(value) else {
      throw FileError(
        "\(json.name): `\(key)` should be between 1 and \(Self.largest), is \(value)")
    }
    return value
  }

  package func count(_ key: String, default fallback: Int) throws -> Int {
    try json.present(key) == nil ? fallback : try count(key)
  }

  /// The words of a model that has one of them for padding, as transformers would have it.
  func vocabulary(_ key: String = "vocab_size") throws -> Int {
    let words = try count(key)
    let padding = try json.int("pad_token_id", default: 0)
    guard padding < words else {
      throw FileError(
        "\(json.name): `pad_token_id` is \(padding), should be below `\(key)`, \(words)")
    }
    return words
  }

  /// A number of things, perhaps none.
  package func size(_ key: String, default fallback: Int) throws -> Int {
    guard let value = try json.present(key)?.int() else { return fallback }
    guard (0...Self.largest).contains(value) else {
      throw FileError("\(json.name): `\(key)` should be between 0 and \(Self.largest), is \(value)")
    }
    return value
  }

  /// The number of one of the things that `count` counts.
  package func index(_ key: String, below count: String, default fallback: Int) throws -> Int32 {
    let value = try json.present(key)?.int() ?? fallback
    let most = try self.count(count)
    guard (0..<most).contains(value) else {
      throw FileError("\(json.name): `\(key)` is \(value), should be below `\(count)`, \(most)")
    }
    return Int32(value)
  }

  // Five times the widest model's (53,248), and a batch's rows of as many fit in memory.
  package static let widest = 1 << 18

  /// A number of columns or of heads, at least 1.
  package func width(_ key: String) throws -> Int { try count(key, atMost: Self.widest) }

  package func width(_ key: String, default fallback: Int) throws -> Int {
    try json.present(key) == nil ? fallback : try width(key)
  }

  // More than any model's, and far less than a list of which would fill the memory.
  static let mostLayers = 1 << 12

  /// A number of layers, at least 1.
  package func layers(_ key: String) throws -> Int { try count(key, atMost: Self.mostLayers) }

  private func count(_ key: String, atMost most: Int) throws -> Int {
    let value = try count(key)
    guard value <= most else {
      throw FileError("\(json.name): `\(key)` is \(value), should be at most \(most)")
    }
    return value
  }

  package func layers(_ key: String, default fallback: Int) throws -> Int {
    try json.present(key) == nil ? fallback : try layers(key)
  }

  /// The ε of a norm: a positive number, small enough not to be a mistake.
  package func epsilon(_ key: String, default fallback: Double) throws -> Float {
    let value = try json.double(key, default: fallback)
    guard value >= 0, value < 1 else {
      throw FileError("\(json.name): `\(key)` should be between 0 and 1, is \(value)")
    }
    return Float(value)
  }

  /// The heads that `hidden` columns are shared among.
  package func heads(_ key: String, hidden: Int, default fallback: Int? = nil) throws -> Int {
    let heads = try fallback.map { try width(key, default: $0) } ?? width(key)
    guard hidden % heads == 0 else {
      throw FileError(
        "\(json.name): `\(key)` is \(heads), which does not divide the hidden size \(hidden)")
    }
    return heads
  }

  /// The heads of queries, and those of keys, each of which serves several.
  package func sharedHeads() throws -> (queries: Int, keys: Int) {
    let queries = try width("num_attention_heads")
    let keys = try width("num_key_value_heads", default: queries)
    guard queries % keys == 0 else {
      throw FileError(
        "\(json.name): `num_key_value_heads` is \(keys), which does not divide "
          + "`num_attention_heads`, \(queries)")
    }
    return (queries, keys)
  }

  /// Of each layer, whether it is one of attention that sees the whole text: `layer_types` where the
  /// file has it.
  /// - Parameter other: what the file calls the other layers
  package func layerKinds(
    otherwise other: String = "sliding_attention", _ isWhole: (_ index: Int) throws -> Bool
  ) throws -> [Bool] {
    let count = try layers("num_hidden_layers")
    guard let kinds = try json.present("layer_types")?.array() else {
      return try (0..<count).map(isWhole)
    }
    guard kinds.count == count else {
      throw FileError(
        "\(json.name): `layer_types` has \(kinds.count) entries, should have \(count)")
    }
    return try kinds.elements.map { kind in
      switch try kind.string() {
      case "full_attention": true
      case other: false
      default: throw kind.mismatch("full_attention or \(other)")
      }
    }
  }

  /// The activation of a gate, by the name of the two together.
  package func gate(_ key: String) throws -> Activation {
    let name = try json.string(key)
    guard let activation = Self.gates[name] else {
      let known = Self.gates.keys.sorted().joined(separator: ", ")
      throw FileError("\(json.name): `\(key)` is `\(name)`, which is not known; known are \(known)")
    }
    return activation
  }

  /// Whether a name is that of a gate and its activation.
  package func isGate(_ key: String) throws -> Bool {
    try Self.gates[json.string(key)] != nil
  }

  private static let gates: [String: Activation] = [
    "swiglu": .silu, "geglu": .gelu, "reglu": .relu, "glu": .sigmoid,
  ]

  /// An activation by the name that transformers gives it.
  package func activation(_ key: String, default fallback: String? = nil) throws -> Activation {
    try activation(
      named: fallback.map { try json.string(key, default: $0) } ?? json.string(key), key)
  }

  /// - Parameter key: where the name was found, or what it was made of
  func activation(named name: String, _ key: String) throws -> Activation {
    guard let activation = Self.activations[name] else {
      let known = Self.activations.keys.sorted().joined(separator: ", ")
      throw FileError("\(json.name): `\(key)` is `\(name)`, which is not known; known are \(known)")
    }
    return activation
  }

  static let activations: [String: Activation] = [
    "gelu": .gelu, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh,
    "quick_gelu": .quickGelu, "silu": .silu, "swish": .silu, "relu": .relu, "tanh": .tanh,
    "sigmoid": .sigmoid,
  ]

  /// Refuses what the file says differently from the one value that is computed.
  package func require(_ key: String, _ value: String, default fallback: String) throws {
    let found = try json.string(key, default: fallback)
    guard found == value else {
      throw FileError("\(json.name): `\(key)` is `\(found)`; only `\(value)` is computed")
    }
  }

  /// Refuses a setting that would change what is computed.
  package func refuse(_ key: String, unless value: Bool? = nil) throws {
    guard let found = try json.present(key) else { return }
    if let value, try found.bool() == value { return }
    throw FileError(
      "\(json.name): `\(key)` is \(found.found), which is not computed; "
        + "it should be \(value.map(String.init) ?? "null")")
  }
}
