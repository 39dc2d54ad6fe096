import Testing

@testable import Tensors

@Suite struct PrecisionTests {
  @Test func bf16x3AloneIsSlowAndWithoutAMXAlone() {
    #expect((Precision.bf16x3.warning == nil) == ProcessorFeatures.found.hasMatrixUnit)
    for precision in Precision.allCases where precision != .bf16x3 {
      #expect(precision.warning == nil)
    }
  }
}
