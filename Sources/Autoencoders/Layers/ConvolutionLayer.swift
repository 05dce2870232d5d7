import Linalg

/// A convolution with its activation, or a transposed convolution, which is its exact adjoint up to bias and
/// activation.
///
/// An image lies height × width × channels in a sample. y = φ(C x + b) brings a big image down to a small one, and
/// y = φ(Cᵀ x + b) brings a small one up to a big one (`Convolution` has the sums). There is one bias per channel of y.
/// The weight is [small channels, big channels, kernel, kernel] in both directions, which is PyTorch's [out, in, …] of
/// `Conv2d` and its [in, out, …] of `ConvTranspose2d`.
public struct ConvolutionLayer: Layer {
  public enum Direction: Sendable {
    case down, up
  }
  public let convolution: Convolution
  public let direction: Direction
  public let activation: Activation
  let weight: Parameter
  let bias: Parameter

  public var role: LayerRole { .map }
  public var outputImage: Volume? { output }
  public var input: Volume { direction == .down ? convolution.big : convolution.small }
  public var output: Volume { direction == .down ? convolution.small : convolution.big }
  public var summary: String {
    let name = direction == .down ? "conv" : "transposed conv"
    let size = "\(convolution.kernel)×\(convolution.kernel) stride \(convolution.stride)"
    return "\(name) \(size) \(activation.rawValue) \(input)→\(output)"
  }
  public var inputSize: Int { input.count }
  public var outputSize: Int { output.count }
  public var parameters: [Parameter] { [weight, bias] }
  /// A weight of a convolution is used for each pixel of the smaller image.
  public var weightUses: Int { convolution.small.pixels }
  /// The working memory has the convolution's own and one number for each output, used for the bias of every pixel or
  /// for a sum over the batch.
  public var memory: LayerMemory {
    LayerMemory(scratch: activation.keepsDerivative ? outputSize : 0, work: convolution.workSize + outputSize)
  }
  public var cut: LayerCut { LayerCut(units: convolution.small.channels, alignment: 16) }

  /// Creates the layer and places its weight and bias, named `name`.weight and `name`.bias, behind what `layout` holds.
  package init(
    _ convolution: Convolution, _ direction: Direction, activation: Activation, start: Start, name: String,
    in layout: inout ParameterLayout
  ) {
    self.convolution = convolution
    self.direction = direction
    self.activation = activation
    let (big, small, taps) = (convolution.big.channels, convolution.small.channels, convolution.taps)
    // On the way up, one in stride² places of the kernel reaches a given pixel.
    let reached = max(1, taps / (convolution.stride * convolution.stride))
    let (inputs, outputs) = direction == .down ? (big * taps, small * reached) : (small * reached, big * taps)
    let bound = start.bound(inputs: inputs, outputs: outputs, activation: activation)
    weight = layout.add(
      "\(name).weight", shape: [small, big, convolution.kernel, convolution.kernel], startBound: bound, decays: true)
    bias = layout.addWhole("\(name).bias", shape: [direction == .down ? small : big], decays: false)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    // An activation takes one bias per number, so the channels' biases are repeated for every pixel.
    let biases = sums(pass)
    let perPixel = biases.matrix(at: 0, rows: output.pixels, columns: output.channels)
    for pixel in 0..<output.pixels { perPixel.rows(pixel..<pixel + 1).copy(pass.values(of: bias)) }
    let derivative = pass.scratch
    func activate(_ row: Int) {
      let range = row..<row + 1
      activation.apply(
        y.rows(range), bias: biases.readOnly,
        derivative: activation.keepsDerivative ? derivative.rows(range) : derivative)
    }
    linear(x, into: y, pass, finish: activate)
    return 0
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backwardThroughActivation<S: BLASScalar>(
    _ dy: MutableMatrixView<S>, y: MatrixView<S>, _ pass: Pass<S>
  ) {
    // y = φ(z):  ∂L/∂z = ∂L/∂y ⊙ φ′(z)
    let derivative = activation.keepsDerivative ? pass.scratch.columns(pass.columns) : pass.scratch
    activation.multiplyDerivative(dy, y: y, derivative: derivative.readOnly)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    // z = C x + b:  ∂L/∂x = Cᵀ ∂L/∂z;  z = Cᵀ x + b:  ∂L/∂x = C ∂L/∂z
    let work = pass.work.columns(0..<convolution.workSize)
    switch direction {
    case .down: convolution.up(dz, weight: pass.values(of: weight), into: dx, work: work)
    case .up: convolution.down(dz, weight: pass.values(of: weight), into: dx, work: work)
    }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func parameterGradient<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>
  ) {
    // ∂L/∂w[s, b, k] = Σ over samples and p of small[p, s] · big[stride · p + k − padding, b]
    let (big, small) = direction == .down ? (x, dz) : (dz, x)
    convolution.weightGradient(
      big: big, small: small, channels: units, into: pass.gradient(of: weight).rows(units), adds: pass.addsLinearPart,
      work: pass.work.columns(0..<convolution.workSize))
    if units.lowerBound > 0 || pass.addsLinearPart { return }
    // ∂L/∂b[c] = Σ over samples and pixels of ∂L/∂z
    let total = sums(pass)
    columnSums(dz, into: total)
    columnSums(
      total.matrix(at: 0, rows: output.pixels, columns: output.channels).readOnly, into: pass.gradient(of: bias))
  }

  /// Computes y ← C x or Cᵀ x, without bias and activation, and calls `finish` with the number of each row that is
  /// ready.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func linear<S: BLASScalar>(
    _ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>, finish: (Int) -> Void
  ) {
    let work = pass.work.columns(0..<convolution.workSize)
    switch direction {
    case .down: convolution.down(x, weight: pass.values(of: weight), into: y, work: work, finish: finish)
    case .up: convolution.up(x, weight: pass.values(of: weight), into: y, work: work, finish: finish)
    }
  }

  private func sums<S>(_ pass: Pass<S>) -> MutableMatrixView<S> {
    pass.work.columns(convolution.workSize..<convolution.workSize + outputSize)
  }
}

extension ConvolutionLayer: AffineLayer {
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func linear<S: BLASScalar>(_ v: MatrixView<S>, into u: MutableMatrixView<S>, _ pass: Pass<S>) {
    linear(v, into: u, pass, finish: { _ in })
  }
}
