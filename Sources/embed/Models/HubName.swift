import ModelFiles

/// A model's name as the Hugging Face hub has it.
struct HubName {
  static let impliedOrganisation = "sentence-transformers"

  let organisation: String?
  let name: String

  /// NAME or ORGANISATION/NAME, of the characters that the hub allows; `nil` for what can only be
  /// meant as a path.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let allowed = parts.allSatisfy { part in
      (1...96).contains(part.utf8.count) && !part.hasPrefix(".") && !part.hasPrefix("-")
        && part.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            true
          default: false
          }
        }
    }
    guard allowed, (1...2).contains(parts.count) else { return nil }
    (organisation, name) = (parts.count == 2 ? parts[0] : nil, parts[parts.count - 1])
  }

  /// As it was written.
  var text: String { organisation.map { "\($0)/\(name)" } ?? name }
  /// With the organisation that a bare name means.
  var repository: String { "\(organisation ?? Self.impliedOrganisation)/\(name)" }
  /// Whether the bare name means the same.
  var impliesOrganisation: Bool { organisation == Self.impliedOrganisation }
  /// The name of its folder in the Hugging Face cache.
  var cached: String { "models--" + repository.split(separator: "/").joined(separator: "--") }
  /// The name of its folder in the cache of sentence-transformers up to 2.2.
  var flat: String { repository.split(separator: "/").joined(separator: "_") }
}

/// The folder of one model in the Hugging Face cache, `models--ORGANISATION--NAME`.
struct CachedRepository {
  let path: String

  init(_ path: String) { self.path = path }

  /// The name that the folder's name is made of; `nil` where it is no such folder.
  var name: HubName? {
    let folder = lastName(of: path)
    guard folder.hasPrefix("models--") else { return nil }
    let name = folder.dropFirst("models--".count)
    guard let end = name.firstRange(of: "--") else { return HubName(String(name)) }
    return HubName("\(name[..<end.lowerBound])/\(name[end.upperBound...])")
  }

  /// The folder of the revision that `refs/main` names by its commit.
  var snapshot: String {
    let commit = (try? readFile("\(path)/refs/main", limit: 1024)) ?? []
    let digits = commit.prefix { $0 != UInt8(ascii: "\n") }
    let isCommit =
      digits.count == 40 && digits.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    let revision = isCommit ? String(decoding: digits, as: UTF8.self) : "main"
    return "\(path)/snapshots/\(revision)"
  }
}
