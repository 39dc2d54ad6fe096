import ModelFiles
import Tokenizers

/// The words of WordWeights and BoW, and what each weighs.
struct WeightedWords {
  /// One for each element of `vocab`.
  let weights: [Float]
  /// For each element of `vocab`, its index among the different words.
  let columns: [Int32]
  /// How many different words there are.
  let count: Int

  /// - Parameter json: `vocab`, `word_weights`, `unknown_word_weight`
  init(_ json: JSON) throws {
    let vocabulary = try json.array("vocab")
    var known: [[UInt8]: Float] = [:]
    for (key, value) in try json.present("word_weights")?.object().members.map({ $0 }) ?? [] {
      known[try key.withUTF8 { Array($0) }] = Float(try value.double())
    }
    let unknown = Float(try json.double("unknown_word_weight", default: 1))
    var weights: [Float] = []
    var columns: [Int32] = []
    var first: [[UInt8]: Int32] = [:]
    guard vocabulary.count <= Int(Int32.max) else {
      throw FileError("\(json.name): `vocab` lists too many words")
    }
    for element in vocabulary.elements {
      let word = try element.withUTF8 { Array($0) }
      weights.append(known[word] ?? known[pythonLowercase(word)] ?? unknown)
      let column = first[word] ?? Int32(truncatingIfNeeded: first.count)
      first[word] = column
      columns.append(column)
    }
    (self.weights, self.columns, count) = (weights, columns, first.count)
  }
}
