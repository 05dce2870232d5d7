import Linalg

/// Enlarges an image by repeating pixels: output pixel (y, x) is input pixel (⌊y h / H⌋, ⌊x w / W⌋) where h × w pixels
/// become H × W, as in PyTorch's `interpolate(mode="nearest")`.
public struct NearestUpsampling: Layer {
  public let input: Volume
  public let output: Volume
  /// The input pixel that each output pixel repeats.
  private let sources: [Int]

  public var role: LayerRole { .map }
  public var outputImage: Volume? { output }
  public var summary: String { "upsample \(input)→\(output)" }
  public var inputSize: Int { input.count }
  public var outputSize: Int { output.count }

  package init(_ input: Volume, height: Int, width: Int) {
    precondition(height >= input.height && width >= input.width, "NearestUpsampling: \(input) to \(height)×\(width)")
    self.input = input
    output = Volume(height: height, width: width, channels: input.channels)
    sources = (0..<height * width).map { pixel in
      pixel / width * input.height / height * input.width + pixel % width * input.width / width
    }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    for row in 0..<x.rows {
      let range = row..<row + 1
      for (pixel, source) in sources.enumerated() {
        y.window(rows: range, columns: columns(pixel)).copy(x.window(rows: range, columns: columns(source)))
      }
    }
    return 0
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    // ∂L/∂x[q] = Σ of ∂L/∂y over the pixels that repeat q
    dx.fill(0)
    for row in 0..<dx.rows {
      let range = row..<row + 1
      for (pixel, source) in sources.enumerated() {
        transform(
          dx.window(rows: range, columns: columns(source)), with: dz.window(rows: range, columns: columns(pixel))
        ) { sum, d in sum + d }
      }
    }
  }

  private func columns(_ pixel: Int) -> Range<Int> { pixel * input.channels..<(pixel + 1) * input.channels }
}

/// The kind of `NearestUpsampling`, whose text form is `upsample:28x28` for 28 × 28 pixels.
public struct UpsamplingKind: LayerKind {
  public static let form = LayerForm(
    name: "upsample", arguments: ":HEIGHTxWIDTH", summary: "an image enlarged by repeating pixels")
  let height, width: Int

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    let size = try arguments.required("HEIGHTxWIDTH")
    guard let sides = try arguments.sides(size), sides.count == 2 else {
      throw InvalidArgument("the size '\(size)' must be HEIGHTxWIDTH, as in 28x28")
    }
    (height, width) = (sides[0], sides[1])
  }

  init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public var arguments: [String] { ["\(height)x\(width)"] }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    let image = try site.input.requireImage()
    guard height >= image.height, width >= image.width else {
      throw InvalidArgument("an image of \(image.height)×\(image.width) is larger than \(height)×\(width)")
    }
    return NearestUpsampling(image, height: height, width: width)
  }
}

extension LayerSpec {
  /// Returns a layer that enlarges an image to `height` × `width` pixels by repeating pixels.
  public static func upsample2D(height: Int, width: Int) -> LayerSpec {
    LayerSpec(UpsamplingKind(height: height, width: width))
  }
}
