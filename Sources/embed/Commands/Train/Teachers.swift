import Embeddings
import ModelFiles
import Tensors
import Tokenizers
import Vectors

/// Loads the models that a run learns from, whose vectors of texts are kept in its folder.
struct Teachers {
  let threads: Int
  let kept: KeptVectors
  let messages: Messages

  /// The model that a name stands for, with its folder.
  func embedder(_ name: String) throws -> Embedder {
    var options = EmbedderOptions(threads: threads)
    options.findingBase = ModelFinder.base(messages)
    return try Embedder(folder: ModelFinder().folder(of: name, messages), options: options)
  }

  /// A teacher whose vectors are learned as they are, or on the directions in which those of the texts
  /// that are trained on differ most.
  /// - Parameter shortened: the numbers that the latter have
  func teacher(_ name: String, _ embedder: Embedder, shortened: Int? = nil) throws -> Teacher {
    let route = try embedder.model.route()
    return Teacher(name: name, width: shortened ?? embedder.dimension) { [self] texts, trained in
      if let shortened { try Self.checkReduction(to: shortened, trained) }
      let folder = embedder.model.folder.path
      let hash = Deferred { try Self.hash([folder], texts) }
      let own = try kept.rows(
        texts.count, width: embedder.dimension, "teacher", of: hash.value
      ) { range in
        try Self.distinct(texts[range]) { part in
          let encodings = try embedder.model.encodings(of: part, by: route)
          return try embedder.vectors(of: encodings, by: route) { Interrupt.requested }
        }
      }
      guard let shortened else { return own }
      let components = Deferred { [threads] in
        try PrincipalComponents(
          keeping: shortened, of: Matrix(own.view(rows: 0..<trained)), "texts", whitened: false,
          threads: threads)
      }
      return try kept.rows(
        texts.count, width: shortened, "teacher-pca", of: "\(trained)-\(hash.value)"
      ) { try components.value.projections(of: Matrix(own.view(rows: $0))).tensor }
    }
  }

  private static func checkReduction(to width: Int, _ trained: Int) throws {
    try PrincipalComponents.checkLibrary()
    guard trained >= max(2, width) else {
      throw FileError(
        "--project pca: \(width) directions are found in \(max(2, width)) texts or more, and "
          + "\(trained) are trained on; give more, or take --project dense")
    }
  }

  /// A model that says which texts are alike, by the tokens that the start model reads of them: as
  /// they are where it has the same, else as the text that they stand for.
  func guide(_ name: String, of start: TextModel, _ set: Int) throws -> Guide {
    let embedder = try embedder(name)
    let guide = embedder.model
    return Guide { [self] texts, prompt in
      let route = try start.route(prompt: prompt)
      let sharesTokens = try guide.sharesTokens(with: start, prompt: prompt)
      let own = try guide.route(prompt: sharesTokens ? prompt : "")
      return try kept.rows(
        texts.count, width: embedder.dimension, "guide-\(set + 1)",
        of: Self.hash([guide.folder.path, start.folder.path], [Array(prompt.utf8)] + texts)
      ) { range in
        var encodings = try start.encodings(of: Array(texts[range]), by: route)
        if !sharesTokens {
          let read = try encodings.map { try start.decoded($0.ids, skippingSpecials: true) }
          encodings = try guide.encodings(of: read, by: own)
        }
        return try embedder.vectors(of: encodings, by: own) { Interrupt.requested }.tensor
      }
    }
  }

  /// Of models, by their files, and of texts.
  private static func hash(_ models: [String], _ texts: [[UInt8]]) throws -> String {
    var hash = ContentHash()
    for model in models {
      for (file, sum) in try ResumeCheck.files(of: model) {
        hash.add(file)
        hash.add(sum)
      }
    }
    for text in texts { hash.add(text) }
    return hash.text()
  }

  /// The vectors of texts, equal ones of which go through the model once.
  private static func distinct(
    _ texts: ArraySlice<[UInt8]>, _ vectors: ([[UInt8]]) throws -> Matrix
  ) throws -> Tensor {
    var (rows, distinct) = ([[UInt8]: Int](), [[UInt8]]())
    for text in texts where rows[text] == nil {
      rows[text] = distinct.count
      distinct.append(text)
    }
    return try vectors(distinct).picked(texts.map { rows[$0] ?? 0 }).tensor
  }
}
