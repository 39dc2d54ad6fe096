/// The trace that a request is part of: `traceparent` of W3C's Trace Context.
struct TraceParent: Sendable, Equatable {
  /// 32 hexadecimal digits.
  let traceID: String

  /// - Returns: `nil` for what the specification says to ignore
  init?(_ header: String) {
    let parts = header.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, Self.areDigits(parts[0], 2), parts[0] != "ff",
      Self.areDigits(parts[1], 32), Self.areDigits(parts[2], 16), Self.areDigits(parts[3], 2),
      // Version 00 has these four parts; later ones may have more.
      parts.count == 4 || parts[0] != "00",
      parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
    else { return nil }
    traceID = String(parts[1])
  }

  /// Capitals are no digits there.
  private static func areDigits(_ text: Substring, _ count: Int) -> Bool {
    text.utf8.count == count
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}
