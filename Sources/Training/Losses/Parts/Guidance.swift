import ModelFiles

/// How a guide says which texts of a batch are no wrong answers.
struct Guidance: Sendable {
  /// How much nearer to the positive than the anchor's other texts is near enough to be left out.
  enum Strategy: String, CaseIterable, Sendable {
    /// similarity > that of the positive − margin
    case absolute
    /// similarity > that of the positive, less this share of its magnitude
    case relative
  }

  /// The model's directory or name.
  let guide: String
  let temperature: Double
  let strategy: Strategy
  let margin: Double
  /// Whether anchors are compared with other anchors, and positives with other positives.
  let (contrastsAnchors, contrastsPositives): (Bool, Bool)
  private let gathers: Bool

  /// - Parameter loss: as messages name it
  init(_ options: JSON, _ loss: String) throws {
    guard let guide = try options.present("guide") else {
      throw FileError(
        "\(options.name): \(loss) needs a guide, the model that says which texts are alike: "
          + #"{"guide":"all-MiniLM-L6-v2"}, as --loss-options or in the recipe's loss"#)
    }
    self.guide = try guide.string()
    guard !self.guide.isEmpty else { throw guide.mismatch("a model's directory or name") }
    temperature = try options.number("temperature", default: 0.01, above: 0)
    strategy = try options.name("margin_strategy", default: .absolute)
    margin = try options.number("margin", default: 0)
    contrastsAnchors = try options.bool("contrast_anchors", default: true)
    contrastsPositives = try options.bool("contrast_positives", default: true)
    // Of several devices; there is one.
    gathers = try options.bool("gather_across_devices", default: false)
  }

  /// The highest similarity that a wrong answer may have for the guide.
  /// - Parameter positive: what the guide finds for the anchor and its positive
  func threshold(_ positive: Float) -> Float {
    switch strategy {
    case .absolute: positive - Float(margin)
    case .relative: positive - positive.magnitude * Float(margin)
    }
  }

  /// As they stand in model cards.
  /// - Parameter parts: the parameters of the cached class
  func parameters(_ parts: [(name: String, value: JSONValue)] = []) -> [(
    name: String, value: JSONValue
  )] {
    let name = guide.split(separator: "/").last.map(String.init) ?? guide
    return [("guide", .string(name)), ("temperature", .double(temperature))] + parts + [
      ("margin_strategy", .string(strategy.rawValue)), ("margin", .double(margin)),
      ("contrast_anchors", .bool(contrastsAnchors)),
      ("contrast_positives", .bool(contrastsPositives)), ("gather_across_devices", .bool(gathers)),
    ]
  }
}
