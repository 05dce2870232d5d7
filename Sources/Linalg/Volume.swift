/// The shape of an image with channels, height × width × channels; the channels of a pixel lie side by side in memory.
public struct Volume: Sendable, Equatable, Codable, CustomStringConvertible {
  public let height: Int
  public let width: Int
  public let channels: Int

  public init(height: Int, width: Int, channels: Int) {
    precondition(height > 0 && width > 0 && channels > 0, "Volume: \(height)×\(width)×\(channels)")
    self.height = height
    self.width = width
    self.channels = channels
  }

  public var pixels: Int { height * width }
  /// How many numbers the image has.
  public var count: Int { pixels * channels }
  public var description: String { "\(height)×\(width)×\(channels)" }
}
