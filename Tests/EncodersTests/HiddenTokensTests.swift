import TestSupport
import Testing

@testable import Encoders
@testable import Tensors

/// Tokens that fill up a query: no other token's vector knows of them.
@Suite struct HiddenTokensTests {
  // In bf16 a number on a rounding's edge goes to the other side.
  @Test(
    arguments: RecordedEncoder.all, [(Precision.f32, Float(1e-5)), (.bf16, 0.05)])
  func otherTokensAreAsWithoutThem(
    _ recorded: RecordedEncoder, _ bound: (precision: Precision, apart: Float)
  ) throws {
    let encoder = try recorded.encoder(bound.precision)
    // A convolution over tokens side by side sees them: such a network's queries are not filled up.
    // Dynamic scaling goes by the length of a text, which they count in, in the reference too.
    guard !encoder.layers.contains(where: { $0 is ConvolvedLayer }),
      !recorded.name.hasSuffix("-dynamic")
    else { return }
    let most = (encoder.longestSequence ?? .max) - 3
    let texts = try recorded.sequences().filter { (1...most).contains($0.ids.count) }
    #expect(!texts.isEmpty)
    let filled = texts.map { text in
      (
        ids: text.ids + [Int32](repeating: text.ids[0], count: 3),
        segments: text.segments + [0, 0, 0]
      )
    }
    let (plain, hiding) = (
      TokenBatch(texts), TokenBatch(filled, hidden: texts.map { _ in 3 })
    )
    let (expected, found) = (encoder(plain), encoder(hiding))
    let largest = max(1, expected.elements.map(\.magnitude).max() ?? 0)
    for text in texts.indices {
      let count = texts[text].ids.count
      let own = hiding.layout[text].lowerBound
      let apart =
        zip(
          found.rows(own..<own + count).elements, expected.rows(plain.layout[text]).elements
        ).map { ($0 - $1).magnitude / largest }.max() ?? .nan
      #expect(apart <= bound.apart, "text \(text): \(apart)")
    }
  }
}
