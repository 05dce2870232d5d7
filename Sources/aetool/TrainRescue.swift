import Autoencoders

extension Train {
  /// Saves what training had before it failed, and returns an error that says where it is.
  func rescue(_ error: TrainingError, _ run: TrainingStart) -> any Error {
    let stem = model.hasSuffix(".safetensors") ? String(model.dropLast(12)) : model
    switch error {
    case .diverged(let epoch, let cause, let lastGood):
      let place = KeptOutput.place(stem + ".last-good.safetensors") { try lastGood.save(to: $0) }
      return ProgramError(
        .badData,
        "\(cause.text(epoch: epoch)); the weights before that are in \(place); try a lower --learning-rate, --warmup or "
          + "--clip-norm")
    case .interrupted(let epoch, _, let state):
      if state.step == 0 {
        return ProgramError(Interrupt.status, "interrupted before the first step; nothing was kept")
      }
      let path = checkpoints.path ?? stem + ".interrupted.safetensors"
      let place = KeptOutput.place(path) { try run.checkpoint(state).save(to: $0) }
      let within = state.partial.map { "epoch \(epoch), after \(counted($0.batches, "batch", "batches"))" }
      return ProgramError(
        Interrupt.status,
        "interrupted in \(within ?? "epoch \(epoch)"); the state is in \(place); go on with --resume \(place)")
    }
  }

  /// Saves the state of the last epoch of a training that is ended in the middle of something long, and says where it
  /// is.
  var rescued: @Sendable (Checkpoint) -> String {
    let stem = model.hasSuffix(".safetensors") ? String(model.dropLast(12)) : model
    let path = checkpoints.path ?? stem + ".interrupted.safetensors"
    return { checkpoint in
      let place = KeptOutput.place(path) { try checkpoint.save(to: $0) }
      return "the state after epoch \(checkpoint.state.epoch) is in \(place); go on with --resume \(place)"
    }
  }
}
