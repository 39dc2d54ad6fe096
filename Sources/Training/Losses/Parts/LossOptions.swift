import ModelFiles

/// How parameters of losses are read: they have Python's names and values, or what stands for them
/// in JSON.
extension JSON {
  /// A number that float32 can hold.
  func number(
    _ key: String, default fallback: Double, atLeast least: Double = -.infinity,
    above bound: Double = -.infinity
  ) throws -> Double {
    guard let value = try present(key) else { return fallback }
    let number = try value.double()
    guard Float(number).isFinite, number >= least, number > bound else {
      let range = least.isFinite ? " of at least \(least)" : bound.isFinite ? " above \(bound)" : ""
      throw value.mismatch("a number\(range)")
    }
    return number
  }

  /// A name among some, in any case; what stands before a point is a class or a module:
  /// `TripletDistanceMetric.COSINE`.
  func name<Name: RawRepresentable & CaseIterable>(_ key: String, default fallback: Name) throws
    -> Name where Name.RawValue == String
  {
    try present(key).map { try $0.name() } ?? fallback
  }

  /// This, a string, as a name among some.
  func name<Name: RawRepresentable & CaseIterable>() throws -> Name
  where Name.RawValue == String {
    let text = try string()
    let name = (text.split(separator: ".").last.map(String.init) ?? text).lowercased()
    if let found = Name.allCases.first(where: { $0.rawValue.lowercased() == name }) { return found }
    throw mismatch(Name.allCases.map { "`\($0.rawValue)`" }.joined(separator: " or "))
  }

  /// Refuses all but one value, the only one that is trained with here.
  func expect(_ key: String, _ name: String) throws {
    guard let value = try present(key) else { return }
    let last = try value.string().split(separator: ".").last.map(String.init)
    guard last?.lowercased() == name.lowercased() else {
      throw value.mismatch("`\(name)`, the only one that is known")
    }
  }
}

extension JSONValue {
  /// A number that Python writes without a point where it is whole.
  static func plain(_ number: Double) -> JSONValue {
    Int(exactly: number).map { .int($0) } ?? .double(number)
  }
}
