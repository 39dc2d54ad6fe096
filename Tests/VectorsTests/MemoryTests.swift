import Machine
import ModelFiles
import Testing

@testable import Vectors

/// What needs more memory than may be taken, and is refused before.
@Suite struct MemoryTests {
  // The bound is the whole process's.
  @Test func itIsNamed() async {
    await #expect(processExitsWith: .success) {
      let square = Matrix(columns: 1024, [Float](repeating: 1, count: 1024 * 1024))
      let long = Matrix(columns: 2, [Float](repeating: 1, count: 2 * 4096))
      let cases: [(message: String, run: () throws -> Void)] = [
        (
          "agglomerative clustering of 4096 vectors of 2 numbers needs 33.6 MB of memory; ",
          { _ = try Agglomerative(long, threads: 1) }
        ),
        (
          "k-means with 1024 centers of 1024 numbers needs 25.2 MB of memory; ",
          { _ = try KMeans(square, from: square, threads: 1) }
        ),
        (
          "finding principal components of 1024 vectors of 1024 numbers needs 33.6 MB of memory; ",
          { _ = try PrincipalComponents(square, count: 1, threads: 1) }
        ),
      ]
      Memory.bound = Memory.held + (16 << 20)
      for (message, run) in cases {
        let error = #expect(throws: FileError.self, performing: run)
        precondition(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
      }
    }
  }
}
