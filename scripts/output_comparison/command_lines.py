"""The command lines whose exit codes, outputs and files are compared.

One a line: its name, and what follows `embed`; a semicolon stands between steps in the same folder.
`in` holds what inputs.py writes, `models` what models.py does.
"""

from running import Case

# Exit 0; standard output is data.
DATA = """
encode/stdin                encode -m bert-tiny < in/few.txt
encode/unnamed-model        encode < in/few.txt
encode/variable-model       EMBED_MODEL=bert-tiny encode in/few.txt
encode/variable-models      EMBED_MODELS=models/encoders encode -m roberta --max-length 40 in/few.txt
encode/hub-cache            HF_HUB_CACHE=in/hub encode -m made/tiny in/few.txt
encode/model-path           encode -m ./models/bert-tiny/ in/few.txt
encode/files                encode -m bert-tiny in/few.txt in/text.jsonl in/one-column.csv
encode/dash                 encode -m bert-tiny in/one.txt - < in/few.txt
encode/jsonl                encode -m bert-tiny in/notes.jsonl --field body --tokens
encode/jsonl-input          encode -m bert-tiny --input jsonl < in/text.jsonl
encode/csv                  encode -m bert-tiny in/notes.csv --field note
encode/tsv                  encode -m bert-tiny in/notes.tsv
encode/table-as-lines       encode -m bert-tiny in/notes.csv --input lines
encode/no-text              encode -m bert-tiny in/notes.csv --field note --no-text --tokens
encode/byte-order-mark      encode -m bert-tiny in/bom.txt
encode/no-newline           encode -m bert-tiny in/no-newline.txt
encode/nul                  encode -m bert-tiny in/nul.txt
encode/blank                encode -m bert-tiny in/blank.txt
encode/empty                encode -m bert-tiny in/empty.txt
encode/empty-npy            encode -m bert-tiny in/empty.txt --format npy
encode/npy                  encode -m bert-tiny in/sentences.txt --output rows.npy
encode/npy-pipe             encode -m bert-tiny in/sentences.txt --format npy
encode/f32-file             encode -m bert-tiny in/sentences.txt --output rows.f32
encode/csv-file             encode -m bert-tiny in/sentences.txt --output rows.csv
encode/jsonl-file           encode -m bert-tiny in/sentences.txt --output rows.jsonl --tokens
encode/format-over-ending   encode -m bert-tiny in/few.txt --output rows.txt --format csv
encode/replaces             encode -m bert-tiny in/one.txt --output rows.npy ; encode -m bert-tiny in/few.txt --output rows.npy
encode/prompt-name          encode -m bert-new-schema --prompt-name query in/few.txt
encode/route-query          encode -m router --prompt-name query in/sentences.txt
encode/route-document       encode -m asym --prompt-name document in/sentences.txt
encode/prompt               encode -m bert-tiny --prompt "the river: " in/few.txt --tokens
encode/no-prompt            encode -m bert-tiny --no-prompt in/few.txt
encode/chunk                encode -m bert-tiny --long chunk in/texts.txt --tokens
encode/chunk-prompt         encode -m bert-new-schema --long chunk --prompt-name query in/texts.txt
encode/long-null            encode -m bert-tiny --long error --on-error null in/few.txt
encode/on-error-null        encode -m bert-tiny --on-error null in/broken.jsonl in/no-field.jsonl in/not-utf8.txt
encode/on-error-null-csv    encode -m bert-tiny --on-error null in/short-row.csv
encode/dimensions           encode -m bert-tiny --dimensions 5 in/few.txt
encode/dimensions-length-1  encode -m bert-max --dimensions 5 --normalize in/few.txt
encode/max-length           encode -m bert-tiny --max-length 6 --tokens in/few.txt
encode/one-thread           encode -m minilm-static --threads 1 in/texts.txt --format f32
encode/small-batches        encode -m bert-tiny --batch-tokens 1 in/sentences.txt --format f32
encode/quiet                encode -m bert-tiny --quiet --progress never in/few.txt
encode/int8                 encode -m bert-tiny in/texts.txt --quantize int8
encode/uint8                encode -m bert-tiny in/texts.txt --quantize uint8 --output rows.u8
encode/binary               encode -m bert-tiny in/texts.txt --quantize binary --format i8
encode/ubinary              encode -m bert-tiny in/texts.txt --quantize ubinary --output rows.npy
encode/quantized-csv        encode -m bert-tiny in/sentences.txt --quantize binary --format csv
encode/calibration-texts    encode -m bert-tiny in/few.txt --quantize int8 --calibration in/texts.txt --output rows.i8
encode/calibration-npy      encode -m bert-tiny in/texts.txt --output by.npy ; encode -m bert-tiny in/few.txt --quantize uint8 --calibration by.npy
encode/resume               encode -m bert-tiny in/broken.jsonl --output rows.npy ; encode -m bert-tiny in/mended.jsonl --output rows.npy --resume
encode/resume-jsonl         encode -m bert-tiny in/broken.jsonl --output r.jsonl --tokens ; encode -m bert-tiny in/mended.jsonl --output r.jsonl --tokens --resume
encode/resume-nothing       encode -m bert-tiny in/few.txt --output rows.npy --resume
similarity/two              similarity -m bert-tiny "the cat" "the old cat"
similarity/unnamed-model    similarity "How do cats sleep?" "Cats nap for most of the day."
similarity/matrix           similarity -m bert-tiny "the cat" "the river" "Paris" ""
similarity/dot              similarity -m bert-max --metric dot "the cat" "the river"
similarity/euclidean        similarity -m bert-max --metric euclidean "the cat" "the river" "Paris"
similarity/manhattan        similarity -m bert-max --metric manhattan "the cat" "the river"
similarity/json             similarity -m bert-tiny "the cat" "the river" --json
similarity/json-matrix      similarity -m bert-tiny "the cat" "the \\"river\\"" "Paris" --json
similarity/prompt-name      similarity -m router --prompt-name query "the cat" "the river"
similarity/pairs            similarity -m bert-tiny --pairs in/sts.csv
similarity/pairs-json       similarity -m bert-tiny --pairs in/sts.tsv --json
similarity/pairs-columns    similarity -m bert-tiny --pairs in/sts.jsonl --columns a,b --metric manhattan
search/queries              search -m bert-tiny --corpus in/sentences.txt "the cat" "an old river" --top 3
search/stdin                search -m bert-tiny --corpus in/sentences.txt < in/queries.txt
search/thousand             search -m minilm-static --corpus in/texts.txt --top 20 < in/queries.txt
search/jsonl                search -m bert-tiny --corpus in/notes.jsonl --field body "the cat" --top 100
search/metric               search -m bert-max --corpus in/sentences.txt --metric euclidean "the cat" --top 4
search/routes               search -m router --corpus in/sentences.txt "the cat" "Paris"
search/corpus-stdin         search -m bert-tiny --corpus - --input lines "the cat" < in/sentences.txt
search/save                 search -m bert-tiny --corpus in/sentences.txt --save kept.npy "the cat" ; search -m bert-tiny --corpus in/sentences.txt --vectors kept.npy "the river" ; search -m bert-tiny --vectors kept.npy "Paris"
search/save-prompt          search -m bert-new-schema --corpus in/sentences.txt --save kept.npy "the cat"
search/vectors-alone        search --vectors in/vectors/rows.npy --queries in/vectors/rows.npy --top 5
search/vectors-metric       search --vectors in/vectors/rows.npy --queries in/vectors/rows.npy --metric manhattan --top 3
mine/all                    mine -m bert-tiny in/sentences.txt
mine/top                    mine -m minilm-static --top 40 in/texts.txt
mine/threshold              mine -m bert-tiny --threshold 0.9 < in/sentences.txt
mine/neighbours             mine -m bert-tiny --neighbours 1 --metric euclidean in/sentences.txt
cluster/kmeans              cluster -m bert-tiny --kmeans 4 in/sentences.txt
cluster/kmeans-seed         cluster -m minilm-static --kmeans 7 --seed 5 in/texts.txt
cluster/kmeans-init         encode -m bert-tiny in/queries.txt --output by.npy ; cluster -m bert-tiny --kmeans 4 --init by.npy in/sentences.txt
cluster/agglomerative       cluster -m minilm-static --agglomerative --threshold 0.8 in/texts.txt
cluster/count               cluster -m bert-tiny --agglomerative --count 5 in/sentences.txt
cluster/communities         cluster -m minilm-static --communities --threshold 0.7 --smallest 2 in/texts.txt
cluster/vectors             cluster --vectors in/vectors/rows.npy --kmeans 3 --plot rows.svg
cluster/plot                cluster -m bert-tiny --kmeans 3 --plot texts.svg in/sentences.txt
plot/lines                  plot -m bert-tiny in/sentences.txt --output texts.svg
plot/thousand               plot -m minilm-static in/texts.txt --output texts.svg
plot/jsonl                  plot -m bert-tiny in/notes.jsonl --field body --output texts.svg
evaluate/sts                evaluate sts -m bert-tiny in/sts.csv --json
evaluate/sts-no-header      evaluate sts -m bert-max in/sts.tsv --json
evaluate/sts-columns        evaluate sts -m bert-tiny in/sts.jsonl --columns a,b,s --json
evaluate/sts-equal-scores   evaluate sts -m bert-tiny in/equal.csv --json
evaluate/triplets           evaluate triplets -m router in/triplets.csv --json
evaluate/binary             evaluate binary -m bert-tiny in/binary.csv --json
evaluate/retrieval          evaluate retrieval -m bert-new-schema --queries in/questions.csv --corpus in/corpus.csv --relevant in/relevant.csv --json
evaluate/retrieval-metric   evaluate retrieval -m bert-max --metric dot --queries in/questions.csv --corpus in/corpus.csv --relevant in/relevant.csv --json
evaluate/paraphrases        evaluate paraphrases -m bert-tiny --corpus in/corpus.csv --duplicates in/duplicates.csv --json
tokenize/lines              tokenize -m bert-tiny in/texts.txt
tokenize/jsonl              tokenize -m bert-tiny --input jsonl --field body < in/notes.jsonl
tokenize/prompt-name        tokenize -m bert-new-schema --prompt-name query in/few.txt
tokenize/prompt             tokenize -m bert-tiny --prompt "the cat " --max-length 8 in/few.txt
verify/holds                verify -m bert-tiny --golden in/bert-tiny.golden.jsonl --json
verify/static               verify -m minilm-static --golden in/minilm-static.golden.jsonl --json
"""

