import ImageCodecs
import Testing

@Suite struct MontageTests {
  /// Images that are cut out of the pages are those that were laid there, also where a page is not full.
  @Test(arguments: [1, 2, 7, 9, 10, 50], [1, 3])
  func cutsWhatWasAssembled(count: Int, channels: Int) throws {
    let images = (0..<count).flatMap { picture(width: 6, height: 4, channels: channels, seed: $0).pixels }
    for longestSide in [6, 12, 1000] {
      let montage = try Montage(count: count, width: 6, height: 4, channels: channels, longestSide: longestSide)
      let pages = montage.assembled(images)
      #expect(pages.allSatisfy { $0.width <= longestSide && $0.height <= longestSide })
      #expect(montage.cut(pages) == images)
    }
  }

  @Test func isAboutSquare() throws {
    let montage = try Montage(count: 10_000, width: 28, height: 28, channels: 1, longestSide: WebP.longestSide)
    #expect(montage.columns == 100 && montage.rows == 100 && montage.pages == [0..<10_000])
    // At most 585 images fit on a side: ⌊16383 / 28⌋ = 585.
    let large = try Montage(count: 700_000, width: 28, height: 28, channels: 1, longestSide: WebP.longestSide)
    #expect(
      large.columns == 585 && large.rows == 585 && large.pages.count == 3 && large.pages.last!.upperBound == 700_000)
  }

  @Test func liesRowByRow() throws {
    let montage = try Montage(count: 3, width: 1, height: 1, channels: 1, longestSide: 10)
    #expect(montage.assembled([1, 2, 3]) == [Raster([1, 2, 3, 0], width: 2, height: 2, channels: 1)])
  }

  /// One row of large images would have more than 2²⁸ pixels, so it has fewer images; an image that has more by itself
  /// is refused.
  @Test func noPageHasMoreThan2To28Pixels() throws {
    let tall = try Montage(count: 100, width: 8000, height: 20_000, channels: 1, longestSide: 65_000)
    #expect(tall.columns == 1 && tall.rows == 1 && tall.pages.count == 100)
    let wide = try Montage(count: 100, width: 10_000, height: 2000, channels: 3, longestSide: 65_000)
    #expect(wide.columns * wide.rows * 10_000 * 2000 <= 1 << 28 && wide.columns == 6 && wide.rows == 2)
    #expect(throws: ImageCodecFailure.self) {
      try Montage(count: 1, width: 20_000, height: 20_000, channels: 1, longestSide: 65_000)
    }
    #expect(throws: ImageCodecFailure.self) {
      try Montage(count: 1, width: 20_000, height: 1, channels: 1, longestSide: 16_383)
    }
  }
}
