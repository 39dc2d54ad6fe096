import ModelFiles

/// What an evaluation found: numbers by name, in groups by the similarity they are of.
struct MetricReport {
  /// What was evaluated, and how many of it: "pairs", 1379.
  let counts: [(name: String, count: Int)]
  let groups: [(name: String, values: [(name: String, value: Double?)])]

  // Enough to tell two models apart, and to compare with what others report.
  private static let decimals = 6

  /// An object with a field for each group; a value that does not exist is null.
  private var value: JSONValue {
    let fields = groups.map { group in
      let values = group.values.map { name, value in
        (name, JSONValue.optional(value) { .number($0, decimals: Self.decimals) })
      }
      return (group.name, JSONValue.object(values))
    }
    return .object(counts.map { ($0.name, .int($0.count)) } + fields)
  }

  /// A column for each group, a row for each value.
  private var table: String {
    let names = groups.first?.values.map(\.name) ?? []
    var table = Table([.left] + groups.map { _ in .right }, header: [""] + groups.map(\.name))
    for (row, name) in names.enumerated() {
      table.append([name] + groups.map { $0.values[row].value.map { fixed($0, 4) } ?? "none" })
    }
    let heads = counts.map { "\($0.count) \($0.name)\n" }.joined()
    return heads + table.text
  }

  /// Says which values do not exist and why, where any does not.
  func noteMissing(_ messages: Messages, because reason: String) {
    let missing = groups.flatMap { group in
      group.values.filter { $0.value == nil }.map { "\($0.name) of \(group.name)" }
    }
    if !missing.isEmpty { messages.warn("no value for \(listed(missing)): \(reason)") }
  }

  /// Prints the numbers.
  func write(_ options: ReportOptions) throws { try options.write(table, value) }
}
