package import Encoders
package import Tensors
package import Vectors

/// What goes from module to module, by sentence-transformers' names.
package struct Features: Sendable {
  /// Whose the rows of `tokenEmbeddings` are.
  package var layout: SequenceLayout
  /// The token of each of N rows, 0 in rows of padding.
  package var ids: [Int32]
  /// How many tokens at the start of each text came from the prompt.
  package var promptLength = 0
  /// `[N, H]`; no rows where the first module makes one vector of a text at once.
  package var tokenEmbeddings: Tensor
  /// Rows of E numbers, as `layout.pooled` has them, from pooling on.
  package var sentenceEmbedding: Tensor?
  /// A row for each of B texts, in the place of `sentenceEmbedding` where a module knows which numbers
  /// are not 0.
  package var sparse: SparseMatrix?
  /// What makes numbers of a vocabulary's entries out of `tokenEmbeddings`.
  package var vocabulary: VocabularyHead?
  /// What the texts are, where modules treat queries and documents differently.
  package var side: TextSide?
  /// The input of the network's first layer and the output of each, where a module asks for them.
  package var layers: [Tensor] = []
  /// The sum of each text's token weights, which a mean divides by; `nil` where tokens weigh alike.
  package var weightSums: [Float]?
  /// Why a module could not do its work; who reads the features throws it.
  package var problem: (any Error)?
  /// The pass that is made for training, at the module that is next; `nil` otherwise.
  package var training: TrainingPass?
}

extension Features {
  /// One vector a text, made without vectors of tokens.
  /// - Parameter texts: B
  init(sentenceEmbedding: Tensor, texts: Int) {
    self.init(
      layout: SequenceLayout(lengths: repeatElement(0, count: texts)), ids: [],
      tokenEmbeddings: Tensor([0, sentenceEmbedding.columns], []),
      sentenceEmbedding: sentenceEmbedding)
  }

  /// Rows of numbers most of which are 0.
  init(sparse: SparseMatrix) {
    self.init(
      layout: SequenceLayout(lengths: repeatElement(0, count: sparse.rows)), ids: [],
      tokenEmbeddings: Tensor([0, sparse.columns], []), sparse: sparse)
  }

  /// One row a text: `[B, E]`.
  package var vectors: Tensor { self[.texts].vectors(at: layout.pooled) }

  /// The rows of tokens, or those of texts once there are such: modules are made in an order that
  /// sees to it.
  package subscript(_ owner: FeatureShape.Owner) -> Tensor {
    get {
      guard owner == .texts else { return tokenEmbeddings }
      guard let sentenceEmbedding else { preconditionFailure("texts have no vectors yet") }
      return sentenceEmbedding
    }
    set {
      if owner == .tokens { tokenEmbeddings = newValue } else { sentenceEmbedding = newValue }
    }
  }
}

/// What a module takes or gives.
package struct FeatureShape: Sendable, Hashable {
  package enum Owner: Sendable { case tokens, texts }

  package let kind: OutputKind
  /// Ids are below this; `nil` where rows are no longer those of the text's tokens.
  package var vocabulary: Int?
  /// The entries of a vocabulary that a head, which goes along with rows of tokens, makes numbers for;
  /// `nil` where there is none.
  package var logits: Int?
  /// How many layers' outputs a module may ask for, the input of the first among them.
  package var layers = 0

  static func tokens(_ width: Int, vocabulary: Int?, layers: Int = 0) -> FeatureShape {
    FeatureShape(kind: .tokens(width), vocabulary: vocabulary, layers: layers)
  }

  static func texts(_ width: Int) -> FeatureShape { FeatureShape(kind: .vector(width)) }

  static func scores(_ labels: Int) -> FeatureShape {
    FeatureShape(kind: .scores(labels: labels))
  }

  static func sparse(_ vocabulary: Int) -> FeatureShape {
    FeatureShape(kind: .sparse(vocabulary: vocabulary))
  }

  /// The numbers in a row.
  package var width: Int { kind.width }

  /// Whether there is a row for each token or one for each text.
  package var owner: Owner { if case .tokens = kind { .tokens } else { .texts } }

  /// Rows of the same tokens or texts, of another width.
  func with(width: Int) -> FeatureShape {
    owner == .tokens ? .tokens(width, vocabulary: vocabulary) : .texts(width)
  }

  /// Their shape: N tokens of B texts.
  package var shape: String { "[\(owner == .tokens ? "N" : "B"), \(width)]" }
}

/// What a model makes of a text.
package enum OutputKind: Sendable, Hashable {
  /// One vector with this many numbers.
  case vector(Int)
  /// For each token a vector with this many numbers.
  case tokens(Int)
  /// A number for each entry of a vocabulary, most of them 0.
  case sparse(vocabulary: Int)
  /// A number for each of this many labels, of a text or of a pair.
  case scores(labels: Int)

  /// The numbers in a row.
  package var width: Int {
    switch self {
    case .vector(let width), .tokens(let width): width
    case .sparse(let vocabulary): vocabulary
    case .scores(let labels): labels
    }
  }
}

/// What a model made of texts, one of these for each text, in their order.
package enum Results: Sendable {
  /// A vector, or a score for each label.
  case rows(Matrix)
  /// A vector for each token.
  case ragged(RaggedMatrix)
  /// A vector most of whose numbers are 0.
  case sparse(SparseMatrix)
}

extension Results {
  /// The number of texts.
  package var count: Int {
    switch self {
    case .rows(let matrix): matrix.rows
    case .ragged(let groups): groups.count
    case .sparse(let matrix): matrix.rows
    }
  }

  /// Whether all numbers of one text are finite.
  package func isFinite(at index: Int) -> Bool {
    switch self {
    case .rows(let matrix): matrix.isFinite(row: index)
    case .ragged(let groups): groups[index].allSatisfy(groups.matrix.isFinite(row:))
    case .sparse(let matrix): matrix[index].values.allSatisfy(\.isFinite)
    }
  }

  /// Those of some texts, in any order.
  package func picked(_ indices: [Int]) -> Results {
    switch self {
    case .rows(let matrix): .rows(matrix.picked(indices))
    case .ragged(let groups): .ragged(groups.picked(indices))
    case .sparse(let matrix): .sparse(matrix.picked(indices))
    }
  }
}
