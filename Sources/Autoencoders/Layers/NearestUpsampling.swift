import Linalg

/// An image enlarged by repeating pixels: output pixel (y, x) is input pixel (⌊y h / H⌋, ⌊x w / W⌋), for h × w brought to
/// H × W, as PyTorch's `interpolate(mode="nearest")`.
public struct NearestUpsampling: Layer {
  public let input: Volume
  public let output: Volume
  /// For every output pixel the input pixel that it repeats.
  private let sources: [Int]

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
