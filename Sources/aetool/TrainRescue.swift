import Autoencoders

extension Train {
  /// Saves what training had before it failed, and returns an error that says where it is.
  func rescue(_ error: TrainingError, _ run: TrainingStart) -> any Error {
    let stem = model.hasSuffix(".safetensors") ? String(model.dropLast(12)) : model
    func written(_ path: String, _ write: (String) throws -> Void) -> String {
      do {
        try write(path)
        return path
      } catch {
        return "nowhere (\(error))"
      }
    }
    switch error {
    case .diverged(let epoch, let cause, let lastGood):
      let place = written(stem + ".last-good.safetensors") { try lastGood.save(to: $0) }
      return ProgramError(
        .badData,
        "\(cause.text(epoch: epoch)); the weights before that are in \(place); try a lower --learning-rate, --warmup or "
          + "--clip-norm")
    case .interrupted(let epoch, _, let state):
      if state.step == 0 { return ProgramError(.interrupted, "interrupted before the first step; nothing was kept") }
      let path = checkpoints.path ?? stem + ".interrupted.safetensors"
      let place = written(path) { try run.checkpoint(state).save(to: $0) }
      let within = state.partial.map { "epoch \(epoch), after \(counted($0.batches, "batch", "batches"))" }
      return ProgramError(
        .interrupted,
        "interrupted in \(within ?? "epoch \(epoch)"); the state is in \(place); go on with --resume \(path)")
    }
  }
}
