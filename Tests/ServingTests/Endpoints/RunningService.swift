import Embeddings
import Foundation
import ModelFiles
import NIOCore
import NIOHTTP1
import TestSupport

@testable import Serving

/// The endpoints over models, without any connection.
final class RunningService: Sendable {
  let service: Service

  /// - Parameter folder: a directory with a model
  convenience init(
    _ folder: String = Fixture.tinyBERT, _ options: ServeOptions = ServeOptions()
  ) throws {
    try self.init(models: [folder], options)
  }

  /// - Parameter models: directories, the first that of the default one
  init(models: [String], _ options: ServeOptions = ServeOptions()) throws {
    service = try Service(options, models.map { try ServedModel(folder: $0, options) })
    let engine = service.engine
    Thread.detachNewThread { try? engine.work() }
    service.becomeReady()
  }

  deinit { service.engine.close() }

  /// What comes of a request.
  func answer(
    _ method: String, _ target: String, _ body: [UInt8] = [],
    headers: [(String, String)] = []
  ) async throws -> Response {
    let parts = target.split(separator: "?", maxSplits: 1)
    return await service.respond(
      to: Request(
        method: method, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "",
        headers: HTTPHeaders(headers), body: body, id: "test", arrived: .now()))
  }

  /// The answer to a JSON text.
  func post(
    _ path: String, _ body: String, headers: [(String, String)] = []
  ) async throws -> (status: Int, json: JSON) {
    let response = try await answer("POST", path, Array(body.utf8), headers: headers)
    return (response.status, try JSON(response.body, name: "\(path) \(body)"))
  }

  func get(_ path: String) async throws -> (status: Int, json: JSON) {
    let response = try await answer("GET", path)
    return (response.status, try JSON(response.body, name: path))
  }
}

extension ServedModel {
  /// A model as a test serves it.
  init(folder: String, _ options: ServeOptions) throws {
    try self.init(
      TextModel(folder: folder, options: EmbedderOptions(threads: 2)), asked: nil,
      otherNames: options.servedNames)
  }
}

extension JSON {
  /// The numbers of a list.
  var numbers: [Float] { get throws { try array().elements.map { Float(try $0.double()) } } }
}
