import Datasets
import Linalg
import Testing

@testable import Autoencoders

/// These tests examine recipes and their options through the tables that the command line reads.
@Suite struct RecipeTests {
  /// These options set a value for every option that there is.
  static let full = RecipeOptions.with {
    $0.encoder = [.dense(3, .sigmoid)]
    $0.decoder = [.dense()]
    $0.hidden = [6]
    $0.latent = 3
    $0.activation = .sigmoid
    $0.codeActivation = .sigmoid
    $0.channels = [2]
    $0.kernel = 3
    $0.stride = 2
    $0.pooling = .max
    $0.loss = .crossEntropy
    $0.likelihood = .bernoulli
    $0.beta = 2
    $0.freeBits = 0.5
    $0.importanceSamples = 1
    $0.classes = 3
    $0.noise = .masking(share: 0.1)
    $0.l1 = 0.1
    $0.klSparsity = KLSparsity(target: 0.1, weight: 1)
    $0.klMean = .running
    $0.contraction = 0.1
    $0.sparseLayer = 1
    $0.quantisationNoise = 0.5
    $0.rateWeight = 0.1
    $0.start = .glorot
    $0.outputBias = .mean
    $0.scaling = Scaling.Kind.none
    $0.binarise = .threshold(0.5)
  }

  private func error(_ body: () throws -> Void) -> InvalidArgument? {
    do { try body() } catch { return error as? InvalidArgument }
    return nil
  }

  /// An option that has a field but no entry in the table would be dropped silently.
  @Test func everyOptionIsInTheTable() {
    #expect(Mirror(reflecting: RecipeOptions()).children.count == RecipeOption.all.count)
    #expect(RecipeOption.named(in: Self.full).count == RecipeOption.all.count)
    #expect(RecipeOption.named(in: RecipeOptions()).isEmpty)
    #expect(Set(RecipeOption.all.map(\.name)).count == RecipeOption.all.count)
    #expect(Set(RecipeOption.all.map(\.group)) == Set(RecipeOption.Group.allCases))
    #expect(RecipeOptions().over(Self.full) == Self.full && Self.full.over(RecipeOptions()) == Self.full)
    for option in RecipeOption.all {
      var one = RecipeOptions()
      option.copy(Self.full, &one)
      #expect(RecipeOption.named(in: one).map(\.option.name) == [option.name])
      #expect(one.over(RecipeOptions.with { $0.latent = 9 }).latent == (option.name == "latent" ? 3 : 9))
    }
  }

