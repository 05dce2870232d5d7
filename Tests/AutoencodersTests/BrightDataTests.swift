import Autoencoders
import Datasets
import Foundation
import Linalg
import Testing

/// Rectified codes on data whose mean is large beside their variation.
@Suite struct BrightDataTests {
  /// Smooth pictures of 12 × 12 pixels around a bright mean: 0.6 plus six waves with deviations of 0.05.
  private func pictures(_ samples: Int, seed: UInt64) -> Dataset {
    var random = RandomStream(seed: seed, purpose: .other)
    var weights = Matrix<Float>(rows: samples, columns: 6)
    weights.withMutableView { random.fillNormal($0) }
    var pixels: [UInt8] = []
    for i in 0..<samples {
      for y in 0..<12 {
        for x in 0..<12 {
          var value = 0.6
          for k in 0..<6 {
            let wave = cos(Double(x * (k % 3 + 1)) * 0.26) * cos(Double(y * (k / 3 + 1)) * 0.26)
            value += 0.05 * Double(weights[i, k]) * wave
          }
          pixels.append(UInt8(min(255, max(0, value * 255))))
        }
      }
    }
    return Dataset(pixels: pixels, count: samples, shape: [12, 12], source: "pictures")
  }

  private func trained(_ recipe: Recipe, _ seed: UInt64) throws -> Model {
    let data = pictures(1000, seed: 1)
    let options = TrainingOptions(epochs: 15, batch: 50, optimizer: .adam, seed: seed)
    return try Trainer(options).train(try Model(recipe, for: data, seed: seed), on: data)
  }

  /// By default no unit dies, and the error is a fraction of what it is without centring.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func unitsLiveByDefault(seed: UInt64) throws {
    let new = pictures(300, seed: 2)
    let model = try trained(.vanilla(latent: 16), seed)
    #expect(model.scaling.kind == .centre && model.blueprint.loss == .squaredError)
    let plain = try trained(.vanilla(latent: 16).with { $0.scaling = Scaling.Kind.none }, seed)
    let (centred, uncentred) = (try model.evaluateAll(new), try plain.evaluateAll(new))
    #expect(centred.code?.neverActive == 0)
    #expect(uncentred.code!.neverActive >= 4, "\(uncentred.code!.neverActive)")
    #expect(centred.squaredErrorPerSample < 0.5 * uncentred.squaredErrorPerSample)
    // Errors are in the units of pixels, so both have a PSNR that can be compared.
    #expect(centred.psnrDB! > uncentred.psnrDB! + 3)
  }

  /// Dark data, other losses, and networks with a hidden layer in front of the code are as they were.
  @Test func whatIsNotConcernedStays() throws {
    let (bright, dark) = (pictures(100, seed: 1), curvedData(samples: 100))
    func scaling(_ recipe: Recipe, _ data: Dataset) throws -> Scaling.Kind {
      try Model(recipe, for: data).scaling.kind
    }
    #expect(try scaling(.vanilla(), try Dataset.open("digits:200")) == .none)
    #expect(try scaling(.vanilla(), dark) == .none)
    #expect(try scaling(.deep(hidden: [8], latent: 2), bright) == .none)
    #expect(try scaling(.vanilla().with { $0.loss = .crossEntropy }, bright) == .none)
    #expect(try scaling(.contractive(), bright) == .none)
    #expect(try scaling(.sparse(latent: 32, l1: 0.1), bright) == .centre)
  }
}
