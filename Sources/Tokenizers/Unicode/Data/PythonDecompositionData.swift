// swift-format-ignore-file
// Written by scripts/unicode-tables.py from Python 3.11, Unicode 14.

/// Canonical decompositions that differ from DecompositionData's, for ScalarMapping.
enum PythonDecompositionData {
  static let text: StaticString = #"""
    hYV225?
    """#
}
