import Glibc
import ModelFiles
import Tensors

/// What a loss of rerankers applies to logits before it looks at them.
enum LogitActivation: String, CaseIterable, Sendable {
  case identity, sigmoid, tanh, relu

  /// PyTorch's name of the class, as sentence-transformers writes it down.
  var parameter: (name: String, value: JSONValue) {
    let name =
      switch self {
      case .identity: "linear.Identity"
      case .sigmoid: "activation.Sigmoid"
      case .tanh: "activation.Tanh"
      case .relu: "activation.ReLU"
      }
    return ("activation_fn", .string("torch.nn.modules.\(name)"))
  }

  static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .identity: x
    case .sigmoid: Self.logistic(x)
    case .tanh: Glibc.tanh(x)
    case .relu: x < 0 ? 0 : x
    }
  }

  /// dy/dx
  /// - Parameter y: what x became
  func slope(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .identity: 1
    case .sigmoid: y * (1 - y)
    case .tanh: 1 - y * y
    case .relu: x > 0 ? 1 : 0
    }
  }
}

extension JSON {
  /// The activation that a loss' parameters name.
  func activation(default fallback: LogitActivation = .identity) throws -> LogitActivation {
    try name("activation_fn", default: fallback)
  }
}
