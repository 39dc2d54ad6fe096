import ArgumentParser
import ModelFiles

/// The options of one command, as its help has them.
struct OptionTable {
  struct Entry {
    /// With their dashes.
    let names: [String]
    let takesValue: Bool
    /// Whether it may be given several times.
    let repeats: Bool
    let valueName: String
  }

  let options: [Entry]
  /// What the command's arguments are called in its help.
  let arguments: [String]

  init(_ command: any ParsableCommand.Type) throws {
    let help = try JSON(Array(command._dumpHelp().utf8), name: "the help")
    let arguments = try help.present("command")?.present("arguments")?.array().elements.map { $0 }
    var (options, positions) = ([Entry](), [String]())
    for described in arguments ?? [] {
      let valueName = try described.present("valueName")?.string() ?? ""
      let kind = try described.string("kind")
      if kind == "positional" { positions.append(valueName) }
      let names = try described.present("names")?.array().elements.map { name in
        (try name.string("kind") == "short" ? "-" : "--") + (try name.string("name"))
      }
      options.append(
        Entry(
          names: names ?? [], takesValue: kind == "option",
          repeats: try described.bool("isRepeating"), valueName: valueName))
    }
    (self.options, self.arguments) = (options, positions)
  }

  /// The option of that name, which has its dashes.
  subscript(_ name: String) -> Entry? { options.first { $0.names.contains(name) } }

  /// Whether the command's arguments are texts, which may begin with a dash.
  var takesTexts: Bool { arguments.contains { $0 == "TEXT" || $0 == "QUERY" } }

  /// The name of an option that was probably meant by this one.
  func nearest(to name: String) -> String? {
    let long = options.flatMap(\.names).filter { $0.hasPrefix("--") }.map {
      String($0.dropFirst(2))
    }
    let word = String(name.drop { $0 == "-" })
    return word.count < 2 ? nil : nearestName(to: word, among: long).map { "--\($0)" }
  }
}
