/// The height, width and channels of a sample that is an image; channels come last: 1 (grey) or 3 (red, green, blue).
public struct ImageShape: Sendable, Equatable {
  public let height: Int
  public let width: Int
  public let channels: Int

  /// Reads shapes like [28, 28], [32, 32, 1] or [32, 32, 3]; the result is nil for a shape that is no image.
  public init?(_ shape: [Int]) {
    guard shape.allSatisfy({ $0 > 0 }) else { return nil }
    if shape.count == 2, shape[0] > 1, shape[1] > 1 {
      (height, width, channels) = (shape[0], shape[1], 1)
    } else if shape.count == 3, shape[2] == 1 || shape[2] == 3 {
      (height, width, channels) = (shape[0], shape[1], shape[2])
    } else {
      return nil
    }
  }

  public init(height: Int, width: Int, channels: Int) {
    precondition(
      height > 0 && width > 0 && (channels == 1 || channels == 3), "ImageShape: \(height)×\(width)×\(channels)")
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// How many numbers an image has.
  public var count: Int { height * width * channels }
}
