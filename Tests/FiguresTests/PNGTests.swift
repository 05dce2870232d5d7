import Figures
import Testing

@Suite struct PNGTests {
  @Test(arguments: [1, 3])
  func picturesComeBackPixelByPixel(channels: Int) throws {
    let shape = ImageShape(height: 5, width: 7, channels: channels)
    let pixels = (0..<shape.count).map { UInt8(truncatingIfNeeded: $0 * 37) }
    let bytes = try PNG.encode(pixels, shape)
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    let read = try PNG.decode(bytes)
    #expect(read.pixels == pixels && read.shape == shape)
  }

  @Test func aTextTakesThePlaceOfTheOneBefore() throws {
    let plain = try PNG.encode([UInt8](repeating: 7, count: 400), ImageShape(height: 20, width: 20, channels: 1))
    let once = PNG.adding("one", keyword: "note", to: plain)
    let twice = PNG.adding("another one", keyword: "note", to: once)
    #expect(PNG.text(keyword: "note", in: twice) == "another one" && PNG.text(keyword: "other", in: twice) == nil)
    #expect(twice == PNG.adding("another one", keyword: "note", to: plain))
    #expect(try PNG.decode(twice).pixels == PNG.decode(plain).pixels)
  }

  @Test func damagedPicturesAreRefused() throws {
    let good = try PNG.encode([UInt8](repeating: 7, count: 400), ImageShape(height: 20, width: 20, channels: 1))
    for bad in [[], [1, 2, 3], Array(good[..<40]), Array(good.dropLast(20))] as [[UInt8]] {
      #expect(throws: PNG.Failure.self) { try PNG.decode(bad) }
    }
    var flipped = good
    flipped[20] ^= 0xFF
    #expect(throws: PNG.Failure.self) { try PNG.decode(flipped) }
  }

  @Test func shapesThatAreImages() {
    #expect(ImageShape([28, 28]) == ImageShape(height: 28, width: 28, channels: 1))
    #expect(ImageShape([4, 6, 3]) == ImageShape(height: 4, width: 6, channels: 3))
    for shape in [[784], [1, 5], [4, 4, 2], [2, 2, 2, 2], []] { #expect(ImageShape(shape) == nil) }
  }
}

@Suite struct ImageGridTests {
  /// Two images of 1 × 2 pixels lie in two layers and one column: an original over its reconstruction, twice.
  @Test func layersAreGroupedByRow() {
    let grid = ImageGrid(height: 1, width: 2, channels: 1, columns: 1, scale: 1)
    let (pixels, shape) = grid.pixels([[0, 1, 0.5, 2], [1, 0, -1, .nan]])
    // The gap around images is 2 and the one between groups has 4 more, so the images are in rows 2, 5 | 12, 15.
    #expect(shape == ImageShape(height: 18, width: 6, channels: 1))
    func image(at row: Int) -> [UInt8] { Array(pixels[row * 6 + 2..<row * 6 + 4]) }
    #expect(image(at: 2) == [0, 255] && image(at: 5) == [255, 0])
    #expect(image(at: 12) == [128, 255] && image(at: 15) == [0, 0])
    #expect(pixels.filter { $0 == grid.background }.count == 18 * 6 - 8)
  }

  @Test func scaleRepeatsPixels() {
    let grid = ImageGrid(height: 2, width: 2, channels: 3, columns: 2, scale: 3)
    let image = (0..<12).map { Float($0) / 255 }
    let (pixels, shape) = grid.pixels([image + image + image])
    #expect(shape == ImageShape(height: 2 * 8 + 2, width: 2 * 8 + 2, channels: 3))
    for y in 0..<6 {
      for x in 0..<6 {
        for c in 0..<3 { #expect(Int(pixels[((2 + y) * 18 + 2 + x) * 3 + c]) == (y / 3 * 2 + x / 3) * 3 + c) }
      }
    }
  }

  /// Three pictures of 2 × 3 pixels lie two in a row: the third begins the second row, and nothing is beside it.
  @Test func theLastRowMayBeShort() {
    let grid = ImageGrid(height: 2, width: 3, channels: 1, columns: 2, scale: 2)
    let (pixels, shape) = grid.pixels([(0..<18).map { Float($0 + 1) / 255 }])
    // Each picture takes 6 × 4 pixels and a gap of 2; one more gap is at the left and on top.
    #expect(shape == ImageShape(height: 2 * 6 + 2, width: 2 * 8 + 2, channels: 1))
    for y in 0..<14 {
      for x in 0..<18 {
        let (row, column) = ((y - 2) / 6, (x - 2) / 8)
        let (inY, inX) = (y - 2 - 6 * row, x - 2 - 8 * column)
        let index = 2 * row + column
        let isPicture = y >= 2 && x >= 2 && inY < 4 && inX < 6 && index < 3
        let expected = isPicture ? UInt8(index * 6 + inY / 2 * 3 + inX / 2 + 1) : grid.background
        #expect(pixels[y * 18 + x] == expected, "row \(y), column \(x)")
      }
    }
  }

  /// Labels take a strip at the left and leave the images as they are, beside it.
  @Test func labelsStandAtTheLeft() {
    let grid = ImageGrid(height: 14, width: 3, channels: 1, columns: 1, scale: 1)
    let layers = [[Float]](repeating: (0..<84).map { Float($0) / 83 }, count: 2)
    let (plain, bare) = grid.pixels(layers)
    let (labelled, shape) = grid.pixels(layers, labels: ["I", "II"])
    // A letter is 6 pixels wide, and there are 4 at both ends of the longest label.
    let strip = 2 * 6 + 8
    #expect(shape == ImageShape(height: bare.height, width: bare.width + strip, channels: 1))
    for y in 0..<bare.height {
      let row = labelled[y * shape.width..<(y + 1) * shape.width]
      #expect(Array(row.dropFirst(strip)) == Array(plain[y * bare.width..<(y + 1) * bare.width]))
    }
    func ink(_ rows: Range<Int>) -> Int {
      rows.reduce(0) { $0 + labelled[$1 * shape.width..<$1 * shape.width + strip].count { $0 == grid.ink } }
    }
    // The two layers of the first group begin at 2 and 18, those of the second at 38 and 54; an "I" of the font has 13
    // pixels.
    #expect([2, 38].map { ink($0..<$0 + 14) } == [13, 13])
    #expect([18, 54].map { ink($0..<$0 + 14) } == [26, 26])
  }

  /// A label of several lines makes room for itself; letters grow with the images.
  @Test func rowsAreAsHighAsTheirLabels() {
    let small = ImageGrid(height: 2, width: 2, channels: 3, columns: 1, scale: 1)
    let (_, shape) = small.pixels([[Float](repeating: 1, count: 12)], labels: ["a\nbcd"])
    #expect(shape == ImageShape(height: 2 * 13 + 4, width: 3 * 6 + 8 + 6, channels: 3))
    let large = ImageGrid(height: 112, width: 2, channels: 1, columns: 1, scale: 1)
    let (_, grown) = large.pixels([[Float](repeating: 1, count: 224)], labels: ["abc"])
    #expect(grown == ImageShape(height: 116, width: 2 * (3 * 6 + 8) + 6, channels: 1))
  }

  /// A picture that no PNG can hold is refused before its pixels are made.
  @Test func tooLargeAPictureIsRefused() {
    let grid = ImageGrid(height: 28, width: 28, channels: 1, columns: 1)
    #expect(throws: PNG.Failure.self) { try grid.png([[Float](repeating: 0, count: 2000 * 784)]) }
  }
}
