package import ModelFiles

/// Turns tokens back into text, or a step of that. What the last step leaves is joined with nothing
/// between.
package protocol TokenDecoder: Sendable {
  init(_ json: JSON) throws
  func callAsFunction(_ tokens: inout TokenTexts) throws
}
