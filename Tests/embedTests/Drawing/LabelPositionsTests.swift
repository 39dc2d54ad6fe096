import Testing

@testable import embed

@Suite struct LabelPositionsTests {
  @Test func labelsNeverCoverEachOther() {
    var positions = LabelPositions(page: .init(left: 0, top: 0, width: 200, height: 100))
    let boxes = (0..<60).compactMap { point in
      positions.place(
        width: 30, height: 10, x: Double(point * 37 % 200), y: Double(point * 53 % 100), gap: 3)
    }
    #expect(boxes.count > 10)
    for (index, box) in boxes.enumerated() {
      #expect(box.left >= 0 && box.top >= 0 && box.left <= 170 && box.top <= 90)
      #expect(!boxes[(index + 1)...].contains(where: box.meets))
    }
  }

  @Test func theRightSideIsTakenFirst() {
    var positions = LabelPositions(page: .init(left: 0, top: 0, width: 200, height: 100))
    func left() -> Double? { positions.place(width: 30, height: 6, x: 100, y: 50, gap: 3)?.left }
    #expect([left(), left(), left(), left(), left()] == [103, 67, 85, 85, nil])
  }
}
