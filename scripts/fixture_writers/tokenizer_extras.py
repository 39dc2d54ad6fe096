"""Writes fixtures of tokenizers that need more than one Python, as far as this one goes: in tokenizer-files and tokenizers.

xlm* and flaubert-ids need transformers==4.57.6 and sacremoses==0.2.0 on Python 3.11; *-bpe need transformers==5.23.0,
tokenizers==0.23.3 and sentencepiece==0.2.3; phrase* needs sentence-transformers==6.2.0 and nltk==3.10.4; metaspace-first-* need tokenizers.
"""
import collections, json, random
from importlib import metadata
from pathlib import Path

SENTENCES = """The U.S. isn't John's; it's No. 5 of 12,345.67, say Dr. Smith and Mrs. Brown (pp. 3-7).
"Don't," he said, "they'll've gone by 1990's end." Rock 'n' roll, '90s-style!
L’été dernier, j'ai mangé des crêpes à 3 € dans l'arrière-boutique ; c'était « très » bon !
Der Größenwahn über Öl kostete 1.000,50 € – nicht wahr?
Η γρήγορη καφετιά αλεπού: ΟΔΟΣ, οδός; Ἀθῆναι.
速い茶色の狐が、のろまな犬を「飛び越えた」。カタカナﾊﾝｶｸ
빠른 갈색 여우가 게으른 개를 뛰어넘었다. 값은 1만원!
तेज़ भूरी लोमड़ी आलसी कुत्ते के ऊपर कूद गई। १२३
Tiếng Việt có rất nhiều dấu thanh điệu.
👩‍👩‍👧‍👦 🇫🇷 naïve café ﬁne Å Å K Ⅷ ½ … „quoted“ – dash—dash""".split("\n")
PARTS = ["<s>", "</s>", "<unk>", "<S>", "<special1>", "<Special1>", " ", "  ", "\t", "\n", "\u00a0", "\u200b", "\u0301", "\u0323",
         "\u0345", "...", "..", ".", ".'", "'", "''", "``", '"', '".', '",.', '."', ",", ", 1", "1,", "1'", "'s", "n't", "No. 1", "No. a", "e.g.",
         "DOTMULTI", "İ", "ß", "ſ", "Σ", "ΑΣ", "가", "\ue000", "<", "(", ")", "%", "1 %", "1\u00a02", "«\u00a0", "。 ", "&amp;", "\x1c", "\x85"]


def texts(count, seed):
    """Sentences, cut and sprinkled with PARTS, after each part alone and between letters."""
    fixed = ["", " "] + [text for part in PARTS for text in (part, f"a{part}b", f"a {part} B.")] + SENTENCES
    source = random.Random(seed)
    for _ in range(count):
        text = list(source.choice(SENTENCES))
        first, last = sorted((source.randrange(len(text) + 1), source.randrange(len(text) + 1)))
        text = text[first:last]
        for _ in range(source.choice((1, 2, 4))):
            place = source.randrange(len(text) + 1)
            text[place:place] = [source.choice(PARTS)]
        fixed.append("".join(text))
    return fixed


def pairs(words, count):
    """Merges of fastBPE, learnt from words."""
    words = collections.Counter(tuple(word[:-1]) + (word[-1] + "</w>",) for word in words if word)
    merges = []
    for _ in range(count):
        seen = collections.Counter()
        for word, times in words.items():
            for pair in zip(word, word[1:]): seen[pair] += times
        if not seen: break
        best = max(seen, key=lambda pair: (seen[pair], pair))
        merges.append(best)
        united = collections.Counter()
        for word, times in words.items():
            new, place = [], 0
            while place < len(word):
                if word[place : place + 2] == best: new.append("".join(best)); place += 2
                else: new.append(word[place]); place += 1
            united[tuple(new)] += times
        words = united
    return merges