# Exit 0; standard output is words, and what counts are the files that are written.
WORDS = """
reduce/model                reduce -m bert-tiny --dimensions 6 --texts in/texts.txt --output made ; encode -m ./made in/few.txt --output rows.npy
reduce/whiten               reduce -m minilm-static --dimensions 16 --whiten --texts in/texts.txt --output made
reduce/jsonl                reduce -m bert-max --dimensions 3 --texts in/notes.jsonl --field body --output made
reduce/stdin                reduce -m word-embeddings --dimensions 2 --texts - --output made < in/sentences.txt
distill/model               distill -m bert-tiny --dimensions 8 --output made ; encode -m ./made in/few.txt --output rows.npy
distill/texts               distill -m bert-new-schema --dimensions 5 --whiten --texts in/texts.txt --output made
convert/as-stored           convert -m smallest --output made ; encode -m ./made in/few.txt --output rows.npy
convert/f16                 convert -m bert-tiny --dtype f16 --output made ; encode -m ./made in/few.txt --output rows.npy
convert/bf16                convert -m smallest --dtype bf16 --output made
convert/f32                 convert -m static-embedding-half --dtype f32 --output made
convert/modules             convert -m router --dtype f16 --output made
evaluate/sts-table          evaluate sts -m bert-tiny in/sts.csv
evaluate/binary-table       evaluate binary -m bert-tiny in/binary.csv
evaluate/triplets-table     evaluate triplets -m bert-tiny in/triplets.csv
evaluate/retrieval-table    evaluate retrieval -m bert-tiny --queries in/questions.csv --corpus in/corpus.csv --relevant in/relevant.csv
evaluate/paraphrases-table  evaluate paraphrases -m bert-tiny --corpus in/corpus.csv --duplicates in/duplicates.csv
inspect/argument            inspect bert-tiny
inspect/option              inspect -m router
inspect/unnamed             inspect
inspect/length              inspect bert-new-schema --max-length 9 --precision f32
inspect/words               inspect word-weights
inspect/bin                 inspect smallest
verify/table                verify -m bert-tiny --golden in/bert-tiny.golden.jsonl
help/none                   --help
help/version                --version
help/help                   help
help/encode                 help encode
help/evaluate               evaluate --help
help/bash                   --generate-completion-script bash
help/zsh                    --generate-completion-script zsh
help/fish                   --generate-completion-script fish
help/manual                 --experimental-dump-help
"""

COMMANDS = [
    "encode", "similarity", "tokenize", "inspect", "verify", "bench", "search", "mine", "cluster",
    "plot", "evaluate sts", "evaluate triplets", "evaluate binary", "evaluate retrieval",
    "evaluate paraphrases", "reduce", "distill", "convert"]


def cases(table, **settings):
    """The command lines of a table."""
    named = (line.split(None, 1) for line in table.strip().split("\n"))
    return [Case(name, line, **settings) for name, line in named]


def command_lines():
    """Every case that is not one of many models."""
    # Imported here, since it lists its command lines by the function above.
    from failing_command_lines import FAILED, MISUSED
    helps = [
        Case(f"help/{command.replace(' ', '-')}-option", f"{command} --help", output="words")
        for command in COMMANDS]
    return (cases(DATA) + cases(WORDS, output="words") + helps
            + cases(FAILED, ends=1) + cases(MISUSED, ends=64))
