import Foundation
import Tensors
import TestSupport
import Testing

@testable import embed

@Suite struct AutomaticPrecisionTests {
  private func automatic(
    _ folder: String?, hasMatrixUnit: Bool = true, f32: Double = 1, bf16x3: Double = 2
  ) -> AutomaticPrecision {
    AutomaticPrecision(folder: folder, processor: "p", hasMatrixUnit: hasMatrixUnit) {
      $0 == .f32 ? f32 : bf16x3
    }
  }

  @Test func withoutAMatrixUnitItIsFloat32AndNothingIsKept() throws {
    let folder = try ScratchFolder()
    #expect(automatic(folder.path + "/c/embed", hasMatrixUnit: false).precision == .f32)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/c"))
  }

  @Test func whatWasMeasuredIsKept() throws {
    let folder = try ScratchFolder()
    let cache = folder.path + "/c/embed"
    #expect(automatic(cache, f32: 3).precision == .f32)
    // Another measurement would choose otherwise.
    #expect(automatic(cache).precision == .f32)
    let text = try String(contentsOfFile: cache + "/auto-precision.p", encoding: .utf8)
    #expect(text == "f32\nf32 0.0, bf16x3 0.0 GFLOP/s\n")
    try "bf16x3\n".write(toFile: cache + "/auto-precision.p", atomically: true, encoding: .utf8)
    #expect(automatic(cache, f32: 3).precision == .bf16x3)
  }

  @Test func aFileThatSaysSomethingElseIsReplaced() throws {
    let folder = try ScratchFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/embed", withIntermediateDirectories: true)
    try "int8\n".write(
      toFile: folder.path + "/embed/auto-precision.p", atomically: true, encoding: .utf8)
    #expect(automatic(folder.path + "/embed", f32: 3).precision == .f32)
    #expect(automatic(folder.path + "/embed").precision == .f32)
  }

  @Test func whereNothingCanBeKeptTheMatrixUnitDecides() throws {
    let folder = try ScratchFolder()
    try "".write(toFile: folder.path + "/file", atomically: true, encoding: .utf8)
    #expect(automatic(nil, f32: 3).precision == .bf16x3)
    #expect(automatic(folder.path + "/file/embed", f32: 3).precision == .bf16x3)
  }

  @Test func ratesAreMeasuredAndNamesAreNames() {
    #expect(AutomaticPrecision.measuredRate(.f32) > 0)
    if Precision.bf16x3.obstacle == nil { #expect(AutomaticPrecision.measuredRate(.bf16x3) > 0) }
    #expect(AutomaticPrecision.fileName("A (R) 7/x", "1f") == "A-R-7-x-1f")
  }

  @Test func theCommandTakesIt() throws {
    let folder = try ScratchFolder()
    let environment = ["XDG_CACHE_HOME": folder.path]
    let auto = try embedCommand(
      ["encode", "-m", Models.tiny, "--precision", "auto"], environment: environment)(
        Array("a\n".utf8))
    let found = try object(
      embed("inspect", Models.tiny, "--json", environment: environment).text)["precision_auto"]
    let name = try #require(found as? String)
    #expect(try auto.text == encode("--precision", name, input: "a\n").text)
    let refused = try encode("--precision", "f64", input: "a\n")
    #expect(refused.ending == .exited(64) && refused.stderr.contains("'int8' or 'auto'"))
  }

  @Test func aLimitOfInstructionsIsKeptOrRefused() throws {
    func run(_ limit: String, _ precision: String = "int8") throws -> CommandResult {
      try embedCommand(
        ["encode", "-m", Models.tiny, "--precision", precision],
        environment: ["EMBED_INSTRUCTIONS": limit])(Array("the cat\n".utf8))
    }
    expectFailure(
      try run("avx9"), ["--precision int8 is not available: EMBED_INSTRUCTIONS is `avx9`", "avx2"])
    expectFailure(try run("portable"), ["this processor has no AVX2", "f32 always is"])
    expectRows(try run("avx9", "f32"), 1)
    if Precision.int8.obstacle == nil { expectRows(try run("avx2"), 1) }
  }
}
