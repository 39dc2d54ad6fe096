/// The name that was probably meant by a word that is none: the same in other letters' case, else
/// the one that takes the fewest changes, at most one for three letters, else one that begins so.
package func nearestName(to word: String, among names: [String]) -> String? {
  let typed = Array(word.lowercased())
  let known = names.map { Array($0.lowercased()) }
  if let same = known.firstIndex(of: typed) { return names[same] }
  let most = max(1, typed.count / 3)
  let distances = known.map { abs($0.count - typed.count) > most ? .max : changes(typed, $0) }
  if let least = distances.min(), least <= most, let index = distances.firstIndex(of: least) {
    return names[index]
  }
  guard typed.count >= 3 else { return nil }
  return known.firstIndex { $0.starts(with: typed) }.map { names[$0] }
}

/// How many letters must be put in, taken out, replaced, or swapped with the next one.
private func changes(_ a: [Character], _ b: [Character]) -> Int {
  var (before, last) = ([Int](), Array(0...b.count))
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, before[j - 1] + 1) }
      row.append(least)
    }
    (before, last) = (last, row)
  }
  return last[b.count]
}
