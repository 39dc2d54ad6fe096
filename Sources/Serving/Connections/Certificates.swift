import ModelFiles
import NIOSSL

/// What HTTPS needs: a certificate with its chain, and its key.
struct Certificates {
  /// The most bytes of a file of either.
  private static let longestFile = 1 << 20

  let context: NIOSSLContext

  /// - Throws: where a file cannot be read, is no PEM, or the two do not belong together
  init(chain: String, key: String) throws {
    let certificates = try Self.read(chain, "a certificate") {
      try NIOSSLCertificate.fromPEMBytes($0)
    }
    guard !certificates.isEmpty else {
      throw FileError("\(chain) has no certificate: it should be a PEM file")
    }
    let secret = try Self.read(key, "a private key without a password") {
      try NIOSSLPrivateKey(bytes: $0, format: .pem)
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(secret))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    do {
      context = try NIOSSLContext(configuration: configuration)
    } catch {
      throw FileError("\(key) is not the key of the certificate in \(chain)")
    }
  }

  private static func read<Value>(
    _ path: String, _ what: String, _ parse: ([UInt8]) throws -> Value
  ) throws -> Value {
    let bytes = try readFile(path, limit: longestFile)
    do {
      return try parse(bytes)
    } catch {
      throw FileError("\(path) should be a PEM file with \(what)")
    }
  }
}
