import ArgumentParser
import ModelFiles
import Serving

/// `embed health`: whether a server answers, for Docker's HEALTHCHECK and scripts.
struct HealthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: "Exit with 0 if a server is ready, else with 1.",
    discussion: """
      Asks `embed serve`, or any server whose GET /health answers 200, for at most five seconds.

        embed health
        embed health --url http://localhost:9000/health
        HEALTHCHECK CMD ["embed", "health"]
      """)

  @Option(
    help: ArgumentHelp(
      "Ask there: http://, https:// or unix:PATH (default: where EMBED_SERVE_URL says, or else the "
        + "other EMBED_SERVE variables, or http://127.0.0.1:8080/health).", valueName: "URL"))
  var url: String?

  func run() throws {
    try HealthProbe.ask(url: url ?? Self.address(ModelPlaces().variable))
  }

  /// Where a server listens that has the same environment, as in a container.
  static func address(_ variable: (String) -> String?) -> String {
    if let url = variable("EMBED_SERVE_URL") { return url }
    if let path = variable("EMBED_SERVE_SOCKET") { return "unix:\(path)" }
    let host = variable("EMBED_SERVE_HOST") ?? "127.0.0.1"
    let own = ["0.0.0.0": "127.0.0.1", "::": "[::1]", "[::]": "[::1]"][host] ?? host
    let name = own.contains(":") && !own.hasPrefix("[") ? "[\(own)]" : own
    // Kubernetes has a variable of that name for a service called embed-serve, which is an address.
    let port = variable("EMBED_SERVE_PORT").flatMap { Int($0) } ?? 8080
    let scheme = variable("EMBED_SERVE_TLS_CERT") == nil ? "http" : "https"
    return "\(scheme)://\(name):\(port)/health"
  }
}
