import ArgumentParser
import ModelFiles

/// Where vectors go, and in what form.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where to write (default: standard output). A file is FILE.part until it is whole.",
      valueName: "FILE"), completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "jsonl, npy, f32 (raw rows) or csv (default: by the output's ending, else jsonl).",
      valueName: "FORMAT"))
  var format: VectorFormat?

  @Flag(help: "Leave the text out of JSON lines.")
  var noText = false

  @Flag(help: "Add to JSON lines how many tokens were read, and whether the text was cut.")
  var tokens = false

  var resolvedFormat: VectorFormat { format ?? output.map(VectorFormat.init(ending:)) ?? .jsonl }

  func writer(dimensions: Int) throws -> VectorWriter {
    let writer = try VectorWriter(
      to: output, formatter: RowFormatter(format: resolvedFormat, keepsText: !noText),
      dimensions: dimensions)
    guard !(writer.isTerminal && resolvedFormat.isBinary) else {
      throw FileError(
        "\(resolvedFormat.rawValue) is not for a terminal; name a file with --output, or use a pipe"
      )
    }
    return writer
  }
}

extension VectorFormat: ExpressibleByArgument {}
