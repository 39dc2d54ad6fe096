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
  let wrong = zip(actual, expected).map { ($0 - $1).magnitude }
  // A NaN is no distance at all; it must not pass for a small one.
  let worst = wrong.indices.max { wrong[$0] < wrong[$1] || wrong[$1].isNaN }
  guard let worst, !(wrong[worst] <= tolerance) else { return }
  Issue.record(
    "element \(worst) is \(actual[worst]), should be \(expected[worst]) ± \(tolerance)",
    sourceLocation: sourceLocation)
}
