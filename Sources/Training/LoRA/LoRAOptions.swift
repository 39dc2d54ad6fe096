/// That changes of low rank are trained in the place of a model's matrices (Hu et al., 2021: LoRA),
/// and how; the defaults are peft's.
package struct LoRAOptions: Sendable, Equatable {
  /// r, the rank of the changes.
  package var rank = 8
  /// The changes are multiplied by α/r.
  package var alpha = 8.0
  /// The modules whose matrices are changed.
  package var modules = Modules.usual
  /// Whether α/√r takes the place of α/r (Kalajdzievski, 2023: rsLoRA).
  package var isRankStabilized = false
  /// The folder of an adapter that is trained on, which says all of the above.
  package var start: String?
  /// Whether the changes alone are written too, beside the model that has them.
  package var savesAdapter = false

  package enum Modules: Sendable, Equatable {
    /// Those that peft takes for the kind of network.
    case usual
    case allLinear
    /// Those whose names are so, or end so after a dot.
    case named([String])
  }

  package init() {}

  /// s, what B · A is multiplied by.
  package var scale: Double {
    isRankStabilized ? alpha / Double(rank).squareRoot() : alpha / Double(rank)
  }
}

extension LoRAOptions: CustomStringConvertible {
  /// What changes a bit of what is learned, as the command line has it; the start is not named, as it
  /// may lie elsewhere when a run goes on.
  package var description: String {
    if start != nil { return "from an adapter" }
    let modules: String? =
      switch self.modules {
      case .usual: nil
      case .allLinear: "modules=all-linear"
      case .named(let names): "modules=" + names.joined(separator: "+")
      }
    let parts = ["r=\(rank)", "alpha=\(alpha)", modules, isRankStabilized ? "rslora=true" : nil]
    return parts.compactMap { $0 }.joined(separator: ",")
  }
}
