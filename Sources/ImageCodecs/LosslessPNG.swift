import CImageCodecs

/// Pixels to PNG as small as libpng makes it, and back; for measuring, where `Figures.PNG` is for pictures to look at.
public enum LosslessPNG {
  public static let longestSide = 65_536

  /// At zlib's level 9; of two files, without filters and with adaptive ones, the smaller.
  public static func encode(_ raster: Raster) throws(ImageCodecFailure) -> [UInt8] {
    try unsafe bytes(of: "PNG") { out in
      unsafe aetool_png_encode(
        raster.pixels, Int32(raster.width), Int32(raster.height), Int32(raster.channels), &out)
    }
  }

  /// The picture in `bytes`: grey where the file has grey alone.
  public static func decode(_ bytes: [UInt8]) throws(ImageCodecFailure) -> Raster {
    try unsafe raster(of: "PNG") { out in unsafe aetool_png_decode(bytes, bytes.count, &out) }
  }
}
