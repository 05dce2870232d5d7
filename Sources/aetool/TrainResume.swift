import Autoencoders
import Datasets

extension Train {
  /// Returns what a run goes on with from `saved`: its own network and options, and the data that it began with. What
  /// is named otherwise is refused, unless the user says that the run goes on with changes.
  func resumed(_ saved: Checkpoint) throws -> TrainingStart {
    let file = checkpoints.file!
    var (options, changes) = try training.changed(saved.options, allowed: checkpoints.continueWithChanges)
    if let epochs = checkpoints.extendTo {
      if epochs < max(saved.options.epochs, saved.state.epoch) {
        throw InvalidArgument(
          "extendTo", "\(epochs)", expected: "the run of \(file) is meant to have \(saved.options.epochs) epochs")
      }
      if epochs > options.epochs { changes.append("epochs \(options.epochs), now \(epochs)") }
      options.epochs = epochs
    }
    try options.validate()
    let held = validation ?? saved.run?.share.map { "\($0)" }
    let data = try openData(held, seed: options.seed)
    try refuseOtherNetwork(saved.model, classes: data.classes)
    let now = RunFingerprint(saved.model, data: data.train, validation: data.held, share: data.share)
    var differences: [InvalidArgument] = []
    if let before = saved.run { differences = before.differences(to: now) }
    if let difference = differences.first, !checkpoints.continueWithChanges {
      throw InvalidArgument(
        difference.parameter, difference.value, expected: difference.expected,
        advice: "give the same, or `continueWithChanges`")
    }
    changes += differences.map { $0.text { name in name } }
    var state = saved.state
    if !changes.isEmpty {
      state.change(
        from: saved.options, to: options, data: saved.run?.data.source ?? "unknown data",
        samples: saved.run?.data.samples ?? data.train.count, now: data.train.count,
        otherData: differences.contains { $0.parameter == "data" },
        otherValidation: differences.contains { $0.parameter == "validation" }, changes: changes)
      changes.forEach { Console.note("\(file): goes on with a change: \($0)") }
    }
    if let end = state.end(options) {
      Console.note(
        "\(file): the run is finished, \(end); nothing is left to train, and the model is written. --extend-to goes on")
    } else {
      let place = state.partial.map {
        ", batch \($0.batches + 1) of \(counted(options.batches(of: data.train.count), "batch", "batches"))"
      }
      Console.say("goes on from \(file) with epoch \(state.epoch + 1) of \(options.epochs)\(place ?? "")")
    }
    return TrainingStart(
      model: saved.model, options: options, state: state, data: data.train, validation: data.held, fingerprint: now)
  }

  /// Refuses options of the network that are not those of `saved`: a network does not change under way.
  private func refuseOtherNetwork(_ saved: Model, classes: Int?) throws {
    if try network.isEmpty() { return }
    func refuse(_ parameter: String, _ value: String, _ own: String?) -> InvalidArgument {
      InvalidArgument(
        parameter, value,
        expected: "the run of \(checkpoints.file!) " + (own.map { "has \($0)" } ?? "began without it"),
        advice: "a network does not change under way; start another run")
    }
    let blueprint = saved.blueprint
    if let variant = network.chosenVariant, variant != saved.name { throw refuse("variant", variant, saved.name) }
    var named = RecipeOption.named(
      in: try network.options(
        latent: try network.latent?.units(of: saved.name), classes: classes ?? saved.network.classes))
    if blueprint.recipe == nil {
      // Of layers that were named one by one, the lists are compared.
      for (name, layers) in [("encoder", blueprint.encoder), ("decoder", blueprint.decoder)] {
        let own = layers.map(\.description).joined(separator: ", ")
        if let (_, value) = named.first(where: { $0.option.name == name }), value != own {
          throw refuse(name, value, own)
        }
      }
      named.removeAll { ["encoder", "decoder"].contains($0.option.name) }
    }
    for (option, value) in named where blueprint.recipe?.options[option.name] != value {
      throw refuse(option.name, value, blueprint.recipe?.options[option.name])
    }
  }
}

extension OptimizerOptions {
  /// Returns `options` with what the user names in their place, and what that changes.
  ///
  /// - `allowed`: whether changes are allowed. Those of the seed and of what the optimizer remembers never are.
  /// - Throws: `InvalidArgument` that names the first option that is not the run's own.
  func changed(_ options: TrainingOptions, allowed: Bool) throws -> (TrainingOptions, [String]) {
    var result = options
    var changes: [String] = []
    let wanted = try self.options(orElse: options.optimizer)
    func take<T: Equatable>(
      _ name: String, _ isNamed: Bool, _ path: WritableKeyPath<TrainingOptions, T>, isFixed: Bool = false,
      _ text: (T) -> String
    ) throws {
      let (old, new) = (options[keyPath: path], wanted[keyPath: path])
      if !isNamed || old == new { return }
      if isFixed || !allowed {
        throw InvalidArgument(
          name, text(new), expected: "the run has \(text(old))",
          advice: isFixed
            ? "it does not change under way; `init` starts another run from the weights"
            : name == "epochs" ? "give `extendTo` to go on further" : "leave it out, or give `continueWithChanges`")
      }
      result[keyPath: path] = new
      changes.append("\(name) \(text(old)), now \(text(new))")
    }
    func text<T>(_ value: T?) -> String { value.map { "\($0)" } ?? "none" }
    try take("seed", chosenSeed != nil, \.seed, isFixed: true) { "\($0)" }
    try take("average", average != nil, \.averaging, isFixed: true, text)
    try take(
      optimizer != nil ? "optimizer" : epsilon != nil ? "epsilon" : "orthogonalise",
      optimizer != nil || epsilon != nil || orthogonalise != nil, \.optimizer, isFixed: true
    ) { optimizer != nil ? $0.name : "another value" }
    try take("epochs", epochs != nil, \.epochs) { "\($0)" }
    try take("batch", batch != nil, \.batch) { "\($0)" }
    try take("learningRate", learningRate != nil, \.learningRate) { "\($0 ?? options.optimizer.defaultLearningRate)" }
    try take("schedule", schedule != nil, \.schedule) { $0.rawValue }
    try take("warmup", warmup != nil, \.warmup) { "\($0)" }
    try take("betaWarmup", betaWarmup != nil, \.betaWarmup, text)
    try take("weightDecay", weightDecay != nil, \.weightDecay) { "\($0)" }
    try take("clipNorm", clipNorm != nil, \.clipNorm, text)
    try take("patience", patience != nil, \.patience, text)
    try take("noShuffle", keepsOrder, \.shuffle) { $0 ? "shuffled samples" : "the file's order" }
    return (result, changes)
  }
}
