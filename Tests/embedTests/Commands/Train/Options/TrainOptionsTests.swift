import ModelFiles
import Tensors
import TestSupport
import Testing
import Training

@testable import embed

/// The options of `embed train`, and recipes.
@Suite struct TrainOptionsTests {
  private static let pairs = "anchor,positive\na,b\nc,d\ne,f\n"

  @Test func everyOptionOfARecipeIsRead() throws {
    let files = try Preparing([
      "a.csv": Self.pairs, "b.csv": "sentence1,sentence2,score\na,b,4\n",
      "r.json": """
      {"version": 1, "model": "some/name", "epochs": 0.5, "max_steps": -1, "batch_size": 8,
       "gradient_accumulation_steps": 2, "learning_rate": 1e-3, "schedule": "constant_with_warmup",
       "warmup_steps": 0, "warmup_ratio": 0.2, "weight_decay": 0.1, "max_grad_norm": 0,
       "adam_beta1": 0.8, "adam_beta2": 0.98, "adam_epsilon": 1e-6, "dropout": 0.0,
       "freeze": ["embeddings"], "learning_rate_of": {"2_Dense": 1e-2}, "seed": 12,
       "shuffle": false,
       "drop_last": true, "batch_sampler": "batch_sampler",
       "multi_dataset_batch_sampler": "round_robin", "prompts": {"anchor": "q: "},
       "max_length": 16, "pooling": "cls", "precision": "bf16x3", "batch_tokens": 99,
       "memory": "1G",
       "evaluate": [{"file": "b.csv"}, "5%"], "eval_steps": 7, "metric": "spearman_cosine",
       "keep": "last", "early_stop": 3, "save_steps": 4, "save_total_limit": 2,
       "datasets": [
        {"file": ["a.csv", "a.csv"], "columns": ["anchor", "positive"], "label": null,
         "loss": {"name": "MultipleNegativesRankingLoss", "scale": 10}, "batch_size": 4,
         "batch_sampler": "no_duplicates", "prompts": {"positive": "p: "}},
        {"file": "b.csv", "label": "score", "score_range": [0, 5], "loss": "CosineSimilarityLoss"}]}
      """,
    ])
    let recipe = try files.recipe(["--recipe", "r.json"])
    var options = TrainingOptions()
    options.epochs = 0.5
    options.gradientAccumulationSteps = 2
    options.learningRate = 1e-3
    options.schedule = .constantWithWarmup
    options.warmupRatio = 0.2
    options.weightDecay = 0.1
    options.maxGradNorm = 0
    (options.adamBeta1, options.adamBeta2, options.adamEpsilon) = (0.8, 0.98, 1e-6)
    options.dropout = 0
    options.freeze = ["embeddings"]
    options.learningRateOf = [.init(name: "2_Dense", rate: 1e-2)]
    options.seed = 12
    (options.shuffle, options.dropLast) = (false, true)
    options.multiDatasetBatchSampler = .roundRobin
    #expect(recipe.options(isStatic: false) == options)
    #expect(recipe.model == "some/name")
    #expect(recipe.pooling == "cls" && recipe.maxLength == 16 && recipe.precision == .bf16x3)
    #expect(recipe.batchTokens == 99 && recipe.memory == 1 << 30)
    #expect(
      recipe.evaluation.sources
        == [.file(EvaluationFile(path: files.folder.file("b.csv"))), .share(0.05)])
    #expect(recipe.evaluation.steps == 7 && recipe.evaluation.earlyStop == 3)
    #expect(recipe.evaluation.keep == .last && recipe.evaluation.metric == "spearman_cosine")
    #expect(recipe.saveSteps == 4 && recipe.saveTotalLimit == 2)
    let sets = recipe.datasets
    #expect(sets[0].files == [files.folder.file("a.csv"), files.folder.file("a.csv")])
    #expect(sets[0].columns == ColumnRequest(texts: ["anchor", "positive"], label: .none))
    #expect(sets[0].batchSize == 4 && sets[0].batchSampler == .noDuplicates)
    #expect(sets[1].columns == ColumnRequest(label: .named("score")))
    #expect(sets[1].scoreRange == ScoreRange(least: 0, largest: 5))
  }

  @Test(arguments: [
    ("r=16,alpha=32", #"{"r":16,"alpha":32}"#, "r=16,alpha=32.0"),
    (
      "alpha=.5,modules=query+value,rslora=true,save=adapter",
      #"{"alpha":0.5,"modules":["query","value"],"rslora":true,"save":"adapter"}"#,
      "r=8,alpha=0.5,modules=query+value,rslora=true"
    ),
    ("modules=all-linear", #"{"modules":"all-linear"}"#, "r=8,alpha=8.0,modules=all-linear"),
    ("from=/a/b,save=adapter", #"{"from":"/a/b","save":"adapter"}"#, "from an adapter"),
  ])
  func loraIsTheSameOnTheCommandLineAndInARecipe(option: String, json: String, words: String) throws
  {
    let files = try Preparing([
      "a.csv": Self.pairs, "r.json": #"{"datasets":[{"file":"a.csv"}],"lora":\#(json)}"#,
    ])
    let recipe = try #require(try files.recipe(["--recipe", "r.json"]).training.lora)
    #expect(try files.asked(["a.csv", "--lora", option]).training.lora == recipe)
    #expect(recipe.description == words)
    // What is written is read as the same.
    let written = try JSON(recipe.recipeValue, name: "written")
    #expect(try LoRAOptions(recipe: written) { $0 } == recipe)
  }

  @Test func theCommandLineWins() throws {
    let files = try Preparing([
      "a.csv": Self.pairs, "b.csv": Self.pairs,
      "r.json": """
      {"model": "x", "epochs": 3, "warmup_steps": 5, "batch_size": 8, "max_steps": 9,
       "datasets": [{"file": "a.csv", "loss": "mnrl", "batch_size": 4}]}
      """,
    ])
    let recipe = try files.asked([
      "--recipe", "r.json", "b.csv", "-m", "y", "--epochs", "2", "--warmup-ratio", "0.3",
      "--batch-size", "2", "--loss-options", #"{"scale":3}"#, "--no-shuffle",
    ])
    #expect(recipe.model == "y" && recipe.datasets[0].files == [files.folder.file("b.csv")])
    #expect(recipe.training.epochs == 2 && recipe.training.maxSteps == nil)
    #expect(recipe.training.warmupSteps == 0 && recipe.training.warmupRatio == 0.3)
    #expect(recipe.batchSize == 2 && recipe.datasets[0].batchSize == nil)
    #expect(!recipe.training.shuffle)
    #expect(recipe.datasets[0].loss.name == "mnrl")
    #expect(recipe.datasets[0].loss.parameters.map(\.name) == ["scale"])
  }

  @Test(
    arguments: [
      (
        #"{"learning_rte":1}"#, "r.json: `learning_rte` is not known; did you mean `learning_rate`?"
      ),
      (
        #"{"num_train_epochs":1}"#,
        "r.json: `num_train_epochs` is not known; did you mean `epochs`?"
      ),
      (
        #"{"datasets":[{"file":"a.csv","colums":[]}]}"#,
        "r.json: `datasets[0].colums` is not known; did you mean `columns`?"
      ),
      (#"{"version":2}"#, "r.json: is a recipe of version 2; this embed reads version 1"),
      (
        #"{"datasets":[{"file":"none.csv"}]}"#,
        "r.json: none.csv: cannot open: No such file or directory; check the path"
      ),
      (
        #"{"datasets":[{"file":"a.csv"}],"evaluate":"none.csv"}"#,
        "r.json: none.csv: cannot open: No such file or directory; check the path"
      ),
      (
        #"{"datasets":[{"file":"a.csv","loss":{"name":"SoftmaxLoss","weights":"none"}}]}"#,
        "r.json: none: cannot open: No such file or directory; check the path"
      ),
      (
        #"{"schedule":"liner"}"#,
        "r.json: `schedule` is `liner`, should be `linear` probably: one of linear, cosine, "
          + "constant, "
          + "constant_with_warmup"
      ),
      (#"{"epochs":0}"#, "r.json: `epochs` should be above 0 and at most 1000000"),
      (#"{"epochs":"3"}"#, "r.json: `epochs` should be a number, is \"3\""),
      (#"{"batch_size":0}"#, "r.json: `batch_size` should be from 1 to 1000000000"),
      (#"{"seed":-1}"#, "r.json: `seed` should be at least 0 and less than 2^62"),
      (#"{"warmup_ratio":1}"#, "r.json: `warmup_ratio` should be at least 0 and less than 1"),
      (
        #"{"precision":"int8"}"#,
        "r.json: `precision` should be f32, bf16x3 or bf16: int8 is too coarse to be trained in"
      ),
      (
        #"{"lora":{"r":0}}"#,
        "r.json: `lora` should be of a rank r from 1 to 65536, and an alpha from -1000000 to 1000000"
      ),
      (#"{"lora":{"r":1.5}}"#, "r.json: `lora`: `r` should be a whole number"),
      (
        #"{"lora":{"lora_alpha":4}}"#,
        "r.json: `lora`: `lora_alpha` is not known; did you mean `alpha`?"
      ),
      (
        #"{"lora":{"from":"a","r":4}}"#,
        "r.json: `lora`: `r` is as the adapter of `from` has it; leave one of them out"
      ),
      (
        #"{"lora":{"r":4},"freeze":["embeddings"]}"#,
        "r.json: `freeze` should be left out beside lora, which changes no tensor of the model but "
          + "by what it adds"
      ),
      (
        #"{"datasets":[{"file":"a.csv","score_range":[5,0]}]}"#,
        "r.json: `score_range` should be two numbers, the smaller one first"
      ),
      (#"{"evaluate":"60%"}"#, "`60%` should be above 0 % and at most 50 %"),
      (
        #"{"datasets":[{"file":"a.csv"}],"early_stop":2}"#,
        "`early_stop` needs `evaluate`, in the recipe or as --evaluate"
      ),
      (
        #"{"datasets":[{"file":"a.csv","loss":{"name":"mnrl","scal":1}}]}"#,
        "r.json: the loss of a.csv: MultipleNegativesRankingLoss has no parameter `scal`; `scale` "
          + "was "
          + "probably meant; it has scale, similarity_fct, gather_across_devices, directions, "
          + "partition_mode, hardness_mode, hardness_strength"
      ),
      (
        #"{"datasets":[{"file":"a.csv","sha256":"00"}]}"#,
        "a.csv: was changed since the recipe was written: its SHA-256 is 698cf4f230da…, the "
          + "recipe has "
          + "00…; give the file of then, or take `sha256` out of the recipe"
      ),
      (
        #"{"datasets":[{"file":"-"},{"file":"-"}]}"#,
        "standard input can be read once; name it for one set alone"
      ),
    ])
  func whatIsWrongWithARecipeIsSaid(_ text: String, _ message: String) throws {
    let files = try Preparing(["a.csv": Self.pairs, "r.json": text])
    #expect(files.outcome(["--recipe", "r.json"]) == message)
  }

  @Test(
    arguments: [
      (
        ["--precision", "int8"],
        "--precision should be f32, bf16x3 or bf16: int8 is too coarse to be trained in"
      ),
      (["--epochs", "nan"], "--epochs should be above 0 and at most 1000000"),
      (["--lora", "r"], "should be names and values, such as r=16,alpha=32"),
      (["--lora", "r=4,r=8"], "`r` is said twice"),
      (["--lora", "r=four"], "`r` should be a number"),
      (
        ["--lora", "modules=query++value"], "`modules` should be names with + between them, such as"
      ),
      (["--lora", "rslora=yes"], "`rslora` should be true or false"),
      (["--lora", "save=model"], "`save` should be `adapter`: the merged model is written anyway"),
      (["--lora", "modules_to_save=a"], "peft's `modules_to_save` is not trained here; known are"),
      (["--lora", "lora_dropout=0.1"], "a dropout of LoRA's own is not computed; leave"),
      (["--lora", "r=99999999"], "--lora should be of a rank r from 1 to 65536"),
      (["--resume", "--force"], "--resume and --force exclude each other; give one of them"),
      (["--early-stop", "2"], "--early-stop needs --evaluate"),
      (["--evaluate", "0%"], "--evaluate `0%` should be above 0 % and at most 50 %"),
      (["--columns", "a,a"], "--columns takes different names between commas"),
      (["--matryoshka", "4,x"], "should be numbers between commas, such as 384,256,128,64"),
      (["--score-range", "5"], "should be two numbers with a comma between them, such as 0,5"),
    ])
  func wrongOptionsAreUsageErrors(_ words: [String], _ message: String) throws {
    let result = try embedCommand(["train", "--output", "o"] + words)()
    #expect(result.ending == .exited(64))
    #expect(result.stderr.contains(message), "\(result.stderr)")
  }

  @Test func anOutputIsNeeded() throws {
    let result = try embed("train", "a.csv")
    #expect(result.ending == .exited(64))
    #expect(result.stderr.contains("--output DIR is missing: where the trained model goes"))
  }

  @Test func oneSetOnlyIsChangedByTheCommandLine() throws {
    let files = try Preparing([
      "a.csv": Self.pairs, "r.json": #"{"datasets":[{"file":"a.csv"},{"file":"a.csv"}]}"#,
    ])
    #expect(
      thrown { _ = try files.asked(["--recipe", "r.json", "--loss", "mse"]) }
        == "--loss is of one set of rows, the recipe has 2; change it there")
  }
}
