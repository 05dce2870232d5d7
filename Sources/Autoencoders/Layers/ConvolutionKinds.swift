import Linalg

/// The kernel's side, the stride and the padding of a convolution.
struct KernelShape: Sendable {
  var kernel = 3
  var stride = 1
  var padding = 0

  init(kernel: Int, stride: Int, padding: Int) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  /// Reads the shape from `kernel=3:stride=2:padding=1`. Where no padding is named, it is (kernel − 1)/2, which keeps
  /// an image's size up to the stride.
  init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    kernel = try arguments.integer("kernel", orElse: 3, in: 1...99)
    stride = try arguments.integer("stride", orElse: 1, in: 1...16)
    padding = try arguments.integer("padding", orElse: (kernel - 1) / 2, in: 0...99)
  }

  var arguments: [String] {
    var result: [String] = []
    if kernel != 3 { result.append("kernel=\(kernel)") }
    if stride != 1 { result.append("stride=\(stride)") }
    if padding != (kernel - 1) / 2 { result.append("padding=\(padding)") }
    return result
  }

  /// Returns the side of the output for an input side of `side` pixels.
  func length(_ side: Int) -> Int { Convolution.length(side, kernel: kernel, stride: stride, padding: padding) }
}

/// The kind of a convolution, whose text form is `conv:16:relu:stride=2` for 16 channels.
public struct ConvolutionKind: LayerKind {
  public static let form = LayerForm(
    name: "conv", arguments: ":CHANNELS[:ACTIVATION][:kernel=3][:stride=1][:padding=1]",
    summary: "a convolution; the padding is (kernel − 1)/2 where none is named")
  let channels: Int
  let shape: KernelShape
  public let activation: Activation?

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    activation = arguments.activation()
    channels = try arguments.integer(try arguments.required("CHANNELS"), "the channels", in: 1...4096)
    shape = try KernelShape(&arguments)
  }

  init(channels: Int, shape: KernelShape, activation: Activation) {
    self.channels = channels
    self.shape = shape
    self.activation = activation
  }

  public var arguments: [String] {
    ["\(channels)"] + (activation == .identity ? [] : [activation!.rawValue]) + shape.arguments
  }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    let image = try site.input.requireImage()
    for side in [image.height, image.width] where shape.length(side) < 1 {
      throw InvalidArgument(
        "a kernel of \(shape.kernel)×\(shape.kernel) is larger than an image of \(image.height)×\(image.width) "
          + "with a padding of \(shape.padding)")
    }
    let convolution = Convolution(
      big: image, channels: channels, kernel: shape.kernel, stride: shape.stride, padding: shape.padding)
    return ConvolutionLayer(
      convolution, .down, activation: activation ?? .identity, start: site.start, name: site.name, in: &layout)
  }
}

/// The kind of a transposed convolution, whose text form is `conv-transpose:16:28x28:relu:stride=2` for an image of
/// 28 × 28 pixels and 16 channels.
public struct TransposedConvolutionKind: LayerKind {
  public static let form = LayerForm(
    name: "conv-transpose", arguments: ":CHANNELS:HEIGHTxWIDTH[:ACTIVATION][:kernel=3][:stride=1][:padding=1]",
    summary: "a transposed convolution to an image of this size")
  let channels, height, width: Int
  let shape: KernelShape
  public let activation: Activation?

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    activation = arguments.activation()
    channels = try arguments.integer(try arguments.required("CHANNELS"), "the channels", in: 1...4096)
    let size = try arguments.required("HEIGHTxWIDTH")
    guard let sides = try arguments.sides(size), sides.count == 2 else {
      throw InvalidArgument("the size '\(size)' must be HEIGHTxWIDTH, as in 28x28")
    }
    (height, width) = (sides[0], sides[1])
    shape = try KernelShape(&arguments)
  }

  init(channels: Int, height: Int, width: Int, shape: KernelShape, activation: Activation) {
    self.channels = channels
    self.height = height
    self.width = width
    self.shape = shape
    self.activation = activation
  }

  public var arguments: [String] {
    ["\(channels)", "\(height)x\(width)"] + (activation == .identity ? [] : [activation!.rawValue]) + shape.arguments
  }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    let image = try site.input.requireImage()
    guard shape.length(height) == image.height, shape.length(width) == image.width else {
      throw InvalidArgument(
        "an image of \(image.height)×\(image.width) cannot become one of \(height)×\(width) by a kernel of "
          + "\(shape.kernel)×\(shape.kernel), stride \(shape.stride) and padding \(shape.padding)")
    }
    let convolution = Convolution(
      big: Volume(height: height, width: width, channels: channels), channels: image.channels, kernel: shape.kernel,
      stride: shape.stride, padding: shape.padding)
    return ConvolutionLayer(
      convolution, .up, activation: activation ?? .identity, start: site.start, name: site.name, in: &layout)
  }
}

extension LayerSpec {
  /// Returns a convolution with `channels` output channels.
  public static func conv2D(
    _ channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, _ activation: Activation = .identity
  ) -> LayerSpec {
    LayerSpec(
      ConvolutionKind(
        channels: channels, shape: KernelShape(kernel: kernel, stride: stride, padding: padding),
        activation: activation))
  }

  /// Returns a transposed convolution to an image of `height` × `width` pixels and `channels` channels.
  ///
  /// A side n can become stride · (n − 1) + kernel − 2 · padding + output padding, with an output padding from 0 to
  /// stride − 1.
  public static func convTranspose2D(
    _ channels: Int, height: Int, width: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    _ activation: Activation = .identity
  ) -> LayerSpec {
    LayerSpec(
      TransposedConvolutionKind(
        channels: channels, height: height, width: width,
        shape: KernelShape(kernel: kernel, stride: stride, padding: padding), activation: activation))
  }
}
