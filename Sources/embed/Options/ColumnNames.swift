import ArgumentParser

/// Names of columns, between commas.
struct ColumnNames: ExpressibleByArgument {
  let names: [String]
  /// Whether the user said them, so that the first row must have them.
  let areGiven: Bool

  init(_ names: [String], areGiven: Bool = false) {
    (self.names, self.areGiven) = (names, areGiven)
  }

  init(argument: String) {
    names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    areGiven = true
  }

  var defaultValueDescription: String { names.joined(separator: ",") }

  func check(count: Int) throws {
    guard names.count == count, Set(names).count == count, !names.contains("") else {
      throw ValidationError("--columns takes \(count) different names between commas")
    }
  }
}
