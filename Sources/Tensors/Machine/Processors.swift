import CKernels
import CProcess
import Glibc

/// How many processors this process may use: its affinity mask and its control group's quota.
package enum Processors {
  package static let allowed: Int = max(1, min(Int(cp_allowed_processors()), quota() ?? .max))

  /// The quota of this process' control group and of each one above it, in whole processors,
  /// rounded down; `nil` without one.
  static func quota() -> Int? {
    let groups = kernelText("/proc/self/cgroup") ?? ""
    var least: Int?
    for line in groups.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let unified = fields[1].isEmpty
      guard unified || fields[1].split(separator: ",").contains("cpu") else { continue }
      let root = unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu"
      var path = fields[2]
      while true {
        let found = unified ? unifiedQuota(root + path) : splitQuota(root + path)
        if let found { least = min(least ?? found, found) }
        guard let slash = path.lastIndex(of: "/"), path != "/" else { break }
        path = slash == path.startIndex ? "/" : path[..<slash]
      }
    }
    return least
  }

  /// Control groups, version 2: `cpu.max` holds "quota period" or "max period", in microseconds.
  private static func unifiedQuota(_ folder: String) -> Int? {
    processors((kernelText(folder + "/cpu.max") ?? "").split { $0 == " " || $0 == "\n" })
  }

  /// Control groups, version 1: a file each, −1 where there is no limit.
  private static func splitQuota(_ folder: String) -> Int? {
    let values = ["/cpu.cfs_quota_us", "/cpu.cfs_period_us"].map { kernelText(folder + $0) ?? "" }
    return processors(values.flatMap { $0.split(separator: "\n") })
  }

  static func processors(_ quotaAndPeriod: [Substring]) -> Int? {
    guard quotaAndPeriod.count == 2, let quota = Int(quotaAndPeriod[0]), quota > 0,
      let period = Int(quotaAndPeriod[1]), period > 0
    else { return nil }
    return max(1, quota / period)
  }
}

/// What the processor has and the system lets this process use.
struct ProcessorFeatures: Sendable {
  /// Asked once; the system grants the tile registers with the answer.
  static let found = ProcessorFeatures(bits: ck_processor_features())

  let bits: UInt32

  var canMultiplyBFloat16: Bool { has(CK_AMX_BF16) || has(CK_AVX512_BF16) }

  /// And bfloat16, which attention is computed in then.
  var canMultiplyBytes: Bool {
    canMultiplyBFloat16 && (has(CK_AMX_INT8) || has(CK_AVX512_VNNI))
  }

  /// Tiles of bfloat16.
  var hasMatrixUnit: Bool { has(CK_AMX_BF16) }

  private func has(_ feature: Int) -> Bool { bits & UInt32(feature) != 0 }
}

/// The first 64 KiB of a file under /proc or /sys; `nil` if there is none. The size of such a file
/// is not known until it is read.
package func kernelText(_ path: String) -> String? {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { close(file) }
  let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
    count = max(0, read(file, buffer.baseAddress, buffer.count))
  }
  return String(decoding: bytes, as: UTF8.self)
}
