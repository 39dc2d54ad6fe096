import ArgumentParser

/// What the ending of an output's name promises that is in it.
enum OutputEnding: Equatable {
  case none
  case format(VectorFormat)
  case unknown(String)

  init(_ path: String) {
    guard let ending = Ending(path).text else {
      self = .none
      return
    }
    switch ending {
    case "json", "ndjson": self = .format(.jsonl)
    default: self = VectorFormat(rawValue: ending).map(Self.format) ?? .unknown(ending)
    }
  }

  /// The format that it promises; `nil` where it promises none, or one that is not known.
  var format: VectorFormat? { if case .format(let format) = self { format } else { nil } }

  /// Refuses a name under which nobody would look for what is written.
  /// - `asked`: the format that the user said
  func check(_ path: String, asked: VectorFormat?) throws {
    switch (self, asked) {
    case (.unknown(let ending), nil):
      throw ValidationError(
        "--output \(path): nothing is written as .\(ending); known are .jsonl, .json, .npy, .npz, "
          + ".csv, .f32, .i8 and .u8, and --format writes one of these under any other name")
    case (.format(let promised), let asked?) where promised != asked:
      throw ValidationError(
        "--output \(path): its ending is that of \(promised.rawValue), --format says "
          + "\(asked.rawValue); give one of them, or another ending")
    default: return
    }
  }

  /// Refuses an ending other than the one of what an option writes.
  static func check(_ option: String, _ path: String, only known: String) throws {
    guard let ending = Ending(path).text, ending != known else { return }
    throw ValidationError(
      "\(option) \(path): its ending is .\(ending), what is written is .\(known); name a FILE.\(known)"
    )
  }
}
