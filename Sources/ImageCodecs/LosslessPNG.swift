import CImageCodecs

/// Turns pixels into the smallest PNG that libpng makes, and back. It serves for measuring; `Figures.PNG` makes
/// pictures to look at.
public enum LosslessPNG {
  public static let longestSide = 65_536

  /// Returns the smaller of two files at zlib's level 9, one without filters and one with adaptive filters.
  public static func encode(_ raster: Raster) throws(ImageCodecFailure) -> [UInt8] {
    try unsafe bytes(of: "PNG") { out in
      unsafe aetool_png_encode(
        raster.pixels, Int32(raster.width), Int32(raster.height), Int32(raster.channels), &out)
    }
  }

  /// Returns the picture in `bytes`: grey where the file has grey alone, otherwise red, green and blue.
  public static func decode(_ bytes: [UInt8]) throws(ImageCodecFailure) -> Raster {
    try unsafe raster(of: "PNG") { out in unsafe aetool_png_decode(bytes, bytes.count, &out) }
  }
}
