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

  // More than any model's, and far less than a list of which would fill the memory.
  private static let mostLayers = 1 << 12

  /// A number of layers, at least 1.
  package func layers(_ key: String) throws -> Int {
    let value = try count(key)
    guard value <= Self.mostLayers else {
      throw FileError("\(json.name): `\(key)` is \(value), should be at most \(Self.mostLayers)")
    }
    return value
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
  package func heads(_ key: String, hidden: Int) throws -> Int {
    let heads = try count(key)
    guard hidden % heads == 0 else {
      throw FileError(
        "\(json.name): `\(key)` is \(heads), which does not divide the hidden size \(hidden)")
    }
    return heads
  }

  /// An activation by the name that transformers gives it.
  package func activation(_ key: String, default fallback: String? = nil) throws -> Activation {
    let name = try fallback.map { try json.string(key, default: $0) } ?? json.string(key)
    guard let activation = Self.activations[name] else {
      let known = Self.activations.keys.sorted().joined(separator: ", ")
      throw FileError("\(json.name): `\(key)` is `\(name)`, which is not known; known are \(known)")
    }
    return activation
  }

  private static let activations: [String: Activation] = [
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
}
