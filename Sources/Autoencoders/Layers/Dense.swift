import Linalg

/// A fully connected layer with its activation: y = φ(x·Wᵀ + b), W m × n (out × in), b 1 × m.
public struct Dense: Layer {
  public let inputSize: Int
  public let outputSize: Int
  public let activation: Activation
  let weight: Parameter
  let bias: Parameter

  public var summary: String { "dense \(activation.rawValue) \(inputSize)→\(outputSize)" }
  public var parameters: [Parameter] { [weight, bias] }
  public var scratchSize: Int { activation.keepsDerivative ? outputSize : 0 }
  public var splitsColumns: Bool { true }
  public var units: Int { outputSize }
  public var linearMaps: [LinearMap] { [LinearMap(weight: weight, bias: bias, outputs: 0..<outputSize)] }

  /// Places weight and bias, named `name`.weight and `name`.bias, behind what `layout` holds; inputs or outputs may be the
  /// image of a convolution.
  package init(
    inputs: Int, outputs: Int, activation: Activation, start: Start, name: String, inputImage: Volume? = nil,
    outputImage: Volume? = nil, in layout: inout ParameterLayout
  ) {
    inputSize = inputs
    outputSize = outputs
    self.activation = activation
    let bound = start.bound(inputs: inputs, outputs: outputs, activation: activation)
    weight = layout.add(
      "\(name).weight", shape: [outputs, inputs], images: [outputImage, inputImage], startBound: bound, decays: true)
    bias = layout.add("\(name).bias", shape: [outputs], images: [outputImage], startBound: 0, decays: false)
  }

  /// A linear layer on tensors that another layer has placed.
  init(inputs: Int, outputs: Int, weightAt weightOffset: Int, biasAt biasOffset: Int) {
    inputSize = inputs
    outputSize = outputs
    activation = .identity
    weight = Parameter(
      name: "weight", shape: [outputs, inputs], images: [], offset: weightOffset, startBound: 0, decays: true,
      isState: false)
    bias = Parameter(
      name: "bias", shape: [outputs], images: [], offset: biasOffset, startBound: 0, decays: false, isState: false)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    gemm(x, .no, pass.values(of: weight).rows(pass.columns), .yes, into: y)
    let bias = pass.values(of: bias).columns(pass.columns)
    activation.apply(y, bias: bias, derivative: keptDerivative(pass))
    return 0
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backwardThroughActivation<S: BLASScalar>(
    _ dy: MutableMatrixView<S>, y: MatrixView<S>, _ pass: Pass<S>
  ) {
    // y = φ(z):  ∂L/∂z = ∂L/∂y ⊙ φ′(z)
    activation.multiplyDerivative(dy, y: y, derivative: keptDerivative(pass).readOnly)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    // z = x·Wᵀ + b:  ∂L/∂x (B × n) = ∂L/∂z (B × m) · W (m × n)
    gemm(dz, .no, pass.values(of: weight).columns(pass.columns), into: dx)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func parameterGradient<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>
  ) {
    // ∂L/∂W (m × n) = ∂L/∂zᵀ (m × B) · x (B × n)
    gemm(
      dz.columns(units), .yes, x, into: pass.gradient(of: weight).rows(units),
      beta: pass.addsLinearPart ? 1 : 0)
    if pass.addsLinearPart { return }
    // ∂L/∂b (m) = Σ over the batch of ∂L/∂z
    columnSums(dz.columns(units), into: pass.gradient(of: bias).columns(units))
  }

  public func parameterRanges(units: Range<Int>) -> [ParameterRange] {
    let start = weight.offset + units.lowerBound * inputSize
    let biasStart = bias.offset + units.lowerBound
    return [
      ParameterRange(range: start..<start + units.count * inputSize, decays: weight.decays),
      ParameterRange(range: biasStart..<biasStart + units.count, decays: bias.decays),
    ]
  }

  private func keptDerivative<S>(_ pass: Pass<S>) -> MutableMatrixView<S> {
    activation.keepsDerivative ? pass.scratch.columns(pass.columns) : pass.scratch
  }
}
