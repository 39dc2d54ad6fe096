import ModelFiles

extension ModelTokenizer {
  /// The reader of a model directory, whatever its first module is.
  /// - Parameters:
  ///   - promptName: names the route to take through a Router, and the side of late interaction
  ///   - options: the kind that is asked for counts
  package init(
    model folder: ModelFolder, promptName: String? = nil, options: EmbedderOptions = .init()
  ) throws {
    let list = try ModuleList(folder, options)
    let entry = try list.first(list.task(named: promptName) ?? list.standardTask)
    guard let kind = Modules.first[entry.kind] else {
      throw FileError(
        "\(entry.listing): the first module, `\(entry.type)`, has no tokenizer that is read; known "
          + "are \(Modules.firstNames)")
    }
    self = try kind.tokenizer(entry, entry.configuration ?? kind.configuration(entry))
    (self.kind, side) = (list.kind.kind, list.side(of: promptName))
  }
}
