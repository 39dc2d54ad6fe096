import Embeddings
import ModelFiles

extension Service {
  /// All tokens of a text, not cut to a limit.
  func tokens(
    of text: [UInt8], withSpecials: Bool, promptName: String?, _ model: ServedModel
  ) throws -> [TokenPiece] {
    // A prompt is added where one is named, as `embed tokenize` does.
    var way = try self.way(Wish(promptName: promptName), model)
    if promptName == nil { way = Way(isBare: true) }
    let (lane, _) = try model.lane(way, of: engine)
    do {
      return try lane.route.pieces(of: text, withSpecials: withSpecials)
    } catch let error as FileError {
      throw Problem.invalid(model.legible(error), "inputs")
    }
  }

  /// The text of tokens.
  func text(
    of ids: [Int32], skippingSpecials: Bool, _ model: ServedModel
  ) throws -> [UInt8] {
    do {
      return try model.model.decoded(ids, skippingSpecials: skippingSpecials)
    } catch let error as FileError {
      throw Problem.invalid(model.legible(error), "ids")
    }
  }
}
