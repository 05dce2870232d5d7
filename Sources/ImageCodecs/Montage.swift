/// Says how many images of one size are laid side by side as one picture, or as several where one would be too large.
public struct Montage: Sendable, Equatable {
  public let count: Int
  public let width: Int
  public let height: Int
  public let channels: Int
  /// The number of images in a row.
  public let columns: Int
  /// The number of rows on a full page.
  public let rows: Int

  /// The most pixels of a picture that the decoders take.
  public static let mostPixels = 1 << 28

  /// Lays out `count` images of width × height in about as many columns as rows. No page has a side longer than
  /// `longestSide`, and none has more than 2²⁸ pixels. Throws for images that are larger than that by themselves.
  public init(count: Int, width: Int, height: Int, channels: Int, longestSide: Int) throws(ImageCodecFailure) {
    precondition(count > 0 && width > 0 && height > 0, "Montage: \(count) images of \(width)×\(height)")
    guard max(width, height) <= longestSide, width * height <= Self.mostPixels else {
      throw ImageCodecFailure(
        "montage", "images of \(width)×\(height); at most \(longestSide) a side and 2²⁸ pixels in all")
    }
    self.count = count
    self.width = width
    self.height = height
    self.channels = channels
    let square = Int(Double(count).squareRoot().rounded(.up))
    columns = min(square, longestSide / width, Self.mostPixels / (width * height))
    rows = min((count + columns - 1) / columns, longestSide / height, Self.mostPixels / (columns * width * height))
  }

  /// The range of the images on each page.
  public var pages: [Range<Int>] {
    stride(from: 0, to: count, by: columns * rows).map { $0..<min($0 + columns * rows, count) }
  }

  /// Returns the pages of `images`, which lie one after another in memory; the unused end of the last row is black.
  public func assembled(_ images: [UInt8]) -> [Raster] {
    let size = width * height * channels
    precondition(images.count == count * size, "Montage: \(images.count) bytes for \(count) images of \(size)")
    return pages.map { page in
      let filled = (page.count + columns - 1) / columns
      let (across, stride) = (min(columns, page.count) * width, width * channels)
      var pixels = [UInt8](repeating: 0, count: across * channels * filled * height)
      for (cell, index) in page.enumerated() {
        for y in 0..<height {
          let from = index * size + y * stride
          let to = ((cell / columns * height + y) * across + cell % columns * width) * channels
          pixels.replaceSubrange(to..<to + stride, with: images[from..<from + stride])
        }
      }
      return Raster(pixels, width: across, height: filled * height, channels: channels)
    }
  }

  /// Returns the images on pages as `assembled` makes them; the values may be others, as after a lossy codec.
  public func cut(_ rasters: [Raster]) -> [UInt8] {
    precondition(rasters.count == pages.count, "Montage: \(rasters.count) pages, expected \(pages.count)")
    let stride = width * channels
    var images: [UInt8] = []
    images.reserveCapacity(count * height * stride)
    for (page, raster) in zip(pages, rasters) {
      precondition(
        raster.width == min(columns, page.count) * width && raster.channels == channels,
        "Montage: a page of \(raster.width)×\(raster.height)×\(raster.channels)")
      for cell in 0..<page.count {
        for y in 0..<height {
          let from = ((cell / columns * height + y) * raster.width + cell % columns * width) * channels
          images += raster.pixels[from..<from + stride]
        }
      }
    }
    return images
  }
}
