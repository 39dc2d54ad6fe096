import Glibc
import Synchronization

/// A run of `Float`s with an owner: memory of our own, or a part of something mapped.
///
/// It is written once, by the operation that makes it, and only read afterwards; that is what
/// makes it `Sendable`.
final class Storage: @unchecked Sendable {
  let floats: UnsafeMutableBufferPointer<Float>
  /// Keeps borrowed memory alive; `nil` when the memory is ours to give back.
  private let owner: (any AnyObject & Sendable)?

  /// Uninitialised memory, 64-byte aligned, that an earlier storage may have used before.
  init(count: Int) {
    let memory = StoragePool.take(bytes: max(count, 1) * MemoryLayout<Float>.stride)
    floats = UnsafeMutableBufferPointer(
      start: memory.bindMemory(to: Float.self, capacity: max(count, 1)), count: count)
    owner = nil
  }

  /// Floats that `owner` keeps valid and nobody writes to.
  init(borrowing floats: UnsafeBufferPointer<Float>, from owner: any AnyObject & Sendable) {
    self.floats = UnsafeMutableBufferPointer(mutating: floats)
    self.owner = owner
  }

  deinit {
    guard owner == nil, let memory = floats.baseAddress else { return }
    StoragePool.give(memory, bytes: max(floats.count, 1) * MemoryLayout<Float>.stride)
  }
}

/// Blocks of memory between two uses.
///
/// Activations of one batch have the sizes of the next one's: taking the same blocks again saves
/// the page faults that fresh memory costs (a fifth of the time of a short batch).
private enum StoragePool {
  /// Smaller blocks are malloc's business.
  static let smallest = 1 << 16
  /// More than this is given back to the system.
  static let mostKept = 96 << 20

  struct Shelves {
    var blocks: [Int: [UnsafeMutableRawPointer]] = [:]
    var kept = 0
  }
  // The pointers are owned by whoever took them out; the lock guards only the lists.
  static let shelves = Mutex(Shelves())

  /// Sizes are rounded up to eighths of a power of two, so that nearly equal batches share blocks.
  static func capacity(for bytes: Int) -> Int {
    guard bytes > smallest else { return bytes }
    let step = 1 << (Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount - 3)
    return (bytes + step - 1) / step * step
  }

  static func take(bytes: Int) -> UnsafeMutableRawPointer {
    let capacity = capacity(for: bytes)
    if capacity > smallest {
      let found = shelves.withLock { shelves -> UInt? in
        guard let block = shelves.blocks[capacity]?.popLast() else { return nil }
        shelves.kept -= capacity
        return UInt(bitPattern: block)
      }
      if let found, let block = UnsafeMutableRawPointer(bitPattern: found) { return block }
    }
    return .allocate(byteCount: capacity, alignment: 64)
  }

  static func give(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    let capacity = capacity(for: bytes)
    let address = UInt(bitPattern: memory)
    let kept = shelves.withLock { shelves in
      guard capacity > smallest, shelves.kept + capacity <= mostKept,
        let memory = UnsafeMutableRawPointer(bitPattern: address)
      else { return false }
      shelves.blocks[capacity, default: []].append(memory)
      shelves.kept += capacity
      return true
    }
    if !kept { memory.deallocate() }
  }
}
