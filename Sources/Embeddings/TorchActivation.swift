import Encoders
import Glibc
import ModelFiles
import Tensors

/// An activation of PyTorch with its standard arguments: Dense saves the name of its class alone.
struct TorchActivation: Sendable {
  /// The last name of its class.
  let name: String
  private let function: Function

  private typealias RowFunction =
    @Sendable (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void

  private enum Function {
    case fused(Activation)
    case each(@Sendable (Float) -> Float, slope: @Sendable (Float) -> Float)
    /// x, or so much of it where it is negative.
    case leaky(slope: Tensor)
    /// From a row x to y, and, for the way back, from y to the change of dy to dx.
    case row(RowFunction, slope: RowFunction)
  }

  /// What the product may do on the way.
  var fused: Activation { if case .fused(let activation) = function { activation } else { .none } }

  /// What is left to do behind the product.
  func callAsFunction(_ x: Tensor) -> Tensor {
    switch function {
    case .fused: x
    case .leaky(let slope): x.leaky(slope: slope)
    case .each(let apply, let slope): x.mapped(apply, slope: slope)
    case .row(let apply, let slope): x.mappedRows(apply, slope: slope)
    }
  }

  /// The activation of a Dense module, and a warning about it. Python code that is not PyTorch's
  /// is not run; sentence-transformers then takes Tanh and warns, and so does this.
  /// - Parameter weights: those of the activation, of which PReLU has one
  static func named(
    _ json: JSON, _ weights: Weights, over input: FeatureShape
  ) throws -> (TorchActivation, warning: String?) {
    guard let value = json["activation_function"] else { return (tanh, nil) }
    if value.isNull { return (identity, nil) }
    let path = try value.string()
    guard path.hasPrefix("torch.") else {
      return (
        tanh,
        "\(json.name): activation_function `\(path)` is not PyTorch's own; Tanh is taken, as "
          + "sentence-transformers does"
      )
    }
    let homes = ["torch.nn.modules.activation.", "torch.nn.modules.linear.", "torch.nn."]
    let name = homes.first(where: path.hasPrefix).map { String(path.dropFirst($0.count)) } ?? ""
    if name == "PReLU" {
      let slope = try weights.vector("weight", 1)
      return (TorchActivation(name: name, function: .leaky(slope: slope)), nil)
    }
    guard let function = known[name] else {
      throw FileError(
        "\(json.name): activation_function `\(path)` is not known; known are those of torch.nn "
          + "that need no arguments and keep a vector's length: \(names.joined(separator: ", "))")
    }
    if case .row = function, input.owner == .tokens {
      throw FileError(
        "\(json.name): activation_function `\(path)` over tokens would mix texts with each other")
    }
    return (TorchActivation(name: name, function: function), nil)
  }

  private static let identity = TorchActivation(name: "Identity", function: .fused(.none))
  private static let tanh = TorchActivation(name: "Tanh", function: .fused(.tanh))

  /// The names that are known, sorted.
  static let names: [String] = (known.keys + ["PReLU"]).sorted()

  private static let known: [String: Function] = [
    "GELU": .fused(.gelu), "Identity": .fused(.none), "ReLU": .fused(.relu),
    "SiLU": .fused(.silu), "Sigmoid": .fused(.sigmoid), "Tanh": .fused(.tanh),
    "CELU": .each(elu, slope: eluSlope), "ELU": .each(elu, slope: eluSlope),
    "Hardshrink": .each(
      { $0.magnitude > 0.5 || $0.isNaN ? $0 : 0 }, slope: { $0.magnitude > 0.5 ? 1 : 0 }),
    "Hardsigmoid": .each({ clamp($0 + 3, 0, 6) / 6 }, slope: { $0.magnitude < 3 ? 1 / 6 : 0 }),
    "Hardswish": .each(
      { $0 * clamp($0 + 3, 0, 6) / 6 }, slope: { $0 <= -3 ? 0 : $0 < 3 ? $0 / 3 + 0.5 : 1 }),
    "Hardtanh": .each({ clamp($0, -1, 1) }, slope: { $0.magnitude < 1 ? 1 : 0 }),
    "LeakyReLU": .each({ $0 >= 0 ? $0 : 0.01 * $0 }, slope: { $0 > 0 ? 1 : 0.01 }),
    "LogSigmoid": .each({ min($0, 0) - log1pf(expf(-$0.magnitude)) }, slope: { sigmoid(-$0) }),
    "Mish": .each {
      $0 * tanhf(softplus($0))
    } slope: {
      // y = x · t with t = tanh(softplus(x)), so y' = t + x · (1 − t²) · σ(x).
      let tanh = tanhf(softplus($0))
      return tanh + $0 * (1 - tanh * tanh) * sigmoid($0)
    },
    // Drawn at random between 1/8 and 1/3 in PyTorch's training; their middle afterwards, and in
    // training here, so that a step can be repeated.
    "RReLU": .each(
      { $0 >= 0 ? $0 : (0.125 + 1 / 3) / 2 * $0 }, slope: { $0 > 0 ? 1 : (0.125 + 1 / 3) / 2 }),
    "ReLU6": .each({ clamp($0, 0, 6) }, slope: { $0 > 0 && $0 < 6 ? 1 : 0 }),
    // Klambauer et al., 2017.
    "SELU": .each(
      { 1.050_700_987_355_480_5 * ($0 > 0 ? $0 : 1.673_263_242_354_377_2 * expm1f($0)) },
      slope: { 1.050_700_987_355_480_5 * ($0 > 0 ? 1 : 1.673_263_242_354_377_2 * expf($0)) }),
    "Softplus": .each(softplus) { $0 > 20 ? 1 : sigmoid($0) },
    "Softshrink": .each(
      { $0 > 0.5 ? $0 - 0.5 : $0 < -0.5 ? $0 + 0.5 : $0.isNaN ? $0 : 0 },
      slope: { $0.magnitude > 0.5 ? 1 : 0 }),
    "Softsign": .each(
      { $0 / (1 + $0.magnitude) }, slope: { 1 / ((1 + $0.magnitude) * (1 + $0.magnitude)) }),
    "Tanhshrink": .each({ $0 - tanhf($0) }, slope: { tanhf($0) * tanhf($0) }),
    "LogSoftmax": .row {
      logSoftmax($0, $1, sign: 1)
    } slope: { y, dy in
      // yᵢ = xᵢ − log Σ exp(x), so dxᵢ = dyᵢ − exp(yᵢ) Σ dy.
      let sum = dy.reduce(0, +)
      for index in dy.indices { dy[index] -= expf(y[index]) * sum }
    },
    "Softmax": .row({ softmax($0, $1, sign: 1) }, slope: { softmaxSlope($0, $1, sign: 1) }),
    "Softmin": .row({ softmax($0, $1, sign: -1) }, slope: { softmaxSlope($0, $1, sign: -1) }),
  ]

  private static func clamp(_ x: Float, _ low: Float, _ high: Float) -> Float {
    x < low ? low : x > high ? high : x
  }

  private static func elu(_ x: Float) -> Float { x > 0 ? x : expm1f(x) }
  private static func eluSlope(_ x: Float) -> Float { x > 0 ? 1 : expf(x) }

  private static func sigmoid(_ x: Float) -> Float { 1 / (1 + expf(-x)) }

  // Above 20 PyTorch takes x itself.
  private static func softplus(_ x: Float) -> Float { x > 20 ? x : log1pf(expf(x)) }

  /// x ↦ ±x − log Σ exp(±x)
  private static func logSoftmax(
    _ x: UnsafeBufferPointer<Float>, _ out: UnsafeMutableBufferPointer<Float>, sign: Float
  ) {
    let largest = x.reduce(-Float.infinity) { max($0, sign * $1) }
    let sum = x.reduce(0) { $0 + expf(sign * $1 - largest) }
    for index in out.indices { out[index] = sign * x[index] - largest - logf(sum) }
  }

  private static func softmax(
    _ x: UnsafeBufferPointer<Float>, _ out: UnsafeMutableBufferPointer<Float>, sign: Float
  ) {
    logSoftmax(x, out, sign: sign)
    for index in out.indices { out[index] = expf(out[index]) }
  }

  /// y = softmax(±x), so dx = ±y ⊙ (dy − Σ y dy).
  private static func softmaxSlope(
    _ y: UnsafeBufferPointer<Float>, _ dy: UnsafeMutableBufferPointer<Float>, sign: Float
  ) {
    let sum = y.indices.reduce(0) { $0 + y[$1] * dy[$1] }
    for index in y.indices { dy[index] = sign * y[index] * (dy[index] - sum) }
  }
}
