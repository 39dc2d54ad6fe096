package import Tensors

/// What a pass through an encoder has to know while it is trained.
package struct TrainingPass: Sendable {
  /// How much is left out, and where.
  package var rates = DropoutRates()
  /// What is left out in the place of the configuration's rates; `nil` for those.
  package let dropout: Float?
  package let seed: UInt64
  package let step: Int
  /// The number, in its step, of each sequence of the batch.
  package let texts: [Int]
  /// The layer that is passed through.
  package var layer = 0
  /// Whether layers keep their input alone, and are computed again on the way back.
  package let recomputes: Bool

  package init(
    dropout: Float? = nil, seed: UInt64, step: Int, texts: [Int], recomputes: Bool = false
  ) {
    (self.dropout, self.seed, self.step) = (dropout, seed, step)
    (self.texts, self.recomputes) = (texts, recomputes)
  }

  /// Where numbers are left out. What is drawn depends on the raw value.
  package enum Site: Int, CaseIterable, Sendable {
    case embeddings
    case attentionWeights, attentionOutput
    case feedForwardInner, feedForwardOutput
    /// After the last norm.
    case final
    /// What tells attention how far apart two tokens are (DeBERTa, XLNet).
    case distances
    /// What a convolution makes of a layer's input (DeBERTa).
    case convolution
    /// A module of its own.
    case module
    /// Whole layers (LayerDrop; Fan et al., 2019).
    case layers
    /// What a head that gives labels takes, and what its last layer does.
    case headInput, headOutput
  }

  /// What is left out there; `nil` where nothing is.
  package func dropout(_ site: Site) -> Dropout? { dropout(site, rate: rates[site]) }

  /// Whether the layer is passed by, which all texts of a step agree on.
  var passesBy: Bool { ofAllTexts.dropout(.layers)?.isHit ?? false }

  /// The same through a network with these rates.
  package func with(_ rates: DropoutRates) -> TrainingPass {
    var pass = self
    pass.rates = rates.replaced(by: dropout)
    return pass
  }

  /// The same in a module that has a rate of its own.
  package func dropout(module rate: Float, at site: Site = .module) -> Dropout? {
    dropout(site, rate: dropout ?? rate)
  }

  private func dropout(_ site: Site, rate: Float) -> Dropout? {
    guard rate > 0 else { return nil }
    return Dropout(
      rate: rate, seed: seed, step: step, layer: layer, site: site.rawValue, texts: texts)
  }
}
