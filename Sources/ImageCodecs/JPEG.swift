import CImageCodecs

/// Turns pixels into baseline JPEG and back. It uses libjpeg-turbo, whose default halves the resolution of colours.
///
/// A file carries its quantisation and Huffman tables, some hundred bytes. For many small pictures of one quality the
/// tables can be written once (`tables`), with an abbreviated stream for each picture (ITU-T T.81, B.4 and B.5).
public enum JPEG {
  public static let longestSide = 65_500
  public static let qualities = 1...100

  /// Returns a file with Huffman tables that are made for it.
  public static func encode(_ raster: Raster, quality: Int) throws(ImageCodecFailure) -> [UInt8] {
    check(raster, quality)
    return try unsafe bytes(of: "JPEG") { out in
      unsafe aetool_jpeg_encode(
        raster.pixels, Int32(raster.width), Int32(raster.height), Int32(raster.channels), Int32(quality), &out)
    }
  }

  /// Returns the tables that all abbreviated pictures of a quality share; the Huffman tables are those of T.81, K.3.
  public static func tables(quality: Int, channels: Int) throws(ImageCodecFailure) -> [UInt8] {
    precondition(qualities.contains(quality) && (channels == 1 || channels == 3), "JPEG: quality \(quality)")
    return try unsafe bytes(of: "JPEG") { out in
      unsafe aetool_jpeg_encode_abbreviated(nil, 1, 1, Int32(channels), Int32(quality), &out)
    }
  }

  /// Returns a picture without tables and JFIF header.
  public static func encodeAbbreviated(_ raster: Raster, quality: Int) throws(ImageCodecFailure) -> [UInt8] {
    check(raster, quality)
    return try unsafe bytes(of: "JPEG") { out in
      unsafe aetool_jpeg_encode_abbreviated(
        raster.pixels, Int32(raster.width), Int32(raster.height), Int32(raster.channels), Int32(quality), &out)
    }
  }

  /// Returns the picture in `bytes`. If it is abbreviated, its tables are in `tables`. Damaged data are an error.
  public static func decode(_ bytes: [UInt8], tables: [UInt8] = []) throws(ImageCodecFailure) -> Raster {
    try unsafe raster(of: "JPEG") { out in
      unsafe aetool_jpeg_decode(bytes, bytes.count, tables, tables.count, &out)
    }
  }

  private static func check(_ raster: Raster, _ quality: Int) {
    precondition(
      qualities.contains(quality) && max(raster.width, raster.height) <= longestSide,
      "JPEG: \(raster.width)×\(raster.height) of quality \(quality)")
  }
}
