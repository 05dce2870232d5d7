import Autoencoders
import Datasets

/// One thing that is measured: a network and a batch size. `BenchmarkCase.all` is the list that the program, its help
/// and the comparison with other programs read.
struct BenchmarkCase: Sendable {
  let name: String
  /// The sizes from input to code, which the decoder mirrors; behind convolutions, the size of the code alone.
  let encoder: [Int]
  /// The convolutions before the dense layers, or nil where there are none.
  var convolution: ConvolutionOptions?
  var regularization = Regularization.none
  /// Whether the code is a distribution.
  var isVariational = false
  let batch: Int
  var optimizer = OptimizerKind.adam
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
      name: "conv", encoder: [32], convolution: ConvolutionOptions(channels: [16, 32], kernel: 3, stride: 2), batch: 128
    ),
    BenchmarkCase(
      name: "denoising", encoder: [784, 1024, 256], regularization: Regularization(noise: .masking(share: 0.5)),
      batch: 128),
    BenchmarkCase(
      name: "contractive", encoder: [784, 256, 32], regularization: Regularization(contraction: 0.1), batch: 128),
    BenchmarkCase(
      name: "coding", encoder: [784, 128, 32], regularization: Regularization(rateWeight: 0.1), batch: 256),
    BenchmarkCase(name: "vae", encoder: [784, 128, 32], isVariational: true, batch: 256),
  ]

  var variant: String {
    switch (convolution == nil, isVariational) {
    case (true, false): "deep"
    case (false, false): "conv"
    case (true, true): "vae"
    case (false, true): "conv-vae"
    }
  }

  /// Whether the products of a step are those of whole matrices between the sizes.
  var hasProducts: Bool { convolution == nil }

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
    if let convolution {
      return "conv " + (convolution.channels + encoder).map(String.init).joined(separator: "-")
    }
    return encoder.map(String.init).joined(separator: "-")
  }

  func model(for data: Dataset) throws -> Model {
    try Model(
      variant: variant, for: data, hidden: Array(encoder.dropFirst().dropLast()), latent: encoder.last!,
      convolution: convolution, regularization: regularization, seed: 1)
  }
}
