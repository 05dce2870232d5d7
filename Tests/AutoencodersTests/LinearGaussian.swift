import Autoencoders
import Datasets
import Linalg

/// This is the model x = W z + b + s ε with s² = ½ and standard normal z and ε, which a linear variational model with
/// squared error describes. It is probabilistic PCA, whose ln p(x) and posterior are known (Tipping and Bishop 1999).
struct LinearGaussian {
  /// n × d
  let weight: Matrix<Double>
  let bias: [Double]
  static let noiseVariance = 0.5

  init(weight: Matrix<Double>, bias: [Double]) {
    self.weight = weight
    self.bias = bias
  }

  /// Creates a weight of n × d whose columns are orthogonal and have the lengths `scales`, so the posterior covariance
  /// is diagonal.
  init(features: Int, scales: [Double], seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: .other)
    var entries = Matrix<Double>(rows: features, columns: scales.count)
    entries.withMutableView { random.fillNormal($0) }
    var weight = try QR(entries).q
    for i in 0..<features { for j in scales.indices { weight[i, j] *= scales[j] } }
    self.init(weight: weight, bias: (0..<features).map { 0.3 * Double($0) - 0.5 })
  }

  func draw(_ samples: Int, seed: UInt64) -> Dataset {
    var random = RandomStream(seed: seed, purpose: .other, epoch: 1)
    var (z, e) = (
      Matrix<Double>(rows: samples, columns: weight.columns), Matrix<Double>(rows: samples, columns: weight.rows)
    )
    z.withMutableView { random.fillNormal($0) }
    e.withMutableView { random.fillNormal($0) }
    let x = z.product(with: weight, .yes)
    var data = Matrix<Float>(rows: samples, columns: weight.rows)
    for i in 0..<samples {
      for j in 0..<weight.rows {
        data[i, j] = Float(x[i, j] + bias[j] + Self.noiseVariance.squareRoot() * e[i, j])
      }
    }
    return Dataset(data, source: "linear Gaussian")
  }

  /// Returns ln N(x; b, W Wᵀ + s² I) of every sample.
  func logDensities(_ data: Dataset) throws -> [Double] {
    let n = weight.rows
    var covariance = weight.product(with: weight, .yes)
    for i in 0..<n { covariance[i, i] += Self.noiseVariance }
    let factor = try Cholesky(covariance)
    let x = Buffer<Double>(count: data.count * n)
    data.gather(rows: 0..<data.count, into: x.view(rows: data.count, columns: n))
    var columns = Matrix<Double>(rows: n, columns: data.count)
    for i in 0..<data.count { for j in 0..<n { columns[j, i] = x.row[0, i * n + j] - bias[j] } }
    let whitened = try factor.solve(.no, columns)
    return (0..<data.count).map { i in
      let square = (0..<n).reduce(0.0) { $0 + whitened[$1, i] * whitened[$1, i] }
      return -0.5 * (Double(n) * Double.log(2 * Double.pi) + factor.logDeterminant + square)
    }
  }

  /// Returns the variational model that has this decoder, and a hidden layer without activation on either side. The
  /// columns of W must be orthogonal. The encoder is the posterior N(M⁻¹Wᵀ(x − b), s² M⁻¹), M = WᵀW + s² I, with its
  /// means times `meanFactor` and its variances times `varianceFactor`.
  func model(meanFactor: Double = 1, varianceFactor: Double = 1) throws -> Model {
    let (n, d) = (weight.rows, weight.columns)
    let anything = Dataset(Matrix<Float>(rows: 2, columns: n), source: "zeros")
    var model = try Model(
      .vae(hidden: [n], latent: d, activation: .identity).with {
        $0.loss = .squaredError
        $0.scaling = Scaling.Kind.none
      }, for: anything)
    let diagonal = (0..<d).map { j in
      Self.noiseVariance + (0..<n).reduce(0.0) { $0 + weight[$1, j] * weight[$1, j] }
    }
    var mean = Matrix<Double>(rows: d, columns: n)
    for j in 0..<d { for i in 0..<n { mean[j, i] = meanFactor * weight[i, j] / diagonal[j] } }
    let centre = mean.product(with: Matrix(rows: n, columns: 1, values: bias))
    model.set("encoder.0.weight", Matrix<Double>.identity(n).values)
    model.set("encoder.mean.weight", mean.values)
    model.set("encoder.mean.bias", centre.values.map { -$0 })
    model.set("encoder.log_variance.weight", Array(repeating: 0, count: d * n))
    model.set("encoder.log_variance.bias", diagonal.map { Double.log(varianceFactor * Self.noiseVariance / $0) })
    model.set("decoder.0.weight", weight.values)
    model.set("decoder.0.bias", bias)
    model.set("decoder.1.weight", Matrix<Double>.identity(n).values)
    return model
  }
}

extension Model {
  /// Returns the decoder of a model without activations, whose decoder has two layers: W = W₂W₁, b = W₂b₁ + b₂.
  func linearDecoder() -> LinearGaussian {
    func layer(_ number: Int) -> (Matrix<Double>, [Double]) {
      let weight = tensor("decoder.\(number).weight")!
      let values = weight.values.map { Double($0) }
      return (
        Matrix(rows: weight.rows, columns: weight.columns, values: values),
        tensor("decoder.\(number).bias")!.values.map { Double($0) }
      )
    }
    let (first, second) = (layer(0), layer(1))
    let shift = second.0.product(with: Matrix(rows: first.1.count, columns: 1, values: first.1)).values
    return LinearGaussian(weight: second.0.product(with: first.0), bias: Swift.zip(shift, second.1).map { $0 + $1 })
  }

  /// Writes `values` to the tensor `name`.
  mutating func set(_ name: String, _ values: [Double]) {
    let parameter = network.layout.parameters.first { $0.name == name }!
    precondition(parameter.count == values.count, "\(name): \(values.count) values")
    parameters.replaceSubrange(parameter.offset..<parameter.offset + values.count, with: values.map { Float($0) })
  }
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

func standardDeviation(_ values: [Double]) -> Double {
  let m = mean(values)
  return (values.reduce(0) { $0 + ($1 - m) * ($1 - m) } / Double(values.count - 1)).squareRoot()
}
