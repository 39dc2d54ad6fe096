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

  /// The pages that hold zeros alone.
  fileprivate var emptyPages: [Range<Int>] {
    withBytes { bytes in
      (0..<pages).compactMap { page in
        let range = page * Self.pageSize..<min((page + 1) * Self.pageSize, bytes.count)
        return bytes[range].allSatisfy { $0 == 0 } ? range : nil
      }
    }
  }
}

extension TensorFile {
  /// The holes of the first file that has any in its tensors. Reads all of the files.
  package var holes: FileHoles? {
    for file in files {
      let pages = file.emptyPages
      let found = names.compactMap { self[$0] }.filter { tensor in
        tensor.file === file && pages.contains { $0.overlaps(tensor.range) }
      }
      if !found.isEmpty {
        return FileHoles(file: file, pages: pages.count, tensors: found.map { legible($0.name) })
      }
    }
    return nil
  }
}
