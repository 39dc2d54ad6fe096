import ModelFiles
import TestSupport
import Testing

@testable import Training

@Suite struct ScheduleTests {
  @Test func factorsAreThoseOfTheReference() throws {
    for line in try Fixture.lines(Fixture.path("training/schedules.jsonl")) {
      let kind = try #require(Schedule.Kind(rawValue: try line.string("name")))
      let schedule = Schedule(
        kind, steps: try line.int("steps"), warmupSteps: try line.int("warmup_steps"))
      for (index, expected) in try line.array("factors").elements.enumerated() {
        let found = schedule.factor(step: index + 1)
        // Both are a few operations in double.
        #expect(abs(found - (try expected.double())) < 1e-15, "\(kind), step \(index + 1)")
      }
    }
  }

  @Test(arguments: [
    (100, 0, 0.1, 10), (101, 0, 0.1, 11), (100, 7, 0.1, 7), (100, 0, 0.0, 0), (3, 0, 1.0, 3),
  ])
  func aShareOfTheStepsIsRoundedUp(steps: Int, count: Int, share: Double, warmup: Int) {
    let schedule = Schedule(.linear, steps: steps, warmupSteps: count, warmupRatio: share)
    #expect(schedule.warmupSteps == warmup)
  }
}
