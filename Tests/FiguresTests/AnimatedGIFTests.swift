import Figures
import Testing

@Suite struct AnimatedGIFTests {
  /// Returns a colour whose channels are given in 16 levels.
  static func colour(_ red: Int, _ green: Int, _ blue: Int) -> [UInt8] { [red, green, blue].map { UInt8(17 * $0) } }

  @Test func greyFramesComeBackPixelByPixel() throws {
    let shape = ImageShape(height: 19, width: 31, channels: 1)
    let frames = (1...3).map { k in (0..<shape.count).map { UInt8(truncatingIfNeeded: $0 * (36 + k)) } }
    let bytes = try AnimatedGIF.encode(frames, shape, delay: 300)
    #expect(bytes.starts(with: Array("GIF89a".utf8)))
    let read = try GIFReader(bytes)
    #expect(read.width == 31 && read.height == 19 && read.delays == [300, 300, 300])
    #expect(read.frames == frames.map { frame in frame.flatMap { [$0, $0, $0] } })
    // The count of 0 in the application block makes viewers start again without end.
    #expect(read.extensions[0].function == 0xFF && read.extensions[0].bytes == Array("NETSCAPE2.0".utf8))
    #expect(read.extensions[1].bytes == [1, 0, 0])
  }

  /// Colours that differ in their upper five bits are exact as long as 256 are enough.
  @Test func fewColoursComeBackAsTheyWere() throws {
    let shape = ImageShape(height: 8, width: 32, channels: 3)
    // The first frame has 255 colours of 16 × 16 red and green levels, of which the last two pixels share one; the
    // second is grey.
    let first = (0..<256).flatMap { Self.colour(min($0, 254) % 16, min($0, 254) / 16, 15) }
    let second = [UInt8](repeating: 96, count: shape.count)
    let read = try GIFReader(try AnimatedGIF.encode([first, second], shape, delay: 5))
    #expect(read.frames == [first, second])
  }

  /// Where 256 colours are not enough, the palette is spread over the cube, so that no colour is far off.
  @Test func manyColoursAreNear() throws {
    let shape = ImageShape(height: 64, width: 64, channels: 3)
    let frame = (0..<4096).flatMap { Self.colour($0 % 16, $0 / 16 % 16, $0 / 256) }
    let read = try GIFReader(try AnimatedGIF.encode([frame], shape, delay: 5))
    // 256 boxes hold 4,096 colours, 16 in each, so a side has up to 4 levels of 17 around the mean.
    let errors = zip(read.frames[0], frame).map { abs(Int($0) - Int($1)) }
    let largest = errors.max() ?? 0
    #expect(largest <= 2 * 17)
    #expect(errors.reduce(0, +) < 17 * errors.count)
    let colours = (0..<4096).map { Array(read.frames[0][3 * $0..<3 * $0 + 3]) }
    #expect(Set(colours).count == 256)
  }

  @Test func oneColourIsEnough() throws {
    let shape = ImageShape(height: 2, width: 2, channels: 3)
    let frame: [UInt8] = (0..<4).flatMap { _ in [255, 255, 255] as [UInt8] }
    #expect(try GIFReader(try AnimatedGIF.encode([frame], shape, delay: 0)).frames == [frame])
  }

  @Test func sidesAreLimited() {
    let shape = ImageShape(height: 1, width: 1 << 16, channels: 1)
    #expect(throws: AnimatedGIF.Failure.self) {
      try AnimatedGIF.encode([[UInt8](repeating: 0, count: 1 << 16)], shape, delay: 5)
    }
  }
}
