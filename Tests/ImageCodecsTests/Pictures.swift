import ImageCodecs

/// Returns a picture of smooth waves with an edge; the waves differ by `seed` and channel.
func picture(width: Int, height: Int, channels: Int, seed: Int = 0) -> Raster {
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      for channel in 0..<channels {
        let wave = (x * (3 + channel) + y * 5 + seed * 31) % 200
        pixels.append(UInt8(x > width / 2 ? 255 - wave : wave / 2))
      }
    }
  }
  return Raster(pixels, width: width, height: height, channels: channels)
}

/// Returns the mean square of the differences between pixel values that are scaled to [0, 1].
func meanSquare(_ a: Raster, _ b: Raster) -> Double {
  let total = zip(a.pixels, b.pixels).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
  return Double(total) / Double(a.pixels.count) / 255 / 255
}
