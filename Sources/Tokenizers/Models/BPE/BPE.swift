package import ModelFiles

/// The characters of a word, and of their pairs always the one merged that was merged first in
/// training (Sennrich, Haddow & Birch, 2016).
package struct BPE: TokenModel {
  package let vocabulary: Vocabulary
  let symbols: BPESymbols
  private let merging: Merging
  private let takesWholeWords: Bool
  /// Where long words are cut, to be merged stretch by stretch.
  private let boundaries: MergeBoundaries?
  private let cache = WordCache()

  package init(_ json: JSON) throws {
    if let dropout = try json.present("dropout"), try dropout.double() != 0 {
      throw FileError(
        "\(json.name): `\(dropout.path)` is \(try dropout.double()), should be 0: any other "
          + "value makes ids random")
    }
    vocabulary = try Vocabulary(json.object("vocab"))
    symbols = try BPESymbols(json, vocabulary)
    takesWholeWords = try json.bool("ignore_merges", default: false)
    let merges = try json.array("merges")
    let read = try MergeReader(
      vocabulary, prefixLength: symbols.prefixLength, capacity: merges.count
    ).read(merges)
    merging = read.merging
    boundaries = symbols.haveAffixes ? nil : read.boundaries
  }

  package var description: String {
    "BPE: \(vocabulary.count) pieces, \(merging.table.count) merges\(symbols.description)"
      + (takesWholeWords ? ", whole words first" : "")
  }

  package func callAsFunction(_ word: UnsafeRawBufferPointer, into ids: inout [Int32]) throws {
    if takesWholeWords, let id = vocabulary.id(of: word) { return ids.append(id) }
    if let boundaries, word.count > WordCache.longestWord {
      try boundaries.forEachStretch(of: word) { try appendMerged($0, to: &ids) }
    } else {
      try appendMerged(word, to: &ids)
    }
  }

  private func appendMerged(_ word: UnsafeRawBufferPointer, to ids: inout [Int32]) throws {
    if word.isEmpty || cache.append(word, to: &ids) { return }
    let start = ids.count
    try symbols.append(word, vocabulary, to: &ids)
    try Self.checkCount(ids.count - start, "symbols")
    let left = ids.withUnsafeMutableBufferPointer { ids in
      let added = UnsafeMutableBufferPointer(rebasing: ids[start...])
      let left = merging(added)
      cache.insert(word, UnsafeBufferPointer(rebasing: added[..<left]))
      return left
    }
    ids.removeLast(ids.count - start - left)
  }
}
