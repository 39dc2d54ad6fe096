package import ModelFiles
package import Tensors

/// Another loss over the first numbers of each vector, at several widths, so that vectors may be
/// cut (Kusupati et al., 2022).
package struct MatryoshkaLoss: Loss {
  package static let name = "MatryoshkaLoss"

  /// The loss at each width.
  let inner: any Loss
  private let width: Int
  /// Widths and what each counts, the widest first.
  private var dims: [(width: Int, weight: Double)]
  /// How many of the widths a batch learns, drawn anew; -1 for all.
  private let drawnDims: Int
  private let seed: Int

  package init(_ options: JSON, _ context: LossContext) throws {
    try self.init(options, context, drawn: -1)
  }

  /// - Parameter standard: how many widths a batch learns where nothing says it
  init(_ options: JSON, _ context: LossContext, drawn standard: Int) throws {
    (width, seed) = (context.width, context.seed)
    let dims = try Self.dims(options, width: context.width)
    let weights = try Self.weights(options, count: dims.count)
    self.dims = zip(dims, weights).map { (width: $0, weight: $1) }.sorted { $0.width > $1.width }
    drawnDims = try options.drawn("n_dims_per_step", default: standard)
    inner = try Losses.make(options.value("loss"), context)
    guard inner.weights.isEmpty, !(inner is Self), !(inner is any LayeredLoss) else {
      throw FileError(
        "\(options.name): \(Swift.type(of: inner).name) cannot be inside \(Self.name), since it "
          + "takes vectors of one width only"
          + (inner is any LayeredLoss ? "; \(Matryoshka2dLoss.name) is both" : ""))
    }
  }

  private static func dims(_ options: JSON, width: Int) throws -> [Int] {
    let list = try options.array("matryoshka_dims")
    let dims = try list.elements.map { element in
      let dim = try element.int()
      guard 1...max(1, width) ~= dim else {
        throw element.mismatch("between 1 and \(width), the numbers of the model's vectors")
      }
      return dim
    }
    guard !dims.isEmpty else { throw list.mismatch("a width at least, as [\(width), …]") }
    guard Set(dims).count == dims.count else { throw list.mismatch("different widths") }
    return dims
  }

  private static func weights(_ options: JSON, count: Int) throws -> [Double] {
    guard let list = try options.present("matryoshka_weights") else {
      return Array(repeating: 1, count: count)
    }
    let weights = try list.array().elements.map { element in
      let weight = try element.double()
      guard Float(weight).isFinite else { throw element.mismatch("a number") }
      return weight
    }
    guard weights.count == count else {
      throw list.mismatch("\(count) numbers, one for each of `matryoshka_dims`")
    }
    return weights
  }

  package var needs: LossNeeds { inner.needs }

  package var parameters: [(name: String, value: JSONValue)] {
    return [
      ("loss", inner.parameter),
      ("matryoshka_dims", .array(dims.map { .int($0.width) })),
      ("matryoshka_weights", .array(dims.map { .plain($0.weight) })),
      ("n_dims_per_step", .int(drawnDims)),
    ]
  }

  package func drawn(_ draw: Int) -> any Loss {
    guard drawnDims > 0 else { return self }
    var loss = self
    loss.dims = Drawing(seed, draw).sorted(drawnDims, of: dims.count).map { dims[$0] }
    return loss
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    var sums = columns.map { [Float](repeating: 0, count: $0.count) }
    var value = 0.0
    for dim in dims {
      let units = columns.map { UnitRows($0.firstColumns(dim.width)) }
      let part = inner(units.map(\.rows), cut(labels, to: dim.width), weights)
      value += dim.weight * part.value
      for (index, unit) in units.enumerated() {
        unit.derivative(part.columns[index]).withFloats { slopes in
          for row in 0..<columns[index].rows {
            for column in 0..<dim.width {
              sums[index][row * width + column] +=
                Float(dim.weight) * slopes[row * dim.width + column]
            }
          }
        }
      }
    }
    return LossValue(
      value: value, columns: zip(columns, sums).map { Tensor($0.shape, $1) })
  }

  /// A teacher's vectors are cut with the model's, but not made as long as those again.
  private func cut(_ labels: BatchLabels, to count: Int) -> BatchLabels {
    guard case .vectors(let vectors) = labels else { return labels }
    return .vectors(vectors.map { $0.firstColumns(count) })
  }
}
