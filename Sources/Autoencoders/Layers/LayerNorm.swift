import Linalg

/// y = g ⊙ x̂ + b with x̂ = (x − m)/√(v + ε), m and v the mean and variance of the n numbers of each sample (Ba, Kiros
/// and Hinton 2016). g starts at 1, b at 0; both are 1 × n and do not decay.
public struct LayerNorm: Layer {
  public let inputSize: Int
  public let outputImage: Volume?
  /// ε.
  public let epsilon: Double
  let weight: Parameter
  let bias: Parameter

  public var outputSize: Int { inputSize }
  public var role: LayerRole { .map }
  public var summary: String { "layer norm \(inputSize)" }
  public var parameters: [Parameter] { [weight, bias] }
  /// The scratch keeps m and 1/√(v + ε) of a sample; a call works with one x̂.
  public var memory: LayerMemory { LayerMemory(scratch: 2, work: inputSize) }
  public var cut: LayerCut { LayerCut(units: inputSize) }

  /// Places weight g and bias b, named `name`.weight and `name`.bias, behind what `layout` holds. `image`: what the
  /// numbers are to convolutions beside it; `computedImage`: the same, where a layer has computed it.
  init(
    inputs: Int, image: Volume?, computedImage: Volume?, epsilon: Double, name: String, in layout: inout ParameterLayout
  ) {
    inputSize = inputs
    outputImage = image
    self.epsilon = epsilon
    weight = layout.add(
      "\(name).weight", shape: [inputs], images: [computedImage], startBound: 0, startCentre: 1, decays: false)
    bias = layout.add("\(name).bias", shape: [inputs], images: [computedImage], startBound: 0, decays: false)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    let gain = pass.values(of: weight)
    for row in 0..<x.rows {
      let (input, output) = (x.rows(row..<row + 1), y.rows(row..<row + 1))
      let mean = sum(input) / Double(inputSize)
      let centre = S.Vector(S(mean))
      map(input, into: output) { $0 - centre }
      let inverse = 1 / (sumOfSquares(output.readOnly) / Double(inputSize) + epsilon).squareRoot()
      let scale = S.Vector(S(inverse))
      transform(output, with: gain) { y, g in g * (scale * y) }
      pass.scratch[row, 0] = S(mean)
      pass.scratch[row, 1] = S(inverse)
    }
    addToRows(pass.values(of: bias), y)
    return 0
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    // With d = ∂L/∂y ⊙ g:  ∂L/∂x = (d − mean(d) − x̂ mean(d ⊙ x̂)) / √(v + ε)
    let gain = pass.values(of: weight)
    for row in 0..<x.rows {
      let d = dx.rows(row..<row + 1)
      zip(dz.rows(row..<row + 1), gain, into: d) { d, g in d * g }
      let normal = normalised(x.rows(row..<row + 1), row, columns: 0..<inputSize, pass)
      let mean = S.Vector(S(sum(d.readOnly) / Double(inputSize)))
      let slope = S.Vector(S(innerProduct(d.readOnly, normal) / Double(inputSize)))
      let scale = S.Vector(pass.scratch[row, 1])
      transform(d, with: normal) { d, normal in scale * (d - mean - slope * normal) }
    }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func parameterGradient<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>
  ) {
    // ∂L/∂g (n) = Σ over the batch of ∂L/∂y ⊙ x̂;  ∂L/∂b (n) = Σ over the batch of ∂L/∂y
    let gradient = pass.gradient(of: weight).columns(units)
    gradient.fill(0)
    for row in 0..<x.rows {
      let normal = normalised(x.window(rows: row..<row + 1, columns: units), row, columns: units, pass)
      let d = dz.window(rows: row..<row + 1, columns: units)
      let product = pass.work.columns(0..<units.count)
      zip(d, normal, into: product) { d, normal in d * normal }
      transform(gradient, with: product.readOnly) { sum, product in sum + product }
    }
    columnSums(dz.columns(units), into: pass.gradient(of: bias).columns(units))
  }

  /// x̂ of part of sample `row`, in this worker's memory.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func normalised<S: BLASScalar>(
    _ x: MatrixView<S>, _ row: Int, columns: Range<Int>, _ pass: Pass<S>
  ) -> MatrixView<S> {
    let result = pass.work.columns(0..<columns.count)
    let (centre, scale) = (S.Vector(pass.scratch[row, 0]), S.Vector(pass.scratch[row, 1]))
    map(x, into: result) { (x: S.Vector) in scale * (x - centre) }
    return result.readOnly
  }
}

/// `layer-norm`.
public struct LayerNormKind: LayerKind {
  public static let form = LayerForm(
    name: "layer-norm", arguments: "[:epsilon=1e-05]",
    summary: "each sample's numbers brought to mean 0 and variance 1, then scaled and shifted number by number")
  let epsilon: Double

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    epsilon = try arguments.number("epsilon", orElse: 1e-5, in: 1e-12...1)
  }

  init(epsilon: Double) { self.epsilon = epsilon }

  public var arguments: [String] { epsilon == 1e-5 ? [] : ["epsilon=\(epsilon)"] }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    LayerNorm(
      inputs: site.input.size, image: site.input.image, computedImage: site.flattenedImage, epsilon: epsilon,
      name: site.name, in: &layout)
  }
}

extension LayerSpec {
  /// Each sample's numbers brought to mean 0 and variance 1, then scaled and shifted number by number.
  public static let layerNorm = LayerSpec(LayerNormKind(epsilon: 1e-5))
}
