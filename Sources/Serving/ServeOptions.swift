/// How a server is to be, as the command line says it.
package struct ServeOptions: Sendable {
  /// Where it listens.
  package enum Address: Sendable, Equatable {
    case host(String, port: Int)
    /// A Unix socket at this path.
    case socket(String)
  }

  /// What is done with texts over the limit, where a request does not say.
  package enum LongTexts: String, Sendable, CaseIterable { case cut, error, chunk }

  /// Which arrays of integers are taken for texts.
  package enum TokenIDs: Sendable, Equatable {
    /// Those of the model's own tokenizer, framed by its special tokens.
    case model
    case refuse
    /// Those of this table, in OpenAI's format: they are decoded, and read as text.
    case table(String)
  }

  package enum Log: String, Sendable, CaseIterable { case text, json, off }

  package var address = Address.host("127.0.0.1", port: 8080)
  /// PEM files of a certificate with its chain, and of its key.
  package var certificate: (chain: String, key: String)?
  package var keys: [String] = []
  package var keyFile: String?
  /// Whether another address than loopback may be open to all.
  package var needsNoKey = false
  /// Names that requests may have for the first model; `*` stands for any.
  package var servedNames: [String] = []
  package var promptName: String?
  package var prompt: String?
  package var hasNoPrompt = false
  package var long = LongTexts.cut
  package var tokenIDs = TokenIDs.model
  package var mostTexts = 2048
  package var mostBody = 32 << 20
  package var queueTokens = 262_144
  package var mostConnections = 1024
  /// Bytes over all connections: of bodies in memory, and of answers that their clients do not read.
  package var mostBodies = 256 << 20
  package var mostAnswers = 256 << 20
  /// Seconds: for a head, a body, an idle connection, waiting and work, an answer that is not read.
  package var headerTimeout = 10.0
  package var bodyTimeout = 30.0
  package var idleTimeout = 75.0
  package var timeout = 120.0
  package var writeTimeout = 60.0
  /// Seconds that ending may take, and that it waits before no more connections are taken.
  package var drain = 25.0
  package var drainDelay = 0.0
  /// Bytes of vectors that are kept.
  package var cache = 64 << 20
  /// Origins of pages that may ask.
  package var origins: [String] = []
  package var allowedHosts: [String] = []
  package var log = Log.text
  /// Whether only errors are said: no notices, and in the log no answers but 5xx.
  package var isQuiet = false
  /// Whether `/metrics` needs no key.
  package var hasOpenMetrics = false
  /// What goes to stderr: whole lines, without their ends.
  package var say: @Sendable (String) -> Void = { _ in }
  /// What the program is called in answers.
  package var version = ""

  package init() {}
}
