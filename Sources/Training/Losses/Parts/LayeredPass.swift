import Glibc
import ModelFiles
import Tensors

/// A loss over the vectors of the last layer and of lower ones, with what keeps the lower layers'
/// vectors near the last's: τ KL(softmax(last/τ) ‖ softmax(lower/τ)), which the last does not learn
/// of.
struct LayeredPass: Sendable {
  /// What a layer counts, by its number.
  private enum Weighting: String, CaseIterable, Sendable {
    case uniform, log, linear

    func weight(of layer: Int) -> Double {
      switch self {
      case .uniform: 1
      case .log: 1 / (1 + Glibc.log(1 + Double(layer)))
      case .linear: 1 / (1 + Double(layer))
      }
    }
  }

  let inner: any Loss
  private let width: Int
  /// How many lower layers a batch learns, drawn anew; -1 for all.
  private let drawnLayers: Int
  private let lastWeight: Double, lowerWeight: Double
  private let divergenceWeight: Double, temperature: Double
  private let weighting: Weighting
  private let (depth, seed): (Int, Int)
  /// The lower layers of a batch, each with its loss.
  private(set) var lower: [(layer: Int, loss: any Loss)]
  /// The last layer's loss.
  private var last: any Loss

  /// - Parameters:
  ///   - inner: the loss of each layer's vectors
  ///   - name: of the loss that this is, for messages
  init(_ options: JSON, _ context: LossContext, _ inner: any Loss, _ name: String) throws {
    (self.inner, last, width) = (inner, inner, context.width)
    (depth, seed) = (context.layers, context.seed)
    drawnLayers = try options.drawn("n_layers_per_step", default: 1)
    lastWeight = try options.number("last_layer_weight", default: 1)
    lowerWeight = try options.number("prior_layers_weight", default: 1)
    divergenceWeight = try options.number("kl_div_weight", default: 1)
    temperature = try options.number("kl_temperature", default: 0.3)
    weighting = try options.name("layer_weighting", default: .uniform)
    guard context.layers > 0 else {
      let others = Losses.known.filter { !($0 is any LayeredLoss.Type) }.map { $0.name }
      throw FileError(
        "\(options.name): \(name) learns of a network's layers, and this model has none; for it "
          + "there are \(others.joined(separator: ", "))")
    }
    guard inner.weights.isEmpty, !(inner is any LayeredLoss) else {
      throw FileError(
        "\(options.name): \(type(of: inner).name) cannot be inside \(name); choose a loss without "
          + "weights of its own and without layers")
    }
    lower = (0..<depth).map { ($0, inner) }
  }

  var parameters: [(name: String, value: JSONValue)] {
    [
      ("n_layers_per_step", .int(drawnLayers)), ("last_layer_weight", .double(lastWeight)),
      ("prior_layers_weight", .double(lowerWeight)),
      ("kl_div_weight", .double(divergenceWeight)), ("kl_temperature", .double(temperature)),
      ("layer_weighting", .string(weighting.rawValue)),
    ]
  }

  func drawn(_ draw: Int) -> LayeredPass {
    var pass = self
    var drawing = Drawing(seed, draw)
    let layers =
      drawnLayers > 0 ? drawing.sample(drawnLayers, of: depth) : Array(0..<depth)
    // Each layer's loss draws for itself.
    pass.last = inner.drawn(draw &* (depth + 1))
    pass.lower = layers.map { ($0, inner.drawn(draw &* (depth + 1) &+ $0 &+ 1)) }
    return pass
  }

  /// - Parameter columns: of each, the last layer's vectors and those of `lower` side by side
  func loss(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let parts = columns.map { $0.parts(of: width) }
    precondition(parts.allSatisfy { $0.count == 1 + lower.count }, "not a vector of each layer")
    let whole = last(parts.map { $0[0] }, labels, weights)
    var value = lastWeight * whole.value
    var slopes = whole.columns.map { [$0.scaled(by: Float(lastWeight))] }
    for (place, (layer, loss)) in lower.enumerated() {
      let found = loss(parts.map { $0[place + 1] }, labels, weights)
      let weight = weighting.weight(of: layer) / Double(lower.count) * lowerWeight
      value += weight * found.value
      let near = divergence(parts.map { $0[place + 1] }, from: parts.map { $0[0] })
      value += near.value
      for column in columns.indices {
        let own = found.columns[column].scaled(by: Float(weight))
        slopes[column].append(near.columns.isEmpty ? own : own.adding(near.columns[column]))
      }
    }
    return LossValue(value: value, columns: slopes.map { Tensor.concatenate($0) })
  }

  /// y = w τ Σ t (log t − log p)/N over the rows of all columns, with t = softmax(last/τ) and
  /// p = softmax(lower/τ), so dlower = w (p − t)/N.
  private func divergence(_ lower: [Tensor], from last: [Tensor]) -> LossValue {
    guard temperature > 0 else { return LossValue(value: 0, columns: []) }
    let share = divergenceWeight / Double(lower.reduce(0) { $0 + $1.rows })
    var value = 0.0
    let slopes = zip(lower, last).map { lower, last in
      Tensor(lower.shape) { out in
        for row in 0..<lower.rows {
          let (own, target) = (shares(lower, row), shares(last, row))
          for index in 0..<width {
            let (p, t) = (own.shares[index], target.shares[index])
            if t != 0 {
              value += share * temperature * t * (target.logarithms[index] - own.logarithms[index])
            }
            out[row * width + index] = Float(share * (p - t))
          }
        }
      }
    }
    return LossValue(value: value, columns: slopes)
  }

  private func shares(_ x: Tensor, _ row: Int) -> Shares {
    x.withFloats { x in
      Shares(x[row * width..<(row + 1) * width].map { Double($0) / temperature })
    }
  }
}

/// A loss of several layers' vectors.
protocol LayeredLoss: Loss {
  var layered: LayeredPass { get set }
}

extension LayeredLoss {
  package var needs: LossNeeds { layered.inner.needs }
  package var layers: [Int] { layered.lower.map(\.layer) }

  package func drawn(_ draw: Int) -> any Loss {
    var loss = self
    loss.layered = layered.drawn(draw)
    return loss
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue { layered.loss(columns, labels, weights) }
}

extension Tensor {
  /// Equal parts of the columns, so wide each.
  /// - Shapes: `[B, n · width]` → n times `[B, width]`
  fileprivate func parts(of width: Int) -> [Tensor] {
    let count = columns / max(1, width)
    precondition(count * width == columns, "\(columns) columns in parts of \(width)")
    return (0..<count).map { part in
      Tensor([rows, width]) { out in
        withFloats { x in
          for row in 0..<rows {
            for index in 0..<width {
              out[row * width + index] = x[row * columns + part * width + index]
            }
          }
        }
      }
    }
  }
}
