import Autoencoders
import Datasets

/// One thing that is measured: a network and a batch size. `BenchmarkCase.all` is the list that the program, its help
/// and the comparison with other programs read.
struct BenchmarkCase: Sendable {
  let name: String
  /// Sizes from input to code; the decoder mirrors them.
  let encoder: [Int]
  let batch: Int
  /// Whether encoding and reconstructing are measured with it too.
  var measuresInference = false

  static let all = [
    BenchmarkCase(name: "dense", encoder: [784, 128, 32], batch: 256, measuresInference: true),
    BenchmarkCase(name: "deep", encoder: [784, 1000, 500, 250, 30], batch: 128, measuresInference: true),
    BenchmarkCase(name: "dense-16", encoder: [784, 128, 32], batch: 16),
    BenchmarkCase(name: "dense-64", encoder: [784, 128, 32], batch: 64),
    BenchmarkCase(name: "dense-1024", encoder: [784, 128, 32], batch: 1024),
    BenchmarkCase(name: "wide", encoder: [784, 2048, 64], batch: 512),
  ]

  /// All layer sizes: 784-128-32-128-784.
  var widths: [Int] { encoder + encoder.dropLast().reversed() }

  func model(for data: Dataset) throws -> Model {
    try Model(variant: "deep", for: data, hidden: Array(encoder[1..<encoder.count - 1]), latent: encoder.last!, seed: 1)
  }
}
