import Linalg

/// Gives the largest number of each channel in adjoining squares of `size` × `size` pixels; pixels beyond the last
/// whole square are left out. `backward` puts each gradient at the place of the largest number (unpooling by index).
public struct MaxPooling: AffineLayer {
  public let input: Volume
  public let output: Volume
  public let size: Int

  public var role: LayerRole { .map }
  public var outputImage: Volume? { output }
  public var summary: String { "max pool \(size)×\(size) \(input)→\(output)" }
  public var inputSize: Int { input.count }
  public var outputSize: Int { output.count }
  /// The scratch keeps for every output the number, from 0 to size² − 1, of the pixel in the square that it came from.
  public var memory: LayerMemory { LayerMemory(scratch: output.count) }

  package init(_ input: Volume, size: Int) {
    precondition(size > 0 && input.height >= size && input.width >= size, "MaxPooling: \(input) by \(size)")
    self.input = input
    self.size = size
    output = Volume(height: input.height / size, width: input.width / size, channels: input.channels)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    // y = max over i of x[i]; among several largest the first counts
    forEachPixel(rows: x.rows) { row, pixel, places in
      let best = y.window(rows: row, columns: pixel)
      let index = pass.scratch.window(rows: row, columns: pixel)
      best.copy(x.window(rows: row, columns: places(0)))
      index.fill(0)
      for place in 1..<max(1, size * size) {
        let candidate = x.window(rows: row, columns: places(place))
        transformPair(index, best, with: candidate) { index, best, x in
          index = index.replacing(with: S.Vector(S(place)), where: x > best)
          best = best.replacing(with: x, where: x > best)
        }
      }
    }
    return 0
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    // ∂L/∂x[i] = ∂L/∂y where i is the index that was kept, else 0
    if input.height % size != 0 || input.width % size != 0 { dx.fill(0) }
    forEachPixel(rows: x.rows) { row, pixel, places in
      let index = pass.scratch.readOnly.window(rows: row, columns: pixel)
      let d = dz.window(rows: row, columns: pixel)
      for place in 0..<size * size {
        // index − place is 0 at the place of the largest number.
        zip(d, index, into: dx.window(rows: row, columns: places(place))) { d, index in
          d.replacing(with: 0, where: (index - S.Vector(S(place))).magnitude > 0.5)
        }
      }
    }
  }

  /// Computes u ← v at the places of the largest numbers.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func linear<S: BLASScalar>(_ v: MatrixView<S>, into u: MutableMatrixView<S>, _ pass: Pass<S>) {
    u.fill(0)
    forEachPixel(rows: v.rows) { row, pixel, places in
      let index = pass.scratch.window(rows: row, columns: pixel)
      let sum = u.window(rows: row, columns: pixel)
      for place in 0..<size * size {
        transformPair(sum, index, with: v.window(rows: row, columns: places(place))) { sum, index, v in
          sum += v.replacing(with: 0, where: (index - S.Vector(S(place))).magnitude > 0.5)
        }
      }
    }
  }

  /// Calls `body` for every row and output pixel with the row, the columns of that pixel, and a function that gives the
  /// input columns of a place in its square.
  @inline(__always)
  private func forEachPixel(rows: Int, _ body: (Range<Int>, Range<Int>, (Int) -> Range<Int>) -> Void) {
    let channels = input.channels
    for row in 0..<rows {
      for y in 0..<output.height {
        for x in 0..<output.width {
          let pixel = (y * output.width + x) * channels
          body(row..<row + 1, pixel..<pixel + channels) { place in
            let from = ((y * size + place / size) * input.width + x * size + place % size) * channels
            return from..<from + channels
          }
        }
      }
    }
  }
}

/// The kind of `MaxPooling`, whose text form is `max-pool:2` for squares of 2 × 2 pixels.
public struct MaxPoolingKind: LayerKind {
  public static let form = LayerForm(
    name: "max-pool", arguments: ":SIZE", summary: "the largest number of each channel in squares side by side")
  let size: Int

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    size = try arguments.integer(try arguments.required("SIZE"), "the size", in: 1...999)
  }

  init(size: Int) { self.size = size }

  public var arguments: [String] { ["\(size)"] }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    let image = try site.input.requireImage()
    guard image.height >= size, image.width >= size else {
      throw InvalidArgument(
        "an image of \(image.height)×\(image.width) has no square of \(size)×\(size); fewer channels mean fewer "
          + "halvings"
      )
    }
    return MaxPooling(image, size: size)
  }
}

extension LayerSpec {
  /// Returns a layer that takes the largest number of each channel in squares of `size` × `size` pixels.
  public static func maxPool2D(_ size: Int) -> LayerSpec { LayerSpec(MaxPoolingKind(size: size)) }
}
