package import ModelFiles
package import Tensors

/// The cross entropy of a classifier that sees both vectors of a pair (Reimers and Gurevych, 2019).
package struct SoftmaxLoss: Loss {
  package static let name = "SoftmaxLoss"

  /// What the classifier sees, from left to right.
  private enum Part: Sendable { case first, second, difference, product }

  private let parts: [Part]
  private let width: Int
  private let labels: Int
  private let seed: Int

  package init(_ options: JSON, _ context: LossContext) throws {
    try options.expect("loss_fct", "CrossEntropyLoss")
    labels = try Self.labels(options, context)
    (width, seed) = (context.width, context.seed)
    for key in ["embedding_dimension", "sentence_embedding_dimension"] {
      guard let value = try options.present(key), try value.int() != width else { continue }
      throw value.mismatch("\(width), the model's")
    }
    parts = try [
      ("concatenation_sent_rep", true, [Part.first, .second]),
      ("concatenation_sent_difference", true, [.difference]),
      ("concatenation_sent_multiplication", false, [.product]),
    ].flatMap { key, fallback, parts in try options.bool(key, default: fallback) ? parts : [] }
    guard !parts.isEmpty else {
      throw FileError(
        "\(options.name): the classifier of \(Self.name) should see something; at least one of "
          + "concatenation_sent_rep, _difference and _multiplication should be true")
    }
    try MemoryBound.check(
      labels, parts.count, width, 4, for: "\(options.name): a classifier of \(labels) labels")
  }

  private static func labels(_ options: JSON, _ context: LossContext) throws -> Int {
    guard let value = try options.present("num_labels") else {
      if context.classes > 0 { return context.classes }
      throw FileError("\(options.name): \(name) needs labels that are classes, or `num_labels`")
    }
    let labels = try value.int()
    guard labels >= max(1, context.classes) else {
      throw value.mismatch("at least \(max(1, context.classes)), the classes of the data")
    }
    return labels
  }

  package var needs: LossNeeds { LossNeeds(columns: 2...2, labels: .classes) }

  package var parameters: [(name: String, value: JSONValue)] {
    [
      ("num_labels", .int(labels)),
      ("concatenation_sent_rep", .bool(parts.contains(.first))),
      ("concatenation_sent_difference", .bool(parts.contains(.difference))),
      ("concatenation_sent_multiplication", .bool(parts.contains(.product))),
    ]
  }

  private var inputs: Int { parts.count * width }

  /// Uniform in ±1/√inputs, as `torch.nn.Linear` begins.
  package var weights: [(name: String, value: Tensor)] {
    WeightGenerator.linear("classifier", outputs: labels, inputs: inputs, seed: seed)
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    guard let weight = weights["classifier.weight"], let bias = weights["classifier.bias"],
      weight.shape == [self.labels, inputs], bias.count == self.labels
    else { preconditionFailure("no classifier of \(self.labels) labels and \(inputs) inputs") }
    let seen = Tensor.concatenate(parts.map { Self.input($0, columns[0], columns[1]) })
    let (value, slopes) = crossEntropy(seen, labels.classes, weight, bias)
    // z = x Wᵀ + b, so dx = dz W, dW = dzᵀ x, db = Σ dz
    let bySeen = Tensor.product(slopes, weight)
    return LossValue(
      value: value, columns: byColumns(bySeen, columns[0], columns[1]),
      weights: [
        "classifier.weight": Tensor.product(slopes, seen, transposedLeft: true),
        "classifier.bias": Tensor(
          bias.shape, slopes.columnMeans().map { Float($0 * Double(slopes.rows)) }),
      ])
  }

  /// −log of the softmax at each row's label, their mean, and its derivatives by the logits.
  private func crossEntropy(
    _ seen: Tensor, _ classes: [Int32], _ weight: Tensor, _ bias: Tensor
  ) -> (Double, Tensor) {
    var value = 0.0
    let count = Double(classes.count)
    let shares = Tensor([classes.count, labels]) { out in
      Tensor.multiply(seen, weight, transposedRight: true, into: out)
      bias.withFloats { bias in for index in out.indices { out[index] += bias[index % labels] } }
      let places = classes.enumerated().map { row, label in
        precondition(0..<labels ~= Int(label), "label \(label) of \(labels)")
        return row * labels + Int(label)
      }
      let own = places.map { Double(out[$0]) }
      let logarithms = Tensor.softmax(out, columns: labels, scale: 1)
      for (logarithm, own) in zip(logarithms, own) { value += (logarithm - own) / count }
      // y = −log softmax(z) at the label, so dz = softmax(z) − 1 there
      for place in places { out[place] -= 1 }
    }
    return (value, shares.scaled(by: Float(1 / count)))
  }

  private static func input(_ part: Part, _ u: Tensor, _ v: Tensor) -> Tensor {
    switch part {
    case .first: u
    case .second: v
    case .difference: u.combined(v) { ($0 - $1).magnitude }
    case .product: u.combined(v) { $0 * $1 }
    }
  }

  /// Through u, v, |u − v| and u ⊙ v.
  private func byColumns(_ slopes: Tensor, _ u: Tensor, _ v: Tensor) -> [Tensor] {
    var sums = [Tensor.zeros(u.shape), Tensor.zeros(v.shape)]
    for (index, part) in parts.enumerated() {
      let dy = slopes.columns(index * width..<(index + 1) * width)
      switch part {
      case .first: sums[0] = sums[0].adding(dy)
      case .second: sums[1] = sums[1].adding(dy)
      case .difference:
        let sign = u.combined(v) { $0 > $1 ? 1 : $0 < $1 ? -1 : 0 }
        sums[0] = sums[0].adding(dy.combined(sign) { $0 * $1 })
        sums[1] = sums[1].adding(dy.combined(sign) { -$0 * $1 })
      case .product:
        sums[0] = sums[0].adding(dy.combined(v) { $0 * $1 })
        sums[1] = sums[1].adding(dy.combined(u) { $0 * $1 })
      }
    }
    return sums
  }
}

extension Tensor {
  fileprivate func combined(_ other: Tensor, _ combine: (Float, Float) -> Float) -> Tensor {
    Tensor(shape) { out in
      withFloats { x in
        other.withFloats { y in
          for index in out.indices { out[index] = combine(x[index], y[index]) }
        }
      }
    }
  }

  fileprivate func columns(_ range: Range<Int>) -> Tensor {
    Tensor([rows, range.count]) { out in
      withFloats { x in
        for row in 0..<rows {
          for (place, column) in range.enumerated() {
            out[row * range.count + place] = x[row * columns + column]
          }
        }
      }
    }
  }
}
