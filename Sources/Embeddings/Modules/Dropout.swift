import Encoders
import ModelFiles
import Tensors

/// Leaves out numbers at random while the model is trained, and does nothing otherwise.
struct Dropout: FeatureModule {
  let info: ModuleInfo
  let rate: Float
  private let owner: FeatureShape.Owner

  static func configuration(_ entry: ModuleEntry) throws -> JSON {
    try entry.folder.objectIfPresent("config.json") ?? .empty(named: entry.folder.path)
  }

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let rate = try source.configuration.double("dropout", default: 0.2)
    guard (0...1).contains(rate) else {
      throw FileError(
        "\(source.configuration.name): `dropout` should be between 0 and 1, is \(rate)")
    }
    (self.rate, owner) = (Float(rate), input.owner)
    info = ModuleInfo(summary: "Dropout: of training, does nothing here", output: input)
  }

  func callAsFunction(_ features: Features) -> Features {
    guard let dropout = features.training?.dropout(module: rate) else { return features }
    var features = features
    let layout = owner == .tokens ? features.layout : features.layout.pooled
    features[owner] = features[owner].dropped(dropout, layout)
    return features
  }
}