  /// A recipe accepts and records the options that it takes, and refuses the others by name.
  @Test(arguments: (RecipeKind.all + [.custom]).map(\.name))
  func optionsAreTakenOrRefusedByName(name: String) throws {
    let kind = RecipeKind.named(name)!
    for option in RecipeOption.all where !kind.takes.contains(option.group) {
      var one = RecipeOptions()
      option.copy(Self.full, &one)
      let error = try #require(error { _ = try Recipe(named: name, one) }, "\(option.name)")
      #expect(error.parameter == option.name && error.description.contains("'\(name)'"))
      for other in option.recipes { #expect(error.expected.contains(other)) }
    }
    let taken = RecipeOption.all.filter { kind.takes.contains($0.group) }
    var options = RecipeOptions()
    for option in taken { option.copy(Self.full, &options) }
    let blueprint = try Recipe(named: name, options).blueprint(inputShape: [6, 5])
    #expect(blueprint.name == name && (blueprint.recipe == nil) == (name == "custom"))
    if let record = blueprint.recipe { #expect(Set(record.options.keys) == Set(taken.map(\.name))) }
    _ = try blueprint.network()
  }

  /// The functions have the same defaults as the recipes of the same names.
  @Test func functionsAndNamesAgree() throws {
    let functions: [String: Recipe] = [
      "vanilla": .vanilla(), "deep": .deep(), "conv": .conv(), "overcomplete": .overcomplete(),
      "sparse-l1": .sparse(l1: 0.1), "sparse-kl": .sparse(klSparsity: KLSparsity(target: 0.05, weight: 10)),
      "denoising": .denoising(), "contractive": .contractive(), "vae": .vae(), "conv-vae": .convVAE(),
      "linear": .linear(),
    ]
    #expect(Set(functions.keys) == Set(RecipeKind.all.filter { !$0.isFitted }.map(\.name)))
    for (name, recipe) in functions {
      #expect(recipe.kind.name == name)
      var one = try recipe.blueprint(inputShape: [28, 28])
      var other = try Recipe(named: name).blueprint(inputShape: [28, 28])
      one.recipe = nil
      other.recipe = nil
      #expect(one == other, "\(name)")
    }
  }

  /// Sizes that nobody names follow from the samples: those of MNIST are the documented ones, and a table of 21 columns
  /// has no network of hundreds of thousands of parameters.
  @Test func defaultSizesFollowTheSamples() throws {
    func encoder(_ name: String, _ shape: [Int]) throws -> [LayerSpec] {
      try Recipe(named: name).blueprint(inputShape: shape).encoder
    }
    #expect(try encoder("deep", [28, 28]) == [.dense(512, .relu), .dense(256, .relu), .dense(32)])
    #expect(try encoder("deep", [21]) == [.dense(84, .relu), .dense(42, .relu), .dense(10)])
    #expect(try encoder("sparse-l1", [28, 28]) == [.dense(1024, .relu), .l1(0.1)])
    #expect(try encoder("sparse-l1", [21]) == [.dense(84, .relu), .l1(0.1)])
    #expect(try encoder("vanilla", [1]) == [.dense(1, .relu)])
    #expect(try encoder("vanilla", [28, 28]) == [.dense(32, .relu)])
    for kind in RecipeKind.all where !kind.takes.contains(.convolution) {
      let network = try Recipe(named: kind.name).blueprint(inputShape: [21]).network()
      #expect(network.layout.count < 15_000, "\(kind.name): \(network.layout.count)")
      let large = kind.defaults
      #expect(kind.defaults(features: 784) == large, "\(kind.name)")
    }
    let named = try Recipe(named: "deep", .with { $0.hidden = [512] }).blueprint(inputShape: [21])
    #expect(named.encoder[0] == .dense(512, .relu))
  }

  @Test func anUnknownNameIsRefusedWithThoseThatThereAre() throws {
    let error = try #require(error { _ = try Recipe(named: "linger") })
    #expect(error.description.hasPrefix("there is no variant 'linger'; known are "))
    for kind in RecipeKind.all {
      #expect(error.description.contains(kind.name))
      #expect(!kind.summary.isEmpty && !kind.source.isEmpty)
    }
  }

  /// A weight of 0 means that there is no penalty; it does not stand for the default of the recipe.
  @Test func aPenaltyOfZeroIsNone() throws {
    let data = curvedData(samples: 60)
    func terms(_ recipe: Recipe) throws -> [String] {
      var names: [String] = []
      let model = try Model(recipe.with { $0.latent = 8 }, for: data, seed: 1)
      _ = try Trainer(TrainingOptions(epochs: 1)).train(
        model, on: data, onEpoch: { report, _ in names = report.terms.map(\.name) })
      return names
    }
    let (sparse, contractive) = (try Recipe(named: "sparse-l1"), try Recipe(named: "contractive"))
    #expect(try terms(sparse) == ["reconstruction", "l1"])
    #expect(try terms(sparse.with { $0.l1 = 0 }) == ["reconstruction"])
    #expect(try terms(contractive) == ["reconstruction", "contraction"])
    #expect(try terms(contractive.with { $0.contraction = 0 }) == ["reconstruction"])
    let blueprint = try sparse.with { $0.l1 = 0 }.blueprint(inputShape: [12])
    #expect(blueprint.encoder == [.dense(48, .relu)] && blueprint.recipe?.options == ["l1": "0.0"])
    // The model trains as the same layers without a penalty do.
    func parameters(_ recipe: Recipe) throws -> [Float] {
      let model = try Model(recipe.with { $0.latent = 8 }, for: data, seed: 1)
      return try Trainer(TrainingOptions(epochs: 2, batch: 20)).train(model, on: data).parameters
    }
    let plain = try parameters(.overcomplete())
    #expect(try parameters(sparse.with { $0.l1 = 0 }) == plain && parameters(sparse) != plain)
  }

  @Test(
    arguments: [
      ("deep", "l1 -5.0: must be from 0 to 1e9", .with { $0.l1 = -5 }),
      ("deep", "l1 nan: must be from 0 to 1e9", .with { $0.l1 = .nan }),
      ("deep", "contraction -1.0: must be from 0 to 1e9", .with { $0.contraction = -1 }),
      ("deep", "latent 0: must be from 1 to 16777216", .with { $0.latent = 0 }),
      ("deep", "hidden 3,0: at most 64 layers of 1 to 16777216 units", .with { $0.hidden = [3, 0] }),
      ("deep", "quantisationNoise 0.0: must be positive and at most 1e9", .with { $0.quantisationNoise = 0 }),
      ("deep", "rateWeight -1.0: must be positive and at most 1e9", .with { $0.rateWeight = -1 }),
      (
        "sparse-kl", "klSparsity ρ 1.0: must be between 0 and 1",
        .with { $0.klSparsity = KLSparsity(target: 1, weight: 1) }
      ),
      ("deep", "klMean: needs klSparsity", .with { $0.klMean = .running }),
      ("deep", "sparseLayer: needs l1 or klSparsity", .with { $0.sparseLayer = 1 }),
      (
        "sparse-l1", "sparseLayer 2: the encoder has 1 layers, the last is the code", .with { $0.sparseLayer = 2 }
      ),
      ("conv", "stride 0: must be from 1 to 16", .with { $0.stride = 0 }),
      ("conv", "kernel 0: must be from 1 to 99", .with { $0.kernel = 0 }),
      ("conv", "channels 3,0: 1 to 32 layers of 1 to 4096 channels", .with { $0.channels = [3, 0] }),
      ("vae", "beta -1.0: must not be negative", .with { $0.beta = -1 }),
      ("vae", "freeBits -1.0: must not be negative", .with { $0.freeBits = -1 }),
      ("vae", "importanceSamples 0: must be from 1 to 1000", .with { $0.importanceSamples = 0 }),
      ("vae", "conditional 0: must be from 1 to 10000", .with { $0.classes = 0 }),
    ] as [(String, String, RecipeOptions)])
  func numbersThatCannotBeMeantAreRefused(
    name: String, message: String, options: RecipeOptions
  ) throws {
    let recipe = try Recipe(named: name, options)
    let found = try #require(error { _ = try recipe.blueprint(inputShape: [6, 5]) })
    #expect(found.description == message)
  }

  /// A file can hold whatever a recipe accepts. The amounts lie at and beyond the bounds of the layers' text forms.
  @Test func whatIsAcceptedComesBackFromItsFile() throws {
    let data = curvedData(samples: 20)
    var accepted = 0
    for amount in [1e-13, 1e-12, 1e-9, 1, 1e9, 1e10] {
      for (name, options) in [
        ("deep", .with { $0.l1 = amount }), ("deep", .with { $0.rateWeight = amount }),
        ("deep", .with { $0.quantisationNoise = amount }), ("contractive", .with { $0.contraction = amount }),
        (
          "deep",
          .with {
            $0.quantisationNoise = amount
            $0.rateWeight = 1
          }
        ), ("sparse-kl", .with { $0.klSparsity = KLSparsity(target: 0.1, weight: amount) }),
        ("sparse-kl", .with { $0.klSparsity = KLSparsity(target: amount, weight: 1) }),
        ("vae", .with { $0.beta = amount }), ("vae", .with { $0.freeBits = amount }),
        ("vae", .with { $0.likelihood = .gaussian(deviation: amount) }),
        ("deep", .with { $0.noise = .gaussian(deviation: amount) }),
      ] as [(String, RecipeOptions)] {
        guard let model = try? Model(Recipe(named: name, options), for: data) else { continue }
        let read = try Model.loadAll("\(options)", bytes: try model.encoded()).model
        #expect(read.blueprint == model.blueprint)
        accepted += 1
      }
    }
    #expect(accepted > 30, "\(accepted)")
  }

  /// A program replaces the names of parameters by those that its users know, both in what is wrong and in what is
  /// advised.
  @Test func errorsSpeakInTheProgramsNames() throws {
    let error = try #require(
      error {
        _ = try Recipe.vae(likelihood: .bernoulli).blueprint(inputShape: [6], valuesAreFractions: false)
      })
    #expect(error.description == "likelihood bernoulli: needs data in [0, 1]; use likelihood gaussian:learned")
    #expect(
      error.text { "--\($0)" } == "--likelihood bernoulli: needs data in [0, 1]; use --likelihood gaussian:learned")
  }
}
