/// Nothing: it left out numbers at random while the model was trained.
struct Dropout: Module {
  let facts: ModuleFacts

  init(_ folder: ModelFolder, taking input: Rows) throws {
    facts = ModuleFacts(summary: "Dropout: of training, does nothing here", output: input)
  }

  func callAsFunction(_ features: Features) -> Features { features }
}
