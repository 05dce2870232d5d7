/// A picture of 8 bits a channel, with rows from the top and channels interleaved: 1 (grey) or 3 (red, green, blue).
public struct Raster: Sendable, Equatable {
  public let width: Int
  public let height: Int
  public let channels: Int
  /// height × width × channels.
  public let pixels: [UInt8]

  public init(_ pixels: [UInt8], width: Int, height: Int, channels: Int) {
    precondition(
      width > 0 && height > 0 && (channels == 1 || channels == 3) && pixels.count == width * height * channels,
      "Raster: \(pixels.count) bytes for \(width)×\(height)×\(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }
}

/// The message of a format's library about a picture that it cannot write or read.
public struct ImageCodecFailure: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ format: String, _ message: String) { description = "\(format): \(message)" }
}
