import HeapModule

/// `no_duplicates`: all rows once, no text twice in a batch.
struct DistinctOrder: BatchOrder {
  let batchSize: Int
  let dropLast: Bool
  private let texts: SharedTexts
  private var pass: DistinctPass?
  private var passes = 0
  private var given = 0

  // sentence-transformers goes over the rows twice more, at most, to get the batches it estimated.
  private static let mostPasses = 3

  init(_ texts: SharedTexts, batchSize: Int, dropLast: Bool) {
    (self.texts, self.batchSize, self.dropLast) = (texts, batchSize, dropLast)
  }

  var estimatedLength: Int { PlainOrder.batches(texts.rows, batchSize, dropLast: dropLast) }

  mutating func next(_ shuffle: inout Shuffle) -> [Int]? {
    while true {
      if passes > 1, given >= estimatedLength { return nil }
      // Alone, so that it is changed where it lies.
      if var current = pass {
        pass = nil
        while let batch = current.next(texts, batchSize) {
          guard batch.count == batchSize || !dropLast else { continue }
          pass = current
          given += 1
          return batch
        }
      }
      let isComplete = given >= estimatedLength || given == 0
      guard passes == 0 || (!isComplete && passes < Self.mostPasses) else { return nil }
      if passes == 0 { shuffle.restart() }
      passes += 1
      pass = DistinctPass(shuffle.permutation(texts.rows))
    }
  }
}

/// Which texts of a set are in several places, by numbers.
struct SharedTexts: Sendable {
  let rows: Int
  private let columns: Int
  /// Row after row; −1 for a text that is in no other place.
  private let numbers: [Int32]

  /// - Parameter columns: the texts of each
  init(_ columns: [[[UInt8]]]) {
    rows = columns.first?.count ?? 0
    self.columns = columns.count
    var known: [[UInt8]: Int32] = [:]
    var places: [Int] = []
    var numbers: [Int32] = []
    numbers.reserveCapacity(rows * columns.count)
    for row in 0..<rows {
      for column in columns {
        let next = Int32(truncatingIfNeeded: places.count)
        let number = known[column[row], default: next]
        if number == next {
          known[column[row]] = next
          places.append(0)
        }
        places[Int(number)] += 1
        numbers.append(number)
      }
    }
    self.numbers = numbers.map { places[Int($0)] == 1 ? -1 : $0 }
  }

  /// The numbers of a row's texts.
  subscript(_ row: Int) -> ArraySlice<Int32> { numbers[row * columns..<(row + 1) * columns] }
}

/// One walk over all rows in an order. Each batch takes the first rows left that share no text with
/// it; a row that does waits in the queue of such a text, so that it is not looked at again while
/// that text is in a batch.
private struct DistinctPass: Sendable {
  private let order: [Int]
  /// Places of the order before this one were looked at.
  private var seen = 0
  /// Places by the text that their rows wait for.
  private var waiting: [Int32: Heap<Int>] = [:]
  /// The first place of each queue.
  private var heads = Heap<Head>()
  private var taken: [Int] = []
  private var inBatch = Set<Int32>()
  /// Texts of this batch that rows wait for.
  private var blocked = Set<Int32>()

  private struct Head: Comparable {
    let place: Int
    let text: Int32
    static func < (one: Head, other: Head) -> Bool { one.place < other.place }
  }

  init(_ order: [Int]) { self.order = order }

  mutating func next(_ texts: SharedTexts, _ batchSize: Int) -> [Int]? {
    taken = []
    inBatch.removeAll(keepingCapacity: true)
    while taken.count < batchSize {
      // All that wait are before all that were not seen.
      if let head = heads.popMin() {
        visit(head, texts)
      } else if seen < order.count {
        seen += 1
        take(seen - 1, texts)
      } else {
        break
      }
    }
    for text in blocked {
      if let place = waiting[text]?.min { heads.insert(Head(place: place, text: text)) }
    }
    blocked.removeAll(keepingCapacity: true)
    return taken.isEmpty ? nil : taken
  }

  private mutating func visit(_ head: Head, _ texts: SharedTexts) {
    // A queue may have been listed twice, when a row came into it from another.
    guard waiting[head.text]?.min == head.place else { return }
    guard !inBatch.contains(head.text) else {
      blocked.insert(head.text)
      return
    }
    _ = waiting[head.text]?.popMin()
    take(head.place, texts)
    guard let next = waiting[head.text]?.min else {
      waiting[head.text] = nil
      return
    }
    if inBatch.contains(head.text) {
      blocked.insert(head.text)
    } else {
      heads.insert(Head(place: next, text: head.text))
    }
  }

  /// Takes a place's row into the batch, or lets it wait.
  private mutating func take(_ place: Int, _ texts: SharedTexts) {
    let row = order[place]
    if let text = texts[row].first(where: { inBatch.contains($0) }) {
      waiting[text, default: []].insert(place)
      blocked.insert(text)
    } else {
      taken.append(row)
      for text in texts[row] where text >= 0 { inBatch.insert(text) }
    }
  }
}
