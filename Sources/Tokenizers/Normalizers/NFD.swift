package import ModelFiles

/// Canonical decomposition, by Unicode 9.
package struct NFD: Normalizer {
  package init(_ json: JSON) {}

  package var description: String { "NFD" }

  package func callAsFunction(_ text: inout TextBuffer) {
    text.rewrite { source, output in
      var decomposition = CanonicalDecomposition()
      var position = 0
      while position < source.count {
        let (scalar, end) = source.scalar(at: position)
        decomposition.push(scalar) { output.append(scalar: $0) }
        position = end
      }
      decomposition.finish { output.append(scalar: $0) }
    }
  }
}
