import ArgumentParser
import Embeddings
import Tensors

/// `embed convert`: a model's weights as safetensors.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Write a copy of a model with its weights as safetensors.",
    discussion: """
      Reads safetensors and PyTorch's .bin files, whole or in shards, of every module, or a GGUF file. \
      Writes one model.safetensors for each, and copies every other file. sentence-transformers loads the \
      result.

        embed convert -m bertheo --output bertheo-f16 --dtype f16

      A folder that holds an adapter (adapter_config.json) is written with --merge, as the model that \
      the adapter and its base make.
      """)

  @OptionGroup var model: ModelName

  @OptionGroup var folder: NewModelOption

  @Option(
    help: ArgumentHelp(
      "Convert real numbers to f32, f16 or bf16, or the network's matrices to int8 (default: keep them as "
        + "they are).",
      discussion:
        "int8 is what --precision int8 makes of them, ready for its products: it loads at once, and nothing "
        + "else reads it.",
      valueName: "DTYPE"), transform: Self.format)
  var dtype: ModelConversion.Format?

  @Flag(help: "Merge the adapter in the folder into the weights of its base.")
  var merge = false

  private static func format(_ name: String) throws -> ModelConversion.Format {
    let known: [(name: String, format: ModelConversion.Format)] = [
      ("f32", .floats(.float32)), ("f16", .floats(.float16)), ("bf16", .floats(.bfloat16)),
      ("int8", .int8),
    ]
    guard let found = known.first(where: { $0.name == name }) else {
      throw ValidationError("known are \(known.map(\.name).joined(separator: ", "))")
    }
    return found.format
  }

  func run() throws {
    let conversion = try ModelConversion(
      of: ModelFolder(
        model.folder(), findingBase: ModelFinder.base(Messages(isQuiet: false)),
        task: model.adapter.task),
      to: folder.output, format: dtype, merging: merge
    ) { Interrupt.requested }
    let lines = conversion.written.map { "\(folder.output)/\($0.file)  \($0.numbers) numbers\n" }
    try OutputFile.write(Array(lines.joined().utf8))
  }
}
