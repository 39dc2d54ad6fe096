import ModelFiles

/// Keys of configurations that no reader asks for and that change no vector, with the reason. A key
/// that would change one belongs to the reader that refuses it; whatever is in neither place is
/// named by `inspect`.
enum HarmlessKeys {
  struct Reason: Sendable {
    let why: String
    let keys: Set<String>

    init(_ why: String, _ keys: String) {
      self.why = why
      self.keys = Set(keys.split(whereSeparator: \.isWhitespace).map(String.init))
    }
  }

  /// By the name of the file; modules have a `config.json` in a folder of their own.
  static let files: [String: [Reason]] = [
    "adapter_config.json": adapter, "config.json": network, "tokenizer_config.json": tokenizer,
    "tokenizer.json": [Reason("how ids become text, and batches", "decoder padding version")],
    "sentence_bert_config.json": [Reason("how batches are laid out", "unpad_inputs")],
    "config_sentence_transformers.json": [
      Reason("what wrote the file, and what else it is for", "__version__ requirements"),
      Reason("products that are float32 here anyway", "keep_in_fp32_modules"),
    ],
    "modules.json": [Reason("names, and what is handed on beside features", "name idx kwargs")],
  ]

  private static let adapter = [
    Reason(
      "training",
      """
      alora_invocation_tokens arrow_config corda_config ensure_weight_tying eva_config kasa_config
      loftq_config lora_dropout lora_ga_config megatron_config megatron_core monteclora_config
      qalora_group_size runtime_config velora_config
      """),
    Reason(
      "which modules were changed, as the weights say too",
      "bias exclude_modules layers_pattern layers_to_transform modules_to_save target_modules"),
    Reason(
      "what the file is about",
      "auto_mapping inference_mode peft_version revision task_type"),
  ]

  private static let network = [
    Reason(
      "training",
      """
      activation_dropout attention_dropout attention_probs_dropout_prob attn_pdrop attn_dropout
      classif_dropout classifier_dropout classifier_dropout_prob cls_dropout dropout dropout_rate
      embd_pdrop embed_init_std embedding_dropout gradient_checkpointing hidden_dropout
      hidden_dropout_prob init_std initializer_cutoff_factor initializer_factor initializer_range
      label_smoothing layerdrop mlp_dropout moe_resid_pdrop pooler_dropout pretraining_tp qa_dropout
      resid_pdrop
      seq_classif_dropout stable_embedding
      """),
    Reason(
      "the training of XLM and FlauBERT",
      """
      amp bptt clip_grad_norm encoder_only fp16 group_by_size langs lg_sampling_factor lgs
      max_batch_size max_vocab mlm_steps sample_alpha share_inout_emb tokens_per_batch word_blank
      word_dropout word_keep word_mask word_mask_keep_rand word_pred word_rand word_shuffle
      """),
    Reason(
      "what the file is about",
      """
      adapters architectures auto_map custom_pipelines directionality dtype finetuning_task
      gradient_accumulation_steps id2label label2id language license model_name name_or_path
      num_labels problem_type sentence_transformers task_specific_params torch_dtype
      matryoshka_dims prompt_names task_names transformers_version transformers.js_config
      uniem_embedding_strategy unsloth_fixed unsloth_version
      """),
    Reason(
      "generation of text",
      """
      bad_words_ids begin_suppress_tokens bos_index bos_token_id cache_implementation
      decoder_start_token_id diversity_penalty do_sample early_stopping
      encoder_no_repeat_ngram_size eos_index eos_token_id exponential_decay_length_penalty
      forced_bos_token_id forced_eos_token_id length_penalty max_length min_length
      no_repeat_ngram_size num_beam_groups num_beams num_return_sequences output_attentions
      output_past output_scores prefix remove_invalid_values repetition_penalty return_dict
      return_dict_in_generate suppress_tokens temperature tf_legacy_loss top_k top_p typical_p
      use_cache is_encoder_decoder add_cross_attention cross_attention_hidden_size
      tie_encoder_decoder tie_weights_ tie_word_embeddings num_decoder_layers scale_decoder_outputs
      scale_attn_weights scale_attn_by_inverse_layer_idx reorder_and_upcast_attn
      """),
    Reason(
      "tokens, which the tokenizer knows",
      """
      cls_token_id mask_index mask_token_id pad_index pad_token_id sep_token_id unk_index
      tokenizer_class
      """),
    Reason(
      "heads above the last layer",
      """
      asm asm_cutoffs asm_div_value classifier_activation classifier_bias classifier_pooling
      decoder_bias emb_pooler end_n_top final_logit_softcapping legacy pooler_act pooler_fc_size
      pooler_hidden_act pooler_hidden_size pooler_num_attention_heads pooler_num_fc_layers
      pooler_size_per_head pooler_type sparse_pred_ignore_index sparse_prediction start_n_top
      summary_activation summary_first_dropout summary_last_dropout summary_proj_to_labels
      summary_type summary_use_proj vocab_projection
      """),
    Reason(
      "languages and memories, which a text alone has none of",
      """
      id2lang is_english lang2id lang_id mem_len n_langs num_languages reuse_len use_lang_emb
      same_length use_mems_eval use_mems_train bi_data
      """),
    Reason(
      "speed",
      """
      attn_implementation chunk_size_feed_forward deterministic_flash_attn fused_bias_fc
      fused_dropout_add_ln moe_impl pad_vocab_size_multiple pad_vocab_size_multiple_of reference_compile
      repad_logits_with_grad torchscript unpad_inputs use_bfloat16 use_flash_attn
      use_memory_efficient_attention use_xentropy local_files_only
      """),
    Reason(
      "what the shapes of the weights say",
      """
      emb_size ffn_dim head_dim mlp_fc1_bias mlp_fc2_bias n_ctx pack_qkv qkv_proj_bias seq_length
      """),
    Reason(
      "pictures and sounds, which no text has",
      """
      audio_config audio_token_id boa_token_id boi_token_id eoa_token_index eoi_token_id
      image_token_id logit_scale_init_value projection_dim video_token_id vision_config
      vision_config_dict text_config_dict vision_soft_tokens_per_image
      """),
    Reason(
      "what other keys say, which are read",
      """
      dense_seq_output global_attn_every_n_layers hidden_act layer_norm_eps
      max_trained_positions max_window_layers model_max_length n_positions
      num_hidden_layers sliding_window sliding_window_pattern use_sliding_window
      """),
    Reason(
      "how tables began that the weights hold", "sinusoidal_embeddings sinusoidal_pos_embds"),
    Reason(
      "adapters for tasks, where none is asked for, and their training",
      """
      load_trained_adapters lora_adaptations lora_alpha lora_dropout_p lora_main_params_trainable
      lora_rank matryoshka_dimensions task_instructions truncate_dim
      """),
    Reason(
      "what transformers reads no more",
      """
      block_dim block_mlp_init_scale block_norm_eps block_out_init_scale block_use_swiglu
      block_use_xavier_init conv_dim conv_dim_out conv_use_xavier_init down_scale_factor num_heads
      theta untie_r use_pos_enc
      """),
    Reason("training, and batches, of sparse modules", "chunk_size dead_threshold frozen k_aux"),
    Reason(
      "model2vec's making of its table, and what modules.json says beside one",
      "normalize apply_pca apply_zipf hidden_dim sif_coefficient tokenizer_name pca_dims embedding_dtype"
    ),
  ]

