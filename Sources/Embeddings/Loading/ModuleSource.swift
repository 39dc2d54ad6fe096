package import Encoders
package import ModelFiles
package import Tensors

/// What a module is made of, read once: it can be made again, of other numbers, and opens no file.
package struct ModuleSource: Sendable {
  /// The object that configures it; empty where it needs none.
  let configuration: JSON
  /// The path of its folder, for messages.
  let place: String
  private let tensors: Result<TensorFile, any Error>
  private var parameters: [String: Tensor] = [:]

  /// - Parameter tensors: the file of its weights, or why there is none, which is thrown when the
  ///   module asks for them
  init(_ configuration: JSON, place: String, tensors: Result<TensorFile, any Error>) {
    (self.configuration, self.place, self.tensors) = (configuration, place, tensors)
  }

  /// Its tensors.
  var weights: Weights {
    get throws { Weights(try tensors.get(), parameters: parameters) }
  }

  /// The file that they lie in, where there is one.
  var file: TensorFile? { if case .success(let file) = tensors { file } else { nil } }

  /// The same source with tensors in the place of those in its file.
  /// - Parameter parameters: by their names in the file
  func with(_ parameters: [String: Tensor]) -> ModuleSource {
    var source = self
    source.parameters = parameters
    return source
  }
}
