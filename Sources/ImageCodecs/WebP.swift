import CImageCodecs

/// Turns pixels into lossy WebP and back. It uses libwebp's slowest and best method (6).
///
/// WebP has no grey: grey pixels are written as three equal channels and read as the mean of three.
public enum WebP {
  public static let longestSide = 16_383
  public static let qualities = 0...100

  public static func encode(_ raster: Raster, quality: Int) throws(ImageCodecFailure) -> [UInt8] {
    precondition(
      qualities.contains(quality) && max(raster.width, raster.height) <= longestSide,
      "WebP: \(raster.width)×\(raster.height) of quality \(quality)")
    return try unsafe bytes(of: "WebP") { out in
      unsafe aetool_webp_encode(
        raster.pixels, Int32(raster.width), Int32(raster.height), Int32(raster.channels), Float(quality), 6, &out)
    }
  }

  /// Returns the picture in `bytes`, in grey if `channels` is 1.
  public static func decode(_ bytes: [UInt8], channels: Int) throws(ImageCodecFailure) -> Raster {
    precondition(channels == 1 || channels == 3, "WebP: \(channels) channels")
    return try unsafe raster(of: "WebP") { out in
      unsafe aetool_webp_decode(bytes, bytes.count, Int32(channels), &out)
    }
  }
}
