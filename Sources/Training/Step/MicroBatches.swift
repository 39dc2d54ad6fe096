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
    /// Whether they go through the model's copy.
    let isTwin: Bool
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
  ///   - areTwins: which of them go through the model's copy; by default none
  init(
    _ texts: [Encoding], promptTokens: [Int], areTwins: [Bool]? = nil,
    _ division: Division = .forThreads
  ) {
    let areTwins = areTwins ?? texts.map { _ in false }
    parts = [false, true].flatMap { isTwin in
      Set(promptTokens).sorted().flatMap { prompt in
        let own = texts.indices.filter {
          areTwins[$0] == isTwin && promptTokens[$0] == prompt
        }
        return Self.parts(of: own, texts, division, promptTokens: prompt, isTwin: isTwin)
      }
    }
  }

  /// Parts of texts that go the same way.
  private static func parts(
    of own: [Int], _ texts: [Encoding], _ division: Division, promptTokens: Int, isTwin: Bool
  ) -> [Part] {
    let own = own.sorted { (texts[$0].ids.count, $1) > (texts[$1].ids.count, $0) }
    let total = own.reduce(0) { $0 + max(1, texts[$1].ids.count) }
    let share = Self.share(of: total, size: division.size(of: total))
    var parts: [Part] = []
    var taken = 0
    var next: [Int] = []
    // The longest first: a text belongs to the part in whose share of all tokens it begins.
    for (index, text) in own.enumerated() {
      next.append(text)
      taken += max(1, texts[text].ids.count)
      guard index == own.count - 1 || taken >= share else { continue }
      parts.append(
        Part(
          texts: next, promptTokens: promptTokens,
          tokens: next.reduce(0) { $0 + texts[$1].ids.count }, isTwin: isTwin))
      (next, taken) = ([], taken - share)
    }
    return parts
  }

  /// The tokens of a part, so that parts are equal and their number even, as threads mostly are.
  private static func share(of total: Int, size: Int) -> Int {
    let count = (total + size / 2) / size
    let even = count < 2 ? max(1, count) : (count + 1) / 2 * 2
    return max(1, (total + even - 1) / even)
  }
}
