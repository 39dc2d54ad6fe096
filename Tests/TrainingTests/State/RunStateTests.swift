import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct RunStateTests {
  private let scratch: ScratchFolder
  private let plan = TrainerPlan(
    steps: 20, epochs: 2, batchesPerEpoch: 10, batchSize: 16, evalSteps: 5, saveSteps: 0)

  init() throws { scratch = try ScratchFolder() }

  private var state: RunState {
    var fingerprint = RunFingerprint()
    fingerprint.add("--seed", "42")
    fingerprint.add(content: "what the rows say", "ab")
    var state = RunState(fingerprint: fingerprint)
    (state.step, state.epoch, state.batches) = (12, 1, 2)
    (state.samples, state.tokens, state.seconds) = (192, 4000, 0.1 + 0.2)
    state.best = RunState.Best(step: 10, score: 1.0 / 3)
    state.evaluationsWithoutBetter = 1
    return state
  }

  private var log: TrainingLog {
    var log = TrainingLog()
    log.append(
      TrainingLog.Evaluation(step: 0, results: [.init(name: "dev", metrics: [.init("ap", 0.25)])]))
    for step in 1...2 {
      log.append(
        TrainingLog.Step(
          step: step, epoch: Double(step) / 10, loss: .nan, learningRate: 1e-6, gradNorm: 3,
          samples: 16, tokens: 300, seconds: 1))
      log.append(
        TrainingLog.Evaluation(
          step: step, results: [.init(name: "dev", metrics: [.init("ap", 0.5)])]))
    }
    return log
  }

  private func path(_ json: JSONValue) throws -> String {
    try scratch.write("trainer_state.json", json.file)
  }

  @Test func itComesBackToTheBit() throws {
    #expect(try RunState(file: path(state.json(plan, log: log))) == state)
    let first = RunState(fingerprint: RunFingerprint())
    #expect(try RunState(file: path(first.json(plan, log: TrainingLog()))) == first)
  }

  /// The names of transformers 5.23.0's TrainerState, which sentence-transformers 6.2.0 reads.
  @Test func itHasTheFieldsOfTheReference() throws {
    let json = try JSON(state.json(plan, log: log, bestCheckpoint: "checkpoint-10"), name: "state")
    #expect(
      try json.members.map { try $0.key.string() } == [
        "best_global_step", "best_metric", "best_model_checkpoint", "epoch", "eval_steps",
        "global_step", "is_hyper_param_search", "is_local_process_zero", "is_world_process_zero",
        "log_history", "logging_steps", "max_steps", "num_input_tokens_seen", "num_train_epochs",
        "save_steps", "stateful_callbacks", "total_flos", "train_batch_size", "trial_name",
        "trial_params", "embed",
      ])
    #expect(try json.double("epoch") == 1.2)
    let history = try json.array("log_history").elements.map {
      String(decoding: $0.source, as: UTF8.self)
    }
    #expect(
      history == [
        #"{"epoch":0.0,"eval_dev_ap":0.25,"step":0}"#,
        #"{"epoch":0.1,"grad_norm":3.0,"learning_rate":1e-06,"loss":null,"step":1}"#,
        #"{"epoch":0.1,"eval_dev_ap":0.5,"step":1}"#,
        #"{"epoch":0.2,"grad_norm":3.0,"learning_rate":1e-06,"loss":null,"step":2}"#,
        #"{"epoch":0.2,"eval_dev_ap":0.5,"step":2}"#,
      ])
  }

  @Test(arguments: [
    ("\"global_step\": 12", "\"global_step\": -1"), ("\"global_step\": 12", "\"global_step\": 1.5"),
    ("\"global_step\": 12", "\"global_step\": 9223372036854775807"),
    ("\"global_step\": 12", "\"global_step\": 99999999999999999999"),
    ("\"samples\": 192", "\"samples\": null"), ("\"version\": 1", "\"version\": 2"),
    ("\"seconds\": ", "\"seconds\": 1e999, \"x\": "), ("\"embed\"", "\"other\""),
    ("\"contents\"", "\"other\""), ("\"42\"", "42"), ("\"best_global_step\": 10", "\"a\": 1"),
  ])
  func whatIsDamagedIsNamed(old: String, new: String) throws {
    let text = String(decoding: state.json(plan, log: log).file, as: UTF8.self)
    #expect(text.contains(old))
    let path = try scratch.write("trainer_state.json", text.replacing(old, with: new))
    let error = #expect(throws: FileError.self) { try RunState(file: path) }
    #expect(error?.description.contains("trainer_state.json") == true)
  }

  @Test func aLongHistoryIsThinned() throws {
    var log = TrainingLog()
    for step in 1...45_000 {
      log.append(
        TrainingLog.Step(
          step: step, epoch: 1, loss: 1, learningRate: 1, gradNorm: 1, samples: 1, tokens: 1,
          seconds: 1))
    }
    let json = try JSON(state.json(plan, log: log), name: "state")
    #expect(try json.array("log_history").count == 15_000)
  }

  @Test func aRunIsSavedWhole() throws {
    let folder = try NewFolder(scratch.file("step-12"))
    let numbers = TrainingState(floats: [("a", Tensor([1], [2]))], integers: [("b", [3])])
    try SavedRun.write(numbers, state.json(plan, log: log), to: folder)
    try folder.finish()
    let path = scratch.file("step-12")
    let saved = try SavedRun(RunPoint(.state, step: 12), in: path)
    #expect(saved.state == state)
    #expect(saved.numbers.integers.map(\.values) == [[3]])
    #expect(throws: FileError.self) { try SavedRun(RunPoint(.state, step: 11), in: path) }
    var bytes = try scratch.bytes("step-12/state.safetensors")
    bytes[bytes.count - 1] ^= 1
    try scratch.write("step-12/state.safetensors", bytes)
    let error = #expect(throws: FileError.self) {
      try SavedRun(RunPoint(.state, step: 12), in: path)
    }
    #expect(error?.description.contains("SHA-256") == true)
    #expect(error?.description.hasSuffix("remove \(path) to go on from what is older") == true)
  }
}
