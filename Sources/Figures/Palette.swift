/// Up to 256 colours for pictures of red, green, blue: median cut (P. Heckbert, "Color image quantization for frame buffer
/// display", 1982) on the upper 5 bits of each channel; a colour is the mean of the pixels that get it.
struct Palette {
  /// Red, green, blue of each.
  let colours: [[UInt8]]
  /// By cell: the colour's index.
  private let indices: [UInt8]

  /// For `pictures` of bytes, channels interleaved.
  init(_ pictures: [[UInt8]]) {
    var cells = (0..<1 << 15).map { Cell(key: $0) }
    for pixels in pictures {
      for place in stride(from: 0, to: pixels.count, by: 3) {
        let pixel = SIMD3(pixels[place], pixels[place + 1], pixels[place + 2])
        cells[Self.key(pixel)].add(pixel)
      }
    }
    var boxes = [Box(cells.filter { $0.count > 0 })]
    while boxes.count < 256, let next = boxes.indices.max(by: { boxes[$0].weight < boxes[$1].weight }),
      boxes[next].weight > 0
    {
      let (low, high) = boxes[next].halves()
      boxes[next] = low
      boxes.append(high)
    }
    var indices = [UInt8](repeating: 0, count: cells.count)
    for (index, box) in boxes.enumerated() { for cell in box.cells { indices[cell.key] = UInt8(index) } }
    self.indices = indices
    colours = boxes.map(\.mean)
  }

  /// The index of each pixel's colour.
  func indices(_ pixels: [UInt8]) -> [UInt8] {
    stride(from: 0, to: pixels.count, by: 3).map { place in
      indices[Self.key(SIMD3(pixels[place], pixels[place + 1], pixels[place + 2]))]
    }
  }

  private static func key(_ pixel: SIMD3<UInt8>) -> Int {
    Int(pixel.x >> 3) << 10 | Int(pixel.y >> 3) << 5 | Int(pixel.z >> 3)
  }

  /// The pixels that agree in the upper bits.
  private struct Cell {
    let key: Int
    var count = 0
    var sum = SIMD3<Int>.zero

    init(key: Int) { self.key = key }

    mutating func add(_ pixel: SIMD3<UInt8>) {
      count += 1
      sum &+= SIMD3(Int(pixel.x), Int(pixel.y), Int(pixel.z))
    }

    /// The upper bits of a channel.
    func level(_ channel: Int) -> Int { key >> (10 - 5 * channel) & 31 }
  }

  private struct Box {
    let cells: [Cell]
    let count: Int
    /// The channel of the longest side, and that side.
    let channel: Int
    let side: Int
    /// Of all boxes the one with the largest is cut next; 0 if it cannot be.
    var weight: Int { count * side }

    init(_ cells: [Cell]) {
      self.cells = cells
      count = cells.reduce(0) { $0 + $1.count }
      let sides = (0..<3).map { channel in
        let levels = cells.map { $0.level(channel) }
        return (levels.max() ?? 0) - (levels.min() ?? 0)
      }
      channel = (0..<3).max { sides[$0] < sides[$1] }!
      side = sides[channel]
    }

    /// Cut across the longest side, about as many pixels in both.
    func halves() -> (Box, Box) {
      let sorted = cells.sorted { ($0.level(channel), $0.key) < ($1.level(channel), $1.key) }
      var (cut, below) = (0, 0)
      while cut < sorted.count - 1 && (cut == 0 || below < count / 2) {
        below += sorted[cut].count
        cut += 1
      }
      return (Box(Array(sorted[..<cut])), Box(Array(sorted[cut...])))
    }

    var mean: [UInt8] {
      (0..<3).map { channel in
        UInt8((cells.reduce(0) { $0 + $1.sum[channel] } + count / 2) / max(count, 1))
      }
    }
  }
}
