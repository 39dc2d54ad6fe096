package import Embeddings
package import ModelFiles

/// The losses that may be named: in `--loss`, in a recipe, inside another loss.
package enum Losses {
  package static let known: [any Loss.Type] = dense + sparse + rerank

  private static let dense: [any Loss.Type] = [
    MultipleNegativesRankingLoss.self, CachedMultipleNegativesRankingLoss.self,
    MultipleNegativesSymmetricRankingLoss.self, CachedMultipleNegativesSymmetricRankingLoss.self,
    GISTEmbedLoss.self, CachedGISTEmbedLoss.self, MegaBatchMarginLoss.self,
    CosineSimilarityLoss.self, CoSENTLoss.self, AnglELoss.self, SoftmaxLoss.self,
    TripletLoss.self, ContrastiveLoss.self, OnlineContrastiveLoss.self,
    BatchAllTripletLoss.self, BatchHardTripletLoss.self, BatchHardSoftMarginTripletLoss.self,
    BatchSemiHardTripletLoss.self, MSELoss.self, EmbedDistillLoss.self, MarginMSELoss.self,
    DistillKLDivLoss.self, ContrastiveTensionLoss.self,
    ContrastiveTensionLossInBatchNegatives.self, GlobalOrthogonalRegularizationLoss.self,
    MatryoshkaLoss.self, AdaptiveLayerLoss.self, Matryoshka2dLoss.self,
  ]

  private static let sparse: [any Loss.Type] = [
    SpladeLoss.self, CachedSpladeLoss.self, SparseMultipleNegativesRankingLoss.self,
    SparseMarginMSELoss.self, SparseDistillKLDivLoss.self, SparseCosineSimilarityLoss.self,
    SparseCoSENTLoss.self, SparseAnglELoss.self, SparseTripletLoss.self, SparseMSELoss.self,
    FlopsLoss.self,
  ]

  private static let rerank: [any Loss.Type] = [
    BinaryCrossEntropyLoss.self, CrossEntropyLoss.self, PairMSELoss.self, PairMarginMSELoss.self,
    PairRankingLoss.self, CachedPairRankingLoss.self, LambdaLoss.self, ListNetLoss.self,
    RankNetLoss.self, ListMLELoss.self, PListMLELoss.self, ADRMSELoss.self,
  ]

  /// The names of all, each once.
  package static var names: [String] {
    var seen: Set<String> = []
    return known.map { $0.name }.filter { seen.insert($0).inserted }
  }
  /// Those that models of a kind can have.
  package static func known(of kind: ModelKind) -> [any Loss.Type] {
    known.filter { $0.kind == kind }
  }

  /// Those that are inside a SpladeLoss.
  static var inner: [any Loss.Type] { known.filter { $0 is any SparseLoss.Type } }

  /// Losses of sentence-transformers that are not trained with here, by their names in small letters,
  /// and what to do in their place.
  private static let absent = [
    "denoisingautoencoderloss": tsdae, "denoisingautoencoder": tsdae, "tsdae": tsdae,
    "csrloss": csr, "csrreconstructionloss": csr, "csr": csr,
  ]
  private static let tsdae =
    "DenoisingAutoEncoderLoss (TSDAE), which needs a decoder beside the model, is not trained here; of "
    + "texts alone ContrastiveTensionLossInBatchNegatives learns, or MultipleNegativesRankingLoss of a "
    + "file whose two columns have the same texts"
  private static let csr =
    "CSRLoss, which learns a SparseAutoEncoder, is not trained here; SpladeLoss makes a sparse model of "
    + "a masked language model"
  /// Members of a loss in a recipe that are no parameters: what it is called, and a file that
  /// whoever starts the training reads.
  private static let otherMembers: Set = ["name", "weights"]

  /// The loss for rows where none is named; `nil` where none goes without saying.
  /// - Parameters:
  ///   - columns: how many columns of texts
  ///   - kind: of the model; what a sparse one learns is inside a SpladeLoss
  package static func standard(
    columns: Int, labels: LabelKind, of kind: ModelKind = .dense
  ) -> (any Loss.Type)? {
    switch kind {
    case .sparse: sparseStandard(columns: columns, labels: labels)
    case .rerank: rerankStandard(columns: columns, labels: labels)
    case .dense, .multi: denseStandard(columns: columns, labels: labels)
    }
  }

  private static func rerankStandard(columns: Int, labels: LabelKind) -> (any Loss.Type)? {
    switch (labels, columns) {
    case (.none, 2...): PairRankingLoss.self
    case (.score, 2), (.binary, 2): BinaryCrossEntropyLoss.self
    case (.classes, 2): CrossEntropyLoss.self
    case (.teacherScores, 3...): PairMarginMSELoss.self
    case (.lists, 2): LambdaLoss.self
    default: nil
    }
  }
  private static func denseStandard(columns: Int, labels: LabelKind) -> (any Loss.Type)? {
    switch (labels, columns) {
    case (.none, 2...): MultipleNegativesRankingLoss.self
    case (.score, 2): CoSENTLoss.self
    case (.classes, 2), (.binary, 2): SoftmaxLoss.self
    case (.classes, 1): BatchAllTripletLoss.self
    case (.vectors, 1...): MSELoss.self
    default: nil
    }
  }

  private static func sparseStandard(columns: Int, labels: LabelKind) -> (any Loss.Type)? {
    switch (labels, columns) {
    case (.none, 2...): SparseMultipleNegativesRankingLoss.self
    case (.score, 2): SparseCoSENTLoss.self
    // A margin for each negative; or a score for each candidate, whose shares say more.
    case (.score, 3): SparseMarginMSELoss.self
    case (.teacherScores(let less), 3...):
      less.lowerBound > 1 ? SparseMarginMSELoss.self : SparseDistillKLDivLoss.self
    default: nil
    }
  }

  /// A loss with its parameters.
  /// - Parameter json: a name, or an object: `name`, and parameters by sentence-transformers' names
  package static func make(_ json: JSON, _ context: LossContext) throws -> any Loss {
    let type = try type(json, of: context.kind)
    // A document of its own, which knows what was asked for.
    let written = json.kind == .object ? JSONValue(json) : .object([])
    let options = try JSON(written, name: json.place, tracking: true)
    options.values(where: otherMembers.contains)
    let loss = try type.init(options, context)
    guard let odd = options.unasked.first else { return loss }
    let known = loss.parameters.map(\.name)
    throw FileError(
      "\(options.name): \(type.name) has no parameter `\(odd.path)`"
        + (nearestName(to: odd.path, among: known).map { "; `\($0)` was probably meant" } ?? "")
        + "; it has \(known.joined(separator: ", "))")
  }

  /// The loss that a name or an object of a recipe names, for a model of a kind: losses of several
  /// kinds share their names.
  package static func type(_ json: JSON, of kind: ModelKind) throws -> any Loss.Type {
    let name = try json.kind == .object ? json.string("name") : json.string()
    let named = Self.known.filter { names(of: $0).contains(plain(name)) }
    let known = known(of: kind)
    if let type = named.first(where: { $0.kind == kind }) { return type }
    if let other = named.first {
      throw FileError(
        "\(json.place): \(other.name) is a loss of \(other.kind.plural), and the model is "
          + "\(kind.phrase); such can have \(known.map { $0.name }.joined(separator: ", "))"
          + (kind == .dense ? "; --type \(other.kind.rawValue) makes one of the model" : ""))
    }
    if let sentence = absent[plain(name)] { throw FileError("\(json.place): \(sentence)") }
    let near = nearestName(to: plain(name), among: known.flatMap(names)).flatMap { near in
      known.first { names(of: $0).contains(near) }
    }
    throw FileError(
      "\(json.place): there is no loss `\(name)`"
        + (near.map { "; `\($0.name)` was probably meant" } ?? "")
        + "; there are \(known.map { $0.name }.joined(separator: ", "))")
  }

  /// The kind of the models that a loss is for; `nil` where no loss has the name, or losses of several
  /// kinds have.
  package static func kind(of name: String) -> ModelKind? {
    let kinds = Set(known.filter { names(of: $0).contains(plain(name)) }.map { $0.kind })
    return kinds.count == 1 ? kinds.first : nil
  }

  /// All names of a loss, in small letters.
  private static func names(of type: any Loss.Type) -> [String] {
    let bare = type.name.hasSuffix("Loss") ? [String(type.name.dropLast("Loss".count))] : []
    return ([type.name] + bare + type.shortNames).map(plain)
  }

  /// A name without the modules before it, in small letters: `losses.TripletLoss` is `tripletloss`.
  private static func plain(_ name: String) -> String {
    (name.split(separator: ".").last.map(String.init) ?? name).lowercased()
  }
}
