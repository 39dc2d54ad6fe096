import TestSupport
import Testing

/// Whether OpenBLAS takes the kernel when asked.
private func openBLASTakes(_ kernel: String) throws -> Bool {
  let answer = try embed(
    "inspect", Models.tiny, environment: ["OPENBLAS_CORETYPE": kernel, "OPENBLAS_VERBOSE": "2"])
  return answer.stderr.lowercased().contains("core: \(kernel.lowercased())")
}

/// Vectors under each of the kernels that OpenBLAS has for processors.
@Suite(
  .enabled(
    if: try openBLASTakes("Prescott"), "OpenBLAS was built for one processor alone"))
struct ProcessorKernelTests {
  static let needed: [(kernel: String, features: Set<String>)] = [
    ("SkylakeX", ["avx512f"]), ("Haswell", ["avx2", "fma"]), ("Zen", ["avx2", "fma"]),
    ("Sandybridge", ["avx"]), ("Nehalem", ["sse4_2"]), ("Prescott", ["pni"]),
  ]

  /// The processor's features as Linux names them.
  static let features: Set<String> = {
    let text = (try? ScratchFolder.bytes(of: "/proc/cpuinfo")) ?? []
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    return Set((lines.first { $0.hasPrefix("flags") } ?? "").split(separator: " ").map(String.init))
  }()

  /// The kernels that this processor can run.
  static let usable = needed.filter { $0.features.isSubset(of: features) }.map(\.kernel)
  static let lacking = needed.map(\.kernel).filter { !usable.contains($0) }

  @Test(.enabled(if: lacking.isEmpty, "not tested, this processor cannot run them: \(lacking)"))
  func everyKernelIsTested() { #expect(Self.usable.count == 6) }

  @Test(arguments: usable)
  func inspectNamesIt(_ kernel: String) throws {
    try #require(try openBLASTakes(kernel))
    let answer = try embed(
      "inspect", Models.tiny, environment: ["OPENBLAS_CORETYPE": kernel])
    #expect(answer.text.lowercased().contains("kernels for \(kernel.lowercased()))"))
  }

  @Test(arguments: usable)
  func eachTextIsAsIfAlone(_ kernel: String) throws {
    try expectAsIfAlone(Models.tiny, variedTexts(60), kernel)
  }

  @Test(
    .enabled(if: Models.hasReal, "models/all-MiniLM-L6-v2 is not there"),
    arguments: usable)
  func eachTextOfTheRealModelIsAsIfAlone(_ kernel: String) throws {
    try expectAsIfAlone(Models.real, Array(variedTexts(16).reversed()), kernel)
  }

  // Those whose products take other rows than a network's tokens: of texts, of windows, of steps.
  @Test(arguments: ["asym", "bow", "cnn", "cnn-even", "dense-on-tokens", "dense-residual", "lstm"])
  func eachTextOfAPipelineIsAsIfAlone(_ name: String) throws {
    for kernel in ["Haswell", "Prescott"] where Self.usable.contains(kernel) {
      try expectAsIfAlone(
        "\(Models.root)/Tests/Fixtures/pipelines/\(name)", variedTexts(24), kernel)
    }
  }

  private func expectAsIfAlone(_ model: String, _ texts: [String], _ kernel: String) throws {
    try #require(try openBLASTakes(kernel))
    let environment = ["OPENBLAS_CORETYPE": kernel]
    let alone = try linesAlone(texts, model: model, environment: environment)
    #expect(alone.count == texts.count)
    for options in [["--batch-tokens", "100000", "--threads", "1"], ["--batch-tokens", "50"]] {
      let together = try embedCommand(
        ["encode", "--quiet", "-m", model] + options, environment: environment
      )(Array(texts.joined(separator: "\n").utf8 + [0x0A]))
      expectRows(together, texts.count)
      for (row, (a, b)) in zip(together.lines, alone).enumerated() where a != b {
        Issue.record("row \(row) with \(options) under \(kernel)")
        break
      }
    }
  }
}
