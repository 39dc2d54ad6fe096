import NIOCore
import Testing

@testable import Serving

@Suite struct MetricsTests {
  private let metrics = Metrics(endpoints: MetricsTests.endpoints)

  private static let endpoints = [
    ("GET", "/"), ("POST", "/"), ("POST", "/v1/embeddings"), ("POST", "/rerank"),
    ("POST", "/tokenize"),
  ].map { method, path in
    Endpoint(method: method, path: path, dialect: .textEmbeddings, summary: "") { _, _, _ in
      Response.text("")
    }
  }

  private func answer(
    _ endpoint: String? = "/v1/embeddings", _ status: Int = 200, failure: Problem.Kind? = nil,
    texts: Int = 1, tokens: Int = 7, cut: [Int] = [], method: String = "POST"
  ) -> CountedAnswer {
    var work = Work()
    (work.texts, work.tokens, work.cut) = (texts, tokens, cut)
    work.compute = .milliseconds(8)
    return CountedAnswer(
      method: method, endpoint: endpoint, status: status, bytes: 100, failure: failure, work: work,
      duration: .milliseconds(10))
  }

  private func lines() -> Set<String> {
    let text = String(decoding: metrics.text([]), as: UTF8.self)
    return Set(text.split(separator: "\n").map(String.init))
  }

  @Test func everySeriesIsThereFromTheStart() {
    let before = Set(lines().map { $0.prefix { $0 != " " } })
    metrics.answered(answer())
    metrics.answered(answer("/rerank", 500, failure: .inference))
    metrics.answered(answer(nil, 404, failure: .notFound))
    metrics.batch(texts: 3, tokens: 40)
    #expect(Set(lines().map { $0.prefix { $0 != " " } }) == before)
  }

  @Test func eachSeriesIsPrintedOnce() {
    let text = String(decoding: metrics.text([]), as: UTF8.self)
    let names = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.prefix { $0 != " " } }
    #expect(names.count == Set(names).count)
    let types = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
    #expect(types.count == Set(types).count)
  }

  @Test func anEndpointAndTheClassOfItsStatusAreTheOnlyLabels() {
    metrics.answered(answer())
    metrics.answered(answer("/v1/embeddings", 429, failure: .overloaded))
    metrics.answered(answer("/nowhere/\u{1}\"", 404, failure: .notFound))
    metrics.answered(answer(nil, 405, failure: .methodNotAllowed))
    let lines = lines()
    #expect(lines.contains(#"embed_requests_total{endpoint="/v1/embeddings",status="2xx"} 1"#))
    #expect(lines.contains(#"embed_requests_total{endpoint="/v1/embeddings",status="4xx"} 1"#))
    #expect(lines.contains(#"embed_requests_total{endpoint="/",status="2xx"} 0"#))
    #expect(lines.contains(#"embed_requests_total{endpoint="-",status="4xx"} 2"#))
    #expect(!lines.contains { $0.contains("nowhere") })
  }

  @Test func textsTokensAndCutsAreCountedOfAnswersAlone() {
    metrics.answered(answer(texts: 3, tokens: 21, cut: [0, 2]))
    metrics.cache(hits: 1, misses: 2)
    metrics.answered(answer("/v1/embeddings", 400, failure: .validation, texts: 5, tokens: 9))
    let lines = lines()
    #expect(lines.contains("embed_texts_total 3"))
    #expect(lines.contains("embed_tokens_total 21"))
    #expect(lines.contains("embed_truncated_texts_total 2"))
    #expect(lines.contains("embed_cache_hits_total 1"))
    #expect(lines.contains("embed_cache_misses_total 2"))
    #expect(lines.contains("te_request_input_length_sum 21"))
    #expect(lines.contains("te_request_input_length_count 3"))
    #expect(lines.contains("embed_answer_bytes_total 200"))
  }

  @Test func oneTextAndSeveralAreApart() {
    metrics.answered(answer())
    metrics.answered(answer(texts: 4))
    metrics.answered(answer("/v1/embeddings", 400, failure: .validation, texts: 0))
    let lines = lines()
    #expect(lines.contains(#"te_request_count{method="single"} 2"#))
    #expect(lines.contains(#"te_request_success{method="single"} 1"#))
    #expect(lines.contains(#"te_request_count{method="batch"} 1"#))
    #expect(lines.contains(#"te_request_success{method="batch"} 1"#))
    #expect(lines.contains("te_request_duration_count 2"))
    #expect(lines.contains("te_embed_duration_count 5"))
  }

  @Test func scoresAreCountedAsPredictions() {
    metrics.answered(answer("/rerank", texts: 4))
    let lines = lines()
    #expect(lines.contains("te_predict_success 4"))
    #expect(lines.contains("te_embed_count 0"))
    #expect(lines.contains("te_predict_inference_duration_count 4"))
  }

  @Test(
    arguments: [
      (.validation, "validation"), (.empty, "validation"), (.tooLarge, "batch_size"),
      (.overloaded, "overloaded"), (.inference, "inference"), (.wrongModel, "model_type"),
      (.unavailable, "dropped"),
    ] as [(Problem.Kind, String)])
  func failuresHaveTheWordsOfTextEmbeddingsInference(_ kind: Problem.Kind, _ word: String) {
    metrics.answered(answer("/v1/embeddings", 400, failure: kind, texts: 0))
    #expect(lines().contains("te_request_failure{err=\"\(word)\"} 1"))
    #expect(lines().contains(#"te_request_count{method="single"} 1"#))
  }

  @Test(
    arguments: [
      (.unauthorized, "/v1/embeddings", "POST"), (.forbidden, "/v1/embeddings", "POST"),
      (nil, "/tokenize", "POST"), (nil, "/", "GET"),
    ] as [(Problem.Kind?, String, String)])
  func whatIsNoRequestForVectorsIsNotCountedAsOne(
    _ kind: Problem.Kind?, _ path: String, _ method: String
  ) {
    metrics.answered(
      answer(path, kind == nil ? 200 : 401, failure: kind, texts: 0, method: method))
    #expect(lines().contains(#"te_request_count{method="single"} 0"#))
    #expect(lines().contains("te_request_duration_count 0"))
  }

  @Test func aHistogramsBucketsAddUp() {
    metrics.batch(texts: 3, tokens: 100)
    metrics.batch(texts: 1, tokens: 600)
    let lines = lines()
    #expect(lines.contains(#"te_batch_next_size_bucket{le="1"} 1"#))
    #expect(lines.contains(#"te_batch_next_size_bucket{le="2"} 1"#))
    #expect(lines.contains(#"te_batch_next_size_bucket{le="4"} 2"#))
    #expect(lines.contains(#"te_batch_next_size_bucket{le="+Inf"} 2"#))
    #expect(lines.contains("te_batch_next_tokens_sum 700"))
  }

  @Test func gaugesHaveTheirLabelsEscaped() {
    let gauge = MetricsText.Gauge(
      name: "g", help: "A gauge", value: 1, label: (name: "version", value: "a\"b\\c\nd"))
    let text = String(decoding: metrics.text([gauge]), as: UTF8.self)
    #expect(text.hasSuffix("# HELP g A gauge.\n# TYPE g gauge\ng{version=\"a\\\"b\\\\c\\nd\"} 1\n"))
  }
}
