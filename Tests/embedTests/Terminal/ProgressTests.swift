import Testing

@testable import embed

struct ProgressTests {
  @Test(arguments: [
    (80, "[==============>             ]  50%  1,234,567 texts  123,456 texts/s  0:10 left"),
    (60, "[====>   ]  50%  1,234,567 texts  123,456 texts/s  0:10 left"),
    (40, "50%  1,234,567 texts  123,456 texts/s  0"), (0, ""), (-1, ""),
  ]) func aLineFits(_ width: Int, _ line: String) {
    let state = ProgressState(rows: 1_234_567, bytes: 50, total: 100, seconds: 10)
    #expect(state.line(width: width).utf8.count <= max(width, 0))
    #expect(state.line(width: width) == line)
  }

  @Test(arguments: [
    (ProgressState(rows: 0, bytes: 0, total: nil, seconds: 0), "0 texts  0.0 texts/s  0:00"),
    (ProgressState(rows: 1, bytes: 9, total: nil, seconds: 4), "1 text  0.2 texts/s  0:04"),
    (ProgressState(rows: 9, bytes: 0, total: 9, seconds: 3), "0%  9 texts  3.0 texts/s  0:03"),
    (ProgressState(rows: 9, bytes: 0, total: 0, seconds: 3), "9 texts  3.0 texts/s  0:03"),
    (
      ProgressState(rows: 1, bytes: 1, total: 1 << 40, seconds: 3723),
      "0%  1 text  0.0 texts/s  277777:46:40 left"
    ),
    (
      ProgressState(rows: 20, bytes: 9, total: 5, seconds: 3723),
      "100%  20 texts  0.0 texts/s  1:02:03"
    ),
    (
      ProgressState(
        rows: 10_944, bytes: 30, total: 110, seconds: 4,
        before: (rows: 10_000, bytes: 10, seconds: 2)
      ), "27%  10,944 texts  472 texts/s  0:08 left"
    ),
    (
      ProgressState(
        rows: 500, bytes: 10, total: 20, seconds: 3, before: (rows: 500, bytes: 10, seconds: 3)),
      "50%  500 texts  0.0 texts/s  0:03"
    ),
  ]) func wordsAreExact(_ state: ProgressState, _ words: String) {
    #expect(state.line(width: 50).hasSuffix(words))
  }
}

struct MessagesTests {
  @Test func controlBytesAreSpelledOut() {
    #expect(
      Messages.line("a\u{1B}[2Jb\r\u{7F}é\nc")
        == Array("embed: a\\x1b[2Jb\\x0d\\x7fé\nc\n".utf8))
  }
}
