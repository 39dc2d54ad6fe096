import Glibc
import NIOCore

/// Tells systemd how the server is, where that has started it (`Type=notify`, sd_notify(3)).
struct SystemNotify: Sendable {
  private let descriptor: CInt
  private let path: [UInt8]
  /// How often it wants to hear that we live: twice as often as it looks.
  let watchdog: TimeAmount?

  /// - Returns: `nil` where nobody wants to know
  init?() {
    guard let name = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }),
      name.hasPrefix("/") || name.hasPrefix("@")
    else { return nil }
    // A name that begins with @ is in no file system, and has a zero there.
    path = name.hasPrefix("@") ? [0] + name.utf8.dropFirst() : Array(name.utf8) + [0]
    guard path.count <= MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    watchdog = Self.watchdog
  }

  private static var watchdog: TimeAmount? {
    func number(_ name: String) -> Int64? {
      getenv(name).flatMap { Int64(String(cString: $0)) }
    }
    guard let microseconds = number("WATCHDOG_USEC"), 2...Int64(1e15) ~= microseconds,
      number("WATCHDOG_PID").map({ $0 == Int64(getpid()) }) ?? true
    else { return nil }
    return .microseconds(microseconds / 2)
  }

  /// `READY=1` and the like. Nobody waits for it, and nothing depends on its arrival.
  func send(_ state: String) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let length = MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + path.count } ?? 0
    let text = Array(state.utf8)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(
          descriptor, text, text.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL), $0,
          socklen_t(length))
      }
    }
  }

  /// What `READY=1` after a `RELOADING=1` must say of when that began.
  static var reloading: String {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return "RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)"
  }
}
