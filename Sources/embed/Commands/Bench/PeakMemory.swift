import Glibc
import Tensors

/// The most memory that this process has held at once.
enum PeakMemory {
  /// Counts afresh from what the process holds now, where the kernel allows it.
  static func reset() {
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    // 5 resets the peak and nothing else (Linux, Documentation/filesystems/proc.rst).
    _ = write(file, "5", 1)
    close(file)
  }

  /// In bytes. The kernel's `VmHWM` starts afresh with a program, while `getrusage` still counts
  /// what the process was before it became this program.
  static var bytes: Int {
    for line in (kernelText("/proc/self/status") ?? "").split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "\t" }
      if words.first == "VmHWM:", words.count > 1, let kibibytes = Int(words[1]) {
        return kibibytes << 10
      }
    }
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss << 10
  }
}
