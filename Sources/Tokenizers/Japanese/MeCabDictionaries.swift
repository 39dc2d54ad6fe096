import Glibc
import ModelFiles

/// Where MeCab's dictionaries lie: those of Python's packages, which the reference takes, and the system's.
enum MeCabDictionaries {
  /// Names a folder, in the place of all others.
  static let variable = "EMBED_MECAB_DICTIONARY"

  /// What `mecab_dic` may be: the package of Python's, and folders of Debian's and MeCab's own.
  private static let known: [String: (package: String, folders: [String])] = [
    "ipadic": (
      "ipadic",
      [
        "/var/lib/mecab/dic/ipadic-utf8", "/usr/share/mecab/dic/ipadic-utf8",
        "/usr/lib/x86_64-linux-gnu/mecab/dic/ipadic-utf8", "/usr/local/lib/mecab/dic/ipadic-utf8",
      ]
    ),
    "unidic": ("unidic", ["/var/lib/mecab/dic/unidic", "/usr/share/mecab/dic/unidic"]),
    "unidic_lite": ("unidic_lite", []),
  ]

  /// The folder of a dictionary.
  /// - Parameters:
  ///   - name: `mecab_dic`; `nil` where the model names none
  ///   - origin: the file that says so
  static func folder(of name: String?, _ origin: String) throws -> String {
    if let named = variable(variable), !named.isEmpty { return named }
    guard let name else {
      throw FileError(
        "\(origin): `mecab_dic` is null, so that the model's words are those of a dictionary that is not "
          + "named; set \(variable) to its folder")
    }
    guard let places = known[name] else {
      throw FileError(
        "\(origin): `mecab_dic` is `\(name)`; known are \(known.keys.sorted().joined(separator: ", "))"
      )
    }
    let folders =
      try packageFolders().map { "\($0)/\(places.package)/dicdir" } + places.folders
    if let found = try folders.first(where: { try fileExists("\($0)/sys.dic") }) { return found }
    throw FileError(
      "\(origin): the tokenizer needs MeCab's dictionary `\(name)`, which is nowhere of "
        + "\(folders.joined(separator: ", ")); get it (`pip install \(name.replacing("_", with: "-"))`), or "
        + "set \(variable) to its folder")
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Folders of Python's packages.
  private static func packageFolders() throws -> [String] {
    let roots = ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap(variable)
    let home = variable("HOME").map { ["\($0)/.local"] } ?? []
    return try (roots + home + ["/usr/local", "/usr"]).flatMap { root -> [String] in
      let lib = "\(root)/lib"
      guard try isDirectory(lib) else { return [] }
      return try folderEntries(lib).filter { $0.hasPrefix("python3") }.sorted().flatMap { python in
        ["site-packages", "dist-packages"].map { "\(lib)/\(python)/\($0)" }
      }
    }
  }
}
