import Testing

@testable import Embeddings

/// Files of modules that cannot be: each is refused by a message that names the file and the reason.
@Suite struct SpoiltModulesTests {
  @Test(
    arguments: [
      .init("dense-residual", "2_Dense/config.json", .missing, "2_Dense", "config.json"),
      .init("dense-residual", "2_Dense/model.safetensors", .missing, "2_Dense", "tensors"),
      .init(
        "dense-residual", "2_Dense/config.json", .field("in_features", "15"), "15", "16 numbers"),
      .init("dense-residual", "2_Dense/config.json", .field("in_features", nil), "in_features"),
      .init("dense-residual", "2_Dense/config.json", .field("out_features", "13"), "[13, 16]"),
      .init("dense-residual", "2_Dense/config.json", .field("out_features", "0"), "out_features"),
      .init(
        "dense-residual", "2_Dense/config.json", .field("out_features", "1099511627776"),
        "out_features", "between 1 and"),
      .init("dense-residual", "2_Dense/config.json", .field("bias", "true"), "linear.bias"),
      .init(
        "dense-residual", "2_Dense/config.json",
        .field("activation_function", #""torch.nn.functional.relu""#), "torch.nn.functional.relu",
        "known"),
      .init(
        "dense-residual", "2_Dense/config.json",
        .field("activation_function", #""torch.nn.modules.activation.GLU""#), "activation.GLU",
        "Tanh"),
      .init(
        "dense-residual", "2_Dense/config.json",
        .field("activation_function", #""torch.hub.load""#), "torch.hub.load"),
      .init(
        "dense-residual", "2_Dense/config.json",
        .field("module_input_name", #""token_embeddings""#),
        "token_embeddings", "sentence_embedding"),
      .init(
        "dense-on-tokens", "1_Dense/config.json",
        .field("module_output_name", #""sentence_embedding""#), "module_output_name"),
      .init(
        "dense-on-tokens", "1_Dense/config.json",
        .field("module_input_name", #""sentence_embedding""#), "module_output_name"),
      .init(
        "dense-on-tokens", "1_Dense/config.json",
        .field("activation_function", #""torch.nn.modules.activation.Softmax""#), "Softmax",
        "tokens"),
    ] as [SpoiltPipeline])
  func aDenseThatCannotBe(_ model: SpoiltPipeline) throws { try model.expectRefused() }

  @Test(
    arguments: [
      .init(
        "layer-norm", "2_LayerNorm/config.json", .field("dimension", "15"), "15", "16 numbers"),
      .init("layer-norm", "2_LayerNorm/model.safetensors", .missing, "2_LayerNorm"),
      .init(
        "dropout", "3_Normalize/config.json", .field("module_input_name", "7"), "module_input_name"
      ),
      .init(
        "weighted-layer-pooling", "1_WeightedLayerPooling/config.json", .field("layer_start", "3"),
        "layer_start", "0 to 2"),
      .init(
        "weighted-layer-pooling", "1_WeightedLayerPooling/config.json",
        .field("layer_start", "-1"),
        "layer_start"),
      .init(
        "weighted-layer-pooling", "1_WeightedLayerPooling/config.json", .field("layer_start", "0"),
        "layer_weights", "[3]"),
      .init(
        "weighted-layer-pooling", "1_WeightedLayerPooling/config.json",
        .field("embedding_dimension", "4"), "embedding_dimension"),
      .init("lstm", "1_LSTM/lstm_config.json", .field("hidden_dim", "7"), "encoder.weight_ih_l0"),
      .init("lstm", "1_LSTM/lstm_config.json", .field("num_layers", "3"), "weight_ih_l2"),
      .init(
        "lstm", "1_LSTM/lstm_config.json", .field("num_layers", "1000000"), "num_layers", "1024"),
      .init("lstm", "1_LSTM/lstm_config.json", .field("num_layers", "0"), "num_layers"),
      .init(
        "lstm", "1_LSTM/lstm_config.json", .field("embedding_dimension", "9"), "9", "8 numbers"),
      .init("lstm", "1_LSTM/lstm_config.json", .missing, "lstm_config.json"),
      .init("cnn", "1_CNN/cnn_config.json", .field("kernel_sizes", "[1,2,5]"), "odd"),
      .init("cnn", "1_CNN/cnn_config.json", .field("kernel_sizes", "[]"), "kernel_sizes"),
      .init("cnn", "1_CNN/cnn_config.json", .field("kernel_sizes", "[1,3,-5]"), "kernel_sizes"),
      .init(
        "cnn", "1_CNN/cnn_config.json", .field("kernel_sizes", "[1,3,99999999999]"), "kernel_sizes"
      ),
      .init("cnn", "1_CNN/cnn_config.json", .field("kernel_sizes", "[1,3,7]"), "convs.2.weight"),
      .init("cnn", "1_CNN/cnn_config.json", .field("stride_sizes", "[1,1]"), "stride"),
      .init("cnn", "1_CNN/cnn_config.json", .field("stride_sizes", "[1,1,2]"), "stride"),
      .init("cnn", "1_CNN/cnn_config.json", .field("stride_sizes", "[0,0,0]"), "stride_sizes"),
      .init("cnn", "1_CNN/cnn_config.json", .field("out_channels", "6"), "convs.0.weight"),
      .init("word-weights", "1_WordWeights/config.json", .field("vocab", #"["a"]"#), "1 words"),
      .init("word-weights", "1_WordWeights/config.json", .field("vocab", "[1]"), "vocab"),
      .init(
        "word-weights", "1_WordWeights/config.json", .field("word_weights", "[]"), "word_weights"),
      .init(
        "word-weights", "1_WordWeights/config.json", .field("unknown_word_weight", #""x""#),
        "unknown_word_weight"),
    ] as [SpoiltPipeline])
  func aLaterModuleThatCannotBe(_ model: SpoiltPipeline) throws { try model.expectRefused() }

  @Test(
    arguments: [
      .init("word-embeddings", "wordembedding_config.json", .missing, "wordembedding_config.json"),
      .init(
        "word-embeddings", "wordembedding_config.json", .field("max_seq_length", "0"),
        "max_seq_length"),
      .init(
        "word-embeddings", "wordembedding_config.json",
        .field("tokenizer_class", #""mine.Words""#),
        "mine.Words", "Python code"),
      .init(
        "word-embeddings", "whitespacetokenizer_config.json", .missing,
        "whitespacetokenizer_config.json"),
      .init(
        "word-embeddings", "whitespacetokenizer_config.json",
        .field("vocab", #"["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o"]"#),
        "15 words", "14 rows"),
      .init("bow", "0_BoW/config.json", .field("vocab", "[]"), "vocab", "empty"),
      .init("bow", "0_BoW/config.json", .field("vocab", nil), "vocab"),
      .init(
        "bow", "0_BoW/config.json", .field("word_weights", #"{"the":"much"}"#), "word_weights"),
      .init("static-embedding", "tokenizer.json", .missing, "holds no tokenizer"),
      .init("static-embedding", "model.safetensors", .missing, "no tensors"),
    ] as [SpoiltPipeline])
  func aFirstModuleThatCannotBe(_ model: SpoiltPipeline) throws { try model.expectRefused() }

  static let dense = #""sentence_transformers.base.modules.dense.Dense""#

  @Test(
    arguments: [
      .init("router", "router_config.json", .missing, "router_config.json"),
      .init("router", "router_config.json", .field("structure", "{}"), "structure", "no route"),
      .init("router", "router_config.json", .field("structure", #"{"query":["x"]}"#), "types.x"),
      .init("router", "router_config.json", .field("structure", #"{"query":[]}"#), "`document`"),
      .init(
        "router", "router_config.json", .text(#"{"types":{},"structure":{"query":[]}}"#),
        "Normalize"),
      .init(
        "router", "router_config.json", .field("parameters", #"{"default_route":"other"}"#),
        "other",
        "document, query"),
      .init(
        "router", "router_config.json",
        .field("parameters", #"{"route_mappings":{"('query', 'text')":"other"}}"#), "`other`"),
      .init(
        "router", "router_config.json",
        .text(#"{"types":{"../x":\#(dense)},"structure":{"query":["../x"]},"parameters":{}}"#),
        "`../x`"),
      .init(
        "router", "router_config.json",
        .text(#"{"types":{"a":"mine.Thing"},"structure":{"query":["a"]},"parameters":{}}"#),
        "mine.Thing", "Python code"),
      .init(
        "router", "router_config.json",
        .text(
          #"{"types":{"a":"sentence_transformers.models.Router"},"structure":{"query":["a"]}}"#),
        "Router inside a Router"),
      .init(
        "router", "router_config.json",
        .text(#"{"types":{"a":\#(dense)},"structure":{"query":["a"]}}"#), "reads text"),
      .init(
        "asym", "2_Asym/139638_Dense/config.json", .field("out_features", "3"), "[3, 16]"),
      .init(
        "asym", "2_Asym/config.json",
        .text(
          #"{"types":{"139637_Dense":\#(dense)},"structure":{"query":["139637_Dense"],"document":[]}}"#
        ),
        "12, 16"),
    ] as [SpoiltPipeline])
  func aRouterThatCannotBe(_ model: SpoiltPipeline) throws { try model.expectRefused() }
}
