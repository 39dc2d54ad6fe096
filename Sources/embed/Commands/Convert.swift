import ArgumentParser
import Embeddings
import ModelFiles
import Tensors

/// `embed convert`: a model's weights as safetensors.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A copy of a model with its weights as safetensors.",
    discussion: """
      Reads safetensors and PyTorch's .bin, whole or in shards, of every module, and writes one \
      model.safetensors for each, and a copy of every other file. sentence-transformers loads the \
      result.

        embed convert -m bertheo --output bertheo-f16 --dtype f16
      """)

  @Option(
    name: [.short, .customLong("model")],
    help: ArgumentHelp(
      "A model directory, or a model's name.", discussion: ModelFinder.explanation,
      valueName: "DIR|NAME"), completion: .directory)
  var model: String?

  @Option(help: ArgumentHelp("The directory to make.", valueName: "DIR"), completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp("f32, f16 or bf16 (default: as they are stored).", valueName: "DTYPE"),
    transform: Self.format)
  var dtype: FloatFormat?

  private static func format(_ name: String) throws -> FloatFormat {
    guard let format = ["f32": FloatFormat.float32, "f16": .float16, "bf16": .bfloat16][name] else {
      throw ValidationError("\(name) is not a dtype; known are f32, f16, bf16")
    }
    return format
  }

  func run() throws {
    let folder = try ModelFolder(ModelFinder().folder(of: model, Messages(isQuiet: false)))
    let conversion = try ModelConversion(of: folder, to: output, format: dtype)
    let report = try OutputFile(nil)
    for part in conversion.written {
      try report.write(Array("\(output)/\(part.file)  \(part.numbers) numbers\n".utf8))
    }
    try report.finish()
  }
}
