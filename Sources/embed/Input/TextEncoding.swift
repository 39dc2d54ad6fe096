import ArgumentParser
import Glibc
import ModelFiles

/// The encoding of a file's text, by a name that iconv knows.
struct TextEncoding: Sendable, Equatable {
  let name: String

  static let utf8 = TextEncoding(name: "utf-8")

  var isUTF8: Bool { name == Self.utf8.name }

  /// The encoding that a word of the command line means; as Python writes it will do as well.
  static func named(_ word: String) throws -> TextEncoding {
    let name = word.lowercased()
    let plain = name.split { $0 == "-" || $0 == "_" }.joined()
    if plain == "utf8" { return .utf8 }
    let spellings = [name, name.replacing("_", with: "-"), plain]
    // A slash would begin what iconv is to do with what it cannot write.
    let known = spellings.first { spelling in
      guard !spelling.isEmpty, !spelling.contains("/"), let converter = converter(spelling) else {
        return false
      }
      iconv_close(converter)
      return true
    }
    guard let known else {
      throw ValidationError(
        "known are utf-8, latin1, windows-1252, utf-16, utf-16le, utf-16be and what `iconv -l` lists"
      )
    }
    return TextEncoding(name: known)
  }

  /// What makes UTF-8 of it; `nil` where there is nothing of that name.
  fileprivate static func converter(_ name: String) -> iconv_t? {
    let converter = iconv_open("UTF-8", name)
    return converter == iconv_t(bitPattern: -1) ? nil : converter
  }

  /// An encoding of one byte a letter that text which is not UTF-8 may be in: its letters beyond
  /// ASCII come alone or few together, as in a European language.
  static func guess(_ bytes: UnsafeRawBufferPointer) -> String? {
    var (run, letters, isWindows) = (0, 0, false)
    for (index, byte) in bytes.enumerated() {
      guard byte >= 0x80 else {
        run = 0
        continue
      }
      run += 1
      letters += 1
      if byte < 0xA0 { isWindows = true }
      let isUTF8 = run > 1 && byte < 0xC0 && 0xC2...0xF4 ~= bytes[index - 1]
      let isUndefined = [0x81, 0x8D, 0x8F, 0x90, 0x9D].contains(byte)
      if run > 3 || isUTF8 || isUndefined { return nil }
    }
    guard letters * 3 <= bytes.count else { return nil }
    return isWindows ? "windows-1252" : "latin1"
  }
}

/// Makes UTF-8 of text in another encoding, as it arrives.
final class RecodedSource: ByteSource {
  private let source: any ByteSource
  private let encoding: TextEncoding
  private let converter: iconv_t
  private var input = [UInt8](repeating: 0, count: 64 << 10)
  /// `input[next..<end]` was read and is not converted yet.
  private var next = 0
  private var end = 0
  /// The line of the text, and the byte of the file, that come next.
  private var line = 1
  private var offset = 0
  private var needsMore = true

  init(_ source: any ByteSource, _ encoding: TextEncoding) throws {
    guard let converter = TextEncoding.converter(encoding.name) else {
      throw FileError("--encoding \(encoding.name) is not known here; convert the file to UTF-8")
    }
    (self.source, self.encoding, self.converter) = (source, encoding, converter)
  }

  deinit { iconv_close(converter) }

  var name: String { source.name }

  func read(into buffer: UnsafeMutableRawBufferPointer, waiting: Bool) throws -> Reading {
    while true {
      if needsMore {
        // What is left is less than a character.
        input.withUnsafeMutableBytes { $0.copyMemory(from: .init(rebasing: $0[next..<end])) }
        (next, end) = (0, end - next)
        let reading = try input.withUnsafeMutableBytes { bytes in
          try source.read(into: .init(rebasing: bytes[end...]), waiting: waiting)
        }
        switch reading {
        case .nothingYet: return .nothingYet
        case .end:
          guard end == 0 else { throw failure("the file ends inside a character") }
          return .end
        case .bytes(let count):
          end += count
          needsMore = false
        }
      }
      let count = try convert(into: buffer)
      if count > 0 { return .bytes(count) }
    }
  }

  /// Converts what was read, as far as the buffer goes; perhaps nothing comes of it yet.
  private func convert(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var (left, room) = (end - next, buffer.count)
    let code = input.withUnsafeMutableBytes { bytes -> Int32 in
      var from = bytes.baseAddress.map { ($0 + next).assumingMemoryBound(to: CChar.self) }
      var to = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      return iconv(converter, &from, &left, &to, &room) == -1 ? errno : 0
    }
    offset += end - next - left
    next = end - left
    let written = buffer.count - room
    // A character that is wrong is told of once all before it was handed over.
    if code == EILSEQ, written == 0 {
      let byte = String(input[next], radix: 16, uppercase: true)
      throw failure("not \(encoding.name) (byte 0x\(byte) at offset \(offset))")
    }
    needsMore = code == 0 || code == EINVAL
    line += buffer[..<written].count { $0 == 0x0A }
    return written
  }

  private func failure(_ reason: String) -> FileError {
    FileError("\(name), line \(line): \(reason); give the file's own encoding with --encoding")
  }
}
