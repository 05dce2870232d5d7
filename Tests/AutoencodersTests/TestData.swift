import Autoencoders
import Datasets
import Linalg

/// Returns samples of `shape` near a curved surface of two dimensions, with values in [0, 1], so that a model has
/// something to learn.
func curvedData(samples: Int, shape: [Int] = [12], seed: UInt64 = 7) -> Dataset {
  let features = shape.reduce(1, *)
  var random = RandomStream(seed: seed, purpose: .other)
  var matrix = Matrix<Float>(rows: samples, columns: features)
  for i in 0..<samples {
    let (u, v) = (random.uniform(-1, 1), random.uniform(-1, 1))
    for j in 0..<features {
      let t = Double(j) / Double(features)
      let value = Double.sigmoid(3 * u * (1 - 2 * t) + 4 * v * v * t - 1 + 2 * u * v * t * t)
      matrix[i, j] = Float(value)
    }
  }
  return Dataset(matrix, shape: shape, source: "curved data")
}

/// Returns random bytes as images of `side` × `side`.
func pixelData(samples: Int, side: Int = 4, seed: UInt64 = 3) -> Dataset {
  var random = RandomStream(seed: seed, purpose: .other)
  let bytes = (0..<samples * side * side).map { _ in UInt8(random.index(below: 256)) }
  return Dataset(pixels: bytes, count: samples, shape: [side, side], source: "pixels")
}

func deepModel(for data: Dataset, loss: LossSpec? = nil, activation: Activation = .relu, seed: UInt64 = 1) throws
  -> Model
{
  let recipe = Recipe.deep(hidden: [16, 8], latent: 2, activation: activation)
  return try Model(recipe.with { $0.loss = loss }, for: data, seed: seed)
}

extension RecipeOptions {
  /// Returns options of which only those that `change` sets have values.
  static func with(_ change: (inout RecipeOptions) -> Void) -> RecipeOptions {
    var options = RecipeOptions()
    change(&options)
    return options
  }
}

/// These are losses of every kind that there is, with every kind of argument.
let everyLoss: [LossSpec] = LossSpec.kinds.flatMap { $0.form.examples }.map { LossSpec($0)! }
