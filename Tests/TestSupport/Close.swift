package import Testing

/// Expects two runs of numbers to differ nowhere by more than `tolerance`, and shows the worst.
package func expectClose(
  _ actual: [Float], _ expected: [Float], tolerance: Float,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record(
      "\(actual.count) numbers, should be \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  let differences = zip(actual, expected).map { ($0 - $1).magnitude }
  let worst = differences.indices.max { differences[$0] < differences[$1] }
  guard let worst, !(differences[worst] <= tolerance) || differences.contains(where: \.isNaN) else {
    return
  }
  Issue.record(
    "element \(worst) is \(actual[worst]), should be \(expected[worst]) (± \(tolerance))",
    sourceLocation: sourceLocation)
}
