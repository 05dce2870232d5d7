import Linalg

/// One step of a network: an immutable description that knows its sizes and the places of its parameters.
///
/// Parameters, gradients, activations, noise and scratch all live outside, in flat vectors and a `Workspace`; that makes
/// layers `Sendable`, and one optimizer, gradient check and file format serve all. Shapes: B samples in the window at
/// hand, n = `inputSize`, m = `outputSize`; samples in rows.
///
/// A batch is computed tile by tile: forward is asked for a window of rows, and where `cut.columns` also for a window
/// of columns (`pass.columns`); the tiles follow from the sizes alone, never from the number of threads. Whatever a
/// method writes, it overwrites: what was there before may be NaN.
public protocol Layer: Sendable {
  /// What the layer is.
  var role: LayerRole { get }
  /// What the layer is called in reports and gradient checks: "dense relu 784→128".
  var summary: String { get }
  var inputSize: Int { get }
  var outputSize: Int { get }
  /// The outputs as an image, where they are one.
  var outputImage: Volume? { get }
  /// What is applied to each output at the end.
  var activation: Activation { get }
  /// What it needs beside input, output and parameters.
  var memory: LayerMemory { get }
  /// How its work may be cut.
  var cut: LayerCut { get }
  /// The places of the layer's own parameters in θ.
  var parameters: [Parameter] { get }
  /// The linear maps that the layer's outputs are made of, before the activation.
  var linearMaps: [LinearMap] { get }

  /// Fills `noise` (B × memory.noise); forward is then a pure function of x, θ and the noise.
  func drawNoise<S: BLASScalar>(into noise: MutableMatrixView<S>, using random: inout RandomStream)

  /// y ← f(x): x is B × n, y is B × `pass.columns`; returns the layer's own share of the loss for these rows and
  /// columns: sum over the window ÷ `pass.batch`.
  func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double

  /// Turns ∂L/∂y into ∂L/∂z, z what the activation was applied to, in place, on the window `pass.columns` of the
  /// outputs. It runs on the tile just computed, while that is in cache; `backward` and `parameterGradient` get its
  /// result. Layers without an activation leave dy alone.
  func backwardThroughActivation<S: BLASScalar>(_ dy: MutableMatrixView<S>, y: MatrixView<S>, _ pass: Pass<S>)

  /// dx ← ∂L/∂x: dz is B × m, dx is B × `pass.columns`, a window of the inputs; x likewise.
  func backward<S: BLASScalar>(_ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>)

  /// Writes ∂L/∂θ of the parameters of `units` to `pass.gradient`; dz and x are those of the whole batch. Where
  /// `pass.addsLinearPart`, biases are left out and the rest is added to what is there. For a state (`Parameter.isState`)
  /// it writes the next value.
  func parameterGradient<S: BLASScalar>(_ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>)
}

extension Layer {
  public var outputImage: Volume? { nil }
  public var activation: Activation { .identity }
  public var memory: LayerMemory { LayerMemory() }
  public var cut: LayerCut { LayerCut() }
  public var parameters: [Parameter] { [] }
  public var linearMaps: [LinearMap] { [] }
  public func drawNoise<S: BLASScalar>(into noise: MutableMatrixView<S>, using random: inout RandomStream) {}
  public func backwardThroughActivation<S: BLASScalar>(
    _ dy: MutableMatrixView<S>, y: MatrixView<S>, _ pass: Pass<S>
  ) {}
  public func parameterGradient<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>
  ) {}

  /// Whether the layer has a weight matrix: what encoders are counted by, and what rules for matrices take.
  package var hasWeights: Bool { parameters.contains(where: \.isWeightMatrix) }

  /// The stretches of θ that `parameterGradient` writes for `units`.
  package func parameterRanges(units: Range<Int>) -> [ParameterRange] {
    parameters.compactMap { $0.range(of: units) }
  }
}

/// A layer y = φ(A x + b): what the contractive penalty goes through. Where A follows from the input, as in max pooling, it
/// is the A of the last forward pass.
public protocol AffineLayer: Layer {
  /// u ← A v, v is B × n.
  func linear<S: BLASScalar>(_ v: MatrixView<S>, into u: MutableMatrixView<S>, _ pass: Pass<S>)
}

/// z = x·Wᵀ + b within a layer: its outputs `outputs` before the activation, from all its inputs.
public struct LinearMap: Sendable, Equatable {
  public let weight: Parameter
  public let bias: Parameter
  public let outputs: Range<Int>

  public init(weight: Parameter, bias: Parameter, outputs: Range<Int>) {
    self.weight = weight
    self.bias = bias
    self.outputs = outputs
  }
}

/// What a layer's methods see of the run they are part of.
public struct Pass<S: BLASScalar> {
  /// θ, 1 × P.
  public let parameters: MatrixView<S>
  /// ∂L/∂θ, 1 × P, laid out as θ.
  public let gradient: MutableMatrixView<S>
  /// This layer's noise for the rows at hand, B × memory.noise; B × 0 where there is none, as outside of training.
  public let noise: MatrixView<S>
  /// This layer's scratch for the rows at hand, B × memory.scratch.
  public let scratch: MutableMatrixView<S>
  /// 1 × memory.work, the calling worker's own.
  public let work: MutableMatrixView<S>
  /// The number of samples over which the loss is averaged: those of the whole batch.
  public let batch: Int
  /// The columns asked for: of the outputs in forward, of the inputs in backward.
  public let columns: Range<Int>
  /// Whether `parameterGradient` adds the gradient of the linear part to what is there, and leaves biases alone.
  public let addsLinearPart: Bool
  /// From 0 to 1: what penalties that training warms up are multiplied by.
  public let annealing: Double
  /// The classes of the rows at hand.
  public let labels: Labels

  /// The classes by row, from those of the batch's samples.
  public struct Labels {
    let samples: MatrixView<S>
    /// The number of the first row at hand.
    let firstRow: Int
    /// How many rows a sample has.
    let multiplicity: Int

    /// The class of row `row`.
    public subscript(row: Int) -> Int { Int(samples[(firstRow + row) / multiplicity, 0]) }
  }

  public var hasNoise: Bool { noise.columns > 0 }

  public init(
    parameters: MatrixView<S>, gradient: MutableMatrixView<S>, noise: MatrixView<S>, scratch: MutableMatrixView<S>,
    work: MutableMatrixView<S>, batch: Int, columns: Range<Int>, addsLinearPart: Bool = false, annealing: Double = 1,
    labels: Labels? = nil
  ) {
    self.parameters = parameters
    self.gradient = gradient
    self.noise = noise
    self.scratch = scratch
    self.work = work
    self.batch = batch
    self.columns = columns
    self.addsLinearPart = addsLinearPart
    self.annealing = annealing
    self.labels = labels ?? Labels(samples: parameters.columns(0..<0), firstRow: 0, multiplicity: 1)
  }

  /// The values of `parameter`, as the matrix that its layer sees.
  public func values(of parameter: Parameter) -> MatrixView<S> {
    parameters.matrix(at: parameter.offset, rows: parameter.rows, columns: parameter.columns)
  }

  /// The gradient of `parameter`, laid out as its values.
  public func gradient(of parameter: Parameter) -> MutableMatrixView<S> {
    gradient.matrix(at: parameter.offset, rows: parameter.rows, columns: parameter.columns)
  }
}
