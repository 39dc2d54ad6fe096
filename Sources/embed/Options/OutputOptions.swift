import ArgumentParser
import ModelFiles
import Vectors

/// Where vectors go, and in what form.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where to write (default: standard output). A file is FILE.part until it is whole, and "
        + "FILE.part.json says what made that.",
      valueName: "FILE"), completion: .file())
  var output: String?

  @Flag(
    help: ArgumentHelp(
      "Go on where an earlier run of the same model, options and texts was ended.",
      discussion: "What that wrote to FILE.part is kept; without one, begin at the first row."))
  var resume = false

  @Option(
    help: ArgumentHelp(
      "jsonl, npy, csv, or raw rows: f32, and of quantized bytes i8 (with a sign) or u8 "
        + "(default: by the output's ending, else jsonl).",
      valueName: "FORMAT"))
  var format: VectorFormat?

  @Option(
    help: ArgumentHelp(
      "Fewer bits: int8 or uint8, 256 steps between the least and the largest number of each "
        + "column; binary or ubinary, a bit for each number that says whether it is above 0.",
      discussion:
        "int8 and uint8 take the columns' ranges from --calibration, else from all vectors of the "
        + "run: nothing is written before its end then, and the rows wait in a temporary file "
        + "($TMPDIR, else /tmp).",
      valueName: "KIND"))
  var quantize: Quantization?

  @Option(
    help: ArgumentHelp(
      "What int8 and uint8 take the columns' ranges from: texts like those to encode, or their "
        + "vectors as an .npy file.",
      valueName: "FILE"), completion: .file())
  var calibration: String?

  @Flag(help: "Leave the text out of JSON lines.")
  var noText = false

  @Flag(help: "Add to JSON lines how many tokens were read, and whether the text was cut.")
  var tokens = false

  var resolvedFormat: VectorFormat { format ?? output.map(VectorFormat.init(ending:)) ?? .jsonl }

  /// Whether ranges are needed that only all vectors together can tell.
  var needsAllVectors: Bool { quantize?.usesRanges == true && calibration == nil }

  func validate() throws {
    let format = resolvedFormat
    if let element = format.rawElement, element != quantize?.elementType ?? "<f4" {
      throw ValidationError(
        quantize.map {
          "--format \(format.rawValue) does not hold the bytes of --quantize \($0.rawValue); use "
            + "\($0.isSigned ? "i8" : "u8"), npy, jsonl or csv"
        } ?? "--format \(format.rawValue) needs --quantize; rows of float32 are f32")
    }
    if let calibration {
      guard quantize?.usesRanges == true else {
        throw ValidationError("--calibration is for --quantize int8 and uint8 only")
      }
      if calibration == "-" { throw ValidationError("--calibration must name a file") }
    }
    if resume {
      if output == nil || output == "-" {
        throw ValidationError("--resume needs --output FILE, to go on from FILE.part")
      }
      if needsAllVectors {
        throw ValidationError(
          "--resume with --quantize int8 and uint8 needs --calibration: without it nothing is "
            + "written before the end, so that there is nothing to go on from")
      }
    }
  }

  /// Opens the output.
  /// - Parameters:
  ///   - ranges: what int8 and uint8 go by, if it is known yet
  ///   - record: what a later run that resumes this one must be like
  func writer(
    dimensions: Int, ranges: ColumnRanges?, record: () throws -> RunRecord
  ) throws -> VectorWriter {
    let writer = try VectorWriter(
      to: output,
      formatter: RowFormatter(
        format: resolvedFormat, keepsText: !noText, quantization: quantize, ranges: ranges),
      dimensions: dimensions, resumes: resume, record: record)
    guard !(writer.isTerminal && resolvedFormat.isBinary) else {
      throw FileError(
        "\(resolvedFormat.rawValue) is not for a terminal; name a file with --output, or use a pipe"
      )
    }
    guard !resume || writer.part != nil else {
      throw FileError("\(writer.name) is no file; --resume goes on from a FILE.part")
    }
    return writer
  }
}

extension VectorFormat: ExpressibleByArgument {}
extension Quantization: ExpressibleByArgument {}
