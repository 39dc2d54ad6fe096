import ModelFiles
import Tensors
import Vectors

/// Fewer vectors of a document: the means of those that are near each other, by Ward's clusters
/// (Clavié et al., 2024).
struct HierarchicalTokenPooling: FeatureModule {
  /// Of so many tokens one vector stays.
  private let factor: Double
  /// Vectors at the start of each text that stay as they are.
  private let protected: Int
  private let normalizes: Bool
  private let sides: Set<String>
  let info: ModuleInfo

  static let configFile = ConfigFile("config.json", "says how many vectors become one")

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let width = try input.tokens(for: "HierarchicalTokenPooling")
    let json = source.configuration
    factor = try json.double("pool_factor", default: 1)
    guard factor >= 1 else {
      throw FileError("\(json.name): `pool_factor` is \(factor), should be at least 1")
    }
    protected = try json.int("num_protected_tokens", default: 1)
    guard protected >= 0 else {
      throw FileError(
        "\(json.name): `num_protected_tokens` is \(protected), should be at least 0")
    }
    // Files from before there was a choice did not normalize.
    normalizes = try json.bool("normalize_embeddings", default: false)
    sides = try json.names("tasks")
    info = ModuleInfo(
      summary: "HierarchicalTokenPooling: one vector of \(factor)"
        + (normalizes ? ", normalized" : ""),
      output: .tokens(width, vocabulary: factor > 1 ? nil : input.vocabulary))
  }

  func callAsFunction(_ features: Features) -> Features {
    guard sides.contains((features.side ?? .document).rawValue) else { return features }
    var features = features
    if factor > 1 {
      do { try pool(&features) } catch { features.problem = features.problem ?? error }
    }
    if normalizes { features.tokenEmbeddings = features.tokenEmbeddings.normalizedRows() }
    return features
  }

  private func pool(_ features: inout Features) throws {
    let (x, layout) = (features.tokenEmbeddings, features.layout)
    let texts = try (0..<layout.count).map { try pooled(x.rows(layout[$0])) }
    let smaller = SequenceLayout(lengths: texts.map(\.rows))
    let columns = x.columns
    // Rows of padding lie behind each text.
    let ends = (1..<max(1, texts.count)).map { smaller[$0].lowerBound } + [smaller.rows]
    features.tokenEmbeddings = Tensor.stacked(
      zip(texts, zip(texts.indices, ends)).flatMap { rows, place in
        [rows, .zeros([place.1 - smaller[place.0].upperBound, columns])]
      })
    (features.layout, features.ids) = (smaller, [Int32](repeating: 0, count: smaller.rows))
    features.layers = []
  }

  /// - Shapes: `[T, E]` → `[≤ T, E]`
  private func pooled(_ rows: Tensor) throws -> Tensor {
    let start = min(protected, rows.rows)
    let others = rows.rows - start
    let clusters = max(1, wholes(of: others))
    guard clusters < others else { return rows }
    let means = try TokenClusters.means(rows.rows(start..<rows.rows), count: clusters)
    return start == 0 ? means : Tensor.stacked([rows.rows(0..<start), means])
  }

  /// ⌊n / f⌋ as Python's `n // f` has it, whose quotient is exact before it is rounded down.
  private func wholes(of count: Int) -> Int {
    let number = Double(count)
    let quotient = (number - number.truncatingRemainder(dividingBy: factor)) / factor
    let floor = quotient.rounded(.down)
    return Int(quotient - floor > 0.5 ? floor + 1 : floor)
  }
}
