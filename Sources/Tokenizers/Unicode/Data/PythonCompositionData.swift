// swift-format-ignore-file
// Written by scripts/unicode-tables.py from Python 3.11, Unicode 14.

/// Composites that differ from CompositionData's, and the two scalars that each is made of.
enum PythonCompositionData {
  static let text: StaticString = #"""
    hYV225?
    """#
}
