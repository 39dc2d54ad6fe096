/// What of a file is zeros over whole pages, as a sparse file's holes are read.
package struct FileHoles {
  package let file: MappedFile
  /// How many pages there are of them.
  package let pages: Int
  /// The names of the tensors that are in them, as messages have them, in their order.
  package let tensors: [String]
}

extension MappedFile {
  // What file systems leave out of a sparse file are blocks of this size, or several.
  package static let pageSize = 4096

  /// The pages of the file, the last one perhaps shorter.
  package var pages: Int { (count + Self.pageSize - 1) / Self.pageSize }

  /// How many of the pages before each one, and before the end, hold zeros alone.
  fileprivate var emptyPages: [Int] {
    withBytes { bytes in
      var before = [0]
      for page in 0..<pages {
        let range = page * Self.pageSize..<min((page + 1) * Self.pageSize, bytes.count)
        before.append(before[page] + (bytes[range].allSatisfy { $0 == 0 } ? 1 : 0))
      }
      return before
    }
  }
}

extension TensorFile {
  /// The holes of the first file that has any in its tensors. Reads all of the files.
  package var holes: FileHoles? {
    let tensors = Dictionary(grouping: names.compactMap { self[$0] }) { ObjectIdentifier($0.file) }
    for file in files {
      let before = file.emptyPages
      let found = tensors[ObjectIdentifier(file), default: []].filter { tensor in
        guard !tensor.range.isEmpty else { return false }
        let last = (tensor.range.upperBound - 1) / MappedFile.pageSize
        return before[last + 1] > before[tensor.range.lowerBound / MappedFile.pageSize]
      }
      if !found.isEmpty {
        return FileHoles(
          file: file, pages: before[file.pages], tensors: found.map { legible($0.name) })
      }
    }
    return nil
  }
}
