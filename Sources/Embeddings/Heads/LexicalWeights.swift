import Encoders
import ModelFiles
import Tensors
import Tokenizers
import Vectors

/// The weight of each token in its text: bge-m3's sparse vector, a number for each id, the largest
/// of those that its tokens have.
struct LexicalWeights: FeatureModule {
  private let layer: Linear
  /// Ids that stand for no word: the tokens around a text, and what is not known.
  private let left: Set<Int32>
  private let vocabulary: Int
  let info: ModuleInfo

  static let hasWeights = true

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let width = try input.tokens(for: "LexicalWeights")
    guard let vocabulary = input.vocabulary, let tokenizer = try source.tokenizer?.network else {
      throw FileError("\(source.path): weights of words stand right behind a network")
    }
    self.vocabulary = vocabulary
    let weights = try source.weights
    layer = Linear(
      weight: try weights.matrix("weight", 1, width), bias: try weights.vector("bias", 1))
    left = Set(
      ["cls_token", "eos_token", "pad_token", "unk_token"].compactMap(tokenizer.id(ofRole:)))
    info = ModuleInfo(
      summary: "LexicalWeights: relu of one linear layer, the largest of each token",
      output: .sparse(vocabulary), products: [ProductShape(outputs: 1, inputs: width)])
  }

  func callAsFunction(_ features: Features) -> Features {
    let weights = layer(features.tokenEmbeddings).elements
    let rows = (0..<features.layout.count).map { text in
      var largest: [Int32: Float] = [:]
      for row in features.layout[text] {
        let (id, weight) = (features.ids[row], weights[row])
        // A NaN is told by whoever prints it.
        guard !(weight <= 0), !left.contains(id) else { continue }
        largest[id] = largest[id].map { $0 > weight ? $0 : weight } ?? weight
      }
      let sorted = largest.sorted { $0.key < $1.key }
      return SparseMatrix.Row(indices: sorted.map(\.key), values: sorted.map(\.value))
    }
    return Features(sparse: SparseMatrix(columns: vocabulary, rows))
  }
}
