import Datasets
import Figures
import ImageCodecs
import Linalg

/// A codec that stores samples as pictures in the formats that everyone has. It runs on one thread.
struct ImageSampleCodec: SampleCodec {
  enum Format: String {
    case jpeg, webp, png

    var longestSide: Int {
      switch self {
      case .jpeg: JPEG.longestSide
      case .webp: WebP.longestSide
      case .png: LosslessPNG.longestSide
      }
    }
  }

  enum Packing {
    /// Every sample is a file of its own.
    case single
    /// JPEG's tables are stored once, then for each sample the length of its abbreviated stream, in two bytes (in four
    /// where any stream has more than 65,535), and the stream.
    case stripped
    /// All samples are one picture, or as few pictures as the format's longest side allows.
    case montage
  }

  let format: Format
  let packing: Packing
  let image: ImageShape

  /// Returns the codecs that can hold images of this size.
  static func all(_ image: ImageShape) -> [ImageSampleCodec] {
    let kinds: [(Format, Packing)] = [
      (.jpeg, .single), (.jpeg, .stripped), (.jpeg, .montage), (.webp, .single), (.webp, .montage), (.png, .single),
      (.png, .montage),
    ]
    if image.width * image.height > Montage.mostPixels { return [] }
    return kinds.filter { max(image.width, image.height) <= $0.0.longestSide }.map {
      ImageSampleCodec(format: $0.0, packing: $0.1, image: image)
    }
  }

  /// Returns what a reader of the table should know.
  static func notes(_ image: ImageShape, isPixels: Bool) -> [String] {
    var notes = [
      "image codecs on one thread; learned ones on --threads",
      "jpeg: libjpeg-turbo, optimal Huffman tables"
        + (image.channels == 3 ? ", colours at half resolution" : ""),
      "jpeg-stripped: the tables once, then a length of 2 bytes and an abbreviated stream without JFIF header a sample",
      "webp: libwebp, lossy, method 6"
        + (image.channels == 1 ? "; it has no grey, so three equal channels" : ", colours at half resolution"),
      "png: lossless, level 9, with or without filters, whichever is smaller",
      "montages: all samples side by side in one picture, in several where a format's longest side asks for it",
    ]
    if !isPixels { notes.append("values are rounded to 8 bits for the image codecs; errors are against the unrounded") }
    return notes
  }

  var name: String {
    switch packing {
    case .single: format.rawValue
    case .stripped: "\(format.rawValue)-stripped"
    case .montage: "\(format.rawValue)-montage"
    }
  }

  var settingName: String { format == .png ? "level" : "quality" }
  var modelBytes: Int { 0 }

  var ladder: [Double] {
    switch format {
    case .jpeg: [1, 4, 8, 15, 25, 40, 60, 80, 90]
    case .webp: [0, 2, 5, 12, 22, 35, 50, 70, 90]
    case .png: [9]
    }
  }

  /// Returns the whole number in the middle, since qualities are whole, or nil where there is none between the two.
  func between(_ one: Double, _ other: Double) -> Double? {
    let middle = ((one + other) / 2).rounded()
    return middle == one || middle == other ? nil : middle
  }

  func code(_ data: Dataset, at setting: Double) throws -> CodedSamples {
    let montage = try Montage(
      count: data.count, width: image.width, height: image.height, channels: image.channels,
      longestSide: format.longestSide)
    let pixels = data.pixelBytes
    let pictures =
      packing == .montage
      ? montage.assembled(pixels)
      : stride(from: 0, to: pixels.count, by: image.count).map {
        Raster(
          Array(pixels[$0..<$0 + image.count]), width: image.width, height: image.height, channels: image.channels)
      }
    let quality = Int(setting)
    let tables = packing == .stripped ? try JPEG.tables(quality: quality, channels: image.channels) : []
    let (files, encodeSeconds) = try timed { try pictures.map { try encode($0, quality) } }
    let (decoded, decodeSeconds) = try timed { try files.map { try decode($0, tables) } }
    let lengthBytes = files.contains { $0.count > 0xFFFF } ? 4 : 2
    let bytes = packing == .montage ? montage.cut(decoded) : decoded.flatMap(\.pixels)
    return CodedSamples(
      bytes: tables.count + files.reduce(0) { $0 + $1.count } + (packing == .stripped ? lengthBytes * files.count : 0),
      reconstruction: Matrix(rows: data.count, columns: image.count, values: bytes.map { Float($0) / 255 }),
      encodeSeconds: encodeSeconds, decodeSeconds: decodeSeconds)
  }

  private func encode(_ picture: Raster, _ quality: Int) throws(ImageCodecFailure) -> [UInt8] {
    switch format {
    case .jpeg where packing == .stripped: try JPEG.encodeAbbreviated(picture, quality: quality)
    case .jpeg: try JPEG.encode(picture, quality: quality)
    case .webp: try WebP.encode(picture, quality: quality)
    case .png: try LosslessPNG.encode(picture)
    }
  }

  private func decode(_ file: [UInt8], _ tables: [UInt8]) throws(ImageCodecFailure) -> Raster {
    switch format {
    case .jpeg: try JPEG.decode(file, tables: tables)
    case .webp: try WebP.decode(file, channels: image.channels)
    case .png: try LosslessPNG.decode(file)
    }
  }
}

extension Dataset {
  /// All values as bytes; numbers that are not stored as bytes are cut to [0, 1] and rounded.
  fileprivate var pixelBytes: [UInt8] {
    switch storage {
    case .bytes(let bytes): bytes
    case .numbers(let numbers): numbers.map { UInt8((min(max($0, 0), 1) * 255).rounded()) }
    }
  }
}
