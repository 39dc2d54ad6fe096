import Glibc
import ModelFiles
import Tensors

/// How a model's positions are stretched over more tokens than it was first trained with, by the
/// names and in the order of operations of transformers 5: the numbers that Python has there as
/// numbers are Double, those that it has in tensors Float.
struct RotaryScaling {
  /// Whose formulas a file's names stand for.
  enum Rule {
    case transformers
    /// That of GTE's own code, for `model_type` new.
    case new
  }

  let file: String
  /// Where the numbers are; those of the first count before those of the others.
  let objects: [JSON]
  let type: String
  let rule: Rule
  /// D
  let size: Int
  let theta: Double
  /// The part of a head's columns that is turned, where the model says it for all kinds of layers.
  let part: Double?
  /// The tokens that the model takes, and those that it was first trained with.
  let longest, trained: Int
  /// Whether the range of columns that yarn stretches by parts is widened to whole columns.
  let isCut: Bool

  init(
    file: String, objects: [JSON], type: String, rule: Rule, size: Int, theta: Double,
    part: Double?, positions: Int, trained: Int?, isCut: Bool
  ) throws {
    (self.file, self.objects, self.type, self.rule) = (file, objects, type, rule)
    (self.size, self.longest, self.isCut) = (size, positions, isCut)
    guard size % 2 == 0 else {
      throw FileError("\(file): heads of \(size) columns cannot be turned; should be even")
    }
    func first(_ key: String) -> JSON? { Self.first(key, objects) }
    self.theta = try first("rope_theta")?.double() ?? theta
    self.part = try first("partial_rotary_factor")?.double() ?? part
    self.trained =
      try trained ?? first("original_max_position_embeddings")?.int() ?? positions
    guard self.theta > 0 else {
      throw FileError("\(file): `rope_theta` is \(self.theta), should be above 0")
    }
  }

  private static func first(_ key: String, _ objects: [JSON]) -> JSON? {
    objects.lazy.compactMap { $0[key] }.first.flatMap { $0.isNull ? nil : $0 }
  }

  func positions() throws -> RotaryPositions {
    switch (type, rule) {
    // Without scaling, transformers turns all columns, whatever part the file names.
    case ("default", _): return RotaryPositions(size: size, base: Float(theta))
    case ("proportional", .transformers): return try proportional()
    case ("ntk", .new): return try ntk()
    default: break
    }
    guard rule == .transformers, let made = Self.known[type] else {
      let names = rule == .new ? ["ntk"] : Self.known.keys + ["proportional"]
      let known = (["default"] + names.sorted()).joined(separator: ", ")
      throw FileError("\(file): rotary scaling `\(type)` is not computed; known are \(known)")
    }
    if let part, (Double(size) * part).rounded(.down) != Double(size) {
      throw FileError(
        "\(file): `partial_rotary_factor` is \(part), should be 1 with \(type) scaling")
    }
    return try made(self)()
  }

  private static let known: [String: @Sendable (Self) -> () throws -> RotaryPositions] = [
    "dynamic": dynamic, "linear": linear, "llama3": llama3, "longrope": longrope, "yarn": yarn,
  ]

  private func linear() throws -> RotaryPositions {
    RotaryPositions(size: size, base: Float(theta), factor: Float(try positive("factor")))
  }

  /// A part of the columns is turned as if all were; the others stay.
  private func proportional() throws -> RotaryPositions {
    let part = part ?? 1
    guard (0...1).contains(part) else {
      throw FileError("\(file): `partial_rotary_factor` is \(part), should be between 0 and 1")
    }
    let factor = Float(try has("factor") ? positive("factor") : 1)
    let turned = Int((part * Double(size) / 2).rounded(.down))
    return RotaryPositions(
      frequencies: RotaryPositions.frequencies(size: size, base: Float(theta)).enumerated().map {
        $0.offset < turned ? $0.element / factor : 0
      })
  }

  /// θ times the factor, then all frequencies over factor^(2/D).
  private func ntk() throws -> RotaryPositions {
    guard value("mixed_b") == nil else {
      throw FileError("\(file): `mixed_b` of ntk scaling is not computed; it should be null")
    }
    let factor = try positive("factor")
    return RotaryPositions(
      size: size, base: Float(theta * factor), factor: Float(pow(factor, 2 / Double(size))))
  }

  private func dynamic() throws -> RotaryPositions {
    guard size > 2 else {
      throw FileError("\(file): heads of 2 columns have no dynamic scaling; should have more")
    }
    return .dynamic(
      size: size, theta: theta, factor: try positive("factor"), positions: longest)
  }

  /// Fast turns stay, slow ones are over the factor, those between are between.
  private func llama3() throws -> RotaryPositions {
    let (factor, low, high) = try (
      Float(positive("factor")), positive("low_freq_factor"), positive("high_freq_factor")
    )
    let context = try trainedTokens()
    let (slow, fast) = (Float(context / low), Float(context / high))
    let plain = RotaryPositions.frequencies(size: size, base: Float(theta))
    return RotaryPositions(
      frequencies: plain.map { frequency in
        let length = Float(2 * Double.pi) / frequency
        if length > slow { return frequency / factor }
        if length < fast { return frequency }
        let share = (Float(context) / length - Float(low)) / Float(high - low)
        return (1 - share) * frequency / factor + share * frequency
      })
  }

