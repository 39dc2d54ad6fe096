/// The ending of a file's name, in small letters and without its point.
struct Ending: Equatable {
  /// `nil` for a name without one: no point, none but the first letter, none but the last.
  let text: String?

  init(_ path: String) {
    // By bytes: a point is one, whatever combines with it.
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? path.utf8[...]
    guard let point = name.lastIndex(of: UInt8(ascii: ".")), point > name.startIndex,
      name.index(after: point) < name.endIndex
    else {
      text = nil
      return
    }
    text = String(Substring(name[name.index(after: point)...])).lowercased()
  }

  /// That of the file that gzip packed: of `a.csv.gz` it is `csv`.
  init(withoutGzip path: String) {
    let own = Ending(path)
    self = own.text == "gz" ? Ending(String(path.dropLast(3))) : own
  }
}
