import Synchronization

/// A value, or why there is none, that is made once, by whoever needs it first; others wait.
package final class Deferred<Value: Sendable>: Sendable {
  private let made = Mutex<Result<Value, any Error>?>(nil)
  private let make: @Sendable () throws -> Value

  /// - Parameter make: does not ask for the value itself
  package init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

  package var value: Value {
    get throws {
      try made.withLock { made in
        let result = made ?? Result(catching: make)
        made = result
        return result
      }.get()
    }
  }
}
