import Autoencoders
import Datasets
import Files
import Foundation
import Testing

/// What stands in the file of a checkpoint, and what does not become one.
@Suite struct CheckpointFileTests {
  private let data = curvedData(samples: 90)

  /// Trains to the end and returns all states that were handed out, those within epochs first.
  private func states(_ model: Model, _ options: TrainingOptions) throws -> [TrainingState] {
    var (within, between): ([TrainingState], [TrainingState]) = ([], [])
    _ = try Trainer(options, threads: 2).train(
      model, on: data, checkpoints: .steps(1), onCheckpoint: { within.append($0) },
      onEpoch: { _, state in between.append(state) })
    return within + between
  }

  /// The counters stand in the file as text, where anything can be written.
  @Test(arguments: [
    ("\"best_epoch\":0", "\"best_epoch\":-9223372036854775808"), ("\"best_epoch\":0", "\"best_epoch\":7"),
    ("\"step\":1", "\"step\":9223372036854775807"), ("\"warmup\":0", "\"warmup\":9223372036854775807"),
    ("\"epoch\":0", "\"epoch\":9223372036854775807"), ("\"epochs\":3", "\"epochs\":9223372036854775807"),
    ("\"batch\":20", "\"batch\":0"), ("\"batches\":1", "\"batches\":9223372036854775807"),
    ("\"seconds\":0.5", "\"seconds\":1e308"), ("\"weight_decay\":0", "\"weight_decay\":1e308"),
  ])
  func impossibleCountersInFilesAreRefused(old: String, new: String) throws {
    let model = try deepModel(for: data)
    let options = TrainingOptions(epochs: 3, batch: 20, seed: 3)
    var state = try #require(try states(model, options).first)
    state.seconds = 0.5
    let path = temporaryPath("c.safetensors")
    try Checkpoint(model: model, options: options, state: state).save(to: path)
    var file = try Safetensors(readFile(path), path: path)
    let text = try #require(file.metadata["aetool"])
    #expect(text.contains(old), "\(text)")
    file.metadata["aetool"] = text.replacingOccurrences(of: old, with: new)
    try Data(file.encoded()).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: FileError.self) { try Checkpoint.load(path) }
    #expect(error?.kind == .malformed && error?.path == path)
  }

  /// A program that copies the tensors may write them in another order.
  @Test func tensorsOfACheckpointHaveNoOrder() throws {
    let model = try deepModel(for: data)
    let options = TrainingOptions(epochs: 1, batch: 20, seed: 3)
    let state = try #require(try states(model, options).last)
    let path = temporaryPath("c.safetensors")
    try Checkpoint(model: model, options: options, state: state).save(to: path)
    var file = try Safetensors(readFile(path), path: path)
    file.tensors.reverse()
    try Data(file.encoded()).write(to: URL(fileURLWithPath: path))
    #expect(try Checkpoint.load(path).state == state)
    file.tensors.removeAll { $0.name == "training.optimizer_state" }
    try Data(file.encoded()).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: FileError.self) { try Checkpoint.load(path) }
    #expect(error?.message.hasSuffix("beside those of the network, found 'training.parameters'") == true)
  }

  @Test func theCheckpointBeforeStays() throws {
    let model = try deepModel(for: data)
    let options = TrainingOptions(epochs: 3, batch: 20, seed: 3)
    let states = try states(model, options)
    let path = temporaryPath("c.safetensors")
    for (number, state) in states.enumerated() {
      try Checkpoint(model: model, options: options, state: state).save(to: path)
      #expect(try Checkpoint.load(path).state == state)
      if number == 0 {
        #expect(!FileManager.default.fileExists(atPath: path + ".prev"))
      } else {
        #expect(try Checkpoint.load(path + ".prev").state == states[number - 1])
      }
    }
    // What is no checkpoint is not replaced.
    try Data("my own notes".utf8).write(to: URL(fileURLWithPath: path + ".prev"))
    #expect(throws: FileError.self) {
      try Checkpoint(model: model, options: options, state: states[0]).save(to: path)
    }
    #expect(try Checkpoint.load(path).state == states.last)
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        == ["c.safetensors", "c.safetensors.prev"])
  }

  /// A file of another kind in the checkpoint's place is written over by `--force`, and is no checkpoint to keep.
  @Test func whatIsNoCheckpointIsNotKept() throws {
    let model = try deepModel(for: data)
    let options = TrainingOptions(epochs: 1, batch: 20, seed: 3)
    let path = temporaryPath("c.safetensors")
    try Data("my own notes".utf8).write(to: URL(fileURLWithPath: path))
    for state in try states(model, options) {
      try Checkpoint(model: model, options: options, state: state).save(to: path)
      #expect(try Checkpoint.load(path).state == state)
    }
    #expect(try Checkpoint.load(path + ".prev").state.epoch == 0)
  }
}
