import Linalg

/// A fully connected layer with its activation: y = φ(x·Wᵀ + b), W m × n (out × in), b 1 × m.
public struct Dense: Layer {
  public let inputSize: Int
  public let outputSize: Int
  public let outputImage: Volume?
  public let activation: Activation
  let weight: Parameter
  let bias: Parameter

  public var role: LayerRole { .map }
  public var summary: String { "dense \(activation.rawValue) \(inputSize)→\(outputSize)" }
  public var parameters: [Parameter] { [weight, bias] }
  public var memory: LayerMemory { LayerMemory(scratch: activation.keepsDerivative ? outputSize : 0) }
  public var cut: LayerCut { LayerCut(columns: true, units: outputSize) }
  public var linearMaps: [LinearMap] { [LinearMap(weight: weight, bias: bias, outputs: 0..<outputSize)] }

  /// Creates the layer and places its weight and bias, named `name`.weight and `name`.bias, behind what `layout` holds.
  /// Inputs or outputs may be the image of a convolution.
  package init(
    inputs: Int, outputs: Int, activation: Activation, start: Start, name: String, inputImage: Volume? = nil,
    outputImage: Volume? = nil, in layout: inout ParameterLayout
  ) {
    inputSize = inputs
    outputSize = outputs
    self.outputImage = outputImage
    self.activation = activation
    let bound = start.bound(inputs: inputs, outputs: outputs, activation: activation)
    weight = layout.add(
      "\(name).weight", shape: [outputs, inputs], images: [outputImage, inputImage], startBound: bound, decays: true)
    bias = layout.add("\(name).bias", shape: [outputs], images: [outputImage], startBound: 0, decays: false)
  }

  /// Creates a linear layer on tensors that another layer has placed.
  init(inputs: Int, outputs: Int, weightAt weightOffset: Int, biasAt biasOffset: Int) {
    inputSize = inputs
    outputSize = outputs
    outputImage = nil
    activation = .identity
    weight = Parameter(
      name: "weight", shape: [outputs, inputs], images: [], offset: weightOffset, startBound: 0, startCentre: 0,
      decays: true, isState: false, units: 0..<outputs)
    bias = Parameter(
      name: "bias", shape: [outputs], images: [], offset: biasOffset, startBound: 0, startCentre: 0, decays: false,
      isState: false, units: 0..<outputs)
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

  private func keptDerivative<S>(_ pass: Pass<S>) -> MutableMatrixView<S> {
    activation.keepsDerivative ? pass.scratch.columns(pass.columns) : pass.scratch
  }
}

extension Dense: AffineLayer {
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func linear<S: BLASScalar>(_ v: MatrixView<S>, into u: MutableMatrixView<S>, _ pass: Pass<S>) {
    gemm(v, .no, pass.values(of: weight), .yes, into: u)
  }
}

/// The kind of `Dense`, whose text form is `dense:256:relu` for 256 outputs.
public struct DenseKind: LayerKind {
  public static let form = LayerForm(
    name: "dense", arguments: "[:SIZE|:HEIGHTxWIDTHxCHANNELS][:ACTIVATION]",
    summary: "fully connected; of the samples' size where none is named; an image for what follows where it has sides")
  /// The number of outputs; nil for the size of the data's samples.
  let outputs: Int?
  /// The shape that a convolution behind the layer sees in the outputs.
  let image: Volume?
  public let activation: Activation?

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    activation = arguments.activation()
    guard let size = arguments.next() else {
      (outputs, image) = (nil, nil)
      return
    }
    if let sides = try arguments.sides(size) {
      let volume = Volume(height: sides[0], width: sides[1], channels: sides.count == 3 ? sides[2] : 1)
      (outputs, image) = (volume.count, volume)
    } else {
      (outputs, image) = (try arguments.integer(size, "the size", in: 1...LayerSpec.largestSize), nil)
    }
  }

  init(outputs: Int?, activation: Activation, image: Volume?) {
    self.outputs = outputs
    self.activation = activation
    self.image = image
  }

  public var arguments: [String] {
    let size = image.map { "\($0.height)x\($0.width)x\($0.channels)" } ?? outputs.map { "\($0)" }
    return [size, activation == .identity ? nil : activation?.rawValue].compactMap { $0 }
  }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    Dense(
      inputs: site.input.size, outputs: outputs ?? site.sampleSize, activation: activation ?? .identity,
      start: site.start, name: site.name, inputImage: site.flattenedImage, outputImage: image, in: &layout)
  }
}

extension LayerSpec {
  /// Returns a fully connected layer with `outputs` outputs (nil: the size of the data's samples) and the activation.
  ///
  /// - `image`: the shape that a convolution behind the layer sees in the outputs; its size overrides `outputs`.
  public static func dense(
    _ outputs: Int? = nil, _ activation: Activation = .identity, image: Volume? = nil
  ) -> LayerSpec {
    LayerSpec(DenseKind(outputs: image?.count ?? outputs, activation: activation, image: image))
  }
}
