import ArgumentParser
import Embeddings
import ModelFiles
import Tensors
import Vectors

/// `embed cluster`: groups of similar texts.
struct Cluster: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cluster",
    abstract: "Group similar texts: k-means, agglomerative clustering, communities.",
    discussion: """
      Prints a line for each row: what it has beside the text, and the number of its cluster (null for a \
      row in no community); and a summary on standard error. Clusters are numbered in the order of their first rows, \
      communities by falling size. The same input and seed give the same clusters.

        embed cluster --kmeans 5 < sentences.txt
        embed cluster --agglomerative --threshold 0.4 sentences.txt
        embed cluster --communities --threshold 0.8 sentences.txt --vectors sentences.npy
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var kept: FieldsOptions
  @OptionGroup var output: ResultOptions
  @OptionGroup var prompt: PromptOptions

  @Option(help: ArgumentHelp("Make K clusters by k-means.", valueName: "K"))
  var kmeans: Int?

  @Option(
    help: ArgumentHelp(
      "Start k-means from these K vectors (default: k-means++).", valueName: "FILE.npy"),
    completion: .file())
  var `init`: String?

  @Option(help: ArgumentHelp("Seed the random numbers of k-means++.", valueName: "N"))
  var seed: UInt64 = 0

  @Flag(help: "Merge the two closest clusters (mean cosine distance), again and again.")
  var agglomerative = false

  @Option(help: ArgumentHelp("Stop merging at N clusters.", valueName: "N"))
  var count: Int?

  @Flag(help: "Find communities: texts that are all close to one of them.")
  var communities = false

  @Option(help: ArgumentHelp("Leave out communities of fewer than N texts.", valueName: "N"))
  var smallest: Int = 10

  @Option(
    help: ArgumentHelp(
      "Merge below this cosine distance; count as close from this cosine similarity on.",
      valueName: "T"))
  var threshold: Float?

  @OptionGroup var saved: VectorsOption

  @Option(
    help: ArgumentHelp("Draw the rows in their clusters' colours.", valueName: "FILE.svg"),
    completion: .file())
  var plot: String?

  func validate() throws {
    guard [kmeans != nil, agglomerative, communities].count(where: { $0 }) == 1 else {
      throw ValidationError("give one of --kmeans K, --agglomerative and --communities")
    }
    if let kmeans, kmeans < 1 { throw ValidationError("--kmeans must be at least 1") }
    if `init` != nil, kmeans == nil { throw ValidationError("--init needs --kmeans") }
    if agglomerative, (threshold == nil) == (count == nil) {
      throw ValidationError("--agglomerative needs either --threshold T or --count N")
    }
    if let count, count < 1 || !agglomerative {
      throw ValidationError("--count needs --agglomerative, and must be at least 1")
    }
    if communities, threshold == nil { throw ValidationError("--communities needs --threshold T") }
    if let threshold, !threshold.isFinite || kmeans != nil {
      throw ValidationError("--threshold needs --agglomerative or --communities, and a number")
    }
    if let threshold, communities { try Similarity.cosine.check(threshold: threshold) }
    if let threshold, agglomerative, !(0...2).contains(threshold) || threshold == 0 {
      throw ValidationError(
        "--threshold is \(threshold), should be above 0 and at most 2, as cosine distances are")
    }
    if let plot { try OutputEnding.check("--plot", plot, only: "svg") }
    if smallest < 1 { throw ValidationError("--smallest must be at least 1") }
    try saved.check(input.files, kept, prompt)
  }

  func run() throws {
    for path in [plot, output.output].compactMap({ $0 }) {
      let destination = try Destination(path)
      try destination.refuse(
        inputs: saved.paths(input.files) + [saved.vectors, `init`].compactMap { $0 })
      try destination.tryOut()
    }
    let rows = try saved.rows(
      input.files, input.format, keeping: kept.members(ours: [.row, .cluster], of: input.format),
      where: kept.filter, prompt, model)
    let labels = try labels(rows.vectors)
    let picture = try plot.map { _ in
      try ScatterPlot(rows.vectors, threads: model.threadCount).svg(rows.names, clusters: labels)
    }
    try rows.checkIntact()
    if let plot, let picture { try OutputFile.write(picture, to: plot) }
    var output = try ResultWriter(output)
    if output.format != .jsonl {
      try output.write(table(labels, rows, sorted: output.format == .table))
      return try finish(output, labels)
    }
    try output.write(lines: labels.count) { row in
      rows.object(row, rows.fields(row) + [("cluster", .optional(labels[row]) { .int($0) })])
    }
    try finish(output, labels)
  }

  private func finish(_ output: ResultWriter, _ labels: [Int?]) throws {
    try output.finish()
    model.messages.note(Self.summary(labels))
  }

  /// Each row with its cluster; for people those of a cluster together.
  private func table(_ labels: [Int?], _ rows: RowVectors, sorted: Bool) -> ResultTable {
    let names = rows.members?.columns ?? []
    let columns = rows.columns(names)
    var table = ResultTable([ResultColumn("cluster", .number)] + columns)
    var order = Array(labels.indices)
    if sorted { order.sort { (labels[$0] ?? .max, $0) < (labels[$1] ?? .max, $1) } }
    for row in order {
      table.append([labels[row].map { .count($0) } ?? .nothing] + rows.cells(row, names))
    }
    return table
  }

  /// The cluster of each row.
  private func labels(_ matrix: Matrix) throws -> [Int?] {
    guard matrix.rows > 0 else { return [] }
    for (option, clusters) in [("--kmeans", kmeans), ("--count", count)] {
      guard let clusters, clusters > matrix.rows else { continue }
      throw FileError(
        "\(option) is \(clusters), should be at most \(matrix.rows), the number of rows")
    }
    let threads = model.threadCount
    let cancelled: @Sendable () -> Bool = { Interrupt.requested }
    if communities, let threshold {
      let found = try Communities.find(
        in: matrix, threshold: threshold, smallest: smallest, name: saved.vectors ?? "the texts",
        threads: threads, cancelled: cancelled)
      var labels = [Int?](repeating: nil, count: matrix.rows)
      for (number, rows) in found.enumerated() { for row in rows { labels[row] = number } }
      return labels
    }
    if let kmeans { return try means(matrix, kmeans, threads, cancelled) }
    let joined = try Agglomerative(matrix, threads: threads, cancelled: cancelled)
    return count.map { joined.labels(count: $0) } ?? joined.labels(below: threshold ?? 0)
  }

  private func means(
    _ matrix: Matrix, _ count: Int, _ threads: Int, _ cancelled: @escaping @Sendable () -> Bool
  ) throws -> [Int] {
    guard let start = `init` else {
      let found = try KMeans(
        matrix, count: count, seed: seed, threads: threads, cancelled: cancelled)
      return Self.numbered(found.labels)
    }
    let centers = try NumPyFile(start)
    guard centers.matrix.rows == count, centers.matrix.columns == matrix.columns else {
      throw FileError(
        "\(start) is \(centers.matrix.rows) × \(centers.matrix.columns), should be "
          + "\(count) × \(matrix.columns): a row for each cluster")
    }
    try centers.matrix.checkLengths(start)
    let found = try KMeans(matrix, from: centers.matrix, threads: threads, cancelled: cancelled)
    try centers.checkIntact()
    // The number of a given center is its row.
    return found.labels
  }

  /// Labels in the order in which they first occur.
  private static func numbered(_ labels: [Int]) -> [Int] {
    var numbers: [Int: Int] = [:]
    return labels.map { label in
      let number = numbers[label] ?? numbers.count
      numbers[label] = number
      return number
    }
  }

  private static func summary(_ labels: [Int?]) -> String {
    var sizes: [Int: Int] = [:]
    for case .some(let label) in labels { sizes[label, default: 0] += 1 }
    guard let least = sizes.values.min(), let most = sizes.values.max() else {
      return "no clusters of \(labels.count) rows"
    }
    let outside = labels.count { $0 == nil }
    return "\(sizes.count) \(sizes.count == 1 ? "cluster" : "clusters") of "
      + (least == most ? "\(least)" : "\(least) to \(most)") + (most == 1 ? " row" : " rows")
      + (outside > 0 ? "; \(outside) in none" : "")
  }
}
