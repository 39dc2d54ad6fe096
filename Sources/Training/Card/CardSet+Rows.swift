import Tensors

extension CardSet {
  // As many as sentence-transformers looks at.
  private static let (most, samples) = (100, 3)
  // A set may have thousands.
  private static let mostClasses = 20

  /// - Parameter tokens: how many tokens the model reads of a text of a column
  package init(
    _ set: TrainingSet, _ loss: (any Loss)?, tokens: (_ text: [UInt8], _ column: Int) throws -> Int
  ) rethrows {
    let first = 0..<min(set.rows, Self.most)
    let shown = first.prefix(Self.samples)
    var columns = try set.columns.enumerated().map { index, column in
      let lists = column.lists.map { lists in
        CardColumn.Statistics.lists(.init(first.map { Double(lists[$0].count) }))
      }
      return CardColumn(
        name: column.name,
        statistics: try lists
          ?? .tokens(.init(first.map { Double(try tokens(column.texts[$0], index)) })),
        samples: shown.map { String(decoding: column.texts[$0], as: UTF8.self) })
    }
    switch set.labels {
    case .none: break
    case .scores(let scores):
      columns.append(
        CardColumn(
          name: "label", statistics: .scores(.init(first.map { Double(scores[$0]) })),
          samples: shown.map { "\(scores[$0])" }))
    case .classes(let classes, let names):
      let name = { (number: Int32) in
        names.indices.contains(Int(number)) ? names[Int(number)] : "\(number)"
      }
      columns.append(
        CardColumn(
          name: "label", statistics: .classes(Self.shares(first.map { classes[$0] }, name)),
          samples: shown.map { name(classes[$0]) }))
    case .teacherScores(let scores):
      columns.append(
        CardColumn(
          name: "label", statistics: .vectors(scores.columns),
          samples: shown.map { Self.beginning(of: scores.rows([$0])) }))
    case .lists(let lists):
      columns.append(
        CardColumn(
          name: "labels", statistics: .lists(.init(first.map { Double(lists[$0].count) })),
          samples: shown.map { "[\(lists[$0].prefix(5).map { "\($0)" }.joined(separator: ", "))]" })
      )
    case .vectors(let vectors):
      columns += vectors.enumerated().map { index, vectors in
        CardColumn(
          name: index == 0 ? "label" : "label \(index + 1)", statistics: .vectors(vectors.columns),
          samples: shown.map { Self.beginning(of: vectors.rows([$0])) })
      }
    }
    self.init(
      name: set.name, rows: set.rows, columns: columns,
      loss: loss.map { (type(of: $0).name, $0.parameters) }, examples: CardExample.of(set))
  }

  private static func shares(
    _ classes: [Int32], _ name: (Int32) -> String
  ) -> [(name: String, share: Double)] {
    var counts: [Int32: Int] = [:]
    for number in classes { counts[number, default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.prefix(mostClasses).map {
      (name($0.key), Double($0.value) / Double(classes.count))
    }
  }

  /// Of a vector, as Python shows a list.
  private static func beginning(of vector: Tensor) -> String {
    let numbers = vector.withFloats { $0.prefix(5).map { "\($0)" } }
    return "[" + numbers.joined(separator: ", ") + (vector.count > 5 ? ", ...]" : "]")
  }
}

extension CardExample {
  // As many as the hub shows, of texts that fit there.
  private static let (most, longest, looked) = (5, 300, 1000)

  /// Some of the shortest rows of a set, each with texts of other rows.
  static func of(_ set: TrainingSet) -> [CardExample] {
    let rows = (0..<min(set.rows, looked)).filter { row in
      set.columns.allSatisfy { 1...longest ~= $0.texts[row].count }
    }
    let lengths = rows.map { row in set.columns.reduce(0) { $0 + $1.texts[row].count } }
    let shortest = rows.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }.map { rows[$0] }
    guard shortest.count >= 4, let first = set.columns.first else { return [] }
    let text = { (column: TrainingSet.Column, row: Int) in
      String(decoding: column.lists?[row].first ?? column.texts[row], as: UTF8.self)
    }
    // The second column has no other questions, say, but their answers.
    let other = set.columns.dropFirst().first ?? first
    var used: Set<[UInt8]> = []
    let sources = shortest.filter { used.insert(first.texts[$0]).inserted }.prefix(most)
    return sources.enumerated().map { index, row in
      var others = set.columns.dropFirst().prefix(3).map { text($0, row) }
      for step in 1..<shortest.count where others.count < 3 {
        // From the long end, so that examples have other texts than each other.
        let place = (shortest.count - 1 - index * 3 - step) % shortest.count
        let row = shortest[(place + shortest.count) % shortest.count]
        if !others.contains(text(other, row)) { others.append(text(other, row)) }
      }
      return CardExample(source: text(first, row), others: others)
    }
  }
}
