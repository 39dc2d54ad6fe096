import Embeddings
import Tensors
import Vectors

/// What a run that resumes another must have in common with it.
extension Encode {
  /// - Parameter ranges: what int8 and uint8 go by
  func record(_ steps: EncodeSteps, _ ranges: ColumnRanges?) throws -> RunRecord {
    let embedder = steps.embedder
    let encoding = try steps.prompt.encoding(of: Array(VectorsRecord.probeText.utf8))
    var vectors = Fingerprint()
    vectors.add(try embedder.vectors(of: [encoding], by: steps.prompt)[0])
    return RunRecord(
      model: embedder.model.folder.path, vectors: vectors.text, options: options(steps, ranges))
  }

  private func options(_ steps: EncodeSteps, _ ranges: ColumnRanges?) -> [String: String] {
    var options = [
      "--format": output.resolvedFormat.rawValue, "--precision": model.precision.rawValue,
      "--long": long.rawValue, "--on-error": onError.rawValue, "--field": input.format.field,
      "--dimensions": "\(steps.dimensions)",
    ]
    let prompt = String(decoding: steps.prompt.prompt, as: UTF8.self)
    if !prompt.isEmpty { options["--prompt"] = "`\(prompt)`" }
    options["--max-length"] = model.maxLength.map(String.init)
    options["--quantize"] = output.quantize?.rawValue
    if let ranges {
      var fingerprint = Fingerprint()
      fingerprint.add(ranges.minimum)
      fingerprint.add(ranges.maximum)
      options["--calibration"] = "vectors of hash \(fingerprint.text)"
    }
    let flags = [
      ("--normalize", normalize), ("--no-text", output.noText), ("--tokens", output.tokens),
    ]
    for (flag, isSet) in flags where isSet { options[flag] = "set" }
    return options
  }
}
