import Autoencoders
import Datasets

let data = Digits.generate(count: 4000, seed: 1)
let unseen = Digits.generate(count: 1000, seed: 2)
let model = try Model(.deep(hidden: [128], latent: 16), for: data, seed: 1)

// Six epochs with a report and a checkpoint after each. Training stops early where three epochs bring nothing better.
let options = TrainingOptions(
  epochs: 6, batch: 64, learningRate: 0.002, patience: 3, seed: 1)
let run = RunFingerprint(model, data: data, validation: unseen)
let trained = try Trainer(options).train(
  model, on: data, validation: unseen,
  onEpoch: { report, state in
    let (epoch, loss, unseenLoss) = (report.epoch, report.trainLoss, report.validationLoss!)
    print("epoch \(epoch): loss \(loss), on unseen images \(unseenLoss)")
    let checkpoint = Checkpoint(model: model, options: options, state: state, run: run)
    try checkpoint.save(to: "epoch-\(epoch).safetensors")
  })
try trained.save(to: "trained.safetensors")

// A second program, or the same one after a break, goes on where the checkpoint was written.
let checkpoint = try Checkpoint.load("epoch-3.safetensors")
let now = RunFingerprint(checkpoint.model, data: data, validation: unseen)
for difference in checkpoint.run?.differences(to: now) ?? [] { print("other data: \(difference)") }
let resumed = try Trainer(checkpoint.options).train(
  checkpoint.model, on: data, validation: unseen, resuming: checkpoint.state)
let isSame = resumed.parameters == trained.parameters
print("resumed: \(isSame ? "the same" : "other") parameters")

// Ctrl-C in a program of your own: `onProgress` returns false, and the error has what was trained so far.
do {
  _ = try Trainer(options).train(model, on: data, onProgress: { $0.epoch < 2 })
} catch TrainingError.interrupted(let epoch, let soFar, _) {
  print("interrupted in epoch \(epoch), \(soFar.parameters.count) parameters kept")
}
