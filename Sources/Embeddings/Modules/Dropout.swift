import ModelFiles

/// Nothing: it left out numbers at random while the model was trained.
struct Dropout: FeatureModule {
  let info: ModuleInfo

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    info = ModuleInfo(summary: "Dropout: of training, does nothing here", output: input)
  }

  func callAsFunction(_ features: Features) -> Features { features }
}
