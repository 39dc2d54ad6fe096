import Encoders
import Machine
package import Tensors

/// How a model is to run. None of it changes a vector, but for `maximumLength` and `precision`.
public struct EmbedderOptions: Sendable {
  /// Threads at most; by default as many as the processors that this process may use.
  public var threads: Int
  /// Tokens that go through the model together, about.
  public var batchTokens: Int
  /// Fewer tokens of each text than the model would read; `nil` for as many.
  public var maximumLength: Int?

  /// What is wanted of the model, where its files leave open what it is; `nil` for what they say.
  public var kind: ModelKind?

  /// How exactly the network's products are computed; `f32` is the definition.
  public var precision: Precision

  /// The name that the model was asked for by, where it is not a path: sentence-transformers knows
  /// some by it.
  package var modelName: String?

  /// Finds the model that an adapter was made for, by the name that it says.
  package var findingBase: ModelFolder.BaseFinder = ModelFolder.namedFolder

  /// The task whose adapter changes the weights, of models that have such.
  package var task: String?

  /// How a plain network's token vectors become one, where no file says it: a name of `pooling_mode`.
  package var pooling: String?

  /// How many of a document's token vectors become one, in late interaction; `nil` for as the model's
  /// files have it.
  package var poolFactor: Double?

  /// From how many bytes of files on matrices in half precision stay there.
  package var storedFrom = Weights.fewestStored

  /// Whether pooling leaves a prompt's tokens out, whatever the model's files say: the models of
  /// INSTRUCTOR, which sentence-transformers tells by their names.
  var leavesOutPrompts: Bool {
    ["base", "large", "xl"].contains { modelName == "hkunlp/instructor-\($0)" }
  }

  /// The same for a model of this kind, unless they say another.
  func asking(_ kind: ModelKind) -> EmbedderOptions {
    var options = self
    options.kind = options.kind ?? kind
    return options
  }

  // Far more than speeds anything up; what is beyond would overflow sizes.
  static let mostBatchTokens = 1 << 20

  public init(
    threads: Int? = nil, batchTokens: Int = 512, maximumLength: Int? = nil,
    precision: Precision = .f32
  ) {
    self.threads = max(1, min(threads ?? Processors.allowed, Processors.allowed))
    self.batchTokens = max(1, min(batchTokens, Self.mostBatchTokens))
    self.maximumLength = maximumLength
    self.precision = precision
  }

  /// How exactly products are computed.
  public enum Precision: String, CaseIterable, Sendable {
    /// float32 through CBLAS.
    case f32
    /// Each float32 as the sum of two bfloat16: about float32's exactness.
    case bf16x3
    case bf16
    /// Weights and activations in 8 bits, attention in bfloat16.
    case int8

    /// Why this processor cannot do it; `nil` where it can.
    public var obstacle: String? { tensors.obstacle }

    package init(_ precision: Tensors.Precision) {
      self =
        switch precision {
        case .f32: .f32
        case .bf16x3: .bf16x3
        case .bf16: .bf16
        case .int8: .int8
        }
    }

    package var tensors: Tensors.Precision {
      switch self {
      case .f32: .f32
      case .bf16x3: .bf16x3
      case .bf16: .bf16
      case .int8: .int8
      }
    }
  }
}
