import CPNGShim

/// Turns pixels into PNG and back. It uses libpng.
public enum PNG {
  /// libpng's message about a picture that it cannot read or write.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    public let description: String
  }

  /// The longest side that is read or written.
  public static let longestSide = 1 << 16

  /// Encodes pixels of 8 bits a channel: rows from the top, channels interleaved; `pixels` has `shape.count` bytes.
  public static func encode(_ pixels: [UInt8], _ shape: ImageShape) throws(Failure) -> [UInt8] {
    precondition(pixels.count == shape.count, "PNG: \(pixels.count) bytes for \(shape)")
    try check(shape)
    var image = unsafe newImage()
    unsafe image.width = UInt32(shape.width)
    unsafe image.height = UInt32(shape.height)
    unsafe image.format = format(ofChannels: shape.channels)
    // Compressed data can be a little larger than the pixels. libpng sets `size` to what it used.
    var size = pixels.count + pixels.count / 8 + 64 * shape.height + 4096
    var bytes = [UInt8](repeating: 0, count: size)
    let status = unsafe png_image_write_to_memory(&image, &bytes, &size, 0, pixels, 0, nil)
    guard status != 0 else { throw unsafe failure(&image) }
    return Array(bytes.prefix(size))
  }

  /// Returns the picture in `bytes`: grey where the file has grey alone, otherwise red, green and blue. What is
  /// transparent lies over black.
  public static func decode(_ bytes: [UInt8]) throws(Failure) -> (pixels: [UInt8], shape: ImageShape) {
    var image = unsafe newImage()
    return try unsafe decode(bytes, &image)
  }

  private static func decode(
    _ bytes: [UInt8], _ image: inout png_image
  ) throws(Failure) -> (pixels: [UInt8], shape: ImageShape) {
    defer { unsafe png_image_free(&image) }
    guard unsafe png_image_begin_read_from_memory(&image, bytes, bytes.count) != 0 else {
      throw unsafe failure(&image)
    }
    let isColour = unsafe image.format & UInt32(PNG_FORMAT_FLAG_COLOR) != 0
    let shape = unsafe ImageShape(height: Int(image.height), width: Int(image.width), channels: isColour ? 3 : 1)
    try check(shape)
    unsafe image.format = format(ofChannels: shape.channels)
    var pixels = [UInt8](repeating: 0, count: shape.count)
    var black = png_color()
    guard unsafe png_image_finish_read(&image, &black, &pixels, 0, nil) != 0 else { throw unsafe failure(&image) }
    return (pixels, shape)
  }

  /// Throws for a picture that is too large to be written or read.
  static func check(_ shape: ImageShape) throws(Failure) {
    guard max(shape.height, shape.width) <= longestSide, shape.width * shape.height <= 1 << 28 else {
      throw Failure(
        description:
          "a picture of \(shape.width)×\(shape.height); at most \(longestSide) a side, 2²⁸ pixels in all")
    }
  }

  private static func format(ofChannels channels: Int) -> UInt32 {
    channels == 1 ? UInt32(PNG_FORMAT_GRAY) : UInt32(PNG_FORMAT_RGB)
  }

  private static func newImage() -> png_image {
    var image = unsafe png_image()
    unsafe image.version = UInt32(PNG_IMAGE_VERSION)
    return unsafe image
  }

  private static func failure(_ image: inout png_image) -> Failure {
    let text = unsafe withUnsafeBytes(of: image.message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return Failure(description: text.isEmpty ? "the picture could not be processed" : text)
  }
}
