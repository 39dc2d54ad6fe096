import ModelFiles
import TestSupport
import Testing

@testable import Training

@Suite struct TrainingOrderTests {
  /// A set of texts by numbers, row after row; labels go round.
  private static func part(
    _ texts: [[Int]], _ batchSize: Int, _ sampler: BatchSampler = .batchSampler, labels: Int = 0
  ) -> TrainingOrder.Part {
    let columns = (texts.first ?? []).indices.map { column in
      TrainingSet.Column(name: "\(column)", texts: texts.map { Array("\($0[column])".utf8) })
    }
    let classes = texts.indices.map { Int32($0 % max(1, labels)) }
    let set = TrainingSet(
      name: "rows.csv", columns: columns,
      labels: labels == 0 ? .none : .classes(classes, names: []), place: { "row \($0)" })
    return TrainingOrder.Part(set: set, batchSize: batchSize, sampler: sampler)
  }

  private static func batches(
    _ parts: [TrainingOrder.Part], _ options: TrainingOptions, epoch: Int = 0
  ) throws -> [RowBatch] {
    var order = try TrainingOrder(parts, options).epoch(epoch)
    var batches: [RowBatch] = []
    while let batch = order.next() { batches.append(batch) }
    return batches
  }

  @Test func batchesAreThoseOfTheReference() throws {
    let lines = try Fixture.lines(Fixture.path("training/orders.jsonl"))
    #expect(lines.count == 21)
    for line in lines {
      let kind = try line.string("sampler")
      var options = TrainingOptions()
      options.seed = try line.int("seed")
      options.dropLast = try line.bool("drop_last")
      if let several = MultiDatasetSampler(rawValue: kind) {
        options.multiDatasetBatchSampler = several
      }
      let sampler = BatchSampler(rawValue: kind) ?? .batchSampler
      let size = try line.int("batch_size")
      let parts = try line.ints("rows").map { rows in
        Self.part(
          (0..<Int(rows)).map { [sampler == .noDuplicates ? $0 % 7 : $0] }, size, sampler,
          labels: 3)
      }
      let found = try Self.batches(parts, options, epoch: line.int("epoch"))
      let expected = try line.array("batches").elements.map { batch in
        try batch.elements.map { try $0.int() }
      }
      #expect(found.map { parts.count == 1 ? $0.rows : [$0.set] + $0.rows } == expected)
    }
  }

  @Test(arguments: [1, 2, 3, 5, 40])
  func rowsWaitAsIfAllWereLookedAtForEachBatch(texts: Int) throws {
    var generator = TorchGenerator(seed: texts)
    let rows = (0..<150).map { _ in (0..<2).map { _ in Int(generator.next()) % texts } }
    for epoch in 0..<3 {
      let found = try Self.batches(
        [Self.part(rows, 6, .noDuplicates)], TrainingOptions(), epoch: epoch)
      var drawing = TorchGenerator(seed: TrainingOptions().seed + epoch)
      var left = drawing.permutation(rows.count)
      var expected: [[Int]] = []
      while !left.isEmpty {
        var (batch, seen, waiting): ([Int], Set<Int>, [Int]) = ([], [], [])
        for row in left {
          if batch.count < 6, seen.isDisjoint(with: rows[row]) {
            batch.append(row)
            seen.formUnion(rows[row])
          } else {
            waiting.append(row)
          }
        }
        expected.append(batch)
        left = waiting
      }
      #expect(found.map(\.rows) == expected)
    }
  }

  @Test func unshuffledRowsComeInTheOrderOfTheirFile() throws {
    var options = TrainingOptions()
    options.shuffle = false
    let plain = try Self.batches([Self.part((0..<5).map { [$0] }, 2)], options, epoch: 3)
    #expect(plain.map(\.rows) == [[0, 1], [2, 3], [4]])
    let distinct = try Self.batches(
      [Self.part([[1, 2], [1, 3], [4, 2], [5, 6]], 2, .noDuplicates)], options)
    #expect(distinct.map(\.rows) == [[0, 3], [1, 2]])
    let grouped = try Self.batches(
      [Self.part((0..<8).map { [$0] }, 4, .groupByLabel, labels: 2)], options)
    #expect(grouped.map(\.rows) == [[0, 2, 1, 3], [4, 6, 5, 7]])
  }

  @Test func unshuffledSetsAreSpreadOverTheEpoch() throws {
    var options = TrainingOptions()
    options.shuffle = false
    let parts = [Self.part((0..<6).map { [$0] }, 1), Self.part((0..<3).map { [$0] }, 1)]
    #expect(try Self.batches(parts, options).map(\.set) == [0, 1, 0, 0, 1, 0, 0, 1, 0])
    options.multiDatasetBatchSampler = .roundRobin
    #expect(try Self.batches(parts, options).map(\.set) == [0, 1, 0, 1, 0, 1])
  }

  @Test func whatMakesNoBatchIsRefused() {
    var dropping = TrainingOptions()
    dropping.dropLast = true
    let few = (0..<3).map { [$0] }
    let cases: [(TrainingOrder.Part, TrainingOptions, String)] = [
      (Self.part(few, 4), dropping, "rows.csv has 3 rows, which make no batch of 4"),
      (Self.part([], 4), TrainingOptions(), "has 0 rows"),
      (Self.part(few, 0), TrainingOptions(), "should be at least 1"),
      (Self.part(few, 5, .groupByLabel, labels: 2), TrainingOptions(), "choose an even one"),
      (Self.part(few, 4, .groupByLabel, labels: 2), TrainingOptions(), "has 1 classes of two"),
      (Self.part(few, 4, .groupByLabel), TrainingOptions(), "has no classes"),
    ]
    for (part, options, message) in cases {
      let error = #expect(throws: FileError.self) { _ = try TrainingOrder([part], options) }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
  }
}
