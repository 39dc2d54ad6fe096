import Glibc

/// The limits that this process' control groups set.
enum ControlGroups {
  /// The least limit of its control group and of each one above it; `nil` without one.
  /// - Parameters:
  ///   - controller: as the groups of version 1 are called by
  ///   - unified: the limit that the folder of a group of version 2 sets, if it does
  ///   - split: the same of version 1
  static func least(
    _ controller: String, unified: (_ folder: String) -> Int?, split: (_ folder: String) -> Int?
  ) -> Int? {
    let groups = kernelText("/proc/self/cgroup") ?? ""
    var least: Int?
    for line in groups.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isUnified = fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains(Substring(controller)) else {
        continue
      }
      let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(controller)"
      var path = fields[2]
      while true {
        let found = isUnified ? unified(root + path) : split(root + path)
        if let found { least = min(least ?? found, found) }
        guard let slash = path.lastIndex(of: "/"), path != "/" else { break }
        path = slash == path.startIndex ? "/" : path[..<slash]
      }
    }
    return least
  }
}

/// The first 64 KiB of a file under /proc or /sys; `nil` if there is none. The size of such a file
/// is not known until it is read.
package func kernelText(_ path: String) -> String? {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { close(file) }
  let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
    // A read may give less than there is, and half a number would be another.
    while count < buffer.count {
      let added = read(file, buffer.baseAddress.map { $0 + count }, buffer.count - count)
      if added < 0, errno == EINTR { continue }
      guard added > 0 else { return }
      count += added
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}
