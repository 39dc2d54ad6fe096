import NIOCore

/// Bounds that no option changes.
enum Limits {
  /// Of a head: fields, bytes of one, bytes in all.
  static let fields = 100
  static let field = 8 << 10
  static let head = 64 << 10
  /// A body that is refused is still read, so that the connection stays, where it is no longer.
  static let droppedBody = 64 << 10
  /// What a client may still send after it was told that the connection ends, and for how long.
  static let lingeringBytes = 1 << 20
  static let lingering = TimeAmount.seconds(2)
  /// Bytes of its body that each connection may have whatever those of others come to.
  static let smallBody = 64 << 10
  /// Clients that read nothing for so long are the first to go when too many answers wait.
  static let standstill = TimeAmount.seconds(1)
  /// What is handed to the system at a time: less than this in `writeTimeout` is no progress.
  static let slice = 256 << 10
  /// Long bodies get as long as they take at so many bytes a second.
  static let slowestBody = 16 << 10
  /// Texts that `x-embed-truncated` names.
  static let namedTexts = 1000
  /// Connections that are told that there are too many.
  static let refused = 64
  /// How often timeouts are looked at.
  static let sweep = TimeAmount.milliseconds(200)
  /// How often that all is answered, once the server ends.
  static let lastSweep = TimeAmount.milliseconds(20)
  /// After this a client that has ended its side is asked whether it is still there.
  static let presence = TimeAmount.milliseconds(250)
  /// What is on its way when the server begins to end is let arrive.
  static let lastCall = TimeAmount.milliseconds(100)
}

extension TimeAmount {
  /// Of an option; more than thirty years are as good as for ever.
  static func of(_ seconds: Double) -> TimeAmount {
    .nanoseconds(Int64(min(max(0, seconds.isNaN ? 0 : seconds), 1e9) * 1e9))
  }
}
