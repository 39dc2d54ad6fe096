import Glibc
import ModelFiles
import Vectors

/// What an output path means.
enum Destination: Equatable {
  /// A descriptor that the process was started with.
  case inherited(Int32)
  /// A pipe, a terminal, a device: written directly.
  case device
  /// A file, existing or not, at the end of all links: written as its part and renamed.
  case file(String)

  /// - `path`: `nil` and `-` are standard output.
  init(_ path: String?) throws {
    guard let path, path != "-" else {
      self = .inherited(1)
      return
    }
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError("the output's name is empty or has a NUL byte; name a file")
    }
    if let descriptor = try Self.inherited(path) {
      self = .inherited(descriptor)
      return
    }
    let target = try Self.followed(path)
    var status = stat()
    if stat(target, &status) != 0 {
      self = .file(target)
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw FileError("\(path): is a directory; name a file in it")
    case S_IFREG:
      // Renaming would get past a write protection that is meant.
      guard access(target, W_OK) == 0 else {
        throw FileError("\(path): cannot write: \(systemMessage(errno)); check its permissions")
      }
      self = .file(target)
    default: self = .device
    }
  }

  /// Refuses an output that would be written over one of these files while it is read, by whatever
  /// name; `-` is standard input. What is written beside an output counts, too.
  func refuse(inputs: [String]) throws {
    let written: [(path: String, identity: FileIdentity?)] =
      switch self {
      case .inherited(let descriptor): [("standard output", FileIdentity(descriptor: descriptor))]
      case .device: []
      case .file(let target):
        [target, PartialName(target).part]
          .flatMap { [$0, VectorsRecord.path(beside: $0), RaggedFile.lengthsPath($0)] }
          .flatMap { [$0, PartialName($0).part] }.map { ($0, FileIdentity($0)) }
      }
    for input in inputs {
      guard let read = input == "-" ? FileIdentity(descriptor: 0) : FileIdentity(input),
        let output = written.first(where: { $0.identity == read })
      else { continue }
      throw FileError(
        "\(InputFile.name(input)): would be written over while it is read, as \(output.path); name "
          + "another output")
    }
  }

  /// Names of open descriptors. What they lead to belongs to whoever opened it, be it a regular
  /// file: `> out` must not be renamed away under a shell.
  private static func inherited(_ path: String) throws -> Int32? {
    switch path {
    case "/dev/stdout": return 1
    case "/dev/stderr": return 2
    default:
      let folder = ["/dev/fd/", "/proc/self/fd/"].first { path.hasPrefix($0) }
      return try folder.flatMap { Int32(path.dropFirst($0.count)) }.map { descriptor in
        // What this process opened for itself closes with the next program; what it was given
        // does not.
        let flags = fcntl(descriptor, F_GETFD)
        guard flags < 0 || flags & FD_CLOEXEC == 0 else {
          throw FileError("\(path): no file was opened with this number; name another output")
        }
        return descriptor
      }
    }
  }

  /// The path at the end of symbolic links, which need not exist.
  private static func followed(_ path: String) throws -> String {
    var path = path
    // As many as the kernel follows.
    for _ in 0..<40 {
      guard let link = linkTarget(path) else { return path }
      let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? ""
      path = link.hasPrefix("/") ? link : folder + link
    }
    throw FileError("\(path): cannot write: \(systemMessage(ELOOP)); name the file itself")
  }

  private static func linkTarget(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX) + 1) { buffer in
      buffer.initialize(repeating: 0)
      guard let base = buffer.baseAddress, readlink(path, base, Int(PATH_MAX)) > 0 else {
        return nil
      }
      return String(cString: base)
    }
  }
}

/// Which regular file it is, whatever names lead to it.
struct FileIdentity: Equatable {
  private let device: dev_t
  private let number: ino_t

  /// `nil` where there is no regular file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init?(_ status: stat) {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    (device, number) = (status.st_dev, status.st_ino)
  }
}
