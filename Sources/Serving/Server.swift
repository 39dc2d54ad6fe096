package import Embeddings
import Glibc
import ModelFiles
import NIOCore
import NIOPosix
import Synchronization

/// `embed serve` as a whole.
package enum Server {
  /// Serves models until the process is asked to end, and all that was asked is answered. The calling
  /// thread is among those that compute.
  /// - Parameters:
  ///   - models: the first is the default, as far as it can do what is asked
  ///   - names: what the command line calls them
  /// - Throws: a `FileError` where it cannot begin: a place that is taken, files of keys
  package static func run(_ options: ServeOptions, models: [TextModel], names: [String?]) throws {
    var options = options
    options.mostConnections = connections(options)
    let served = try zip(models, names).enumerated().map { number, pair in
      // Other names are those of the default model.
      try ServedModel(
        pair.0, asked: pair.1, otherNames: number == 0 ? options.servedNames : [])
    }
    let service = try Service(options, served)
    let isWithoutKey = service.keys.withLock(\.isEmpty)
    let place = try ListeningPlace(options, isWithoutKey: isWithoutKey)
    let certificates = try options.certificate.map {
      try Certificates(chain: $0.chain, key: $0.key)
    }
    try service.warmUp()
    // Its thread ends with the process: nothing is left for it to do by then.
    let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
    let gate = Gate(service, isLoopback: place.isLoopback, names: place.names)
    let life = try loop.submit {
      NIOLoopBound(Lifecycle(service, gate, certificates, on: loop), eventLoop: loop)
    }.wait()
    service.becomeReady()
    let listener = try Listener(place, on: loop, isSecure: certificates != nil) { channel in
      loop.makeCompletedFuture { try life.value.prepare(channel) }
    }
    defer { listener.removeFile() }
    try Signals.install(on: loop) { life.value.receive($0) }
    if !options.isQuiet { options.say("listening on \(listener.name)") }
    try loop.submit {
      life.value.begin(listener.channel) {
        service.log.finish()
        listener.removeFile()
        _exit(0)
      }
    }.wait()
    try service.engine.work()
    service.log.finish()
  }

  /// As many connections as were asked for, or as the system lets a process have files.
  private static func connections(_ options: ServeOptions) -> Int {
    // Models' files, the log, threads' own, and connections that are turned away.
    let others = 64 + Limits.refused
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return options.mostConnections }
    limit.rlim_cur = limit.rlim_max
    guard setrlimit(resource, &limit) == 0, let files = Int(exactly: limit.rlim_cur) else {
      return options.mostConnections
    }
    let most = max(1, files - others)
    guard options.mostConnections > most else { return options.mostConnections }
    options.say(
      "at most \(most) connections, not \(options.mostConnections): this process may have \(files) files open (`ulimit -n`)"
    )
    return most
  }
}
