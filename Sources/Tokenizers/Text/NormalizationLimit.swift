import ModelFiles

/// How long normalizers may make a text: each may, a little, and a file can list any number of
/// them.
struct NormalizationLimit {
  private let most: Int

  /// - Parameter count: the bytes of the text as it was.
  init(_ count: Int) {
    let (product, overflow) = count.multipliedReportingOverflow(by: 32)
    // A short text may become a long one, as a prefix makes it.
    most = overflow ? Int.max : product.addingReportingOverflow(65_536).partialValue
  }

  /// - Throws: if a text of `count` bytes is longer than allowed.
  func check(_ count: Int) throws {
    guard count <= most else {
      throw FileError(
        "the normalizers make the text more than 32 times as long; check `normalizer`")
    }
  }
}
