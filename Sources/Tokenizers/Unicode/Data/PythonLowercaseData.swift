// swift-format-ignore-file
// Written by scripts/unicode-tables.py from Python 3.11, Unicode 14.

/// Lower-case mappings that differ from LowercaseData's, for ScalarMapping.
enum PythonLowercaseData {
  static let text: StaticString = #"""
    YT710QjR110010110310110510110c[I1001001001001001001001001001001001001001001001001001001001\#
    0010010jYH10010010010010010010010010010010010010010010010010010010010010010010010010
    """#
}
