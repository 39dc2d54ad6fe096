import ModelFiles
import Tensors
import Vectors

/// Texts as points in a picture: a dot for each, at its first two principal components, to one scale.
struct ScatterPlot {
  private static let (width, height, margin) = (1200, 900, 60.0)
  private static let labelSize = 11.0
  private static let longestLabel = 40
  // What is under the pointer; browsers show some lines of it.
  private static let longestTitle = 1000
  private static let legendRows = 20
  // Okabe and Ito's colours, which most eyes can tell apart, and darker ones of their kind.
  private static let colors = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#a5aa00",
    "#8c564b", "#e73f74",
  ]
  private static let outside = SVG.Paint(color: "#b0b0b0")
  private static let (ink, paleInk) = ("#333333", "#666666")
  // The legend's, which no dot comes near.
  private static let legendWidth = 140.0

  private let points: [(x: Double, y: Double)]
  private let shares: [Double]

  // A dot is 150 bytes and its text, and no browser shows more in a moment.
  private static let mostPoints = 100_000

  /// - Throws: for too few vectors, and for more than a picture can show
  init(_ matrix: Matrix, threads: Int) throws {
    guard (2...Self.mostPoints).contains(matrix.rows) else {
      throw FileError(
        "a plot takes 2 to \(Self.mostPoints) rows, found \(matrix.rows); give "
          + (matrix.rows < 2 ? "more" : "fewer"))
    }
    let components = try PrincipalComponents(
      matrix, count: min(2, matrix.rows, matrix.columns), threads: threads)
    let projected = components(matrix)
    shares = components.varianceRatio
    points = (0..<projected.rows).map { row in
      let point = projected[row]
      return (Double(point[0]), point.count > 1 ? Double(point[1]) : 0)
    }
  }

  /// The picture, each point with its text and in the colour of its cluster, `nil` for none.
  func svg(_ texts: [String], clusters: [Int?]? = nil) -> [UInt8] {
    var svg = SVG(width: Self.width, height: Self.height)
    let left = clusters == nil ? Self.margin : Self.legendWidth + Self.margin / 2
    let dots = onPage(from: left)
    let radius = points.count > 2000 ? 2.0 : 3.5
    for (row, dot) in dots.enumerated() {
      let text = Self.cut(texts[row], to: Self.longestTitle)
      let title = clusters.map { "\(Self.name($0[row])): \(text)" } ?? text
      svg.dot(
        x: dot.x, y: dot.y, radius: radius, Self.paint(clusters.map { $0[row] } ?? 0), title: title)
    }
    // What is drawn last lies on top: labels over dots.
    var free = LabelPositions(
      page: .init(left: 4, top: 4, width: Double(Self.width) - 8, height: Double(Self.height) - 34))
    if let clusters { legend(clusters, &svg, &free) }
    // Among more dots than this there is no room for a label.
    for dot in dots.prefix(points.count > 2000 ? 0 : points.count) {
      free.avoid(
        .init(left: dot.x - radius, top: dot.y - radius, width: 2 * radius, height: 2 * radius))
    }
    for (row, dot) in dots.enumerated() {
      let label = Self.cut(texts[row], to: Self.longestLabel)
      guard !label.isEmpty else { continue }
      let box = free.place(
        width: Self.width(of: label), height: Self.labelSize + 3, x: dot.x, y: dot.y,
        gap: radius + 2)
      if let box { write(label, in: box, beside: dot.x, &svg) }
    }
    let captions = zip(["across", "upwards"], shares).map {
      "\($0): \(fixed($1 * 100, 1)) % of the variance"
    }
    svg.text(
      "Principal components, " + captions.joined(separator: ", "), x: 8,
      y: Double(Self.height) - 10, size: 12, fill: Self.paleInk)
    return svg.file
  }

  /// Writes a label so that it is next to its point, however wide its letters are.
  private func write(
    _ label: String, in box: LabelPositions.Box, beside x: Double, _ svg: inout SVG
  ) {
    let right = box.left + box.width
    let (start, anchor): (Double, SVG.Anchor) =
      box.left > x ? (box.left, .start) : right < x ? (right, .end) : (x, .middle)
    svg.text(
      label, x: start, y: box.top + Self.labelSize, size: Self.labelSize, fill: Self.ink,
      anchor: anchor)
  }

  /// The points on the page: in the middle of what is right of `edge`, both axes to one scale, up
  /// is more.
  private func onPage(from edge: Double) -> [(x: Double, y: Double)] {
    let (xs, ys) = (points.map(\.x), points.map(\.y))
    let (left, right) = (xs.min() ?? 0, xs.max() ?? 0)
    let (low, high) = (ys.min() ?? 0, ys.max() ?? 0)
    let (width, height) = (Double(Self.width), Double(Self.height))
    let scales = [
      (width - edge - Self.margin) / (right - left), (height - 2 * Self.margin) / (high - low),
    ].filter(\.isFinite)
    let scale = scales.min() ?? 0
    return points.map {
      (
        (edge + width - Self.margin) / 2 + ($0.x - (left + right) / 2) * scale,
        height / 2 - ($0.y - (low + high) / 2) * scale
      )
    }
  }

  /// The dots of a cluster: when all colours are used up, rings of the same.
  private static func paint(_ cluster: Int?) -> SVG.Paint {
    guard let cluster else { return outside }
    return .init(color: colors[cluster % colors.count], isRing: cluster / colors.count % 2 == 1)
  }

  private static func name(_ cluster: Int?) -> String { cluster.map { "cluster \($0)" } ?? "none" }

  /// The clusters' colours, numbers and sizes in the upper left corner, the largest first.
  private func legend(_ clusters: [Int?], _ svg: inout SVG, _ free: inout LabelPositions) {
    var sizes: [Int: Int] = [:]
    for case .some(let cluster) in clusters { sizes[cluster, default: 0] += 1 }
    let rows = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    var lines = rows.prefix(Self.legendRows).map { ($0.key as Int?, $0.value) }
    let none = clusters.count { $0 == nil }
    if none > 0 { lines.append((nil, none)) }
    for (index, (cluster, size)) in lines.enumerated() {
      let (y, line) = (18 + 18 * Double(index), "\(Self.name(cluster)): \(size)")
      svg.dot(x: 16, y: y, radius: 5, Self.paint(cluster), title: line)
      svg.text(line, x: 28, y: y + 4, size: 12, fill: Self.ink)
    }
    if rows.count > Self.legendRows {
      svg.text(
        "and \(rows.count - Self.legendRows) more", x: 28, y: 22 + 18 * Double(lines.count),
        size: 12, fill: Self.paleInk)
    }
    free.avoid(
      .init(left: 0, top: 0, width: Self.legendWidth, height: 18 * Double(lines.count) + 32))
  }

  /// The text, or its beginning with `…` behind it, of at most so many scalars.
  private static func cut(_ text: String, to longest: Int) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > longest else { return text }
    let kept = scalars.prefix(longest - 1)
    let end = kept.lastIndex { !$0.properties.isWhitespace }.map(kept.index(after:))
    return String(String.UnicodeScalarView(kept[..<(end ?? kept.endIndex)])) + "…"
  }

  /// How wide a label is at most, about: letters of sans-serif fonts take half of their size or a
  /// little more, ideographs all of it.
  private static func width(of label: String) -> Double {
    label.unicodeScalars.reduce(0.0) { $0 + ($1.value < 0x1100 ? 0.6 : 1) * labelSize }
  }
}
