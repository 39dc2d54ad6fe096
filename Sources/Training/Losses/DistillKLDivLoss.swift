package import ModelFiles
package import Tensors

/// What share each candidate has among those of its query should be what a teacher's scores make of
/// it (Hinton et al., 2015): τ² KL(softmax(teacher/τ) ‖ softmax(s/τ)), the mean over the rows.
package struct DistillKLDivLoss: Loss {
  package static let name = "DistillKLDivLoss"
  package static let shortNames = ["kldiv"]
  private let similarity: PairScores.Similarity
  private let temperature: Double
  /// In the place of the one above.
  private let (ofStudent, ofTeacher): (Double, Double)

  package init(_ options: JSON, _ context: LossContext) throws {
    try self.init(options, temperature: 1)
  }

  /// - Parameter temperature: where nothing says it
  init(_ options: JSON, temperature standard: Double) throws {
    similarity = try options.name("similarity_fct", default: .dot)
    temperature = try options.number("temperature", default: standard, above: 0)
    ofStudent = try options.number("student_temperature", default: temperature, above: 0)
    ofTeacher = try options.number("teacher_temperature", default: temperature, above: 0)
  }

  /// A score for each candidate.
  package var needs: LossNeeds {
    LossNeeds(columns: 3...Ranking.mostColumns, labels: .teacherScores(less: 1...1))
  }

  package var parameters: [(name: String, value: JSONValue)] {
    [("similarity_fct", .string(similarity.rawValue)), ("temperature", .double(temperature))]
      + (ofStudent == temperature ? [] : [("student_temperature", .double(ofStudent))])
      + (ofTeacher == temperature ? [] : [("teacher_temperature", .double(ofTeacher))])
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let pairs = columns.dropFirst().map { PairScores(columns[0], $0, similarity) }
    let (rows, scores) = (columns[0].rows, labels.teacherScores.elements)
    var value = 0.0
    var slopes = pairs.map { _ in [Double](repeating: 0, count: rows) }
    for row in 0..<rows {
      let own = Shares(pairs.map { $0.values[row] / ofStudent })
      let target = Shares(pairs.indices.map { Double(scores[row * pairs.count + $0]) / ofTeacher })
      // y = τ² Σ t (log t − log p)/B with p = softmax(s/τ), so ds = τ (p − t)/B
      for place in pairs.indices {
        let (share, wanted) = (own.shares[place], target.shares[place])
        if wanted != 0 {
          let gap = target.logarithms[place] - own.logarithms[place]
          value += ofStudent * ofStudent * wanted * gap / Double(rows)
        }
        slopes[place][row] = ofStudent * (share - wanted) / Double(rows)
      }
    }
    return LossValue(
      value: value, columns: zip(pairs, slopes).map { $0.derivatives($1) }.byColumns)
  }
}
