import Linalg

/// A layer still to be sized and placed: what the list of a variant is made of.
public enum LayerSpec: Sendable, Equatable {
  /// A fully connected layer of so many outputs, with the activation behind it; `image`: what the outputs are to the
  /// convolution that follows.
  case dense(Int, Activation = .identity, image: Volume? = nil)
  /// A convolution to so many channels.
  case conv2D(Int, kernel: Int, stride: Int = 1, padding: Int = 0, Activation = .identity)
  /// A transposed convolution to an image of so many channels and this size: a side n can become stride · (n − 1) +
  /// kernel − 2 · padding + output padding, with an output padding from 0 to stride − 1.
  case convTranspose2D(
    Int, height: Int, width: Int, kernel: Int, stride: Int = 1, padding: Int = 0, Activation = .identity)
  case maxPool2D(Int)
  case upsample2D(height: Int, width: Int)
  /// The heads of a variational encoder: means and log-variances of a code of so many numbers.
  case gaussianHeads(Int)
  /// A draw from the heads' distribution, with the penalty β KL(q ‖ N(0, I)), free bits off.
  case gaussianSample(beta: Double, freeBits: Double = 0)
  /// So many draws from it, for the importance-weighted bound.
  case importanceSamples(Int)
  /// The sample's class, of so many, behind what comes in.
  case classCondition(Int)
  /// Noise on what comes in, while training.
  case corruption(Corruption)
  /// The penalty λ Σ |a| of what comes in.
  case l1(Double)
  /// The penalty β Σ KL(ρ ‖ ρ̂) of what comes in.
  case klSparsity(KLSparsity)
  /// The penalty λ · bits of what comes in, rounded to multiples of `width`.
  case rate(Double, width: Double)

  /// What comes into a layer.
  package struct Shape: Sendable, Equatable {
    package var size: Int
    /// Its shape, where it is an image.
    package var image: Volume?
    /// Whether the image is a layer's work: dense layers that take such ones are stored as PyTorch flattens them.
    package var isComputed = false

    package init(size: Int, image: Volume? = nil, isComputed: Bool = false) {
      self.size = size
      self.image = image
      self.isComputed = isComputed
    }
  }

  /// The activation of layers that have one.
  var activation: Activation? {
    switch self {
    case .dense(_, let activation, _), .conv2D(_, _, _, _, let activation),
      .convTranspose2D(_, _, _, _, _, _, let activation):
      activation
    default: nil
    }
  }

  /// The layer for `input`; its tensors go behind what `layout` holds, named by `name`. Sizes that do not go together are
  /// an error that names the layer.
  package func layer(
    _ input: Shape, start: Start, name: String, in layout: inout ParameterLayout
  ) throws(InvalidArgument) -> (layer: any Layer, output: Shape) {
    switch self {
    case .dense(let outputs, let activation, let image):
      let layer = Dense(
        inputs: input.size, outputs: outputs, activation: activation, start: start, name: name,
        inputImage: input.isComputed ? input.image : nil, outputImage: image, in: &layout)
      return (layer, Shape(size: outputs, image: image, isComputed: true))
    case .conv2D(let channels, let kernel, let stride, let padding, let activation):
      let image = try Self.image(input, name)
      for side in [image.height, image.width]
      where Convolution.length(side, kernel: kernel, stride: stride, padding: padding) < 1 {
        throw InvalidArgument(
          "\(name) (conv): a kernel of \(kernel)×\(kernel) is larger than an image of \(image.height)×\(image.width) "
            + "with a padding of \(padding)")
      }
      let convolution = Convolution(big: image, channels: channels, kernel: kernel, stride: stride, padding: padding)
      return Self.computed(
        ConvolutionLayer(convolution, .down, activation: activation, start: start, name: name, in: &layout),
        convolution.small)
    case .convTranspose2D(let channels, let height, let width, let kernel, let stride, let padding, let activation):
      let image = try Self.image(input, name)
      func length(_ side: Int) -> Int { Convolution.length(side, kernel: kernel, stride: stride, padding: padding) }
      guard length(height) == image.height, length(width) == image.width else {
        throw InvalidArgument(
          "\(name) (transposed conv): an image of \(image.height)×\(image.width) cannot become one of "
            + "\(height)×\(width) by a kernel of \(kernel)×\(kernel), stride \(stride) and padding \(padding)")
      }
      let convolution = Convolution(
        big: Volume(height: height, width: width, channels: channels), channels: image.channels, kernel: kernel,
        stride: stride, padding: padding)
      return Self.computed(
        ConvolutionLayer(convolution, .up, activation: activation, start: start, name: name, in: &layout),
        convolution.big)
    case .maxPool2D(let size):
      let image = try Self.image(input, name)
      guard image.height >= size, image.width >= size else {
        throw InvalidArgument(
          "\(name) (max pool): an image of \(image.height)×\(image.width) has no square of \(size)×\(size); fewer "
            + "channels mean fewer halvings")
      }
      let layer = MaxPooling(image, size: size)
      return Self.computed(layer, layer.output)
    case .upsample2D(let height, let width):
      let layer = NearestUpsampling(try Self.image(input, name), height: height, width: width)
      return Self.computed(layer, layer.output)
    case .gaussianHeads(let latent):
      let part = String(name.prefix { $0 != "." })
      let layer = GaussianHeads(
        inputs: input.size, latent: latent, start: start, part: part,
        inputImage: input.isComputed ? input.image : nil, in: &layout)
      return (layer, Shape(size: 2 * latent, isComputed: true))
    case .gaussianSample(let beta, let freeBits):
      let layer = GaussianSample(latent: input.size / 2, weight: beta, freeBits: freeBits)
      return (layer, Shape(size: layer.outputSize, isComputed: true))
    case .importanceSamples(let draws):
      let layer = ImportanceSamples(latent: input.size / 2, draws: draws)
      return (layer, Shape(size: layer.outputSize, isComputed: true))
    case .classCondition(let classes):
      let layer = ClassCondition(inputSize: input.size, classes: classes)
      return (layer, Shape(size: layer.outputSize, isComputed: true))
    case .corruption(let corruption): return (CorruptionLayer(corruption: corruption, inputSize: input.size), input)
    case .l1(let weight): return (L1Penalty(weight: weight, inputSize: input.size), input)
    case .klSparsity(let sparsity):
      return (KLSparsityLayer(sparsity, inputs: input.size, name: name, in: &layout), input)
    case .rate(let weight, let width):
      let part = String(name.prefix { $0 != "." })
      return (RatePenalty(weight: weight, width: width, inputs: input.size, part: part, in: &layout), input)
    }
  }

  private static func computed(_ layer: any Layer, _ image: Volume) -> (layer: any Layer, output: Shape) {
    (layer, Shape(size: image.count, image: image, isComputed: true))
  }

  private static func image(_ input: Shape, _ name: String) throws(InvalidArgument) -> Volume {
    guard let image = input.image else {
      throw InvalidArgument("\(name): a convolution needs images, but gets \(input.size) features without a shape")
    }
    return image
  }
}
