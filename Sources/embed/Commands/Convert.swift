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
      "Convert real numbers to f32, f16 or bf16 (default: keep them as they are).",
      valueName: "DTYPE"), transform: Self.format)
  var dtype: FloatFormat?

  @Flag(help: "Merge the adapter in the folder into the weights of its base.")
  var merge = false

  private static func format(_ name: String) throws -> FloatFormat {
    guard let format = ["f32": FloatFormat.float32, "f16": .float16, "bf16": .bfloat16][name] else {
      throw ValidationError("known are f32, f16, bf16")
    }
    return format
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
