import Tokenizers

/// The texts of a batch in parts that go through the network by themselves.
///
/// How a batch is divided depends on its texts alone, so that neither threads nor memory change a
/// bit of what is learned.
struct MicroBatches: Sendable {
  /// The texts of one part: their numbers in the batch, and how many tokens of each come from the
  /// prompt.
  struct Part: Sendable {
    let texts: [Int]
    let promptTokens: Int
    let tokens: Int
  }

  let parts: [Part]

  /// For whom a batch is divided.
  enum Division: Sendable, Equatable {
    /// Parts that threads take one after the other. Each part writes a derivative of all weights,
    /// which is worth some hundred tokens of work: fewer parts waste less, more keep more threads
    /// busy.
    case forThreads
    /// Parts of a large network, whose operations are large enough to be shared by all threads: one
    /// part at a time, so that there is one derivative of all weights, and not one for each thread.
    case forOperations
    /// Parts of so many tokens.
    case of(tokens: Int)

    /// Tokens that a part has, about; more in a batch of many.
    func size(of total: Int) -> Int {
      switch self {
      case .forThreads: total < 2000 ? 320 : 640
      case .forOperations: 1024
      case .of(let tokens): tokens
      }
    }
  }

  /// - Parameters:
  ///   - texts: all columns' texts
  ///   - promptTokens: of each
  init(_ texts: [Encoding], promptTokens: [Int], _ division: Division = .forThreads) {
    var parts: [Part] = []
    for prompt in Set(promptTokens).sorted() {
      let own = texts.indices.filter { promptTokens[$0] == prompt }
        .sorted { (texts[$0].ids.count, $1) > (texts[$1].ids.count, $0) }
      let total = own.reduce(0) { $0 + max(1, texts[$1].ids.count) }
      let share = Self.share(of: total, size: division.size(of: total))
      var taken = 0
      var next: [Int] = []
      func close(_ parts: inout [Part], _ next: [Int]) {
        parts.append(
          Part(
            texts: next, promptTokens: prompt,
            tokens: next.reduce(0) { $0 + texts[$1].ids.count }))
      }
      // The longest first: a text belongs to the part in whose share of all tokens it begins.
      for (index, text) in own.enumerated() {
        next.append(text)
        taken += max(1, texts[text].ids.count)
        let isLast = index == own.count - 1
        guard isLast || taken >= share else { continue }
        close(&parts, next)
        (next, taken) = ([], taken - share)
      }
    }
    self.parts = parts
  }

  /// The tokens of a part, so that parts are equal and their number even, as threads mostly are.
  private static func share(of total: Int, size: Int) -> Int {
    let count = (total + size / 2) / size
    let even = count < 2 ? max(1, count) : (count + 1) / 2 * 2
    return max(1, (total + even - 1) / even)
  }
}
