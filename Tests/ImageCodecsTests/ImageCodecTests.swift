import ImageCodecs
import Testing

@Suite struct ImageCodecTests {
  static let sizes = [(1, 1), (28, 28), (17, 5), (200, 131)]

  @Test(arguments: sizes, [1, 3])
  func pngIsExact(size: (Int, Int), channels: Int) throws {
    let original = picture(width: size.0, height: size.1, channels: channels)
    #expect(try LosslessPNG.decode(LosslessPNG.encode(original)) == original)
  }

  /// Quality 95 leaves errors of a few in 255: on grey a mean square below (5/255)². The resolution of colours is
  /// halved, so more is allowed there.
  @Test(arguments: sizes, [1, 3])
  func jpegIsNear(size: (Int, Int), channels: Int) throws {
    let original = picture(width: size.0, height: size.1, channels: channels)
    let decoded = try JPEG.decode(JPEG.encode(original, quality: 95))
    #expect(decoded.width == size.0 && decoded.height == size.1 && decoded.channels == channels)
    #expect(meanSquare(original, decoded) < (channels == 1 ? 25.0 : 900) / 255 / 255)
  }

  @Test(arguments: sizes, [1, 3])
  func webPIsNear(size: (Int, Int), channels: Int) throws {
    let original = picture(width: size.0, height: size.1, channels: channels)
    let decoded = try WebP.decode(WebP.encode(original, quality: 95), channels: channels)
    #expect(decoded.width == size.0 && decoded.height == size.1 && decoded.channels == channels)
    #expect(meanSquare(original, decoded) < (channels == 1 ? 64.0 : 900) / 255 / 255)
  }

  @Test func lowerQualitiesAreSmaller() throws {
    let original = picture(width: 64, height: 64, channels: 1)
    let jpeg = try [5, 30, 90].map { try JPEG.encode(original, quality: $0).count }
    let webP = try [0, 30, 90].map { try WebP.encode(original, quality: $0).count }
    #expect(jpeg == jpeg.sorted() && webP == webP.sorted())
  }

  /// The pixels do not depend on how coefficients are coded: by optimal tables, or by the standard's in a stream of
  /// their own.
  @Test(arguments: [1, 3], [1, 40, 100])
  func sharedTablesGiveTheSamePixels(channels: Int, quality: Int) throws {
    let tables = try JPEG.tables(quality: quality, channels: channels)
    for seed in 0..<4 {
      let original = picture(width: 28, height: 28, channels: channels, seed: seed)
      let (whole, short) = try (
        JPEG.encode(original, quality: quality), JPEG.encodeAbbreviated(original, quality: quality)
      )
      #expect(try JPEG.decode(short, tables: tables) == JPEG.decode(whole))
      #expect(throws: ImageCodecFailure.self) { try JPEG.decode(short) }
    }
  }

  @Test func damagedFilesAreErrors() throws {
    let original = picture(width: 40, height: 30, channels: 1)
    let files: [(String, [UInt8], ([UInt8]) throws -> Raster)] = [
      ("JPEG", try JPEG.encode(original, quality: 80), { try JPEG.decode($0) }),
      ("WebP", try WebP.encode(original, quality: 80), { try WebP.decode($0, channels: 1) }),
      ("PNG", try LosslessPNG.encode(original), { try LosslessPNG.decode($0) }),
    ]
    for (name, bytes, decode) in files {
      for length in stride(from: 0, to: bytes.count - 20, by: 7) {
        let error = #expect(throws: ImageCodecFailure.self, "\(name) of \(length) bytes") {
          try decode(Array(bytes.prefix(length)))
        }
        #expect(error?.description.hasPrefix("\(name): ") == true)
      }
      // A byte that is wrong may give another picture or an error, but no crash.
      for place in bytes.indices {
        var damaged = bytes
        damaged[place] ^= 0x55
        _ = try? decode(damaged)
      }
    }
    #expect(throws: ImageCodecFailure.self) { try JPEG.decode(files[0].1, tables: files[0].1) }
  }
}
