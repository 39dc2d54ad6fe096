import ArgumentParser
import Embeddings
import ModelFiles
import Tensors
import Training

/// An option that is one of several words.
protocol NamedChoice: RawRepresentable, CaseIterable where RawValue == String {}

extension Schedule.Kind: NamedChoice {}
extension BatchSampler: NamedChoice {}
extension MultiDatasetSampler: NamedChoice {}
extension EvaluationPlan.Keep: NamedChoice {}
extension Precision: NamedChoice {}
extension TeacherProjection: NamedChoice {}
extension InputFormat: NamedChoice {}
extension ModelKind: NamedChoice {}

// The values of recipes.
extension JSON {
  /// The choice that a word names.
  func choice<Choice: NamedChoice>() throws -> Choice {
    let word = try string()
    if let choice = Choice(rawValue: word) { return choice }
    let known = Choice.allCases.map(\.rawValue)
    throw FileError(
      "\(place) is `\(word.prefix(40))`, should be "
        + (nearestName(to: word, among: known).map { "`\($0)` probably: " } ?? "")
        + "one of \(known.joined(separator: ", "))")
  }

  /// An object of texts.
  func texts() throws -> [String: String] {
    var texts: [String: String] = [:]
    for (key, value) in try object().members { texts[try key.string()] = try value.string() }
    return texts
  }

  /// A text, or several.
  func strings() throws -> [String] {
    guard kind == .array else { return [try string()] }
    guard count > 0 else { throw mismatch("one or more") }
    return try elements.map { try $0.string() }
  }

  /// What a word means that the command line takes as well.
  func said<Value>(_ meaning: (String) throws -> Value) throws -> Value {
    let word = try string()
    do {
      return try meaning(word)
    } catch let error as ValidationError {
      throw FileError("\(place) is `\(word.prefix(40))`; \(error.message)")
    }
  }
}
