import ArgumentParser
import Vectors

/// What comes beside or behind the first search.
struct SearchStageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Put the nearest texts in the order of this reranker; hits have its score, and as retrieved "
        + "that of the search.", valueName: "DIR|NAME"), completion: .directory)
  var rerank: String?

  @Option(
    help: ArgumentHelp(
      "Search with this model, too, and fuse what both find.", valueName: "DIR|NAME"),
    completion: .directory)
  var hybrid: String?

  @Option(
    help: ArgumentHelp(
      "Fuse by rrf, Σ 1/(60 + rank), or by sum, of the scores scaled to 0 … 1 (default: rrf).",
      valueName: "rrf|sum"))
  var fuse: RankFusion?

  @Option(
    help: ArgumentHelp(
      "Rerank or fuse the N nearest texts of each query (default: 100, and --top at least).",
      valueName: "N"))
  var candidates: Int?

  /// Whether there is more than one search.
  var areGiven: Bool { rerank != nil || hybrid != nil }

  func validate() throws {
    if let candidates, candidates < 1 {
      throw ValidationError("--candidates must be at least 1")
    }
    if candidates != nil, !areGiven {
      throw ValidationError("--candidates needs --rerank or --hybrid")
    }
    if fuse != nil, hybrid == nil { throw ValidationError("--fuse needs --hybrid") }
  }

  /// How many rows each search gives the next step.
  func depth(top: Int) -> Int { areGiven ? max(top, candidates ?? 100) : top }
}

/// What becomes of hits of vectors in fewer bits.
struct QuantizedSearchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Of quantized --vectors, score the best hits again by their float32 vectors in this file.",
      valueName: "FILE.npy"), completion: .file())
  var rescore: String?

  @Option(
    help: ArgumentHelp(
      "Score N times as many hits again as are printed, such as 4, 8 or 16 (default: 4).",
      valueName: "N"))
  var oversample: Int?

  func validate() throws {
    if let oversample, oversample < 1 { throw ValidationError("--oversample must be at least 1") }
    if oversample != nil, rescore == nil {
      throw ValidationError(
        "--oversample needs --rescore FILE.npy, the float32 vectors by which hits are scored again")
    }
  }

  /// - Parameters:
  ///   - stored: the vectors that are searched
  ///   - path: their file
  func rescoring(
    _ stored: StoredVectors, _ path: String, by metric: Similarity, threads: Int
  ) throws -> StoredRescoring? {
    try rescore.map {
      try StoredRescoring(
        $0, oversample: oversample ?? 4, beside: stored, path, by: metric, threads: threads)
    }
  }
}

extension RankFusion: ExpressibleByArgument {}
