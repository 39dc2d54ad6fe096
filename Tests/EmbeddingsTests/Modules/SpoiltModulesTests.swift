import Testing

@testable import Embeddings

/// Files of modules that cannot be: each is refused with a message.
@Suite struct SpoiltModulesTests {
  private static let noActivation =
    "is not known; known are those of torch.nn that need no arguments and keep a vector's length: "
    + "CELU, ELU, GELU, Hardshrink, Hardsigmoid, Hardswish, Hardtanh, Identity, LeakyReLU, "
    + "LogSigmoid, LogSoftmax, Mish, PReLU, RReLU, ReLU, ReLU6, SELU, SiLU, Sigmoid, Softmax, "
    + "Softmin, Softplus, Softshrink, Softsign, Tanh, Tanhshrink"
  private static let noTensors =
    "has no tensors: looked for `model.safetensors`, `model.safetensors.index.json`, "
    + "`pytorch_model.bin`, `pytorch_model.bin.index.json`"
  private static let differentRows =
    "the convolutions give different numbers of rows; they should have one stride, and widths that "
    + "are all odd or all even"
  private static let wrongPlace =
    "stands in the wrong place: the first module, and no other, should be one that reads text "
    + "(\(Modules.firstNames))"

  @Test(
    arguments: [
      .init(
        "dense-residual", "2_Dense/config.json", .missing,
        "MODEL/2_Dense: no config.json, which says how large the layer is"),
      .init(
        "dense-residual", "2_Dense/model.safetensors", .missing,
        "MODEL/2_Dense \(noTensors)"),
      .init(
        "dense-residual", "2_Dense/config.json", .field("in_features", "15"),
        "FILE: `in_features` is 15, but the vectors before it have 16 numbers"),
      .init(
        "dense-residual", "2_Dense/config.json", .field("in_features", nil),
        "FILE: `in_features` is missing, should be a whole number"),
      .init(
        "dense-residual", "2_Dense/config.json", .field("out_features", "13"),
        "MODEL/2_Dense/model.safetensors: tensor `linear.weight` is [12, 16], should be [13, "
          + "16] by config.json"),
      .init(
        "dense-residual", "2_Dense/config.json", .field("out_features", "0"),
        "FILE: `out_features` should be between 1 and 16777216, is 0"),
      .init(
        "dense-residual", "2_Dense/config.json", .field("out_features", "1099511627776"),
        "FILE: `out_features` should be between 1 and 16777216, is 1099511627776"),
      .init(
        "dense-residual", "2_Dense/config.json", .field("bias", "true"),
        "MODEL/2_Dense/model.safetensors: no tensor `linear.bias`, which config.json's "
          + "model_type needs with the shape [12]"),
      .init(
        "dense-residual", "2_Dense/config.json",
        .field("activation_function", #""torch.nn.functional.relu""#),
        "FILE: activation_function `torch.nn.functional.relu` \(noActivation)"),
      .init(
        "dense-residual", "2_Dense/config.json",
        .field("activation_function", #""torch.nn.modules.activation.GLU""#),
        "FILE: activation_function `torch.nn.modules.activation.GLU` \(noActivation)"),
      .init(
        "dense-residual", "2_Dense/config.json",
        .field("activation_function", #""torch.hub.load""#),
        "FILE: activation_function `torch.hub.load` \(noActivation)"),
      .init(
        "dense-residual", "2_Dense/config.json",
        .field("module_input_name", #""token_embeddings""#),
        "FILE: `module_input_name` is `token_embeddings` and `module_output_name` "
          + "`sentence_embedding`; both should be token_embeddings or both sentence_embedding"),
      .init(
        "dense-on-tokens", "1_Dense/config.json",
        .field("module_output_name", #""sentence_embedding""#),
        "FILE: `module_input_name` is `token_embeddings` and `module_output_name` "
          + "`sentence_embedding`; both should be token_embeddings or both sentence_embedding"),
      .init(
        "dense-on-tokens", "1_Dense/config.json",
        .field("module_input_name", #""sentence_embedding""#),
        "FILE: `module_input_name` is `sentence_embedding` and `module_output_name` "
          + "`token_embeddings`; both should be token_embeddings or both sentence_embedding"),
      .init(
        "dense-on-tokens", "1_Dense/config.json",
        .field("activation_function", #""torch.nn.modules.activation.Softmax""#),
        "FILE: activation_function `torch.nn.modules.activation.Softmax` over tokens would "
          + "mix texts with each other"),
    ] as [SpoiltPipeline])
  func aDenseThatCannotBe(_ model: SpoiltPipeline) throws { try model.expectRefused() }

  @Test(
    arguments: [
      .init(
        "layer-norm", "2_LayerNorm/config.json", .field("dimension", "15"),
        "FILE: `dimension` is 15, but the vectors before it have 16 numbers"),
      .init(
        "layer-norm", "2_LayerNorm/model.safetensors", .missing,
        "MODEL/2_LayerNorm \(noTensors)"),
      .init(
        "dropout", "3_Normalize/config.json", .field("module_input_name", "7"),
        "FILE: `module_input_name` should be a string, is 7"),
      .init(
        "weighted-layer-pooling", "1_WeightedLayerPooling/config.json", .field("layer_start", "3"),
        "FILE: `layer_start` is 3, should be from 0 to 2, the network's last layer"),
      .init(
        "weighted-layer-pooling", "1_WeightedLayerPooling/config.json",
        .field("layer_start", "-1"),
        "FILE: `layer_start` is -1, should be from 0 to 2, the network's last layer"),
      .init(
        "weighted-layer-pooling", "1_WeightedLayerPooling/config.json", .field("layer_start", "0"),
        "MODEL/1_WeightedLayerPooling/model.safetensors: tensor `layer_weights` is [2], "
          + "should be [3] by config.json"),
      .init(
        "weighted-layer-pooling", "1_WeightedLayerPooling/config.json",
        .field("embedding_dimension", "4"),
        "FILE: `embedding_dimension` is 4, but the vectors before it have 16 numbers"),
      .init(
        "lstm", "1_LSTM/lstm_config.json", .field("hidden_dim", "7"),
        "MODEL/1_LSTM/model.safetensors: tensor `encoder.weight_ih_l0` is [24, 8], should be "
          + "[28, 8] by config.json"),
      .init(
        "lstm", "1_LSTM/lstm_config.json", .field("num_layers", "3"),
        "MODEL/1_LSTM/model.safetensors: no tensor `encoder.weight_ih_l2`, which "
          + "config.json's model_type needs with the shape [24, 12]"),
      .init(
        "lstm", "1_LSTM/lstm_config.json", .field("num_layers", "1000000"),
        "FILE: `num_layers` is 1000000; at most 1024 are read"),
      .init(
        "lstm", "1_LSTM/lstm_config.json", .field("num_layers", "0"),
        "FILE: `num_layers` should be between 1 and 16777216, is 0"),
      .init(
        "lstm", "1_LSTM/lstm_config.json", .field("embedding_dimension", "9"),
        "FILE: `embedding_dimension` is 9, but the vectors before it have 8 numbers"),
      .init(
        "lstm", "1_LSTM/lstm_config.json", .missing,
        "MODEL/1_LSTM: no lstm_config.json, which says how large the network is"),
      .init(
        "cnn", "1_CNN/cnn_config.json", .field("kernel_sizes", "[1,2,5]"),
        "FILE: \(differentRows)"),
      .init(
        "cnn", "1_CNN/cnn_config.json", .field("kernel_sizes", "\([Int](repeating: 1, count: 65))"),
        "FILE: `kernel_sizes` lists 65 convolutions; at most 64 are read"),
      .init(
        "cnn", "1_CNN/cnn_config.json", .field("kernel_sizes", "[]"),
        "FILE: `kernel_sizes` should be whole numbers from 1 to 65536"),
      .init(
        "cnn", "1_CNN/cnn_config.json", .field("kernel_sizes", "[1,3,-5]"),
        "FILE: `kernel_sizes` should be whole numbers from 1 to 65536"),
      .init(
        "cnn", "1_CNN/cnn_config.json", .field("kernel_sizes", "[1,3,99999999999]"),
        "FILE: `kernel_sizes` should be whole numbers from 1 to 65536"),
      .init(
        "cnn", "1_CNN/cnn_config.json", .field("kernel_sizes", "[1,3,7]"),
        "MODEL/1_CNN/model.safetensors: tensor `convs.2.weight` is [5, 8, 5], should be [5, "
          + "8, 7] by config.json"),
      .init(
        "cnn", "1_CNN/cnn_config.json", .field("stride_sizes", "[1,1]"),
        "FILE: \(differentRows)"),
      .init(
        "cnn", "1_CNN/cnn_config.json", .field("stride_sizes", "[1,1,2]"),
        "FILE: \(differentRows)"),
      .init(
        "cnn", "1_CNN/cnn_config.json", .field("stride_sizes", "[0,0,0]"),
        "FILE: `stride_sizes` should be whole numbers from 1 to 65536"),
      .init(
        "cnn", "1_CNN/cnn_config.json", .field("out_channels", "6"),
        "MODEL/1_CNN/model.safetensors: tensor `convs.0.weight` is [5, 8, 1], should be [6, "
          + "8, 1] by config.json"),
      .init(
        "word-weights", "1_WordWeights/config.json", .field("vocab", #"["a"]"#),
        "FILE: `vocab` has 1 words, but there are 14 vectors of words; they are not of the "
          + "same model"),
      .init(
        "word-weights", "1_WordWeights/config.json", .field("vocab", "[1]"),
        "FILE: `vocab[0]` should be a string, is 1"),
      .init(
        "word-weights", "1_WordWeights/config.json", .field("word_weights", "[]"),
        "FILE: `word_weights` should be an object, is an array"),
      .init(
        "word-weights", "1_WordWeights/config.json", .field("unknown_word_weight", #""x""#),
        "FILE: `unknown_word_weight` should be a number, is \"x\""),
    ] as [SpoiltPipeline])
  func aLaterModuleThatCannotBe(_ model: SpoiltPipeline) throws { try model.expectRefused() }

  @Test(
    arguments: [
      .init(
        "word-embeddings", "wordembedding_config.json", .missing,
        "MODEL: no wordembedding_config.json, which says how text becomes words"),
      .init(
        "word-embeddings", "wordembedding_config.json", .field("max_seq_length", "0"),
        "FILE: max_seq_length is 0, which leaves no room for text"),
      .init(
        "word-embeddings", "wordembedding_config.json",
        .field("tokenizer_class", #""mine.Words""#),
        "FILE: tokenizer_class `mine.Words` is Python code of the model's own, which is not "
          + "run"),
      .init(
        "word-embeddings", "whitespacetokenizer_config.json", .missing,
        "MODEL holds no word tokenizer: looked for whitespacetokenizer_config.json and "
          + "phrasetokenizer_config.json"),
      .init(
        "word-embeddings", "whitespacetokenizer_config.json",
        .field("vocab", #"["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o"]"#),
        "MODEL: the vocabulary has 15 words, but the table only 14 rows; they are not of the "
          + "same model"),
      .init(
        "bow", "0_BoW/config.json", .field("vocab", "[]"),
        "FILE: `vocab` is empty"),
      .init(
        "bow", "0_BoW/config.json", .field("vocab", nil),
        "FILE: `vocab` is missing, should be an array"),
      .init(
        "bow", "0_BoW/config.json", .field("word_weights", #"{"the":"much"}"#),
        "FILE: `word_weights.the` should be a number, is \"much\""),
      .init(
        "static-embedding", "tokenizer.json", .missing,
        "MODEL holds no tokenizer: looked for tokenizer.json, sentencepiece.bpe.model, "
          + "spiece.model, spm.model, tokenizer.model, vocab.txt, and vocab.json with merges.txt"),
      .init(
        "static-embedding", "model.safetensors", .missing,
        "MODEL \(noTensors)"),
    ] as [SpoiltPipeline])
  func aFirstModuleThatCannotBe(_ model: SpoiltPipeline) throws { try model.expectRefused() }

  /// An object of so many members.
  private static func members(_ count: Int, _ value: String) -> String {
    "{\((0..<count).map { "\"\($0)\":\(value)" }.joined(separator: ","))}"
  }

  static let dense = #""sentence_transformers.base.modules.dense.Dense""#

  @Test(
    arguments: [
      .init(
        "router", "router_config.json", .missing,
        "MODEL: no router_config.json, which says what routes there are"),
      .init(
        "router", "router_config.json", .field("structure", "{}"),
        "FILE: `structure` has no route"),
      .init(
        "router", "router_config.json", .field("structure", #"{"query":["x"]}"#),
        "FILE: `types.x` is missing, should be a string"),
      .init(
        "router", "router_config.json", .field("structure", #"{"query":[]}"#),
        "FILE: there is no route `document`; there are query"),
      .init(
        "router", "router_config.json", .text(#"{"types":{},"structure":{"query":[]}}"#),
        "MODEL/modules.json: module 0, type "
          + "`sentence_transformers.base.modules.normalize.Normalize`, \(wrongPlace)"),
      .init(
        "router", "router_config.json", .field("parameters", #"{"default_route":"other"}"#),
        "FILE: there is no route `other`; there are document, query"),
      .init(
        "router", "router_config.json",
        .field("parameters", #"{"route_mappings":{"('query', 'text')":"other"}}"#),
        "FILE: there is no route `other`; there are document, query"),
      .init(
        "router", "router_config.json", .field("structure", members(65, "[]")),
        "FILE: `structure` lists 65 routes; at most 64 are read"),
      .init(
        "router", "router_config.json",
        .field("structure", #"{"query":\#([String](repeating: "x", count: 65))}"#),
        "FILE: `structure.query` lists 65 modules; at most 64 are read"),
      .init(
        "router", "router_config.json", .field("types", members(257, "1")),
        "FILE: `types` lists 257 modules; at most 256 are read"),
      .init(
        "router", "router_config.json",
        .field("parameters", #"{"route_mappings":\#(members(257, "1"))}"#),
        "FILE: `parameters.route_mappings` lists 257 mappings; at most 256 are read"),
      .init(
        "router", "router_config.json",
        .text(#"{"types":{"../x":\#(dense)},"structure":{"query":["../x"]},"parameters":{}}"#),
        "FILE: path `../x` leads out of the model's directory; modules lie inside it"),
      .init(
        "router", "router_config.json",
        .text(#"{"types":{"a":"mine.Thing"},"structure":{"query":["a"]},"parameters":{}}"#),
        "FILE: module type `mine.Thing` is Python code of the model's own, which is not run; "
          + "\(Modules.names)"),
      .init(
        "router", "router_config.json",
        .text(
          #"{"types":{"a":"sentence_transformers.models.Router"},"structure":{"query":["a"]}}"#),
        "FILE: `a` is a Router inside a Router, which is not read"),
      .init(
        "router", "router_config.json",
        .text(#"{"types":{"a":\#(dense)},"structure":{"query":["a"]}}"#),
        "FILE: module 0, type `sentence_transformers.base.modules.dense.Dense`, \(wrongPlace)"),
      .init(
        "asym", "2_Asym/139638_Dense/config.json", .field("out_features", "3"),
        "MODEL/2_Asym/139638_Dense/model.safetensors: tensor `linear.weight` is [12, 16], "
          + "should be [3, 16] by config.json"),
      .init(
        "asym", "2_Asym/config.json",
        .text(
          #"{"types":{"139637_Dense":\#(dense)},"structure":{"query":["139637_Dense"],"document":[]}}"#
        ),
        "MODEL/modules.json: routes give vectors of 12, 16 numbers, which cannot be compared"),
    ] as [SpoiltPipeline])
  func aRouterThatCannotBe(_ model: SpoiltPipeline) throws { try model.expectRefused() }
}
