import Foundation
import TestSupport
import Testing

/// Where the tests' models lie.
enum Models {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  /// Random weights, 32 numbers a vector, at most 32 tokens a text.
  static let tiny = "\(root)/models.example/bert-tiny"
  static let real = "\(root)/models/all-MiniLM-L6-v2"
  static let hasReal = FileManager.default.fileExists(atPath: "\(real)/model.safetensors")
}

/// The `embed` that was built with these tests.
func embedCommand(_ arguments: [String], environment: [String: String] = [:]) throws -> RunCommand {
  // What the loader and a coverage run need, and a home without any model.
  let kept = ["PATH", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"]
  let own = ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
  return RunCommand(
    try RunCommand.path(ofBuilt: "embed"), arguments,
    environment: own.merging(["HOME": "/nowhere"]) { $1 }.merging(environment) { $1 })
}

/// Runs `embed` to its end.
func embed(
  _ arguments: String..., input: String = "", environment: [String: String] = [:],
  folder: String? = nil, seconds: Double = 60
) throws -> CommandResult {
  var command = try embedCommand(arguments, environment: environment)
  command.folder = folder
  command.seconds = seconds
  return try command(Array(input.utf8))
}

/// Runs `embed encode` with the tiny model.
func encode(_ arguments: String..., input: String) throws -> CommandResult {
  try embedCommand(["encode", "-m", Models.tiny] + arguments)(Array(input.utf8))
}

/// The output lines of texts that were each sent only when the vector of the one before was there,
/// so that each went through the model alone.
func linesAlone(
  _ texts: [String], model: String = Models.tiny, environment: [String: String] = [:]
) throws -> [String] {
  let running = try embedCommand(["encode", "-m", model], environment: environment).started()
  for (index, text) in texts.enumerated() {
    running.send(text + "\n")
    guard running.waitForLines(index + 1) else { break }
  }
  let result = running.finished()
  #expect(result.ending == .exited(0))
  return result.lines
}

/// The digits between the brackets of `"embedding":[…]`.
func embedding(_ line: String) -> Substring? {
  guard let start = line.range(of: "\"embedding\":["),
    let end = line[start.upperBound...].firstIndex(of: "]")
  else { return nil }
  return line[start.upperBound..<end]
}

/// The numbers of `"embedding":[…]`.
func numbers(_ line: String) -> [Float] {
  (embedding(line) ?? "").split(separator: ",").compactMap { Float($0) }
}

/// A line or a whole output as JSON.
func object(_ text: String) throws -> [String: Any] {
  try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

/// The `hits` of a line of `search` or `rerank --lists`.
func hits(_ line: String) throws -> [[String: Any]] {
  try #require(try object(line)["hits"] as? [[String: Any]])
}

/// A NumPy file of rows of numbers; `shape` and `isFortran` are what its header claims.
func npy(
  _ numbers: [Float], columns: Int, shape: String? = nil, isFortran: Bool = false
) -> [UInt8] {
  let shape = shape ?? "(\(numbers.count / columns), \(columns))"
  let text =
    "{'descr': '<f4', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': \(shape), }"
  return [0x93] + "NUMPY".utf8 + [1, 0, UInt8(text.utf8.count), 0] + text.utf8
    + numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
}

/// Texts of many lengths, some of them over the tiny model's limit.
func variedTexts(_ count: Int) -> [String] {
  let words = "the cat sat on a mat by river house 猫 😀 unknownish, and? then fox ran home!"
    .split(separator: " ")
  return (0..<count).map { index in
    (0..<index * 7 % 41).map { words[(index + $0 * $0) % words.count] }.joined(separator: " ")
  }
}

/// Expects a failure that is told in one line, with all of these words in it.
func expectFailure(
  _ result: CommandResult, _ words: [String], rows: Int = 0,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(result.ending == .exited(1), "\(result.stderr)", sourceLocation: sourceLocation)
  #expect(result.lines.count == rows, sourceLocation: sourceLocation)
  #expect(result.stderr.hasPrefix("embed: "), sourceLocation: sourceLocation)
  #expect(
    result.stderr.hasSuffix("\n") && result.stderr.count { $0 == "\n" } == 1,
    "\(result.stderr)", sourceLocation: sourceLocation)
  for word in words {
    #expect(result.stderr.contains(word), "\(result.stderr)", sourceLocation: sourceLocation)
  }
}

/// Expects a failure with this message alone.
func expectFailure(
  _ result: CommandResult, message: String, rows: Int = 0,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(result.ending == .exited(1), "\(result.stderr)", sourceLocation: sourceLocation)
  #expect(result.lines.count == rows, sourceLocation: sourceLocation)
  #expect(result.stderr == "embed: \(message)\n", sourceLocation: sourceLocation)
}

/// Expects so many rows, success, and no message.
func expectRows(
  _ result: CommandResult, _ count: Int, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(result.ending == .exited(0), "\(result.stderr)", sourceLocation: sourceLocation)
  #expect(result.lines.count == count, sourceLocation: sourceLocation)
  #expect(result.stderr.isEmpty, "\(result.stderr)", sourceLocation: sourceLocation)
}
