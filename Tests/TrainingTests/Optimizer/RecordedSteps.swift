import ModelFiles
import Tensors
import TestSupport

@testable import Training

/// Tests/Fixtures/training/adamw.jsonl: torch's steps of a table, a matrix and a bias.
struct RecordedSteps {
  static let table = "table.weight"

  let shapes: [String: [Int]]
  let start: [(name: String, tensor: Tensor)]
  let options: TrainingOptions
  let steps: [Step]

  struct Step {
    let factor: Double
    /// The table's rows that occurred.
    let rows: [Int32]?
    let gradients: [String: Gradient]
    let after: [String: [Float]]
  }

  init() throws {
    let lines = try Fixture.lines(Fixture.path("training/adamw.jsonl"))
    let settings = lines[0]
    let shapes = try Dictionary(
      uniqueKeysWithValues: settings.object("shapes").members.map {
        (try $0.key.string(), try $0.value.elements.map { try $0.int() })
      })
    var options = TrainingOptions()
    options.learningRate = try settings.double("learning_rate")
    options.weightDecay = try settings.double("weight_decay")
    options.adamBeta1 = try settings.double("beta1")
    options.adamBeta2 = try settings.double("beta2")
    options.adamEpsilon = try settings.double("epsilon")
    self.options = options
    self.shapes = shapes
    start = try shapes.keys.sorted().map { name in
      (name, Tensor(shapes[name] ?? [], try settings.object("start").floats(name)))
    }
    steps = try lines.dropFirst().map { try Step($0, shapes) }
  }

  func parameters() throws -> Parameters { try Parameters(model: start, options) }
}

extension RecordedSteps.Step {
  init(_ line: JSON, _ shapes: [String: [Int]]) throws {
    factor = try line.double("factor")
    rows = try line.present("rows") == nil ? nil : line.ints("rows")
    var gradients: [String: Gradient] = [:]
    for (name, shape) in shapes {
      guard try line.object("gradients").present(name) != nil else { continue }
      let floats = try line.object("gradients").floats(name)
      if name == RecordedSteps.table, let rows {
        let dy = Tensor([rows.count, shape[1]], floats)
        gradients[name] = .rows(TableGradient(dy, ids: rows, tableRows: shape[0]))
      } else {
        gradients[name] = .dense(Tensor(shape, floats))
      }
    }
    self.gradients = gradients
    let all = try line.object("after")
    after = try Dictionary(uniqueKeysWithValues: shapes.keys.map { ($0, try all.floats($0)) })
  }
}
