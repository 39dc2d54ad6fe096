import ModelFiles
import Vectors

/// How a model's authors compare what it makes of texts: `similarity_fn_name`.
struct Comparison: Sendable {
  let similarity: Similarity
  /// Of texts of many vectors, whether the mean of the largest products is taken, and not their sum.
  let isMean: Bool

  /// - Parameter settings: config_sentence_transformers.json
  init(_ settings: JSON?, _ list: ModuleList) throws {
    let name = try settings?.present("similarity_fn_name")?.string()
    let kind = list.kind.kind
    switch kind {
    case .dense, .rerank, .sparse:
      // Names of other kinds of model are passed over, as in sentence-transformers; inspect says so.
      similarity = name.flatMap(Similarity.init(rawValue:)) ?? (kind == .sparse ? .dot : .cosine)
      isMean = false
    case .multi:
      similarity = .dot
      isMean =
        list.kinds.contains("TokenProjection")
        ? M3Heads.isMean : name?.lowercased() == "meanmaxsim"
    }
  }

  /// Its name, as sentence-transformers has it.
  func name(_ kind: ModelKind) -> String {
    kind == .multi ? (isMean ? "meanmaxsim" : "maxsim") : similarity.rawValue
  }
}
