import Embeddings
import ModelFiles
import Synchronization
import Tokenizers

/// What the models are, looked up in their files once they are first asked about.
final class ModelDescriptions: Sendable {
  private let known = Mutex<[String: ModelDescription]>([:])

  subscript(_ model: ServedModel) -> ModelDescription {
    get throws {
      try known.withLock { known in
        // Two models may have the same name, but not the same folder.
        let key = model.model.folder.path
        if let description = known[key] { return description }
        let description = try ModelDescription(model)
        known[key] = description
        return description
      }
    }
  }

  /// What text-embeddings-inference says of itself: clients cut their lists by
  /// `max_client_batch_size`.
  func info(_ service: Service) throws -> JSONValue {
    let (model, options) = (try service.model(named: nil), service.options)
    let precision = model.model.options.precision
    return [
      "model_id": .string(model.id), "model_sha": .null,
      "model_dtype": .string(
        precision == .int8 ? "int8" : precision == .bf16 ? "bfloat16" : "float32"),
      "served_model_name": .string(model.id), "model_type": try self[model].type,
      "max_concurrent_requests": .int(options.mostConnections),
      // A number is expected even where there is no limit.
      "max_input_length": .int(model.limit ?? Int(Int32.max)),
      "max_batch_tokens": .int(model.model.options.batchTokens), "max_batch_requests": .null,
      "max_client_batch_size": .int(options.mostTexts),
      "auto_truncate": .bool(options.long != .error),
      "tokenization_workers": .int(model.model.options.threads),
      "version": .string(options.version), "sha": .null, "docker_label": .null,
    ]
  }
}

/// What a model's files say about it, in the words of several servers.
struct ModelDescription: Sendable {
  private let model: ServedModel
  private let inspection: Inspection

  init(_ model: ServedModel) throws {
    self.model = model
    inspection = try Inspection(model.model)
  }

  /// What OpenAI's list has, with what llama.cpp adds.
  /// - Parameter id: the name that it was asked for by
  func model(id: String) -> JSONValue {
    [
      "id": .string(id), "object": "model", "created": .int(model.created), "owned_by": "embed",
      "meta": [
        "n_embd": .int(model.width), "n_ctx_train": .optional(model.limit) { .int($0) },
        "n_params": .int(inspection.parameters), "size": .int(inspection.weightBytes),
      ],
    ]
  }

  /// text-embeddings-inference's `model_type`.
  var type: JSONValue {
    switch model.use {
    case .dense:
      let pooling = inspection.facts.first { $0.name == "pooling" }?.value
      return ["embedding": ["pooling": .string(pooling ?? "mean")]]
    case .sparse: return ["embedding": ["pooling": "splade"]]
    case .multi: return ["embedding": ["pooling": "none"]]
    case .reranker(let reranker):
      let labels = reranker.labels.enumerated()
      let names: JSONValue = [
        "id2label": .object(labels.map { ("\($0)", .string($1)) }),
        "label2id": .object(labels.map { ($1, .int($0)) }),
      ]
      return reranker.labels.count == 1 ? ["reranker": names] : ["classifier": names]
    }
  }

  /// A row of ollama's list.
  var tag: JSONValue { .object(row) }

  /// The same of a model in memory, which it stays.
  var process: JSONValue {
    .object(
      row + [
        ("expires_at", .string(Self.never)), ("size_vram", 0),
        ("context_length", .int(model.limit ?? 0)),
      ])
  }

  /// What `ollama show` prints.
  var details: JSONValue {
    let family = inspection.architecture
    return [
      "modelfile": "", "parameters": "", "template": "", "license": "",
      "modified_at": .string(modified), "details": form,
      "model_info": [
        "general.architecture": .string(family),
        "general.parameter_count": .int(inspection.parameters),
        "\(family).context_length": .int(model.limit ?? 0),
        "\(family).embedding_length": .int(model.width),
      ],
      "capabilities": ["embedding"],
    ]
  }

  // Far off, as ollama has it for models that are kept.
  private static let never = "2318-01-01T00:00:00Z"

  private var modified: String { LogTime(seconds: model.created).text }

  private var row: [(String, JSONValue)] {
    let name = model.id.contains(":") ? model.id : model.id + ":latest"
    return [
      ("name", .string(name)), ("model", .string(name)), ("modified_at", .string(modified)),
      ("size", .int(inspection.weightBytes)), ("digest", .string(digest)), ("details", form),
    ]
  }

  private var form: JSONValue {
    let family = inspection.architecture
    return [
      "parent_model": "", "format": "safetensors", "family": .string(family),
      "families": [.string(family)], "parameter_size": .string(parameters),
      "quantization_level": .string(inspection.storedAs.joined(separator: "+")),
    ]
  }

  /// "22.7M".
  private var parameters: String {
    let count = Double(inspection.parameters)
    return count >= 1e9
      ? fixed(count / 1e9, 1) + "B"
      : count >= 1e6 ? fixed(count / 1e6, 1) + "M" : fixed(count / 1e3, 1) + "K"
  }

  /// Clients tell models apart by it. Of the files it has only what was read of them anyway: their
  /// own digest would take as long as reading all weights.
  private var digest: String {
    var hash = ContentHash()
    for part in [model.id, inspection.architecture] + inspection.modules + inspection.storedAs {
      hash.add(part)
    }
    hash.add("\(inspection.parameters) \(inspection.weightBytes)")
    return hash.text()
  }
}
