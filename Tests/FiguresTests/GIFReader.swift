import CGIFShim
import Testing

/// Holds a GIF as giflib reads it.
struct GIFReader {
  let width: Int
  let height: Int
  /// The red, green and blue of every pixel, frame after frame.
  let frames: [[UInt8]]
  /// The delay of each frame, in hundredths of a second.
  let delays: [Int]
  /// The function and the bytes of each extension block that stands before the first frame.
  let extensions: [(function: Int, bytes: [UInt8])]

  init(_ bytes: [UInt8]) throws {
    let input = Input(bytes)
    let file = try #require(DGifOpen(Unmanaged.passUnretained(input).toOpaque(), Self.read, nil))
    defer { DGifCloseFile(file, nil) }
    try #require(withExtendedLifetime(input) { DGifSlurp(file) } == GIF_OK)
    (width, height) = (Int(file.pointee.SWidth), Int(file.pointee.SHeight))
    let colours = try #require(file.pointee.SColorMap).pointee.Colors!
    let images = UnsafeBufferPointer(start: file.pointee.SavedImages, count: Int(file.pointee.ImageCount))
    frames = images.map { image in
      (0..<Int(image.ImageDesc.Width * image.ImageDesc.Height)).flatMap { place in
        let colour = colours[Int(image.RasterBits[place])]
        return [colour.Red, colour.Green, colour.Blue]
      }
    }
    delays = images.indices.map { index in
      var control = GraphicsControlBlock()
      return DGifSavedExtensionToGCB(file, Int32(index), &control) == GIF_OK ? Int(control.DelayTime) : -1
    }
    let first = try #require(images.first)
    extensions = (0..<Int(first.ExtensionBlockCount)).map { index in
      let block = first.ExtensionBlocks[index]
      return (Int(block.Function), Array(UnsafeBufferPointer(start: block.Bytes, count: Int(block.ByteCount))))
    }
  }

  private final class Input {
    let bytes: [UInt8]
    var place = 0
    init(_ bytes: [UInt8]) { self.bytes = bytes }
  }

  private static let read: InputFunc = { file, target, count in
    let input = Unmanaged<Input>.fromOpaque(file!.pointee.UserData).takeUnretainedValue()
    let taken = min(Int(count), input.bytes.count - input.place)
    for i in 0..<taken { target![i] = input.bytes[input.place + i] }
    input.place += taken
    return Int32(taken)
  }
}
