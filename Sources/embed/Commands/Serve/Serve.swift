import ArgumentParser
import Serving

/// `embed serve`: an HTTP server that OpenAI's, Hugging Face's, Cohere's and ollama's clients can ask.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer over HTTP, as OpenAI's, Hugging Face's or ollama's servers do.",
    discussion: """
      Loads the model, listens, and says where on standard error. The vectors are those of `embed \
      encode`, bit for bit. GET /openapi.json describes every endpoint; GET / in a browser is a page \
      to try it on. SIGTERM or SIGINT ends it once what was asked is answered; SIGHUP reads keys and \
      certificates again.

        embed serve -m BAAI/bge-small-en-v1.5
        curl localhost:8080/v1/embeddings -d '{"input":"How do cats sleep?"}'
        EMBED_API_KEY=secret embed serve --host 0.0.0.0
        embed serve -m all-MiniLM-L6-v2 -m cross-encoder/ms-marco-MiniLM-L6-v2

      Every option can also be set in the environment, where the command line does not: \
      EMBED_SERVE_MAX_TEXTS=100 for --max-texts 100, EMBED_SERVE_METRICS_OPEN=1 for a flag, and lists \
      with commas between.
      """)

  @OptionGroup(title: "Model") var model: ServeModelOptions
  @OptionGroup(title: "Where it listens") var place: ServePlaceOptions
  @OptionGroup(title: "Who may ask") var access: ServeAccessOptions
  @OptionGroup(title: "What is answered") var answers: ServeAnswerOptions
  @OptionGroup(title: "Limits") var limits: ServeLimitOptions
  @OptionGroup(title: "Seconds") var times: ServeTimeOptions

  @Option(
    help: ArgumentHelp(
      "Write a line for each request to standard error, for people or as JSON; never a text or a "
        + "key.", valueName: "text|json|off"))
  var log: ServeOptions.Log = .text

  func validate() throws { try access.check(place) }

  func run() throws {
    try Server.run(options, models: model.load(), names: model.names)
  }

  private var options: ServeOptions {
    var options = ServeOptions()
    place.apply(to: &options)
    access.apply(to: &options)
    answers.apply(to: &options)
    limits.apply(to: &options)
    times.apply(to: &options)
    options.log = log
    options.isQuiet = model.compute.limits.quiet
    options.version = Embed.version
    // Lines of a log are no messages: programs read them.
    options.say = { writeToStandardError(Messages.escaped($0 + "\n")) }
    return options
  }
}

extension ServeOptions.Log: ExpressibleByArgument {}
