package import ModelFiles

/// The losses that may be named: in `--loss`, in a recipe, inside another loss.
package enum Losses {
  package static let known: [any Loss.Type] = [
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

  /// Members of a loss in a recipe that are no parameters: what it is called, and a file that
  /// whoever starts the training reads.
  private static let otherMembers: Set = ["name", "weights"]

  /// The loss for rows where none is named; `nil` where none goes without saying.
  /// - Parameter columns: how many columns of texts
  package static func standard(columns: Int, labels: LabelKind) -> (any Loss.Type)? {
    switch (labels, columns) {
    case (.none, 2...): MultipleNegativesRankingLoss.self
    case (.score, 2): CoSENTLoss.self
    case (.classes, 2), (.binary, 2): SoftmaxLoss.self
    case (.classes, 1): BatchAllTripletLoss.self
    case (.vectors, 1...): MSELoss.self
    default: nil
    }
  }

  /// A loss with its parameters.
  /// - Parameter json: a name, or an object: `name`, and parameters by sentence-transformers' names
  package static func make(_ json: JSON, _ context: LossContext) throws -> any Loss {
    let type = try type(json)
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

  /// The loss that a name or an object of a recipe names.
  package static func type(_ json: JSON) throws -> any Loss.Type {
    let name = try json.kind == .object ? json.string("name") : json.string()
    if let type = known.first(where: { names(of: $0).contains(plain(name)) }) { return type }
    let near = nearestName(to: plain(name), among: known.flatMap(names)).flatMap { near in
      known.first { names(of: $0).contains(near) }
    }
    throw FileError(
      "\(json.place): there is no loss `\(name)`"
        + (near.map { "; `\($0.name)` was probably meant" } ?? "")
        + "; there are \(known.map { $0.name }.joined(separator: ", "))")
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
