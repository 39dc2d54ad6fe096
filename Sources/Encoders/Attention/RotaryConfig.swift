import ModelFiles
import Tensors

/// The layers that positions turn alike: of some models, those that see the whole text are told
/// otherwise than those that see a window.
enum RotaryLayers: String {
  case whole = "full_attention"
  case windowed = "sliding_attention"
}

extension ModelConfig {
  /// How config.json has positions turn queries and keys, in all layers alike.
  /// - Parameters:
  ///   - size: D, the columns of a head
  ///   - theta: θ where the file says none
  ///   - positions: `max_position_embeddings` where the file says none
  ///   - rule: whose names and formulas the file has
  func rotary(
    size: Int, theta: Double, positions: Int, rule: RotaryScaling.Rule = .transformers
  ) throws -> RotaryPositions {
    // As transformers has it: what older files say counts before what newer ones do.
    let told = try ["rope_scaling", "rope_parameters"].compactMap { key in
      try json.present(key)?.object()
    }.first { $0.count > 0 }
    for layers in [RotaryLayers.whole, .windowed] where told?[layers.rawValue] != nil {
      throw FileError(
        "\(json.name): rotary positions are told for `\(layers.rawValue)` alone, should be for "
          + "all layers of this `model_type` at once")
    }
    let objects = told.map { [$0] } ?? []
    return try RotaryScaling(
      file: json.name, objects: objects,
      type: Self.type(of: objects) ?? "default", rule: rule, size: size,
      theta: json.double("rope_theta", default: theta),
      part: json.present("partial_rotary_factor")?.double(),
      positions: count("max_position_embeddings", default: positions),
      // Phi's place for it, which counts before that in the object.
      trained: json.present("original_max_position_embeddings")?.int(),
      isCut: told?.bool("truncate", default: true) ?? true
    ).positions()
  }

  /// How config.json has positions turn queries and keys in some layers.
  /// - Parameters:
  ///   - key: where older files have θ
  ///   - isScaled: whether older files' `rope_scaling` is for these layers
  func rotary(
    size: Int, _ layers: RotaryLayers, key: String, theta: Double, positions: Int, isScaled: Bool
  ) throws -> RotaryPositions {
    let all = try json.present("rope_parameters")?.object()
    let own = try all?.present(layers.rawValue)?.object()
    let older = isScaled ? try json.present("rope_scaling")?.object() : nil
    if older != nil, all != nil, own == nil {
      throw FileError(
        "\(json.name): `rope_parameters` has no `\(layers.rawValue)` for `rope_scaling` to add to")
    }
    // What older files say counts before what newer ones do. They start from a `rope_type` of
    // "default", which their `type` does not undo: so transformers has it.
    let type =
      own == nil
      ? try older?.present("rope_type")?.string()
      : try Self.type(of: [older, own].compactMap { $0 })
    return try RotaryScaling(
      file: json.name, objects: [older, own].compactMap { $0 }, type: type ?? "default",
      rule: .transformers, size: size, theta: json.double(key, default: theta),
      part: json.present("partial_rotary_factor")?.double(),
      positions: count("max_position_embeddings", default: positions), trained: nil,
      // Of all layers together, so transformers has it.
      isCut: all?.bool("truncate", default: true) ?? true
    ).positions()
  }

  private static func type(of objects: [JSON]) throws -> String? {
    for key in ["rope_type", "type"] {
      for object in objects {
        if let type = try object.present(key) { return try type.string() }
      }
    }
    return nil
  }
}