def fast_bpe(folder, kind, config, words, more={}, count=400):
    """vocab.json, merges.txt and the files that `config` and `more` are."""
    folder.mkdir(parents=True, exist_ok=True)
    merges = pairs(words, count)
    symbols = ["<s>", "</s>", "<pad>", "<unk>"] + [f"<special{number}>" for number in range(10)]
    letters = sorted({letter for word in words for letter in word})
    symbols += letters[::2] + [letter + "</w>" for letter in letters] + ["".join(pair) for pair in merges]
    vocabulary = {symbol: place for place, symbol in enumerate(dict.fromkeys(symbols))}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("".join(f"{a} {b} 1\n" for a, b in merges), encoding="utf-8")
    for name, value in {"tokenizer_config.json": config, **more}.items():
        (folder / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def record(folder, batch, encode):
    """cases.jsonl: what `encode` makes of each text."""
    with open(folder / "cases.jsonl", "w", encoding="utf-8") as file:
        for text in batch: file.write(json.dumps({"text": text, **encode(text)}, ensure_ascii=False) + "\n")


FAST_BPE = {
    "xlm": ("XLMTokenizer", {}, {}),
    "xlm-cased": ("XLMTokenizer", {"do_lowercase_and_remove_accent": False}, {}),
    # Tokens whose ids are said, one of them another piece's, one of them another token's.
    "xlm-added": ("XLMTokenizer", {"mask_token": "<S>", "sep_token": "<unheard>", "additional_special_tokens": ["<S>x"]}, {
        "added_tokens.json": {"<New>": 7, "<newer>": 900, "B.": 3000},
        "special_tokens_map.json": {"additional_special_tokens": ["<a", "<A>", "<A>B"]}}),
    "flaubert-ids": ("FlaubertTokenizer", {"do_lowercase": False, "additional_special_tokens": ["<S>"]}, {
        "added_tokens.json": {"<new>": 7, "<newer>": 900, "B.": 3000},
        "special_tokens_map.json": {
            "cls_token": {"content": "<special2>", "lstrip": True, "rstrip": True, "normalized": False, "single_word": False},
            "additional_special_tokens": ["<more>"]}}),
}


def write_fast_bpe(root, count=60, merges=120):
    import transformers
    for name, (kind, config, more) in FAST_BPE.items():
        folder = root / name
        lower = kind == "XLMTokenizer" and config.get("do_lowercase_and_remove_accent", True)
        words = [word for text in SENTENCES for word in (text.lower() if lower else text).split()]
        words += [part for word in words for part in word.split("'")]
        fast_bpe(folder, kind, {"tokenizer_class": kind, **config}, words, more, merges)
        tokenizer = getattr(transformers, kind).from_pretrained(folder)
        extra = [f"a. {token}{other} B" for token in ["<S>", "<s>", "<S>x", "<A>", "<A>B", "<a", "<New>", "<new>", "<newer>", "B.", "<more>", '."', "<special7>"]
                 for other in ["", "x", " ", "b.\" ", "\n<special2>\" "]] if more else []
        record(folder, texts(count, 1) + extra, lambda text: {
            "ids": tokenizer(text.strip())["input_ids"], "plain": tokenizer(text.strip(), add_special_tokens=False)["input_ids"]})


# What is trained, the file's name, config.json and tokenizer_config.json.
SENTENCE_PIECE = {
    "llama-spm": ("bytes", "tokenizer.model", "llama", {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True, "pad_token": "<pad>"}),
    "llama-spm-legacy": ("bytes", "tokenizer.model", "llama", {"tokenizer_class": "LlamaTokenizer", "legacy": True, "add_eos_token": True}),
    "llama-spm-scores": ("scores", "tokenizer.model", "llama", {"tokenizer_class": "LlamaTokenizer", "add_prefix_space": False}),
    "no-class-spm": ("bytes", "tokenizer.model", "mistral", {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True, "added_tokens_decoder": {
        "4": {"content": "<renamed>", "lstrip": False, "rstrip": False, "normalized": False, "single_word": False, "special": True}}}),
    "no-class-spm-rules": ("rules", "tokenizer.model", "llama", None),
    "gemma-spm": ("gemma", "tokenizer.model", "gemma3_text", {"tokenizer_class": "GemmaTokenizer", "add_bos_token": True, "add_eos_token": True}),
    "xlm-roberta-spm-bpe": ("rules", "sentencepiece.bpe.model", "xlm-roberta", {"tokenizer_class": "XLMRobertaTokenizer"}),
    "deberta-spm": ("deberta", "spm.model", "deberta-v2", None),
    "deberta-spm-lower": ("deberta", "spm.model", "deberta-v2", {
        "tokenizer_class": "DebertaV2Tokenizer", "do_lower_case": True, "split_by_punct": True, "add_prefix_space": False}),
    "deberta-spm-bpe": ("rules", "spm.model", "deberta-v2", {}),
}
IDENTITY = {"normalization_rule_name": "identity", "remove_extra_whitespaces": False, "allow_whitespace_only_pieces": True}
TRAINED = {
    "bytes": {**IDENTITY, "model_type": "bpe", "byte_fallback": True, "user_defined_symbols": ["<user>", "ab", "▁▁"], "control_symbols": ["<ctl>"]},
    "scores": {**IDENTITY, "model_type": "unigram", "user_defined_symbols": ["<user>"]},
    "rules": {"model_type": "bpe", "user_defined_symbols": ["<user>"], "control_symbols": ["<ctl>"]},
    "gemma": {**IDENTITY, "model_type": "bpe", "byte_fallback": True, "add_dummy_prefix": False, "pad_id": 0, "eos_id": 1, "bos_id": 2, "unk_id": 3,
              "bos_piece": "<bos>", "eos_piece": "<eos>", "user_defined_symbols": ["<mask>", "\n", "\t", "\n\n", "▁▁"]},
    "deberta": {**IDENTITY, "model_type": "unigram", "pad_id": 0, "bos_id": 1, "eos_id": 2, "unk_id": 3, "bos_piece": "[CLS]", "eos_piece": "[SEP]",
                "unk_piece": "[UNK]", "pad_piece": "[PAD]", "user_defined_symbols": ["[MASK]"]},
}


def train(path, kind, size):
    """A SentencePiece model of SENTENCES."""
    import sentencepiece, tempfile

    with tempfile.TemporaryDirectory() as place:
        corpus, rules = Path(place, "corpus"), Path(place, "rules.tsv")
        corpus.write_text("\n".join(SENTENCES) + "\n", encoding="utf-8")
        # ﬁ becomes fi, ½ 1/2, U+00A0 a space.
        rules.write_text("FB01\t66 69\nBD\t31 2F 32\nA0\t20\n")
        more = {"normalization_rule_tsv": str(rules)} if kind == "rules" else {}
        sentencepiece.SentencePieceTrainer.Train(
            input=str(corpus), model_prefix=place + "/model", vocab_size=size, character_coverage=0.98, hard_vocab_limit=False,
            minloglevel=2, **TRAINED[kind], **more)
        path.write_bytes(Path(place, "model.model").read_bytes())


def write_sentence_piece(root, count=30):
    from transformers import AutoTokenizer

    for name, (kind, file, model_type, config) in SENTENCE_PIECE.items():
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        train(folder / file, kind, 560 if "bytes" in kind or kind == "gemma" else 300)
        (folder / "config.json").write_text(json.dumps({"model_type": model_type}))
        if config is not None: (folder / "tokenizer_config.json").write_text(json.dumps(config))
        tokenizer = AutoTokenizer.from_pretrained(folder)
        batch = texts(count, 2) + ["<user>", "xab<user> y", "[MASK]", "[CLS]a", "<ctl>", "<renamed>", "<bos>", "\n\n", "  a  ▁▁ b"]
        record(folder, batch, lambda text: {
            "ids": tokenizer(text)["input_ids"], "plain": tokenizer(text, add_special_tokens=False)["input_ids"]})


PHRASES = ["PADDING_TOKEN", "New_York", "new_york_city", "York_City", "a_b", "a__b", "i_ss", "one_two_three_four_five_six", "two_three", ",_a", "can", "not",
           "New", "city", "Dr.", "it", "is", "'s", "n't", "'t", "``", "''", "b", "B", "Ab", ".", "...", "12,345.67", "5", "don", "l'été", "«", "3",
           "gon", "na", "wan", "d", "'ye", "more", "'n", "x-y", "ΟΔΟΣ", "οδος", "οδός"]


def write_phrases(root):
    from nltk import word_tokenize
    from sentence_transformers.sentence_transformer.modules.tokenizer import PhraseTokenizer

    extra = ["New York is new", "NEW YORK CITY", "New York City", "a b a b", "a_b", "one two three four five six", "cannot CANNOT cannots",
             "I'm gonna, wanna", "gotta lemme gimme", "d'ye D'YE", "more'n", "'tis 'Twas 'tİſ", "\"a\" (\"b\") ['c''] {``d", "'a 's 'sa 're' 'ſ",
             "it's. ", "a.\"' ", "a. . ", "a..", "..", ".", " .", "a:\n", ":", "a,1 b,c ,,a", "a' b' c''", "isn't N'T n't xn't y", "don't'll ",
             "a\u2014b--c---d", "x@y;#$%&*?!", "[](){}<>", "'\u0378 '\u1acf \u1acf'a", "can\u1acfnot cannot\u1acf", "wanna\x1c wanna", "a.\x1c",
             "i ss", "I\u017f\u017f", "…", "l'été (été)", "!b!", "STOP stop !stop!"]
    batch = list(dict.fromkeys(texts(80, 3) + extra))
    words = sorted({word for text in batch for word in word_tokenize(text, preserve_line=True)})
    for name, config in {
        "phrase": {"vocab": PHRASES + words[::2], "stop_words": ["stop", "The"], "do_lower_case": False, "ngram_separator": "_", "max_ngram_length": 5},
        "phrase-plus": {"vocab": [word.replace("_", "+") for word in PHRASES] + words[1::2], "stop_words": [], "ngram_separator": "+", "max_ngram_length": 2},
        "phrase-single": {"vocab": PHRASES + words, "stop_words": [], "ngram_separator": None},
    }.items():
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "phrasetokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
        tokenizer = PhraseTokenizer.load(str(folder))
        record(folder, batch, lambda text: {"ids": tokenizer.tokenize(text)})


MARKS = "\u0301\u0323\u0308\u0345\u0344\u0340\u3099\u0f71\u0f73\u05b0\u302e\u0338"
OTHERS = "aebx éǖậÅﬁ½가ṩ\u1e9b\u212b\u0958\ufb1f\u09c7\u1100\u1161\u11a8中\u00ad\t"
# Each character is a piece, and those that begin the text get a mark in front.
FIRST = {"type": "Sequence", "pretokenizers": [
    {"type": "Split", "pattern": {"Regex": "(?m)."}, "behavior": "Isolated", "invert": False},
    {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False}]}
NORMALIZERS = {
    "nfd": [{"type": "NFD"}], "nfkc": [{"type": "NFKC"}],
    "bert": [{"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": True, "lowercase": True}],
    "replaced": [{"type": "Replace", "pattern": {"String": "a"}, "content": "xé"}, {"type": "NFKD"}, {"type": "Lowercase"}, {"type": "NFC"}],
}


def write_first(root):
    """Where marks change places at the start of a text."""
    from tokenizers import Tokenizer

    vocabulary = {character: place for place, character in enumerate(["▁", "a", "e", "x", "b"] + [chr(mark) for mark in range(0x300, 0x370)])}
    source = random.Random(5)
    batch = ["".join(source.choice(MARKS if source.random() < 0.6 else OTHERS) for _ in range(source.randrange(1, 6))) for _ in range(250)]
    for name, parts in NORMALIZERS.items():
        folder = root / f"metaspace-first-{name}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tokenizer.json").write_text(json.dumps({
            "version": "1.0", "added_tokens": [], "normalizer": {"type": "Sequence", "normalizers": parts}, "pre_tokenizer": FIRST,
            "post_processor": None, "decoder": None, "model": {"type": "BPE", "vocab": vocabulary, "merges": []}}, ensure_ascii=False), encoding="utf-8")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        record(folder, batch, lambda text: {"ids": tokenizer.encode(text).ids, "segments": tokenizer.encode(text).type_ids})


def has(package, version):
    try: return metadata.version(package) == version
    except metadata.PackageNotFoundError: return False


def write(fixtures_folder):
    root = Path(fixtures_folder) / "tokenizer-files"
    if has("transformers", "4.57.6") and has("sacremoses", "0.2.0"): write_fast_bpe(root)
    if has("transformers", "5.23.0") and has("tokenizers", "0.23.3") and has("sentencepiece", "0.2.3"): write_sentence_piece(root)
    if has("sentence-transformers", "6.2.0") and has("nltk", "3.10.4"): write_phrases(root)
    if has("tokenizers", "0.23.3"): write_first(Path(fixtures_folder) / "tokenizers")
