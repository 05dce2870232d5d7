import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Files
import FoundationEssentials
import Linalg

struct PCACompare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pca-compare",
    abstract: "Holds autoencoders against principal components of the same code size.",
    discussion: """
      Principal components are the best linear code of every size; what an autoencoder gains beyond them is what its \
      non-linearity is worth. Fits components on --data, measures them and each model on --test, and writes a table \
      (comparison.csv) and pictures into the folder --out: error.svg, and for images reconstructions.png, \
      best-worst.png, components.png; codes-….svg where there are labels. Intervals are 95 % bootstrap intervals of the \
      paired difference to PCA.

      EXAMPLE
        aetool pca-compare --data digits:20000:1 --test digits:2000:2 --latent 2,8,16 --out comparison
        aetool pca-compare --data digits:20000:1 --test digits:2000:2 --latent 8 --variant deep --epochs 10 --out c
        aetool pca-compare --data train.idx.gz --test test.idx.gz --latent 30 --model deep.safetensors --out c --json
      """)

  @OptionGroup var data: DataOptions

  @Option(help: ArgumentHelp("Data to measure on; the same kinds as --data.", valueName: "file"))
  var test: String

  @Option(help: ArgumentHelp("Code sizes, separated by commas.", valueName: "sizes"), transform: parseSizes)
  var latent: [Int] = [2, 8, 16, 30]

  @Option(
    name: .customLong("model"), help: ArgumentHelp("A trained model to compare; may be given again.", valueName: "file")
  )
  var models: [String] = []

  @Option(
    name: .customLong("variant"),
    help: ArgumentHelp("Train an autoencoder of this kind for every code size.", valueName: "name"))
  var chosenVariant: String?
  private var variant: String? { chosenVariant?.lowercased() }

  @Option(help: ArgumentHelp("Its hidden layer sizes.", valueName: "sizes"), transform: parseSizes)
  var hidden: [Int]?

  @OptionGroup(title: optionTitle("Convolutions", .convolution)) var convolution: ConvolutionArguments
  @OptionGroup(title: "Noise and penalties") var regularization: RegularizationArguments

  @OptionGroup(title: "Training with --variant") var training: OptimizerOptions

  @Option(help: "How components are computed.")
  var solver: PCA.Solver = .auto

  @Option(help: ArgumentHelp("Folder for table and pictures; made where it is missing.", valueName: "folder"))
  var out: String

  @Option(help: ArgumentHelp("Images in reconstructions.png.", valueName: "n"), transform: whole(1...10_000))
  var count = 30

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var console: ConsoleOptions
  @OptionGroup var result: ResultOptions

  func validate() throws {
    if variant == nil && !RecipeOption.named(in: options).isEmpty {
      let given = CommandWords.options(
        among: ["--hidden"] + OptionTable(of: ConvolutionArguments.self).names
          + OptionTable(of: RegularizationArguments.self).names)
      throw ValidationError("\(given): for the networks of --variant, which is not given")
    }
    if training.patience != nil { throw ValidationError("--patience needs validation data, which pca-compare has not") }
    if let variant { try checkVariant(variant) }
    if let variant, RecipeKind.named(variant)?.isFitted == true {
      throw ValidationError("--variant \(variant): is what the others are compared with")
    }
  }

  /// The options of the network that the user names.
  private var options: RecipeOptions {
    var options = RecipeOptions()
    options.hidden = hidden
    convolution.fill(&options)
    regularization.fill(&options)
    return options
  }

  func run() throws {
    var files = FileRoles()
    files.reads(data)
    files.readsData("--test", test)
    for model in models { files.reads("--model", model) }
    let folder = outputFolder
    folder.add(to: &files)
    try files.check(force: overwriting.force)
    try folder.check(force: overwriting.force)
    let loaded = try models.map { ($0, try Model.load($0, note: Console.note)) }
    let train = try data.open()
    let test = try Dataset.open(self.test)
    guard test.featureCount == train.featureCount else {
      throw FileError(
        .malformed, self.test,
        "samples of \(test.featureCount) features (shape \(test.shape)), but \(train.source) has "
          + "\(train.featureCount) (shape \(train.shape))")
    }
    for (_, model) in loaded { try model.check(train) }
    let scaling = loaded.first?.1.scaling ?? Scaling.fit(train.hasFractions ? .none : .standard, to: train)
    let sizes = Set(latent + loaded.map(\.1.network.codeSize)).sorted()
    let most = min(train.featureCount, train.count - 1)
    if let large = sizes.last, large > most {
      throw InvalidArgument("a code of \(large): \(train.source) has at most \(most) components")
    }
    try makeFolder(out)
    let pca = try PCA.fit(
      SampleStream(train), .components(min(most, max(sizes.last!, 2))), solver: solver, scaling: scaling,
      seed: training.seed, threads: threads.threads)
    var contenders = loaded.map { Contender(name: fileName($0.0), model: $0.1) }
    if let variant { contenders += try trained(variant, train) }
    contenders = uniquelyNamed(contenders)
    let comparison = try Comparison(
      pca, contenders, sizes: sizes, test: test, scaling: scaling, threads: threads.threads)
    try comparison.write(to: out, images: count)
    if result.json { return try Console.json(comparison) }
    comparison.table.forEach(Console.result)
    Console.say("\(out): tables and pictures; look at \(out)/error.svg first")
  }

  /// The folder with the names of all files that may be written into it.
  private var outputFolder: OutputFolder {
    let trained = variant.map { variant in latent.map { "\(variant)-\($0)" } } ?? []
    var names: [(String, FileKind)] = [
      ("comparison.csv", .csv), ("comparison.json", .json), ("error.svg", .svg), ("components.png", .png),
      ("reconstructions.png", .png), ("best-worst.png", .png), ("codes-pca.svg", .svg),
    ]
    names += Set(trained + models.map(fileName)).subtracting(["pca"]).sorted().map { ("codes-\($0).svg", .svg) }
    names += Set(trained).sorted().map { ("\($0).safetensors", .model) }
    return OutputFolder(path: out, table: ("comparison.csv", "model,code_size,squared_error_per_sample,"), names: names)
  }

  /// Trains an autoencoder for every code size and saves each in the folder `out`.
  private func trained(_ variant: String, _ train: Dataset) throws -> [Contender] {
    try training.options().validate()
    return try latent.map { size in
      var options = options
      options.latent = size
      let model = try Model(Recipe(named: variant, options), for: train, seed: training.seed, threads: threads.threads)
      Console.say("training \(variant) with a code of \(size)")
      let trained = try Trainer(try training.options(for: model), threads: threads.threads).trained(
        model, on: train, as: "\(variant) with a code of \(size)")
      try KeptOutput.save("the model", to: "\(out)/\(variant)-\(size).safetensors") { try trained.save(to: $0) }
      return Contender(name: "\(variant)-\(size)", model: trained)
    }
  }
}

/// A model that is compared with components of its code size.
struct Contender {
  let name: String
  let model: Model
}

/// Renames contenders so that no two have the same name and none has a name of the components: #2 goes behind a name
/// that is taken, and `model-` before a name that begins as theirs do.
private func uniquelyNamed(_ contenders: [Contender]) -> [Contender] {
  var taken: Set<String> = []
  return contenders.map { contender in
    var name = contender.name
    var number = 2
    while taken.contains(name) || name == "pca" || name.hasPrefix("pca-") {
      name = "\(contender.name == "pca" || contender.name.hasPrefix("pca-") ? "model-" : "")\(contender.name)#\(number)"
      number += 1
    }
    taken.insert(name)
    return Contender(name: name, model: contender.model)
  }
}

/// Returns the last part of a path without the ending .safetensors.
func fileName(_ path: String) -> String {
  let name = path.split(separator: "/").last.map(String.init) ?? path
  return name.hasSuffix(".safetensors") ? String(name.dropLast(12)) : name
}

/// Makes the folder `path` where it is missing.
func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw FileError(.cannotCreate, path, "the folder cannot be made; is there a file of that name, or no permission?")
  }
}
