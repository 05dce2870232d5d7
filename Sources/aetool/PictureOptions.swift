import ArgumentParser
import Datasets
import Figures
import Files
import Linalg

/// Writes images of `shape` as a PNG, a grid with `columns` images in a row, with labels at the left of the rows.
func writeImages(
  _ images: Matrix<Float>, shape: [Int], columns: Int, labels: [String] = [], to path: String
) throws {
  try AtomicFile.write(try png(images, shape: shape, columns: columns, labels: labels, for: path), to: path)
}

/// Returns images of `shape` as a PNG, a grid with `columns` images in a row, with labels at the left of the rows, for
/// the output `path`.
func png(
  _ images: Matrix<Float>, shape: [Int], columns: Int, labels: [String] = [], for path: String
) throws -> [UInt8] {
  guard let image = ImageShape(shape) else {
    throw ProgramError(
      .usage, "--out \(path): samples of shape \(shape) are no images; write them as .npy or .csv")
  }
  let grid = ImageGrid(
    height: image.height, width: image.width, channels: image.channels, columns: min(columns, images.rows))
  return try grid.encoded([images.values], labels: labels, for: path)
}

extension ImageGrid {
  /// Writes the picture of `layers` as a PNG.
  func write(_ layers: [[Float]], labels: [String] = [], to path: String) throws {
    try AtomicFile.write(try encoded(layers, labels: labels, for: path), to: path)
  }

  /// Returns the picture of `layers` as a PNG for the output `path`.
  func encoded(_ layers: [[Float]], labels: [String] = [], for path: String) throws -> [UInt8] {
    do {
      return try png(layers, labels: labels)
    } catch {
      throw ProgramError(.usage, "--out \(path): \(error); choose fewer images, or write them as .npy")
    }
  }
}

/// The options that say how samples become a picture.
struct PictureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The first so many samples alone; where none is named, 20 in a picture, and all in an array.", valueName: "n"),
    transform: whole(1...mostSamples))
  var count: Int?

  /// How many of `samples` go into an output, which is a picture or an array.
  func count(of samples: Int, isPicture: Bool) throws -> Int {
    if isPicture, let count, count > Self.mostInPicture {
      throw ProgramError(
        .usage, "--count \(count): a picture has at most \(Self.mostInPicture) samples; write more as .npy or .csv")
    }
    return min(count ?? (isPicture ? 20 : samples), samples)
  }

  /// Returns the samples of `data` that go into an output.
  func first(of data: Dataset, isPicture: Bool) throws -> Dataset {
    let count = try count(of: data.count, isPicture: isPicture)
    return count == data.count ? data : data.subset(0..<count)
  }

  private static let mostInPicture = 10_000

  @Option(help: ArgumentHelp("Images in a row of a picture.", valueName: "n"), transform: whole(1...100))
  var columns = 10

  /// Returns height, width and channels of samples of `shape`, or throws an error that says why they cannot be drawn.
  func imageShape(of shape: [Int], for path: String) throws -> ImageShape {
    guard let image = ImageShape(shape) else {
      throw ProgramError(
        .usage,
        "--out \(path): samples of shape \(shape) are no images; write them as .npy or .csv")
    }
    return image
  }

  /// Writes a grid in which the images of sample i stand one under the other, one from each of `layers`, with the
  /// layers' labels at the left.
  func write(_ layers: [Matrix<Float>], labels: [String] = [], _ image: ImageShape, to path: String) throws {
    let grid = ImageGrid(
      height: image.height, width: image.width, channels: image.channels, columns: min(columns, layers[0].rows))
    try grid.write(layers.map(\.values), labels: labels, to: path)
  }
}
