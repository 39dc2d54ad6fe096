import ArgumentParser

/// The columns of texts with ids.
struct NamedTextColumns: ParsableArguments {
  @Option(help: ArgumentHelp("The column that holds ids.", valueName: "NAME"))
  var id: String = "id"

  @Option(help: ArgumentHelp("The column that holds texts.", valueName: "NAME"))
  var field: String = "text"

  func validate() throws {
    if id == field { throw ValidationError("--id and --field must be different columns") }
  }

  var names: ColumnNames { .init([id, field], areGiven: id != "id" || field != "text") }
}
