import CGIFShim

/// Writes pictures, one after another, as a GIF that starts again after the last. It uses giflib.
public enum AnimatedGIF {
  /// giflib's message about pictures that it cannot write.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    public let description: String
  }

  /// The longest side that a GIF can have.
  public static let longestSide = 1 << 16 - 1

  /// Encodes `frames` of 8 bits a channel, each of shape `shape` and shown for `delay` hundredths of a second.
  ///
  /// Grey is exact; in red, green and blue all frames together have 256 colours (`Palette`).
  public static func encode(_ frames: [[UInt8]], _ shape: ImageShape, delay: Int) throws(Failure) -> [UInt8] {
    precondition(
      !frames.isEmpty && frames.allSatisfy { $0.count == shape.count },
      "AnimatedGIF: frames of \(frames.map(\.count)) bytes for \(shape)")
    precondition(0...Int(UInt16.max) ~= delay, "AnimatedGIF: a delay of \(delay)")
    guard max(shape.height, shape.width) <= longestSide else {
      throw Failure(description: "a picture of \(shape.width)×\(shape.height); at most \(longestSide) a side in a GIF")
    }
    let palette = shape.channels == 3 ? Palette(frames) : nil
    let colours = palette?.colours ?? (0...255).map { [$0, $0, $0] }
    let output = Output()
    try withExtendedLifetime(output) { () throws(Failure) in
      var status: Int32 = 0
      let file = unsafe EGifOpen(Unmanaged.passUnretained(output).toOpaque(), append, &status)
      guard let file = unsafe file else { throw failure(status) }
      var isOpen = true
      defer { if isOpen { _ = unsafe EGifCloseFile(file, nil) } }
      try unsafe start(file, shape, colours)
      for frame in frames { try unsafe add(palette?.indices(frame) ?? frame, to: file, shape, delay: delay) }
      isOpen = false
      if unsafe EGifCloseFile(file, &status) != GIF_OK { throw failure(status) }
    }
    return output.bytes
  }

  /// Writes the size, the colours, and the block that makes viewers start again (NETSCAPE2.0; a count of 0 is without
  /// end).
  private static func start(
    _ file: UnsafeMutablePointer<GifFileType>, _ shape: ImageShape, _ colours: [[UInt8]]
  ) throws(Failure) {
    // The number of colours in a GIF's palette is a power of two, so black fills it up.
    let map = (0..<256).map { index in
      let colour = index < colours.count ? colours[index] : [0, 0, 0]
      return GifColorType(Red: colour[0], Green: colour[1], Blue: colour[2])
    }
    let object = unsafe GifMakeMapObject(256, map)
    defer { unsafe GifFreeMapObject(object) }
    unsafe EGifSetGifVersion(file, true)
    try unsafe check(EGifPutScreenDesc(file, Int32(shape.width), Int32(shape.height), 8, 0, object), file)
    try unsafe check(EGifPutExtensionLeader(file, APPLICATION_EXT_FUNC_CODE), file)
    try unsafe check(EGifPutExtensionBlock(file, 11, Array("NETSCAPE2.0".utf8)), file)
    try unsafe check(EGifPutExtensionBlock(file, 3, [1, 0, 0] as [UInt8]), file)
    try unsafe check(EGifPutExtensionTrailer(file), file)
  }

  /// Writes a frame: its graphic control extension (leave in place, delay, no transparency), then its rows.
  private static func add(
    _ indices: [UInt8], to file: UnsafeMutablePointer<GifFileType>, _ shape: ImageShape, delay: Int
  ) throws(Failure) {
    let control: [UInt8] = [UInt8(DISPOSE_DO_NOT) << 2, UInt8(delay & 0xFF), UInt8(delay >> 8), 0]
    try unsafe check(EGifPutExtension(file, GRAPHICS_EXT_FUNC_CODE, 4, control), file)
    try unsafe check(EGifPutImageDesc(file, 0, 0, Int32(shape.width), Int32(shape.height), false, nil), file)
    for row in 0..<shape.height {
      var line = Array(indices[row * shape.width..<(row + 1) * shape.width])
      try unsafe check(EGifPutLine(file, &line, Int32(line.count)), file)
    }
  }

  /// Collects the bytes that giflib writes.
  private final class Output {
    var bytes: [UInt8] = []
  }

  private static let append: OutputFunc = { file, bytes, count in
    guard let output = unsafe file?.pointee.UserData, let bytes = unsafe bytes else { return 0 }
    unsafe Unmanaged<Output>.fromOpaque(output).takeUnretainedValue().bytes
      .append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
    return count
  }

  private static func check(_ status: Int32, _ file: UnsafeMutablePointer<GifFileType>) throws(Failure) {
    if status != GIF_OK { throw unsafe failure(file.pointee.Error) }
  }

  private static func failure(_ code: Int32) -> Failure {
    let text = unsafe GifErrorString(code).map { unsafe String(cString: $0) }
    return Failure(description: text ?? "the animation could not be written")
  }
}
