import ImageCodecs
import Testing

@Suite struct MontageTests {
  /// Images that are cut out of the pages are those that were laid there, also where a page is not full.
  @Test(arguments: [1, 2, 7, 9, 10, 50], [1, 3])
  func cutsWhatWasAssembled(count: Int, channels: Int) {
    let images = (0..<count).flatMap { picture(width: 6, height: 4, channels: channels, seed: $0).pixels }
    for longestSide in [6, 12, 1000] {
      let montage = Montage(count: count, width: 6, height: 4, channels: channels, longestSide: longestSide)
      let pages = montage.assembled(images)
      #expect(pages.allSatisfy { $0.width <= longestSide && $0.height <= longestSide })
      #expect(montage.cut(pages) == images)
    }
  }

  @Test func isAboutSquare() {
    let montage = Montage(count: 10_000, width: 28, height: 28, channels: 1, longestSide: WebP.longestSide)
    #expect(montage.columns == 100 && montage.rows == 100 && montage.pages == [0..<10_000])
    // At most 585 images fit on a side: ⌊16383 / 28⌋ = 585.
    let large = Montage(count: 700_000, width: 28, height: 28, channels: 1, longestSide: WebP.longestSide)
    #expect(
      large.columns == 585 && large.rows == 585 && large.pages.count == 3 && large.pages.last!.upperBound == 700_000)
  }

  @Test func liesRowByRow() {
    let montage = Montage(count: 3, width: 1, height: 1, channels: 1, longestSide: 10)
    #expect(montage.assembled([1, 2, 3]) == [Raster([1, 2, 3, 0], width: 2, height: 2, channels: 1)])
  }
}
