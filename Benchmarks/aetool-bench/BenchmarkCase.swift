import Autoencoders
import Datasets

/// One thing that is measured: a network and a batch size. `BenchmarkCase.all` is the list that the program, its help
/// and the comparison with other programs read.
struct BenchmarkCase: Sendable {
  let name: String
  /// The sizes from input to code, which the decoder mirrors; behind convolutions, the size of the code alone.
  let encoder: [Int]
  /// What is asked of the recipe beside these sizes; where it names channels, there are convolutions.
  var options = RecipeOptions()
  /// Whether the code is a distribution.
  var isVariational = false
  let batch: Int
  var optimizer = Optimizer.adam
  /// Whether encoding and reconstructing are measured with this case too.
  var measuresInference = false

  static let all = [
    BenchmarkCase(name: "dense", encoder: [784, 128, 32], batch: 256, measuresInference: true),
    BenchmarkCase(name: "deep", encoder: [784, 1000, 500, 250, 30], batch: 128, measuresInference: true),
    BenchmarkCase(name: "deep-256", encoder: [784, 1000, 500, 250, 30], batch: 256),
    BenchmarkCase(name: "deep-256-muon", encoder: [784, 1000, 500, 250, 30], batch: 256, optimizer: .muon),
    BenchmarkCase(name: "dense-16", encoder: [784, 128, 32], batch: 16),
    BenchmarkCase(name: "dense-64", encoder: [784, 128, 32], batch: 64),
    BenchmarkCase(name: "dense-1024", encoder: [784, 128, 32], batch: 1024),
    BenchmarkCase(name: "wide", encoder: [784, 2048, 64], batch: 512),
    BenchmarkCase(
      name: "conv", encoder: [32],
      options: with {
        $0.channels = [16, 32]
        $0.kernel = 3
        $0.stride = 2
      }, batch: 128),
    BenchmarkCase(
      name: "denoising", encoder: [784, 1024, 256], options: with { $0.noise = .masking(share: 0.5) }, batch: 128),
    BenchmarkCase(
      name: "contractive", encoder: [784, 256, 32], options: with { $0.contraction = 0.1 }, batch: 128),
    BenchmarkCase(name: "coding", encoder: [784, 128, 32], options: with { $0.rateWeight = 0.1 }, batch: 256),
    BenchmarkCase(name: "vae", encoder: [784, 128, 32], isVariational: true, batch: 256),
  ]

  private static func with(_ change: (inout RecipeOptions) -> Void) -> RecipeOptions {
    var options = RecipeOptions()
    change(&options)
    return options
  }

  /// Whether there are convolutions.
  var isConvolutional: Bool { options.channels != nil }

  var variant: String {
    switch (isConvolutional, isVariational) {
    case (false, false): "deep"
    case (true, false): "conv"
    case (false, true): "vae"
    case (true, true): "conv-vae"
    }
  }

  /// Whether the products of a step are those of whole matrices between the sizes.
  var hasProducts: Bool { !isConvolutional }

  /// The widths between layers: 784-128-32-128-784; of a variational model, 784-128-64 and, for one draw, 32-128-784.
  /// The list is empty where the widths do not give the products.
  var chains: [[Int]] {
    guard hasProducts else { return [] }
    let decoder = Array(encoder.reversed())
    return isVariational
      ? [encoder.dropLast() + [2 * encoder.last!], decoder] : [encoder + decoder.dropFirst()]
  }

  /// The sizes in the form that tables print.
  var sizes: String {
    if let channels = options.channels {
      return "conv " + (channels + encoder).map(String.init).joined(separator: "-")
    }
    return encoder.map(String.init).joined(separator: "-")
  }

  func model(for data: Dataset) throws -> Model {
    var options = options
    options.hidden = Array(encoder.dropFirst().dropLast())
    options.latent = encoder.last!
    return try Model(Recipe(named: variant, options), for: data, seed: 1)
  }
}
