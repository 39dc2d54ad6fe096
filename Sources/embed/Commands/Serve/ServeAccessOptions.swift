import ArgumentParser
import Serving

/// Who may ask a server.
struct ServeAccessOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Ask for one of the keys in this file, a line each; # begins a comment. Clients send it as "
        + "Authorization: Bearer, api-key or x-api-key.", valueName: "FILE"), completion: .file())
  var apiKeyFile: String?

  @Option(
    help: ArgumentHelp(
      "Ask for this key; may be given several times. Who lists processes sees it: a file, or "
        + "$EMBED_API_KEY (several with commas between), does not show.", valueName: "KEY"))
  var apiKey: [String] = []

  @Flag(help: "Listen on any address without a key.")
  var noKey = false

  @Option(
    help: ArgumentHelp(
      "Let pages of this origin ask, such as https://example.com; may be given several times "
        + "(default: none; * is any).", valueName: "ORIGIN"))
  var cors: [String] = []

  @Option(
    help: ArgumentHelp(
      "Answer to this Host, too, where there is no key and the address is loopback (default: "
        + "localhost, 127.0.0.1, [::1]); may be given several times.", valueName: "NAME"))
  var allowHost: [String] = []

  @Flag(help: "Show /metrics without a key.")
  var metricsOpen = false

  func validate() throws {
    for key in apiKey { try Self.check(key: key, "--api-key") }
    for key in Self.environmentKeys ?? [] { try Self.check(key: key, "EMBED_API_KEY") }
    if Self.environmentKeys == [] { throw ValidationError("EMBED_API_KEY has no key in it") }
    if let apiKeyFile, apiKeyFile.isEmpty {
      throw ValidationError("--api-key-file is empty; name a file")
    }
    for origin in cors { try Self.check(origin: origin) }
    for name in allowHost where name.isEmpty || name.contains(where: { "/@ ".contains($0) }) {
      throw ValidationError("--allow-host `\(name)` should be a host's name, such as example.com")
    }
  }

  /// A header carries neither of these, so that no client could ever send such a key.
  private static func check(key: String, _ source: String) throws {
    guard !key.isEmpty else { throw ValidationError("\(source) is empty; give a key") }
    let bytes = Array(key.utf8)
    guard bytes.first != 0x20, bytes.last != 0x20,
      bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else {
      throw ValidationError(
        "\(source) has control characters, or spaces at an end; no client can send such a key")
    }
  }

  private static func check(origin: String) throws {
    guard origin != "*", origin != "null" else { return }
    let parts = origin.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let host = parts.count == 2 ? parts[1].dropFirst(2) : ""
    guard parts.count == 2, !parts[0].isEmpty, parts[1].hasPrefix("//"), !host.isEmpty,
      !host.contains(where: { "/?#@ ".contains($0) })
    else {
      throw ValidationError(
        "--cors `\(origin)` should be an origin, such as https://example.com or "
          + "http://localhost:3000")
    }
  }

  /// The keys of $EMBED_API_KEY; `nil` where it is not set.
  private static var environmentKeys: [String]? {
    ModelPlaces().variable("EMBED_API_KEY")?.split { $0 == "," || $0.isNewline }.map(String.init)
  }

  private var needsKey: Bool {
    apiKeyFile != nil || !apiKey.isEmpty || Self.environmentKeys != nil
  }

  /// Refuses to let everyone in who reaches the machine, unless that is said.
  func check(_ place: ServePlaceOptions) throws {
    guard !place.isLocal, !needsKey, !noKey else { return }
    throw ValidationError(
      "--host \(place.host ?? "") lets other machines ask: give --api-key-file FILE or set "
        + "EMBED_API_KEY, or say --no-key")
  }

  func apply(to options: inout ServeOptions) {
    options.keys = apiKey + (Self.environmentKeys ?? [])
    options.keyFile = apiKeyFile
    options.needsNoKey = noKey
    (options.origins, options.allowedHosts) = (cors, allowHost)
    options.hasOpenMetrics = metricsOpen
  }
}
