/// Where bytes come from: a file, or what makes other bytes of another source's.
protocol ByteSource: AnyObject {
  /// As messages name it.
  var name: String { get }

  /// Gives what is there, at most the buffer's length.
  /// - `waiting`: whether to wait for the first byte; an interrupt ends the wait.
  func read(into buffer: UnsafeMutableRawBufferPointer, waiting: Bool) throws -> Reading
}

/// What a read found.
enum Reading: Equatable {
  case bytes(Int)
  /// Nothing without waiting, or waiting was interrupted.
  case nothingYet
  case end
}

/// A source whose first bytes can be looked at before they are read.
final class HeadedSource: ByteSource {
  private let source: any ByteSource
  private(set) var head: [UInt8] = []
  private var taken = 0
  /// Whether the head is all there is.
  private(set) var isWhole = false
  private static let room = 4096

  init(_ source: any ByteSource) { self.source = source }

  var name: String { source.name }

  /// The bytes of the head that were not read yet.
  var unread: Int { head.count - taken }

  /// Makes the head longer, to 4 KiB at most.
  /// - Returns: whether that was possible; not for want of bytes, if it need not be `waiting`
  func lookFurther(waiting: Bool) throws -> Bool {
    guard !isWhole, head.count < Self.room else { return false }
    var piece = [UInt8](repeating: 0, count: Self.room - head.count)
    switch try piece.withUnsafeMutableBytes({ try source.read(into: $0, waiting: waiting) }) {
    case .bytes(let count): head += piece[..<count]
    case .nothingYet: return false
    case .end: isWhole = true
    }
    return true
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, waiting: Bool) throws -> Reading {
    guard unread > 0 else {
      return isWhole ? .end : try source.read(into: buffer, waiting: waiting)
    }
    let count = min(unread, buffer.count)
    buffer.copyBytes(from: head[taken..<taken + count])
    taken += count
    return .bytes(count)
  }
}
