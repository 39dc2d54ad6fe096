import TestSupport
import Testing

/// Vectors under each of the kernels that OpenBLAS has for processors.
@Suite struct ProcessorKernelTests {
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

  /// Whether this processor has the kernel, and OpenBLAS takes it when asked; says so if not.
  private func canUse(_ kernel: String) throws -> Bool {
    let missing = Self.needed.filter { $0.kernel == kernel }.flatMap { $0.features }
      .filter { !Self.features.contains($0) }
    guard missing.isEmpty else {
      print("\(kernel) is skipped: this processor has no \(missing.joined(separator: ", "))")
      return false
    }
    let answer = try embed(
      "inspect", Models.tiny, environment: ["OPENBLAS_CORETYPE": kernel, "OPENBLAS_VERBOSE": "2"])
    let isUsed = answer.stderr.lowercased().contains("core: \(kernel.lowercased())")
    if !isUsed { print("\(kernel) is skipped: OpenBLAS says \(answer.stderr)") }
    return isUsed
  }

  @Test(arguments: needed.map(\.kernel))
  func eachTextIsAsIfAlone(_ kernel: String) throws {
    guard try canUse(kernel) else { return }
    try expectAsIfAlone(Models.tiny, variedTexts(60), kernel)
  }

  @Test(
    .enabled(if: Models.hasReal, "models/all-MiniLM-L6-v2 is not there"),
    arguments: needed.map(\.kernel))
  func eachTextOfTheRealModelIsAsIfAlone(_ kernel: String) throws {
    guard try canUse(kernel) else { return }
    try expectAsIfAlone(Models.real, Array(variedTexts(16).reversed()), kernel)
  }

  // Those whose products take other rows than a network's tokens: of texts, of windows, of steps.
  @Test(arguments: ["asym", "bow", "cnn", "cnn-even", "dense-on-tokens", "dense-residual", "lstm"])
  func eachTextOfAPipelineIsAsIfAlone(_ name: String) throws {
    for kernel in ["Haswell", "Prescott"] where try canUse(kernel) {
      try expectAsIfAlone(
        "\(Models.root)/Tests/Fixtures/pipelines/\(name)", variedTexts(24), kernel)
    }
  }

  private func expectAsIfAlone(_ model: String, _ texts: [String], _ kernel: String) throws {
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
