/// Many small images as one picture, side by side in rows, each enlarged by whole pixels so that it can be looked at.
public struct ImageGrid: Sendable {
  public let image: ImageShape
  /// The number of images in a row.
  public let columns: Int
  /// How many pixels of the picture a pixel of an image takes on each side.
  public let scale: Int
  /// The pixels between images. Between groups of rows there are three times as many.
  public let gap: Int
  /// The grey between and around the images.
  public let background: UInt8 = 96
  /// The grey of the labels' letters.
  public let ink: UInt8 = 240

  /// Without a `scale`, small images are enlarged to at most 56 pixels on the longer side, and at most eightfold; those
  /// of more than 28 pixels stay as they are.
  public init(height: Int, width: Int, channels: Int, columns: Int, scale: Int? = nil, gap: Int = 2) {
    precondition(columns > 0 && gap >= 0, "ImageGrid: \(columns) columns, \(gap) pixels between images")
    self.gap = gap
    image = ImageShape(height: height, width: width, channels: channels)
    self.columns = columns
    self.scale = scale ?? max(1, min(8, 56 / max(height, width)))
  }

  /// Returns the picture of `layers`. Each holds the same number of images, one after another, with values in [0, 1].
  ///
  /// A row of images of the first layer has the same images of the second layer under it, and so on; then the next row
  /// begins. Values outside [0, 1] are cut off, and NaN is black.
  ///
  /// - Parameter labels: what stands at the left of each row of images, from the top. They begin anew where there are
  ///   more rows than labels, so a label for each layer is enough. A line feed breaks a label.
  public func png(_ layers: [[Float]], labels: [String] = []) throws(PNG.Failure) -> [UInt8] {
    // The size is known before the pixels are, so what no PNG can hold costs no memory.
    let shape = shape(of: layers, labels)
    try PNG.check(shape)
    return try PNG.encode(pixels(layers, labels: labels).pixels, shape)
  }

  /// Returns the pictures of `frames`, which have equally many images, as a GIF that shows each for `delay` hundredths
  /// of a second.
  public func gif(_ frames: [[Float]], delay: Int) throws(AnimatedGIF.Failure) -> [UInt8] {
    let pictures = frames.map { pixels([$0]) }
    precondition(
      !pictures.isEmpty && pictures.allSatisfy { $0.shape == pictures[0].shape },
      "ImageGrid: frames of \(frames.map(\.count)) numbers")
    return try AnimatedGIF.encode(pictures.map(\.pixels), pictures[0].shape, delay: delay)
  }

  package func pixels(_ layers: [[Float]], labels: [String] = []) -> (pixels: [UInt8], shape: ImageShape) {
    let count = imageCount(layers)
    let shape = shape(of: layers, labels)
    let strip = LabelStrip(labels, imageHeight: image.height * scale)
    var pixels = [UInt8](repeating: background, count: shape.count)
    for (depth, layer) in layers.enumerated() {
      for index in 0..<count {
        let top = top(group: index / columns, depth: depth, of: layers.count, strip)
        let left = strip.width + gap + index % columns * (image.width * scale + gap)
        draw(layer[index * image.count..<(index + 1) * image.count], into: &pixels, shape, top: top, left: left)
      }
      if labels.isEmpty { continue }
      for group in 0..<(count + columns - 1) / columns {
        let label = labels[(group * layers.count + depth) % labels.count]
        let top = top(group: group, depth: depth, of: layers.count, strip)
        strip.draw(label, top: top, height: image.height * scale) { x, y in
          let place = (y * shape.width + x) * shape.channels
          for channel in 0..<shape.channels { pixels[place + channel] = ink }
        }
      }
    }
    return (pixels, shape)
  }

  private func imageCount(_ layers: [[Float]]) -> Int {
    let count = (layers.first?.count ?? 0) / image.count
    precondition(
      count > 0 && layers.allSatisfy { $0.count == count * image.count },
      "ImageGrid: layers of \(layers.map(\.count)) numbers for images of \(image.count)")
    return count
  }

  private func shape(of layers: [[Float]], _ labels: [String]) -> ImageShape {
    let groups = (imageCount(layers) + columns - 1) / columns
    let strip = LabelStrip(labels, imageHeight: image.height * scale)
    let bottom = top(group: groups - 1, depth: layers.count - 1, of: layers.count, strip) + strip.rowHeight + gap
    return ImageShape(
      height: bottom, width: strip.width + columns * (image.width * scale + gap) + gap, channels: image.channels)
  }

  /// Returns where a row of images begins.
  private func top(group: Int, depth: Int, of layers: Int, _ strip: LabelStrip) -> Int {
    gap + group * (layers * (strip.rowHeight + gap) + (layers > 1 ? 2 * gap : 0)) + depth * (strip.rowHeight + gap)
  }

  private func draw(
    _ values: ArraySlice<Float>, into pixels: inout [UInt8], _ shape: ImageShape, top: Int, left: Int
  ) {
    let channels = image.channels
    for y in 0..<image.height * scale {
      for x in 0..<image.width * scale {
        let from = values.startIndex + (y / scale * image.width + x / scale) * channels
        let to = ((top + y) * shape.width + left + x) * channels
        for channel in 0..<channels { pixels[to + channel] = Self.byte(values[from + channel]) }
      }
    }
  }

  /// Returns a value in [0, 1] as a byte; values outside are cut off, and NaN gives 0.
  static func byte(_ value: Float) -> UInt8 {
    value > 0 ? UInt8((min(value, 1) * 255).rounded()) : 0
  }
}
