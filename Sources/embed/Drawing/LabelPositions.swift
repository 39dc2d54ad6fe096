/// Positions of labels beside their points, where they do not cover each other.
struct LabelPositions {
  /// A rectangle of the picture.
  struct Box: Equatable {
    let left, top, width, height: Double

    func meets(_ other: Box) -> Bool {
      left < other.left + other.width && other.left < left + width
        && top < other.top + other.height && other.top < top + height
    }
  }

  // More could not be read, and would take the square of their number to place.
  private static let most = 300

  private var taken: [Box] = []
  private var placed = 0
  private let page: Box

  init(page: Box) { self.page = page }

  /// Keeps labels off a part of the page.
  mutating func avoid(_ box: Box) { taken.append(box) }

  /// A box of that size beside a point, if one is free: right of it, left, above or below.
  mutating func place(width: Double, height: Double, x: Double, y: Double, gap: Double) -> Box? {
    guard placed < Self.most else { return nil }
    let corners = [
      (x + gap, y - height / 2), (x - gap - width, y - height / 2),
      (x - width / 2, y - gap - height), (x - width / 2, y + gap),
    ]
    for (left, top) in corners {
      let box = Box(left: left, top: top, width: width, height: height)
      let isOnPage =
        left >= page.left && top >= page.top && left + width <= page.left + page.width
        && top + height <= page.top + page.height
      if isOnPage, !taken.contains(where: box.meets) {
        taken.append(box)
        placed += 1
        return box
      }
    }
    return nil
  }
}
