import CZlib
import ModelFiles

/// Unpacks what gzip packed, as it arrives: one member after the other, as `cat a.gz b.gz` has them.
final class Gunzip: ByteSource {
  private let source: any ByteSource
  /// zlib's state refers back to it, so it keeps its place.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var packed = [UInt8](repeating: 0, count: 64 << 10)
  /// `packed[next..<end]` was read and is not unpacked yet.
  private var next = 0
  private var end = 0
  private var place = Place.start
  /// What is wrong behind the bytes that were handed over last.
  private var failure: FileError?
  /// The bytes that were unpacked, for messages.
  private var unpacked = 0

  private enum Place {
    /// Before a member: the first one, or perhaps none after another.
    case start, between
    case inside
    case done
  }

  init(_ source: any ByteSource) throws {
    self.source = source
    stream.initialize(to: z_stream())
    // 15 bits is the largest window, 16 asks for gzip's frame and its check sum.
    let code = inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw FileError("\(source.name): no memory to unpack it") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  var name: String { source.name }

  func read(into buffer: UnsafeMutableRawBufferPointer, waiting: Bool) throws -> Reading {
    if let failure { throw failure }
    while place != .done {
      if next == end {
        let reading = try packed.withUnsafeMutableBytes {
          try source.read(into: $0, waiting: waiting)
        }
        switch reading {
        case .nothingYet: return .nothingYet
        case .end:
          guard place == .between else { throw cut() }
          place = .done
          return .end
        case .bytes(let count): (next, end) = (0, count)
        }
      }
      let count = step(into: buffer)
      if count > 0 { return .bytes(count) }
      if let failure { throw failure }
    }
    return .end
  }

  /// Unpacks a piece of what was read; perhaps nothing comes of it yet.
  private func step(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    if place == .between {
      // As gzip does, zeros that fill a tape's last block are passed over.
      while next < end, packed[next] == 0 { next += 1 }
      guard next < end else { return 0 }
      inflateReset(stream)
    }
    place = .inside
    let room = UInt32(clamping: buffer.count)
    let code = packed.withUnsafeMutableBytes { bytes in
      stream.pointee.next_in = bytes.baseAddress.map {
        ($0 + next).assumingMemoryBound(to: UInt8.self)
      }
      stream.pointee.avail_in = UInt32(end - next)
      stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = room
      defer { (stream.pointee.next_in, stream.pointee.next_out) = (nil, nil) }
      return inflate(stream, Z_NO_FLUSH)
    }
    next = end - Int(stream.pointee.avail_in)
    let count = Int(room - stream.pointee.avail_out)
    unpacked += count
    switch code {
    case Z_STREAM_END: place = .between
    // No progress, for want of packed bytes.
    case Z_OK, Z_BUF_ERROR: break
    default: failure = damaged()
    }
    return count
  }

  private func cut() -> FileError {
    FileError(
      "\(name): the gzip data ends early, after \(unpacked) unpacked bytes; the file is cut short: "
        + "fetch or make it again")
  }

  private func damaged() -> FileError {
    let reason = stream.pointee.msg.map { " (\(String(cString: $0)))" } ?? ""
    return FileError(
      "\(name): the gzip data is damaged after \(unpacked) unpacked bytes\(reason); "
        + "fetch or make it again")
  }
}
