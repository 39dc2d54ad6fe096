import TestSupport
import Testing

/// model.safetensors that is cut short, or has a wrong bit.
@Suite struct DamagedTensorsTests {
  /// What is said of a file that was cut off behind its name.
  private static func refusal(of bytes: [UInt8], cutTo count: Int) throws -> String {
    if count == 0 { return " has 0 bytes, a safetensors file at least 8" }
    let tensors = try TensorsOnDisk(bytes)
    let start = bytes.count - tensors.data.count
    guard count >= start else {
      return
        " says its header has \(start - 8) bytes, should be at most \(count - 8); it is cut short "
        + "or no safetensors file"
    }
    let ranges = tensors.header.keys.compactMap { name in
      (tensors[name]["data_offsets"] as? [Int]).map { (name: name, range: $0) }
    }
    let first = try #require(
      ranges.filter { $0.range[1] > count - start }.min { $0.range[0] < $1.range[0] })
    return
      " (header): `\(first.name).data_offsets` is \(first.range), should be in order and at most "
      + "\(count - start), the bytes after the header; the file may be cut short"
  }

  @Test(arguments: 0..<5) func aFileThatIsCutShortIsRefused(_ share: Int) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    let bytes = try model.bytes(ModelTensorsTests.name)
    for place in share * 10..<share * 10 + 10 {
      try model.write(ModelTensorsTests.name, bytes[..<(bytes.count * place / 50)])
      expectFailure(
        try model.encode(),
        message: try "\(model.path)/\(ModelTensorsTests.name)"
          + Self.refusal(of: bytes, cutTo: bytes.count * place / 50))
    }
  }

  @Test(arguments: 0..<10) func aFlippedBitIsAnErrorOrFiniteVectors(_ share: Int) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    let bytes = try model.bytes(ModelTensorsTests.name)
    for place in share * 20..<share * 20 + 20 {
      var flipped = bytes
      // In the header, 4 kB of 122, as often as in the numbers.
      let header = place % 2 == 0 ? 4096 : bytes.count
      flipped[header * place / 200] ^= 1 << UInt8(place / 2 % 8)
      try model.write(ModelTensorsTests.name, flipped)
      let result = try model.encode("the cat\n\na river, and a fox\n")
      #expect(
        result.ending == .exited(0) && result.lines.count == 3 && result.stderr.isEmpty
          || result.ending == .exited(1) && result.stderr.hasPrefix("embed: "),
        "byte \(header * place / 200): \(result.ending), \(result.stderr)")
      for line in result.lines {
        #expect(numbers(line).count == 32 && numbers(line).allSatisfy { $0.isFinite })
      }
    }
  }
}
