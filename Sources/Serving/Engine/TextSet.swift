import Embeddings
import ModelFiles
import NIOCore
import Tokenizers

/// The texts of a request as the network reads them.
struct TextSet: Sendable {
  private(set) var encodings: [Encoding] = []
  var work = Work()

  // Between two looks at whether the client is still there, and at what else waits.
  private static let bytesAtOnce = 1 << 16

  /// Tokens of all texts, in their order.
  /// - Parameters:
  ///   - legible: what clients are told of an error
  ///   - refusesLong: whether a text over the limit is an error
  ///   - encode: the tokens of one
  init<Text: Sendable>(
    _ texts: [Text], legible: (FileError) -> String, refusesLong: Bool, limit: Int?,
    bytes: (Text) -> Int,
    encode: (Text) throws -> Encoding
  ) async throws {
    let start = NIODeadline.now()
    encodings.reserveCapacity(texts.count)
    var since = 0
    for (number, text) in texts.enumerated() {
      do {
        let encoding = try encode(text)
        if encoding.truncated {
          if refusesLong { throw Self.tooLong(limit) }
          work.cut.append(number)
        }
        encodings.append(encoding)
        work.tokens += encoding.ids.count
      } catch let error as FileError {
        throw Problem.invalid(Self.place(number, of: texts.count) + legible(error), "input")
      } catch let problem as Problem where texts.count > 1 {
        throw problem.at(Self.place(number, of: texts.count))
      }
      since += bytes(text)
      if since > Self.bytesAtOnce {
        since = 0
        try Task.checkCancellation()
        await Task.yield()
      }
    }
    work.texts = texts.count
    work.tokenize = .now() - start
  }

  /// Texts are counted from 0, as the lists that they come in are.
  static func place(_ number: Int, of count: Int) -> String {
    count > 1 ? "text \(number): " : ""
  }

  private static func tooLong(_ limit: Int?) -> Problem {
    .invalid(
      "the text has more than \(limit ?? 0) tokens, the most that are read; shorten it, or ask for it to "
        + "be cut (truncate: true)", "input")
  }
}

extension Problem {
  /// The same with a place before its sentence.
  func at(_ place: String) -> Problem {
    Problem(
      kind, status: status, place + message, parameter: parameter, code: code, headers: headers,
      closes: closes)
  }
}
