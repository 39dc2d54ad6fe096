import Glibc
import ModelFiles
import Tensors

extension ModelConfig {
  /// How config.json has positions turn queries and keys.
  /// - Parameters:
  ///   - size: D, the columns of a head
  ///   - kind: the kind of layer, where kinds differ: "full_attention", "sliding_attention"
  ///   - key: where older files keep θ
  ///   - fallback: θ where the file says none
  func rotary(
    size: Int, kind: String? = nil, key: String = "rope_theta", default fallback: Double
  ) throws -> RotaryPositions {
    guard size % 2 == 0 else {
      throw FileError("\(json.name): heads of \(size) columns cannot be turned; should be even")
    }
    // transformers 5 has one object for all of it, or one for each kind of layer.
    let all = try json.present("rope_parameters")?.object()
    let own = try kind.flatMap { kind in try all?.present(kind)?.object() } ?? all
    let base = try own?.present("rope_theta")?.double() ?? json.double(key, default: fallback)
    guard base > 0, base.isFinite else {
      throw FileError("\(json.name): `\(key)` is \(base), should be above 0")
    }
    // Layers that look at their neighbours alone are not stretched (Gemma 3).
    let old = kind == "sliding_attention" ? nil : try json.present("rope_scaling")?.object()
    let scaling = own ?? old
    let type = try scaling.map { try $0.present("rope_type") ?? $0.present("type") } ?? nil
    let name = try type?.string() ?? "default"
    func factor() throws -> Double {
      guard let factor = try scaling?.double("factor"), factor >= 1, factor.isFinite else {
        throw FileError("\(json.name): the `factor` of \(name) scaling should be at least 1")
      }
      return factor
    }
    switch name {
    case "default": return RotaryPositions(size: size, base: Float(base))
    case "linear":
      return RotaryPositions(size: size, base: Float(base), factor: Float(try factor()))
    case "ntk":
      // As GTE's own code has it: θ times the factor, then all frequencies over factor^(2/D).
      let factor = try factor()
      return RotaryPositions(
        size: size, base: Float(base * factor), factor: Float(pow(factor, 2 / Double(size))))
    default:
      throw FileError(
        "\(json.name): rotary scaling `\(name)` is not computed; known are default, linear, ntk")
    }
  }
}