  private static let tokenizer = [
    Reason(
      "what the file is about",
      """
      auto_map backend from_slow full_tokenizer_file is_fast is_local local_files_only name_or_path
      processor_class special_tokens_map_file tokenizer_class tokenizer_file tokenizer_type
      max_len_single_sentence max_len_sentences_pair files_loaded vocab_type
      """),
    Reason(
      "how ids become text", "clean_up_tokenization_spaces spaces_between_special_tokens errors"),
    Reason(
      "chats, where no text goes through one",
      "chat_template response_schema response_template use_default_system_prompt"),
    Reason(
      "arguments of one call, saved with the rest",
      """
      max_length pad_to_multiple_of pad_token_type_id padding padding_side return_tensors stride
      truncation truncation_strategy
      """),
    Reason(
      "what other classes of tokenizers read",
      """
      add_prefix_space do_lower_case keep_accents split_by_punct strip_accents
      tokenize_chinese_chars
      """),
    Reason(
      "what transformers 5 reads no more",
      """
      do_basic_tokenize never_split sp_model_kwargs use_fast trim_offsets add_bos_token
      add_eos_token legacy remove_space wordpieces_prefix clean_text add_special_tokens
      """),
  ]
}

extension TextModel {
  // Whoever has so many in one file has seen enough, and to say where each is takes time with all
  // that is before it.
  private static let mostUnknown = 1024

  /// Members of the model's configurations that nobody reads, and that are not known to be harmless.
  var unknownKeys: [String] {
    folder.files.all.flatMap { path, json -> [String] in
      let name = lastName(of: path)
      // Roles of tokens, which count by what they are called.
      if name == "special_tokens_map.json" { return [] }
      let harmless = HarmlessKeys.files[name] ?? []
      return json.unasked.prefix(Self.mostUnknown).filter { value in
        // Of a model that takes pictures too, the part that reads texts.
        let part = "text_config."
        let key = value.path.hasPrefix(part) ? String(value.path.dropFirst(part.count)) : value.path
        let top = key.prefix { $0 != "." && $0 != "[" }
        return !value.isEmptyValue && !top.hasPrefix("_")
          && !harmless.contains { $0.keys.contains(key) || $0.keys.contains(String(top)) }
      }.map { "\($0.place) is \($0.found); the key is not known here and not used" }
    }
  }
}
