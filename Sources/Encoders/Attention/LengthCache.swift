import Synchronization

/// A value for texts of so many tokens, made again when a longer one comes.
final class LengthCache<Value: Sendable>: Sendable {
  private let make: @Sendable (_ tokens: Int) -> Value
  private let mostKept: Int
  private let made = Mutex<(tokens: Int, value: Value)?>(nil)

  /// - Parameter mostKept: for longer texts it is made anew each time, and takes no memory between
  init(mostKept: Int = .max, _ make: @escaping @Sendable (_ tokens: Int) -> Value) {
    self.mostKept = mostKept
    self.make = make
  }

  /// One for texts of so many tokens, or of more.
  func callAsFunction(tokens: Int) -> Value {
    guard tokens <= mostKept else { return make(tokens) }
    return made.withLock { made in
      if let made, made.tokens >= tokens { return made.value }
      // Twice as many, so that growing text by text costs no more than making it once.
      let enough = min(mostKept, max(tokens, 2 * (made?.tokens ?? 8)))
      let value = make(enough)
      made = (enough, value)
      return value
    }
  }
}
