import Encoders
import ModelFiles
import Tensors

/// Convolutions of several widths over each text's tokens, their results side by side.
struct CNN: FeatureModule {
  private struct Kernel {
    let width: Int
    let weight: Weight
    let bias: Tensor
  }

  private let kernels: [Kernel]
  /// Tokens from one position of a kernel to the next.
  private let stride: Int
  let info: ModuleInfo

  // Each makes every token's vector longer; the reference has three unless told otherwise.
  private static let mostKernels = 64

  static let hasWeights = true
  static let configFile = ConfigFile("cnn_config.json", "says what convolutions there are")

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let inputs = try input.tokens(for: "CNN")
    let json = source.configuration
    try json.checkWidth("in_word_embedding_dimension", "in_embedding_dimension", is: inputs)
    let outputs = try ModelConfig(json).width("out_channels", default: 256)
    let widths = try json.present("kernel_sizes")?.counts() ?? [1, 3, 5]
    let strides = try json.present("stride_sizes")?.counts() ?? widths.map { _ in 1 }
    guard widths.count <= Self.mostKernels else {
      throw FileError(
        "\(json.name): `kernel_sizes` lists \(widths.count) convolutions; at most \(Self.mostKernels) "
          + "are read")
    }
    guard let first = strides.first, Set(strides).count == 1, strides.count == widths.count,
      Set(widths.map { $0 % 2 }).count == 1
    else {
      throw FileError(
        "\(json.name): the convolutions give different numbers of rows; they should have one stride, "
          + "and widths that are all odd or all even")
    }
    stride = first
    let weights = try source.weights
    kernels = try widths.enumerated().map { index, width in
      let weights = weights["convs.\(index)"]
      return Kernel(
        width: width,
        weight: try weights.convolution(
          "weight", outputs: outputs, inputs: inputs, width: width),
        bias: try weights.vector("bias", outputs))
    }
    let keepsRows = stride == 1 && widths[0] % 2 == 1
    info = ModuleInfo(
      summary: "CNN: \(outputs) channels, widths " + widths.map(String.init).joined(separator: ", ")
        + (stride == 1 ? "" : ", every \(stride) tokens"),
      output: .tokens(
        outputs * widths.count, vocabulary: keepsRows ? input.vocabulary : nil),
      products: widths.map { ProductShape(outputs: outputs, inputs: inputs * $0) })
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    let layout = features.layout
    let lengths = (0..<layout.count).map { rows(layout[$0].count) }
    let output = SequenceLayout(lengths: lengths)
    features.tokenEmbeddings = Tensor.concatenate(
      kernels.map { kernel in
        features.tokenEmbeddings.unfolded(
          of: layout, width: kernel.width, padding: (kernel.width - 1) / 2, stride: stride,
          into: output
        ).linear(kernel.weight, bias: kernel.bias)
      })
    features.layout = output
    return features
  }

  /// How many rows result from this many tokens: with sentence-transformers' padding, an odd width
  /// gives one row a token, an even width one row less.
  private func rows(_ tokens: Int) -> Int {
    let positions = tokens - (kernels[0].width % 2 == 1 ? 0 : 1)
    return positions > 0 ? (positions - 1) / stride + 1 : 0
  }
}
