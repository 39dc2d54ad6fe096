import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// The output of vectors and its format.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write to FILE (default: standard output). Until it is complete it is FILE.part, and "
        + "FILE.part.json records what made that.", valueName: "FILE"), completion: .file())
  var output: String?

  @Flag(
    help: ArgumentHelp(
      "Continue an interrupted run of the same model, options and texts.",
      discussion: "Keeps the rows in FILE.part; without one, begins at the first row."))
  var resume = false

  @Option(
    help: ArgumentHelp(
      "Write jsonl, npy, csv, npz of sparse vectors, or raw rows: f32 of floats, i8 or u8 of "
        + "quantized bytes (default: by the output's ending, else jsonl).",
      valueName: "FORMAT"))
  var format: VectorFormat?

  @Option(
    help: ArgumentHelp(
      "Quantize vectors: int8 or uint8, 256 steps between the minimum and the maximum of each "
        + "dimension; binary or ubinary, one bit a dimension, set above 0.",
      discussion:
        "int8 and uint8 take the ranges from --calibration, else from all vectors of the run: then "
        + "rows wait in a temporary file ($TMPDIR, else /tmp) and are written at the end.",
      valueName: "KIND"))
  var quantize: Quantization?

  @Option(
    help: ArgumentHelp(
      "Take the ranges of int8 and uint8 from FILE: texts like those to encode, or their vectors "
        + "as an .npy file.", valueName: "FILE"), completion: .file())
  var calibration: String?

  @Flag(help: "Leave the text out of JSON lines.")
  var noText = false

  @Flag(help: "Add the number of tokens to JSON lines, and whether the text was cut.")
  var tokens = false

  var resolvedFormat: VectorFormat {
    format ?? output.flatMap { OutputEnding($0).format } ?? .jsonl
  }

  /// Whether ranges are needed that are known only once all vectors are.
  var needsAllVectors: Bool { quantize?.usesRanges == true && calibration == nil }

  func validate() throws {
    if let output { try OutputEnding(output).check(output, asked: self.format) }
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
        throw ValidationError("--calibration needs --quantize int8 or uint8")
      }
      if calibration == "-" { throw ValidationError("--calibration must name a file") }
    }
    if resume {
      if output == nil || output == "-" {
        throw ValidationError("--resume needs --output FILE, to continue FILE.part")
      }
      if needsAllVectors {
        throw ValidationError(
          "--resume with --quantize int8 or uint8 needs --calibration: without it nothing is "
            + "written before the end")
      }
    }
  }

  /// Opens the output; `ranges` are those of int8 and uint8, if they are known yet, `hasTerms` says
  /// that JSON lines have the tokens of sparse vectors, and `record` is what a later run that
  /// resumes this one must be like.
  func writer(
    _ model: VectorModel, dimensions: Int, ranges: ColumnRanges?, hasTerms: Bool,
    record: () throws -> VectorsRecord
  ) throws -> VectorWriter {
    var formatter = RowFormatter(
      format: resolvedFormat, keepsText: !noText, quantization: quantize, ranges: ranges)
    if hasTerms, case .sparse(let embedder) = model { formatter.terms = embedder.decode }
    let hasManyVectors = if case .multi = model { true } else { false }
    let writer = try VectorWriter(
      to: output, formatter: formatter, dimensions: dimensions, hasManyVectors: hasManyVectors,
      resumes: resume, record: record)
    guard !(writer.isTerminal && resolvedFormat.isBinary) else {
      throw FileError(
        "\(resolvedFormat.rawValue) cannot be printed on a terminal; give --output FILE or use a "
          + "pipe")
    }
    guard !resume || writer.part != nil else {
      throw FileError("\(writer.name) is no file; --resume needs one, to continue its FILE.part")
    }
    return writer
  }
}

extension VectorFormat: ExpressibleByArgument {}
extension Quantization: ExpressibleByArgument {}