  /// A factor for each pair of columns, others for texts beyond the tokens of the first training.
  private func longrope() throws -> RotaryPositions {
    let context = try trainedTokens()
    let factor = try value("factor") == nil ? Double(longest) / context : positive("factor")
    let scale: Double
    if let told = try number("attention_factor") {
      scale = told
    } else if factor <= 1 {
      scale = 1
    } else if context > 1 {
      scale = (1 + log(factor) / log(context)).squareRoot()
    } else {
      throw FileError(
        "\(file): `original_max_position_embeddings` is 1, should be more with longrope scaling")
    }
    let powers = RotaryPositions.powers(size: size, base: Float(theta))
    func turns(_ key: String) throws -> [Float] {
      zip(try factors(key), powers).map { 1 / ($0 * $1) }
    }
    let long = RotaryPositions(frequencies: try turns("long_factor"), scale: Float(scale))
    return RotaryPositions(
      frequencies: try turns("short_factor"), scale: Float(scale),
      longer: .init(than: trained) { _ in long })
  }

  /// Of columns that turn often, nothing is stretched; of those that turn seldom, all; a ramp
  /// between (Peng et al., 2023).
  private func yarn() throws -> RotaryPositions {
    let context = try trainedTokens()
    guard has("factor") else { throw missing("factor") }
    let factor = try value("factor") == nil ? Double(longest) / context : positive("factor")
    guard theta != 1 else {
      throw FileError("\(file): `rope_theta` is 1, should be another with yarn scaling")
    }
    let (low, high) = try yarnRange(context)
    let powers = RotaryPositions.powers(size: size, base: Float(theta))
    return RotaryPositions(
      frequencies: powers.enumerated().map { index, power in
        let ramp = (Float(index) - Float(low)) / Float(high - low)
        let kept = 1 - min(max(ramp, 0), 1)
        return 1 / (Float(factor) * power) * (1 - kept) + 1 / power * kept
      }, scale: Float(try yarnScale(factor)))
  }

  /// The first pair of columns that is stretched, and the first that is stretched whole.
  private func yarnRange(_ context: Double) throws -> (low: Double, high: Double) {
    func column(_ key: String, default fallback: Double) throws -> Double {
      let told = try number(key) ?? 0
      let turns = told == 0 ? fallback : told
      guard turns > 0 else { throw mismatch(key, "above 0") }
      return Double(size) * log(context / (turns * 2 * .pi)) / (2 * log(theta))
    }
    let (fast, slow) = try (
      column("beta_fast", default: 32), column("beta_slow", default: 1)
    )
    let low = max(isCut ? fast.rounded(.down) : fast, 0)
    let high = min(isCut ? slow.rounded(.up) : slow, Double(size - 1))
    return (low, low == high ? high + 0.001 : high)
  }

  private func yarnScale(_ factor: Double) throws -> Double {
    if let told = try number("attention_factor") { return told }
    func scale(_ weight: Double) -> Double { factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1 }
    let (some, all) = try (number("mscale") ?? 0, number("mscale_all_dim") ?? 0)
    return some != 0 && all != 0 ? scale(some) / scale(all) : scale(1)
  }
}

extension RotaryScaling {
  private func has(_ key: String) -> Bool { objects.contains { $0[key] != nil } }

  private func value(_ key: String) -> JSON? { Self.first(key, objects) }

  private func number(_ key: String) throws -> Double? { try value(key)?.double() }

  private func positive(_ key: String) throws -> Double {
    guard let number = try number(key) else { throw missing(key) }
    guard number > 0 else { throw mismatch(key, "above 0") }
    return number
  }

  /// The tokens that the model was first trained with.
  private func trainedTokens() throws -> Double {
    guard trained > 0 else { throw mismatch("original_max_position_embeddings", "above 0") }
    return Double(trained)
  }

  /// A positive number for each pair of columns.
  private func factors(_ key: String) throws -> [Float] {
    guard let list = try value(key)?.array().elements else { throw missing(key) }
    let factors = try list.map { try Float($0.double()) }
    guard factors.count == size / 2, factors.allSatisfy({ $0 > 0 }) else {
      throw FileError(
        "\(file): `\(key)` of \(type) scaling should be \(size / 2) numbers above 0, "
          + "half as many as a head has columns; has \(factors.count)")
    }
    return factors
  }

  private func missing(_ key: String) -> FileError {
    FileError("\(file): \(type) scaling of rotary positions needs `\(key)`, which is missing")
  }

  private func mismatch(_ key: String, _ expected: String) -> FileError {
    FileError(
      "\(file): `\(key)` of \(type) scaling is \(value(key)?.found ?? "missing"), "
        + "should be \(expected)")
  }
}

extension RotaryPositions {
  /// θ grows with the tokens of a text beyond `positions`. A text is turned as if it were alone:
  /// the reference takes the longest of a batch, and keeps what a text before it made.
  static func dynamic(
    size: Int, theta: Double, factor: Double, positions: Int
  ) -> RotaryPositions {
    let growth = Float(Double(size) / Double(size - 2))
    return RotaryPositions(
      frequencies: frequencies(size: size, base: Float(theta)),
      longer: .init(than: positions) { tokens in
        let stretch = Float(factor) * Float(tokens) / Float(positions) - Float(factor - 1)
        return RotaryPositions(size: size, base: Float(theta) * powf(stretch, growth))
      })
  }
}
