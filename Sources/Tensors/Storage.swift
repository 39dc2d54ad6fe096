import CProcess
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
  var isOwn: Bool { owner == nil }

  /// The same memory as bfloat16, two in the place of a float.
  var halves: UnsafeMutablePointer<UInt16>? {
    floats.baseAddress.map {
      UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt16.self)
    }
  }

  /// Uninitialised memory, 64-byte aligned, that an earlier storage may have used before.
  init(count: Int) {
    let memory = StoragePool.take(bytes: max(count, 1) * MemoryLayout<Float>.stride)
    floats = UnsafeMutableBufferPointer(
      start: memory.bindMemory(to: Float.self, capacity: max(count, 1)), count: count)
    owner = nil
  }

  /// Floats that `owner` keeps valid and that are never written to.
  init(borrowing floats: UnsafeBufferPointer<Float>, from owner: any AnyObject & Sendable) {
    self.floats = UnsafeMutableBufferPointer(mutating: floats)
    self.owner = owner
  }

  /// A copy of floats that lie anywhere.
  convenience init(copying bytes: UnsafeRawBufferPointer) {
    self.init(count: bytes.count / MemoryLayout<Float>.stride)
    UnsafeMutableRawBufferPointer(floats).copyMemory(from: bytes)
  }

  deinit {
    guard owner == nil, let memory = floats.baseAddress else { return }
    StoragePool.give(memory, bytes: max(floats.count, 1) * MemoryLayout<Float>.stride)
  }
}

/// The memory that tensors had and others will have.
package enum TensorMemory {
  /// Keeps more of what is given back: training has all layers' numbers at a time, and takes them anew in
  /// each step.
  package static func keep(atMost bytes: Int) {
    StoragePool.mostKept.store(bytes, ordering: .relaxed)
  }
}

/// Blocks of memory between two uses.
///
/// Activations of one batch have about the sizes of the next one's: taking the same blocks again
/// saves the page faults that fresh memory costs.
private enum StoragePool {
  /// Smaller blocks are malloc's business.
  static let smallest = 1 << 16
  /// Larger blocks are as large as asked for.
  static let largestShared = 128 << 20
  /// More than this is given back to the system: inference takes as much between two layers.
  static let mostKept = Atomic<Int>(128 << 20)

  struct Shelves {
    /// Blocks by their capacity.
    var blocks: [Int: [UInt]] = [:]
    var kept = 0
  }
  static let shelves = Mutex(Shelves())

  /// A power of two, so that unequal batches share blocks; a page that is never touched, in the
  /// rest of a block, takes no memory.
  static func capacity(for bytes: Int) -> Int {
    bytes > largestShared ? bytes : 1 << (Int.bitWidth - (bytes - 1).leadingZeroBitCount)
  }

  static func take(bytes: Int) -> UnsafeMutableRawPointer {
    guard bytes > smallest else { return cp_allocate(bytes) }
    let capacity = capacity(for: bytes)
    let found = shelves.withLock { shelves -> UInt? in
      guard let block = shelves.blocks[capacity]?.popLast() else { return nil }
      shelves.kept -= capacity
      return block
    }
    if let block = found.flatMap(UnsafeMutableRawPointer.init(bitPattern:)) { return block }
    return cp_map(capacity)
  }

  static func give(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    guard bytes > smallest else { return free(memory) }
    let capacity = capacity(for: bytes)
    let block = UInt(bitPattern: memory)
    let isKept = shelves.withLock { shelves in
      guard shelves.kept + capacity <= mostKept.load(ordering: .relaxed) else { return false }
      shelves.blocks[capacity, default: []].append(block)
      shelves.kept += capacity
      return true
    }
    if !isKept { cp_unmap(memory, capacity) }
  }
}
