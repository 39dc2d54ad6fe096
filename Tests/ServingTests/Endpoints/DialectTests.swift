import ModelFiles
import Testing

@testable import Serving

/// Errors in the form that each server's clients read.
@Suite struct DialectTests {
  private func answer(_ dialect: Dialect, _ problem: Problem) throws -> (status: Int, json: JSON) {
    let response = dialect.response(problem)
    return (response.status, try JSON(response.body, name: "\(dialect)"))
  }

  @Test func openAIsErrorHasFourMembers() throws {
    let (status, json) = try answer(.openAI, .invalid("no such number", "dimensions"))
    let error = try json.object("error")
    #expect(status == 400)
    #expect(try error.string("message") == "no such number")
    #expect(try error.string("type") == "invalid_request_error")
    #expect(try error.string("param") == "dimensions")
    #expect(error["code"]?.isNull == true)
    // Jina's clients look there, and see no error where it is missing.
    #expect(try json.string("detail") == "no such number")
  }

  @Test func othersHaveASentence() throws {
    let problem = Problem.wrongModel("the model ranks nothing")
    let (status, json) = try answer(.textEmbeddings, problem)
    #expect(status == 424)
    #expect(try json.string("error_type") == "Backend")
    for dialect in [Dialect.textEmbeddings, .cohere, .ollama] {
      #expect(try answer(dialect, problem).json.string("error") == problem.message)
    }
    #expect(try answer(.cohere, problem).json.string("message") == problem.message)
    #expect(try answer(.llamaCpp, problem).json.object("error").int("code") == 400)
  }

  @Test(arguments: [
    (Problem.invalid("x"), 422, 400), (.wrongModel("x"), 424, 400),
    (Problem(.empty, status: 400, "x"), 400, 400),
    (Problem(.tooLarge, status: 422, "x"), 422, 400),
    (Problem(.tooLarge, status: 413, "x"), 413, 413),
    (.overloaded("x", seconds: 1), 429, 429), (Problem(.inference, status: 500, "x"), 500, 500),
  ])
  func statusIsTheDialects(problem: Problem, textEmbeddings: Int, others: Int) throws {
    #expect(Dialect.textEmbeddings.response(problem).status == textEmbeddings)
    for dialect in [Dialect.openAI, .cohere, .ollama, .llamaCpp] {
      #expect(dialect.response(problem).status == others)
    }
  }

  @Test(arguments: [
    ("/v1/embed", Dialect.cohere), ("/v2/embed", .cohere), ("/v1/embeddings", .openAI),
    ("/embeddings", .openAI), ("/v1/nothing", .openAI), ("/api/nothing", .ollama),
    ("/embed", .textEmbeddings), ("/", .textEmbeddings),
  ])
  func whatIsWrongBeforeAnEndpointIsKnownHasTheFormOfItsPath(path: String, dialect: Dialect) {
    #expect(Dialect(path: path) == dialect)
  }
}
