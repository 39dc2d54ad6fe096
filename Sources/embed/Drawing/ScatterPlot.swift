import Tensors
import Vectors

/// Texts on a page: a dot for each, at its first two principal components, to one scale.
struct ScatterPlot {
  private static let (width, height, margin) = (1200, 900, 60.0)
  private static let labelSize = 11.0
  private static let longestLabel = 40
  private static let legendRows = 20
  // Okabe and Ito's colours, which most eyes can tell apart, and darker ones of their kind.
  private static let colors = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#a5aa00",
    "#8c564b", "#e73f74",
  ]
  private static let outside = "#b0b0b0"

  private let points: [(x: Double, y: Double)]
  private let shares: [Double]

  /// - Throws: for fewer than two vectors
  init(_ matrix: Matrix, threads: Int) throws {
    let components = try PrincipalComponents(
      matrix, count: min(2, matrix.rows, matrix.columns), threads: threads)
    let places = components(matrix)
    shares = components.varianceRatio
    points = (0..<places.rows).map { row in
      let place = places[row]
      return (Double(place[0]), place.count > 1 ? Double(place[1]) : 0)
    }
  }

  /// The picture.
  /// - Parameters:
  ///   - texts: of the points
  ///   - clusters: of the points, which give them their colours; `nil` for a point in none
  func svg(_ texts: [String], clusters: [Int?]? = nil) -> [UInt8] {
    var svg = SVG(width: Self.width, height: Self.height)
    let places = onPage()
    func color(_ row: Int) -> String {
      guard let clusters else { return Self.colors[0] }
      return clusters[row].map { Self.colors[$0 % Self.colors.count] } ?? Self.outside
    }
    let radius = points.count > 2000 ? 2.0 : 3.5
    for (row, place) in places.enumerated() {
      svg.dot(x: place.x, y: place.y, radius: radius, fill: color(row), title: texts[row])
    }
    // What is drawn last lies on top: labels over dots.
    var free = LabelPlaces(
      page: .init(
        left: 4, top: 4, width: Double(Self.width) - 8, height: Double(Self.height) - 34))
    if let clusters { legend(clusters, &svg, &free) }
    // Among more dots than this no label would find a place.
    for place in places.prefix(points.count > 2000 ? 0 : points.count) {
      free.avoid(
        .init(left: place.x - radius, top: place.y - radius, width: 2 * radius, height: 2 * radius))
    }
    for (row, place) in places.enumerated() {
      let label = Self.label(texts[row])
      guard !label.isEmpty else { continue }
      let box = free.place(
        width: Self.width(of: label), height: Self.labelSize + 3, x: place.x, y: place.y,
        gap: radius + 2)
      guard let box else { continue }
      svg.text(
        label, x: box.left, y: box.top + Self.labelSize, size: Self.labelSize,
        fill: clusters == nil ? "#333333" : color(row))
    }
    let captions = zip(["across", "upwards"], shares).map {
      "\($0): \(fixed($1 * 100, 1)) % of the variance"
    }
    svg.text(
      "Principal components, " + captions.joined(separator: ", "), x: 8,
      y: Double(Self.height) - 10, size: 12, fill: "#666666")
    return svg.file
  }

  /// The points on the page: in its middle, both axes to one scale, up is more.
  private func onPage() -> [(x: Double, y: Double)] {
    let (xs, ys) = (points.map(\.x), points.map(\.y))
    let (left, right) = (xs.min() ?? 0, xs.max() ?? 0)
    let (low, high) = (ys.min() ?? 0, ys.max() ?? 0)
    let (width, height) = (Double(Self.width), Double(Self.height))
    let scales = [
      (width - 2 * Self.margin) / (right - left), (height - 2 * Self.margin) / (high - low),
    ].filter(\.isFinite)
    let scale = scales.min() ?? 0
    return points.map {
      (
        width / 2 + ($0.x - (left + right) / 2) * scale,
        height / 2 - ($0.y - (low + high) / 2) * scale
      )
    }
  }

  /// The clusters' colours, numbers and sizes in the upper left corner, the largest first.
  private func legend(_ clusters: [Int?], _ svg: inout SVG, _ free: inout LabelPlaces) {
    var sizes: [Int: Int] = [:]
    for case .some(let cluster) in clusters { sizes[cluster, default: 0] += 1 }
    let rows = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    var lines = rows.prefix(Self.legendRows).map { cluster, size in
      (Self.colors[cluster % Self.colors.count], "cluster \(cluster): \(size)")
    }
    if rows.count > Self.legendRows {
      lines.append(("#666666", "and \(rows.count - Self.legendRows) more"))
    }
    let none = clusters.count { $0 == nil }
    if none > 0 { lines.append((Self.outside, "none: \(none)")) }
    for (place, (color, line)) in lines.enumerated() {
      svg.text(line, x: 12, y: 22 + 16 * Double(place), size: 12, fill: color)
    }
    free.avoid(.init(left: 0, top: 0, width: 150, height: 16 * Double(lines.count) + 16))
  }

  private static func label(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > longestLabel else { return text }
    return String(String.UnicodeScalarView(scalars.prefix(longestLabel - 1))) + "…"
  }

  /// About how wide a label is: letters of sans-serif fonts take half of their height or a little
  /// more, ideographs all of it.
  private static func width(of label: String) -> Double {
    label.unicodeScalars.reduce(0.0) { $0 + ($1.value < 0x1100 ? 0.56 : 1) * labelSize }
  }
}
