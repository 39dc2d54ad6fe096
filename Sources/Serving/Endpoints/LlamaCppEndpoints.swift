import Embeddings
import Glibc
import ModelFiles
import Vectors

/// What llama.cpp's clients ask for, beside what OpenAI's do.
enum LlamaCppEndpoints {
  static var all: [Endpoint] {
    [
      Endpoint(
        method: "POST", path: "/embedding", dialect: .llamaCpp,
        summary: "A vector for each text of `content`", body: .named("ContentRequest"),
        answers: Endpoint.Answer.vectors(.list(of: .named("PooledRows"))), respond: embedding)
    ]
  }

  /// A list of rows for each text: one, unless the model gives one for each token.
  @Sendable static func embedding(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    let model = try service.model(named: body.string("model"), for: .vectors)
    let norm = try Norm(body)
    let inputs = try body.texts(
      body["content"] == nil && body["input"] != nil ? "input" : "content",
      most: service.options.mostTexts, .mixed)
    if model.kind == .multi {
      let (texts, work) = try await service.tokenVectors(of: inputs, Wish(), model)
      return .json(
        try await rows(texts.count) { text, bytes in
          TextEmbeddingsEndpoints.appendRows(of: norm(texts[text]), to: &bytes)
        }, work: work)
    }
    let wish = Wish(normalizes: norm.power == nil ? nil : norm.isEuclidean)
    let (matrix, work) = try await service.vectors(of: inputs, wish, model)
    let vectors = VectorAnswer((norm.isEuclidean ? matrix : norm(matrix), work))
    return try await vectors.response(request) { vectors in
      try await rows(vectors.matrix.rows) { row, bytes in
        bytes.append(UInt8(ascii: "["))
        vectors.append(row, to: &bytes)
        bytes.append(UInt8(ascii: "]"))
      }
    }
  }

  private static func rows(
    _ count: Int, _ append: (Int, inout [UInt8]) -> Void
  ) async throws -> [UInt8] {
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    try await bytes.appendParts(count) { row, bytes in
      bytes += #"{"index":\#(row),"embedding":"#.utf8
      append(row, &bytes)
      bytes.append(UInt8(ascii: "}"))
    }
    return bytes + [UInt8(ascii: "]")]
  }
}

/// What a vector is divided by: `embd_normalize`, as `common_embd_normalize` has it.
private struct Norm {
  /// -1 for nothing, 0 for the largest number, so that it becomes 32,760; else p of the p-norm.
  /// `nil` for vectors as the model gives them.
  let power: Int?

  init(_ body: Body) throws { power = try body.integer("embd_normalize", from: -1) }

  /// Whether the engine does it.
  var isEuclidean: Bool { power == nil || power == 2 }

  func callAsFunction(_ matrix: Matrix) -> Matrix {
    guard let power, power >= 0 else { return matrix }
    return Matrix(
      columns: matrix.columns,
      (0..<matrix.rows).flatMap { row in
        let vector = matrix[row]
        let divisor = Self.norm(of: vector, power)
        return vector.map { divisor > 0 ? Float(Double($0) / divisor) : 0 }
      })
  }

  private static func norm(of vector: [Float], _ power: Int) -> Double {
    let largest = vector.reduce(0) { max($0, Double($1.magnitude)) }
    guard power > 0, largest > 0 else { return largest / 32760 }
    // The largest is taken out, since powers of small numbers vanish.
    let sum = vector.reduce(0) { $0 + pow(Double($1.magnitude) / largest, Double(power)) }
    return largest * pow(sum, 1 / Double(power))
  }
}
