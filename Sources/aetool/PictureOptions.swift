import ArgumentParser
import Figures
import Files
import Linalg

/// Writes images of `shape` as a PNG, a grid with `columns` images in a row.
func writeImages(_ images: Matrix<Float>, shape: [Int], columns: Int, to path: String) throws {
  guard let image = ImageShape(shape) else {
    throw ProgramError(
      .usage, "--out \(path): samples of shape \(shape) are no images; write them as .npy or .csv")
  }
  let grid = ImageGrid(
    height: image.height, width: image.width, channels: image.channels, columns: min(columns, images.rows))
  try AtomicFile.write(try grid.png([images.values]), to: path)
}

/// The options that say how samples become a picture.
struct PictureOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Samples in a picture.", valueName: "n"))
  var count = 20

  @Option(help: ArgumentHelp("Images in a row of a picture.", valueName: "n"))
  var columns = 10

  func validate() throws {
    if !(1...10_000 ~= count) { throw ValidationError("--count \(count): must be from 1 to 10000") }
    if !(1...100 ~= columns) { throw ValidationError("--columns \(columns): must be from 1 to 100") }
  }

  /// Returns height, width and channels of samples of `shape`, or throws an error that says why they cannot be drawn.
  func imageShape(of shape: [Int], for path: String) throws -> ImageShape {
    guard let image = ImageShape(shape) else {
      throw ProgramError(
        .usage,
        "--out \(path): samples of shape \(shape) are no images; write them as .npy or .csv")
    }
    return image
  }

  /// Writes a grid in which the images of sample i stand one under the other, one from each of `layers`.
  func write(_ layers: [Matrix<Float>], _ image: ImageShape, to path: String) throws {
    let grid = ImageGrid(
      height: image.height, width: image.width, channels: image.channels, columns: min(columns, layers[0].rows))
    try AtomicFile.write(try grid.png(layers.map(\.values)), to: path)
  }
}
