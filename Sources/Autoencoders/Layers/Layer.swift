import Linalg

/// One step of a network: an immutable description that knows its sizes and the places of its parameters.
///
/// Parameters, gradients, activations, noise and scratch all live outside of the layer, in flat vectors and a
/// `Workspace`. So layers are `Sendable`, and one optimizer, one gradient check and one file format serve all of them.
/// Shapes: B samples in the window at hand, n = `inputSize`, m = `outputSize`; samples lie in rows.
///
/// A batch is computed tile by tile: `forward` is asked for a window of rows, and where `cut.columns` holds also for a
/// window of columns (`pass.columns`). The tiles follow from the sizes alone, never from the number of threads. Every
/// method overwrites its results, because the memory may have held NaN before.
public protocol Layer: Sendable {
  /// What the layer is.
  var role: LayerRole { get }
  /// The name of the layer in reports and gradient checks, as in "dense relu 784→128".
  var summary: String { get }
  var inputSize: Int { get }
  var outputSize: Int { get }
  /// The shape of the outputs where they are an image; nil elsewhere.
  var outputImage: Volume? { get }
  /// The function that the layer applies to each output at the end.
  var activation: Activation { get }
  /// The memory that the layer needs beside input, output and parameters.
  var memory: LayerMemory { get }
  /// Says how the layer's work may be cut into tiles.
  var cut: LayerCut { get }
  /// The places of the layer's own parameters in θ.
  var parameters: [Parameter] { get }
  /// The linear maps that the layer's outputs are made of, before the activation.
  var linearMaps: [LinearMap] { get }
  /// The number of times that a weight is used for a sample.
  var weightUses: Int { get }

  /// Fills `noise` (B × memory.noise); `forward` is then a pure function of x, θ and the noise.
  func drawNoise<S: BLASScalar>(into noise: MutableMatrixView<S>, using random: inout RandomStream)

  /// Computes y ← f(x) for x (B × n) and y (B × `pass.columns`).
  ///
  /// Returns the layer's own share of the loss for these rows and columns: the sum over the window ÷ `pass.batch`.
  func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double

  /// Turns ∂L/∂y into ∂L/∂z in place, on the window `pass.columns` of the outputs, where z is the argument of the
  /// activation. The method runs on the tile just computed, while that is in cache; `backward` and `parameterGradient`
  /// get its result. Layers without an activation leave dy alone.
  func backwardThroughActivation<S: BLASScalar>(_ dy: MutableMatrixView<S>, y: MatrixView<S>, _ pass: Pass<S>)

  /// Computes dx ← ∂L/∂x for dz (B × m). Both dx and x are B × `pass.columns`, a window of the inputs.
  func backward<S: BLASScalar>(_ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>)

  /// Writes ∂L/∂θ of the parameters of `units` to `pass.gradient`; dz and x are those of the whole batch. Where
  /// `pass.addsLinearPart` holds, the method leaves out biases and adds the rest to what `pass.gradient` has. For a
  /// state (`Parameter.isState`) it writes the state's next value.
  func parameterGradient<S: BLASScalar>(_ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>)
}

extension Layer {
  public var outputImage: Volume? { nil }
  public var activation: Activation { .identity }
  public var memory: LayerMemory { LayerMemory() }
  public var cut: LayerCut { LayerCut() }
  public var parameters: [Parameter] { [] }
  public var linearMaps: [LinearMap] { [] }
  public var weightUses: Int { 1 }
  public func drawNoise<S: BLASScalar>(into noise: MutableMatrixView<S>, using random: inout RandomStream) {}
  public func backwardThroughActivation<S: BLASScalar>(
    _ dy: MutableMatrixView<S>, y: MatrixView<S>, _ pass: Pass<S>
  ) {}
  public func parameterGradient<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>
  ) {}

  /// Whether the layer has a weight matrix. Encoders are counted by such layers, and rules for matrices take their
  /// weights.
  package var hasWeights: Bool { parameters.contains(where: \.isWeightMatrix) }

  /// Returns the stretches of θ that `parameterGradient` writes for `units`.
  package func parameterRanges(units: Range<Int>) -> [ParameterRange] {
    parameters.compactMap { $0.range(of: units) }
  }
}

/// A layer y = φ(A x + b), through which the contractive penalty can be computed. Where A follows from the input, as in
/// max pooling, it is the A of the last forward pass.
public protocol AffineLayer: Layer {
  /// Computes u ← A v for v (B × n).
  func linear<S: BLASScalar>(_ v: MatrixView<S>, into u: MutableMatrixView<S>, _ pass: Pass<S>)
}

/// The map z = x·Wᵀ + b within a layer: it makes the part `outputs` of the outputs, before the activation, from all
/// inputs.
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

/// What a layer's methods see of the run that they are part of.
public struct Pass<S: BLASScalar> {
  /// The parameters θ, 1 × P.
  public let parameters: MatrixView<S>
  /// The gradient ∂L/∂θ, 1 × P, in the layout of θ.
  public let gradient: MutableMatrixView<S>
  /// The layer's noise for the rows at hand, B × memory.noise. It is B × 0 where there is no noise, as outside of
  /// training.
  public let noise: MatrixView<S>
  /// The layer's scratch for the rows at hand, B × memory.scratch.
  public let scratch: MutableMatrixView<S>
  /// The working memory of the calling worker alone, 1 × memory.work.
  public let work: MutableMatrixView<S>
  /// The number of samples in the whole batch, over which the loss is averaged.
  public let batch: Int
  /// The columns that are asked for: columns of the outputs in `forward`, of the inputs in `backward`.
  public let columns: Range<Int>
  /// Whether `parameterGradient` adds the gradient of the linear part to `gradient` and leaves biases alone.
  public let addsLinearPart: Bool
  /// The factor in [0, 1] of penalties that training warms up.
  public let annealing: Double
  /// The classes of the samples that the rows at hand belong to.
  public let labels: Labels

  /// The classes by row, found from the classes of the batch's samples.
  public struct Labels {
    let samples: MatrixView<S>
    /// The number, within the batch, of the first row at hand.
    let firstRow: Int
    /// The number of rows that each sample has.
    let multiplicity: Int

    /// Returns the class of the sample of row `row`.
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

  /// Returns the values of `parameter` as the matrix that its layer sees.
  public func values(of parameter: Parameter) -> MatrixView<S> {
    parameters.matrix(at: parameter.offset, rows: parameter.rows, columns: parameter.columns)
  }

  /// Returns the gradient of `parameter`, laid out as its values.
  public func gradient(of parameter: Parameter) -> MutableMatrixView<S> {
    gradient.matrix(at: parameter.offset, rows: parameter.rows, columns: parameter.columns)
  }
}
