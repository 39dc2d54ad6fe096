/// UTF-8 that normalizers rewrite, with a second buffer beside it that each rewriting fills.
package struct TextBuffer: Sendable {
  package private(set) var bytes: [UInt8] = []
  private var spare: [UInt8] = []
  /// Whether the first byte comes from the first byte of the text as it was given.
  package var startsText = true

  package init() {}

  /// Begins anew with a copy of `text`, in the memory that is already there.
  package mutating func set(_ text: UnsafeRawBufferPointer, startsText: Bool) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: text)
    self.startsText = startsText
  }

  /// Replaces the text by what `body` writes: it reads the first, appends to the second.
  package mutating func rewrite(_ body: (UnsafeRawBufferPointer, inout [UInt8]) -> Void) {
    var output: [UInt8] = []
    swap(&output, &spare)
    output.removeAll(keepingCapacity: true)
    // Few texts change their length, and those by little.
    output.reserveCapacity(bytes.count + 16)
    bytes.withUnsafeBytes { body($0, &output) }
    spare = bytes
    bytes = output
  }
}
