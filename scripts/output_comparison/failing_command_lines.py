"""The command lines that must fail: by what they read (exit 1), or as they are typed (exit 64).

Written as in command_lines.py. What came to standard output before the failure is data.
"""

FAILED = """
fail/no-such-model          encode -m no-such-model in/few.txt
fail/no-such-directory      encode -m ./nowhere in/few.txt
fail/empty-directory        encode -m damaged/nothing in/few.txt
fail/no-directory           encode -m ./models/damaged/nothing in/few.txt
fail/cut-weights            encode -m damaged/cut-weights in/few.txt
fail/other-weights          encode -m damaged/other-weights in/few.txt
fail/unknown-network        encode -m damaged/unknown-network in/few.txt
fail/unknown-module         encode -m damaged/unknown-module in/few.txt
fail/broken-config          encode -m damaged/broken-config in/few.txt
fail/broken-tokenizer       encode -m damaged/broken-tokenizer in/few.txt
fail/tokenize-model         tokenize -m damaged/broken-tokenizer in/few.txt
fail/inspect-model          inspect damaged/cut-weights --json
fail/convert-model          convert -m damaged/cut-weights --output made
fail/no-such-file           encode -m bert-tiny in/few.txt in/nowhere.txt
fail/directory              encode -m bert-tiny in
fail/broken-json            encode -m bert-tiny in/broken.jsonl
fail/no-field               encode -m bert-tiny in/no-field.jsonl
fail/not-utf8               encode -m bert-tiny in/not-utf8.txt --output rows.npy
fail/no-column              encode -m bert-tiny in/no-column.csv
fail/short-row              encode -m bert-tiny in/short-row.csv --output rows.csv
fail/open-quote             encode -m bert-tiny in/open-quote.csv
fail/long                   encode -m bert-tiny --long error in/few.txt --format f32
fail/prompt-name            encode -m bert-tiny --prompt-name nobody in/few.txt
fail/dimensions             encode -m bert-tiny --dimensions 1000 in/few.txt
fail/max-length             encode -m bert-tiny --max-length 2 in/few.txt
fail/output-directory       encode -m bert-tiny in/few.txt --output in
fail/output-is-input        encode -m bert-tiny in/one.txt --output rows.jsonl ; encode -m bert-tiny rows.jsonl --output rows.jsonl
fail/output-nowhere         encode -m bert-tiny in/few.txt --output nowhere/rows.npy
fail/output-full            encode -m bert-tiny in/few.txt --output /dev/full
fail/quantize-one           encode -m bert-tiny in/one.txt --quantize int8
fail/calibration-width      encode -m bert-tiny in/few.txt --quantize int8 --calibration in/vectors/rows.npy
fail/calibration-numpy      encode -m bert-tiny in/few.txt --quantize int8 --calibration in/not-numpy.npy
fail/resume-options         encode -m bert-tiny in/broken.jsonl --output rows.npy ; encode -m bert-tiny in/mended.jsonl --output rows.npy --normalize --resume
fail/resume-model           encode -m bert-tiny in/broken.jsonl --output rows.npy ; encode -m bert-max in/mended.jsonl --output rows.npy --resume
fail/resume-input           encode -m bert-tiny in/broken.jsonl --output rows.npy ; encode -m bert-tiny in/sentences.txt --output rows.npy --resume
fail/similarity-pairs       similarity -m bert-tiny --pairs in/nowhere.csv
fail/similarity-columns     similarity -m bert-tiny --pairs in/sts.csv --columns sentence1,sentence3
fail/search-empty           search -m bert-tiny --corpus in/empty.txt "the cat"
fail/search-no-record       search -m bert-tiny --vectors in/vectors/rows.npy "the cat"
fail/search-other-model     search -m bert-tiny --corpus in/sentences.txt --save kept.npy "the cat" ; search -m layer-norm --corpus in/sentences.txt --vectors kept.npy "the cat"
fail/search-other-texts     search -m bert-tiny --corpus in/sentences.txt --save kept.npy "the cat" ; search -m bert-tiny --corpus in/few.txt --vectors kept.npy "the cat"
fail/search-widths          search --vectors in/vectors/rows.npy --queries in/vectors/forms/f4.npy
fail/mine-not-utf8          mine -m bert-tiny in/not-utf8.txt
fail/cluster-numpy          cluster --vectors in/not-numpy.npy --kmeans 2
fail/cluster-record         cluster --vectors in/vectors/forms/record.npy --kmeans 2
fail/cluster-too-many       cluster -m bert-tiny --kmeans 99 in/few.txt
fail/cluster-init           cluster -m bert-tiny --kmeans 2 --init in/vectors/rows.npy in/few.txt
fail/plot-one               plot -m bert-tiny in/one.txt --output texts.svg
fail/sts-no-rows            evaluate sts -m bert-tiny in/empty.txt
fail/sts-score              evaluate sts -m bert-tiny in/wrong-score.csv --json
fail/sts-columns            evaluate sts -m bert-tiny in/triplets.csv --columns a,b,c
fail/binary-label           evaluate binary -m bert-tiny in/wrong-label.csv
fail/triplets-cells         evaluate triplets -m bert-tiny in/short-row.csv
fail/retrieval-relevant     evaluate retrieval -m bert-tiny --queries in/questions.csv --corpus in/corpus.csv --relevant in/irrelevant.csv
fail/retrieval-same-id      evaluate retrieval -m bert-tiny --queries in/questions.csv --corpus in/same-id.csv --relevant in/relevant.csv
fail/paraphrases-pairs      evaluate paraphrases -m bert-tiny --corpus in/corpus.csv --duplicates in/irrelevant.csv
fail/reduce-dimensions      reduce -m bert-tiny --dimensions 33 --texts in/texts.txt --output made
fail/reduce-few-texts       reduce -m bert-tiny --dimensions 16 --texts in/queries.txt --output made
fail/reduce-exists          reduce -m bert-tiny --dimensions 4 --texts in/texts.txt --output in
fail/distill-words          distill -m word-embeddings --dimensions 2 --output made
fail/convert-exists         convert -m bert-tiny --output models
fail/tokenize-prompt-name   tokenize -m bert-tiny --prompt-name nobody in/few.txt
fail/tokenize-broken        tokenize -m bert-tiny in/broken.jsonl
fail/verify-ids             verify -m bert-tiny --golden in/wrong-ids.jsonl --json
fail/verify-vector          verify -m bert-tiny --golden in/wrong-vector.jsonl --json
fail/verify-length          verify -m bert-tiny --golden in/short-vector.jsonl
fail/verify-nothing         verify -m bert-tiny --golden in/no-record.jsonl
fail/verify-tolerance       verify -m bert-tiny --golden in/bert-tiny.golden.jsonl --tolerance 0
fail/bench-empty            bench in/empty.txt -m bert-tiny
fail/bench-model            bench in/few.txt -m no-such-model
"""

