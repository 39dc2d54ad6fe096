/// Everything that can be asked for, over all dialects.
enum Endpoints {
  /// - Parameter options: what needs no key
  static func all(_ options: ServeOptions) -> [Endpoint] {
    let descriptions = ModelDescriptions()
    return OpenAIEndpoints.all(descriptions) + TextEmbeddingsEndpoints.all(descriptions)
      + TokenEndpoints.all + RerankEndpoints.all + CohereEndpoints.all
      + OllamaEndpoints.all(descriptions) + LlamaCppEndpoints.all + Probes.all(options)
  }
}
