import CProcess
import Glibc

/// The memory of this process, in bytes.
package enum Memory {
  /// What the process may use: the machine's memory, or less where its control group or its own
  /// limits (`ulimit -v`, `-d`) say so.
  package static let allowed: Int = {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(
      by: sysconf(Int32(_SC_PAGESIZE)))
    let limits = [
      machine.overflow || machine.partialValue <= 0 ? nil : machine.partialValue, groupLimit(),
      ownLimit(RLIMIT_AS), ownLimit(RLIMIT_DATA),
    ]
    return limits.compactMap { $0 }.min() ?? .max
  }()

  /// What is taken at most where nothing is asked for: three quarters of what may be used.
  package static let standardBound = allowed / 4 * 3

  /// What the process holds for itself: without the pages of files, which the system can take back.
  package static var held: Int { Int(clamping: cp_memory_held()) }

  /// The most that the process may come to hold.
  package static var bound: Int {
    get {
      if cp_memory_bound() == Int.max { cp_set_memory_bound(standardBound) }
      return Int(clamping: cp_memory_bound())
    }
    set { cp_set_memory_bound(max(0, newValue)) }
  }

  private static func groupLimit() -> Int? {
    func number(_ path: String) -> Int? {
      // "max", or what is too large for any machine, where there is no limit.
      kernelText(path).flatMap { Int($0.prefix { $0 != "\n" }) }
    }
    return ControlGroups.least(
      "memory", unified: { number($0 + "/memory.max") },
      split: { number($0 + "/memory.limit_in_bytes") })
  }

  private static func ownLimit(_ resource: __rlimit_resource) -> Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else { return nil }
    return Int(exactly: limit.rlim_cur)
  }
}
