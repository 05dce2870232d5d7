import Autoencoders

/// The commands that a page shows, so that a reader can repeat what it says.
enum NotesShell {
  /// Returns the command that trains a model of `recipe` with `options`.
  static func training(_ recipe: Recipe, _ options: TrainingOptions, data: String, model: String) -> String {
    var words = ["aetool train", "--data", quoted(data), "--variant", recipe.kind.name]
    for (option, value) in RecipeOption.named(in: recipe.options) where !value.isEmpty {
      words += [flag(option.name), quoted(value)]
    }
    let usual = TrainingOptions()
    words += ["--epochs", "\(options.epochs)"]
    if options.batch != usual.batch { words += ["--batch", "\(options.batch)"] }
    words += ["--optimizer", options.optimizer.name]
    if let rate = options.learningRate { words += ["--learning-rate", "\(rate)"] }
    if options.schedule != usual.schedule { words += ["--schedule", options.schedule.rawValue] }
    if options.warmup != usual.warmup { words += ["--warmup", "\(options.warmup)"] }
    return (words + ["--seed", "\(options.seed)", "--model", quoted(model)]).joined(separator: " ")
  }

  /// Returns a word as a shell takes it: in quotation marks where it has more than letters, digits and a few signs.
  static func quoted(_ word: String) -> String {
    let plain = word.allSatisfy { ($0.isASCII && ($0.isLetter || $0.isNumber)) || "._-/:,+=".contains($0) }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
