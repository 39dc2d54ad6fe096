import CProcess

/// How many processors this process may use: its affinity mask and its control group's quota.
package enum Processors {
  package static let allowed: Int = max(1, min(Int(cp_allowed_processors()), quota() ?? .max))

  /// What the processor calls itself; `nil` where the system does not say.
  package static var name: String? {
    for line in (kernelText("/proc/cpuinfo") ?? "").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].hasPrefix("model name") else { continue }
      return parts[1].drop { $0 == " " }.isEmpty ? nil : String(parts[1].drop { $0 == " " })
    }
    return nil
  }

  /// The quota of this process' control groups, in whole processors, rounded down; `nil` without
  /// one.
  static func quota() -> Int? {
    ControlGroups.least("cpu", unified: unifiedQuota, split: splitQuota)
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
