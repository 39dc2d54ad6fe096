import Embeddings
import ModelFiles
import Tensors
import TestSupport

@testable import Training

/// A line of Tests/Fixtures/training/losses.jsonl: vectors and labels, and what the reference's
/// loss comes to, in float64.
struct RecordedLoss: CustomStringConvertible, Sendable {
  static let rows = 5
  static let width = 6

  let json: JSON
  /// Of the models that can have it.
  private let kind: ModelKind

  static func all() throws -> [RecordedLoss] {
    try [("losses", ModelKind.dense), ("sparse_losses", .sparse)].flatMap { name, kind in
      try Fixture.lines(Fixture.path("training/\(name).jsonl")).map {
        RecordedLoss(json: $0, kind: kind)
      }
    }
  }

  /// Of losses of a network's layers, and of others.
  var context: LossContext {
    LossContext(kind: kind, width: Self.width, classes: 0, layers: 2, seed: 1)
  }

  var description: String {
    String(decoding: JSONValue((try? json.object("loss")) ?? json).bytes, as: UTF8.self)
  }

  var name: String { get throws { try json.object("loss").string("name") } }

  func loss() throws -> any Loss {
    try Losses.make(json.object("loss"), context)
  }

  /// What a loss makes of the vectors.
  func outcome(of loss: any Loss) throws -> LossValue {
    let (columns, labels) = (try columns(), try labels())
    let weights = try weights("weights")
    return loss(columns, labels, weights)
  }

  func columns(_ key: String = "columns") throws -> [Tensor] {
    try json.array(key).elements.map { numbers in
      Tensor(
        [Self.rows, numbers.count / Self.rows], try numbers.elements.map { Float(try $0.double()) })
    }
  }

  func labels() throws -> BatchLabels {
    if try json.present("vectors") != nil { return .vectors(try columns("vectors")) }
    if try json.present("guide") != nil { return .guidance(try columns("guide")) }
    if let scores = try json.present("teacher_scores") {
      let rows = try scores.elements.map { row in
        try row.elements.map { Float(try $0.double()) }
      }
      return .teacherScores(Tensor([Self.rows, rows[0].count], rows.flatMap { $0 }))
    }
    guard try json.present("labels") != nil else { return .none }
    return try loss().needs.labels == .classes
      ? .classes(json.ints("labels")) : .scores(json.floats("labels"))
  }

  /// Numbers by the names of the loss' own weights, in those weights' shapes.
  func weights(_ key: String) throws -> [String: Tensor] {
    let shapes = Dictionary(uniqueKeysWithValues: try loss().weights.map { ($0, $1.shape) })
    return try shapes.reduce(into: [:]) { weights, shape in
      weights[shape.key] = Tensor(shape.value, try json.object(key).floats(shape.key))
    }
  }
}
