import Glibc
import ModelFiles
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Serving

// One after the other: the mask of new files is the whole process's.
@Suite(.serialized) struct ListenerTests {
  private func listener(_ path: String) throws -> Listener {
    var options = ServeOptions()
    options.address = .socket(path)
    return try Listener(
      ListeningPlace(options, isWithoutKey: true), on: MultiThreadedEventLoopGroup.singleton.next(),
      isSecure: false
    ) { $0.eventLoop.makeSucceededVoidFuture() }
  }

  /// Bootstraps are waited for, which must not be done on the threads of tests.
  private func apart<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
    -> Value
  {
    try await NIOThreadPool.singleton.runIfActive(body)
  }

  @Test func aUnixSocketIsItsOwnersAndGoesWithTheServer() async throws {
    let folder = try ScratchFolder()
    let path = folder.file("socket")
    let (mode, isThere) = try await apart {
      let listener = try listener(path)
      var status = stat()
      lstat(path, &status)
      try listener.channel.close().wait()
      listener.removeFile()
      return (status.st_mode & 0o7777, try fileExists(path))
    }
    #expect(mode == 0o600 && !isThere)
  }

  @Test func whatAServerLeftIsReplacedButNoOtherServer() async throws {
    let folder = try ScratchFolder()
    let path = folder.file("socket")
    try await apart {
      let first = try listener(path)
      #expect(throws: FileError.self) { try listener(path) }
      try first.channel.close().wait()
      let second = try listener(path)
      // The file is the second's now.
      first.removeFile()
      #expect(try fileExists(path))
      try second.channel.close().wait()
    }
  }

  @Test func noOtherFileIsReplaced() async throws {
    let folder = try ScratchFolder()
    let path = try folder.write("notes", "text")
    let long = folder.file(String(repeating: "a", count: 120))
    try await apart {
      #expect(throws: FileError.self) { try listener(path) }
      #expect(throws: FileError.self) { try listener(long) }
    }
    #expect(try folder.names == ["notes"])
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("localhost", true), ("::1", true), ("[::1]", true), ("127.1.2.3", true),
    ("0.0.0.0", false), ("::", false),
  ])
  func withoutAKeyOnlyThisMachineMayAsk(host: String, isLoopback: Bool) throws {
    var options = ServeOptions()
    options.address = .host(host, port: 0)
    #expect(try ListeningPlace(options, isWithoutKey: false).isLoopback == isLoopback)
    if isLoopback {
      #expect(try ListeningPlace(options, isWithoutKey: true).isLoopback)
    } else {
      #expect(throws: FileError.self) { try ListeningPlace(options, isWithoutKey: true) }
      options.needsNoKey = true
      #expect(try !ListeningPlace(options, isWithoutKey: true).isLoopback)
    }
  }
}