MISUSED = """
usage/unknown-command       ponder
usage/unknown-option        encode --loudly in/few.txt
usage/missing-value         encode --model
usage/precision             encode -m bert-tiny --precision f8 in/few.txt
usage/threads               encode -m bert-tiny --threads 0 in/few.txt
usage/batch-tokens          encode -m bert-tiny --batch-tokens many in/few.txt
usage/max-length            encode -m bert-tiny --max-length 0 in/few.txt
usage/format                encode -m bert-tiny --format xml in/few.txt
usage/unknown-ending        encode -m bert-tiny in/few.txt --output rows.unheard-of
usage/format-bytes          encode -m bert-tiny --format i8 in/few.txt
usage/format-quantize       encode -m bert-tiny --format f32 --quantize int8 in/few.txt
usage/input                 encode -m bert-tiny --input xml in/few.txt
usage/prompts               encode -m bert-tiny --prompt-name query --no-prompt in/few.txt
usage/on-error              encode -m bert-tiny --on-error null --format npy in/few.txt
usage/calibration           encode -m bert-tiny --calibration in/few.txt in/few.txt
usage/resume                encode -m bert-tiny --resume in/few.txt
usage/resume-quantize       encode -m bert-tiny --resume --output rows.i8 --quantize int8 in/few.txt
usage/one-text              similarity -m bert-tiny "the cat"
usage/texts-and-pairs       similarity -m bert-tiny --pairs in/sts.csv "the cat"
usage/metric                similarity -m bert-tiny --metric hamming "a" "b"
usage/same-columns          similarity -m bert-tiny --pairs in/sts.csv --columns a,a
usage/no-corpus             search -m bert-tiny "the cat"
usage/save-no-corpus        search -m bert-tiny --vectors a.npy --save b.npy "the cat"
usage/two-stdins            search -m bert-tiny --corpus -
usage/queries               search -m bert-tiny --queries in/vectors/rows.npy --corpus in/few.txt
usage/top                   mine -m bert-tiny --top 0 in/few.txt
usage/no-method             cluster -m bert-tiny in/few.txt
usage/two-methods           cluster -m bert-tiny --kmeans 2 --communities --threshold 0.5 in/few.txt
usage/no-threshold          cluster -m bert-tiny --agglomerative in/few.txt
usage/texts-and-vectors     cluster --vectors in/vectors/rows.npy --kmeans 2 in/few.txt
usage/no-output             plot -m bert-tiny in/few.txt
usage/no-evaluation-file    evaluate sts -m bert-tiny
usage/evaluation-columns    evaluate triplets -m bert-tiny in/triplets.csv --columns a,b
usage/id-column             evaluate retrieval -m bert-tiny --queries a --corpus b --relevant c --id text
usage/reduce-dimensions     reduce -m bert-tiny --dimensions 0 --texts in/few.txt --output made
usage/distill-output        distill -m bert-tiny --dimensions 4
usage/dtype                 convert -m bert-tiny --dtype f8 --output made
usage/two-models            inspect bert-tiny -m bert-max
usage/tokenize-prompts      tokenize -m bert-tiny --prompt a --prompt-name b in/few.txt
usage/tolerance             verify -m bert-tiny --golden in/bert-tiny.golden.jsonl --tolerance=-1
usage/bench-rounds          bench in/few.txt -m bert-tiny --rounds 0
usage/bench-threads         bench in/few.txt -m bert-tiny --threads 0
usage/bench-precision       bench in/few.txt -m bert-tiny --precision f8
"""
