import Testing

@testable import Machine

@Suite struct MemoryTests {
  @Test func aProcessMayUseSomeAndHoldsLess() {
    #expect(Memory.allowed > 1 << 26)
    #expect(Memory.standardBound == Memory.allowed / 4 * 3)
    #expect((1 << 20..<Memory.allowed).contains(Memory.held))
  }

  // In a process of its own, in which nothing else takes or gives back memory.
  @Test func whatIsWrittenToIsHeld() async {
    await #expect(processExitsWith: .success) {
      let before = Memory.held
      let numbers = [UInt8](repeating: 1, count: 64 << 20)
      precondition(Memory.held > before + (60 << 20))
      precondition(numbers.last == 1)
    }
  }
}
