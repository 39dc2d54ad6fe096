import Foundation
import FoundationXML
import Testing
import Training

@testable import embed

@Suite struct LossPlotTests {
  private func log(_ losses: [Double], evaluations: [Int] = []) -> TrainingLog {
    var log = TrainingLog()
    for (index, loss) in losses.enumerated() {
      log.append(
        TrainingLog.Step(
          step: index + 1, epoch: 0, loss: loss, learningRate: 1e-5, gradNorm: 1, samples: 1,
          tokens: 1, seconds: 1))
    }
    for step in evaluations {
      log.append(
        TrainingLog.Evaluation(
          step: step,
          results: [.init(name: "<dev>", metrics: [.init("spearman_cosine", Double(step) / 100)])]))
    }
    return log
  }

  /// The elements of a picture that is well-formed.
  private func elements(_ svg: [UInt8]) throws -> [String: Int] {
    final class Counter: NSObject, XMLParserDelegate {
      var counts: [String: Int] = [:]
      func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
      ) {
        counts[name, default: 0] += 1
      }
    }
    let (parser, counter) = (XMLParser(data: Data(svg)), Counter())
    parser.delegate = counter
    #expect(parser.parse())
    return counter.counts
  }

  private static let metric = LossPlot.Metric(set: "<dev>", name: "spearman_cosine")

  @Test(arguments: [
    [], [1], [1, 1], [.nan, .infinity], [1, .nan, 2, 3], [1e300, -1e300, 1e308], [0, 0, 0],
    [.leastNonzeroMagnitude, .leastNormalMagnitude],
  ])
  func whateverTheLossesAreThereIsAPicture(losses: [Double]) throws {
    let elements = try elements(
      LossPlot(log(losses, evaluations: [0, 1]), metrics: [Self.metric]).svg)
    #expect(elements["svg"] == 1)
    #expect(try self.elements(LossPlot(log(losses)).svg)["svg"] == 1)
  }

  @Test func evaluationsAreDotsAndTheBestARing() throws {
    let plot = LossPlot(
      log([3, 2, 1], evaluations: [0, 2, 3]), metrics: [Self.metric], best: 2)
    #expect(try elements(plot.svg)["circle"] == 3)
    let text = String(decoding: plot.svg, as: UTF8.self)
    #expect(text.contains("&lt;dev&gt; spearman cosine 0.02000 at step 2, written"))
    #expect(text.contains("prefers-color-scheme:dark"))
  }

  @Test func aLongRunIsThinned() throws {
    let losses = (0..<50_000).map { $0 == 30_000 ? 9.0 : Double($0 % 7) }
    let thinned = LossPlot.thinned(losses.enumerated().map { (step: $0.offset, value: $0.element) })
    #expect(thinned.count <= 2001)
    // What stands out stays.
    #expect(thinned.contains { $0.value == 9 } && thinned.contains { $0.value == 0 })
    #expect(thinned.map(\.step) == thinned.map(\.step).sorted())
    #expect(LossPlot(log(losses)).svg.count < 200_000)
  }
}

@Suite struct PlotAxisTests {
  @Test(arguments: [
    ([0, 10], 5, ["0", "2", "4", "6", "8", "10"]),
    ([0.867, 0.884], 4, ["0.870", "0.875", "0.880"]),
    ([0, 2e-5], 2, ["0", "1e-05", "2e-05"]), ([0, 1], 2, ["0", "0.5", "1.0"]),
    ([-3, 2e7], 2, ["0", "2e+07"]),
  ])
  func numbersAreRound(values: [Double], ticks: Int, labels: [String]) {
    let axis = PlotAxis(values, from: 0, to: 100, ticks: ticks)
    #expect(axis.ticks.map(axis.label) == labels)
    #expect(axis.place(values[0]) == 0 && axis.place(values[1]) == 100)
    #expect(axis.place(.infinity) == 100)
  }

  @Test func stepsAreWhole() {
    let axis = PlotAxis([0, 2], from: 0, to: 1, ticks: 10, isWhole: true)
    #expect(axis.ticks == [0, 1, 2])
  }
}
