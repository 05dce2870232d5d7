/// Up to 256 colours for pictures of red, green and blue, found by median cut (P. Heckbert, "Color image quantization
/// for frame buffer display", 1982) on the upper 5 bits of each channel. A colour is the mean of its pixels.
struct Palette {
  /// The red, green and blue of each colour.
  let colours: [[UInt8]]
  /// For each cell (the upper bits of a pixel), the index of its colour.
  private let indices: [UInt8]

  /// Finds the colours for `pictures` of bytes whose channels are interleaved.
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

  /// Returns the index of each pixel's colour.
  func indices(_ pixels: [UInt8]) -> [UInt8] {
    stride(from: 0, to: pixels.count, by: 3).map { place in
      indices[Self.key(SIMD3(pixels[place], pixels[place + 1], pixels[place + 2]))]
    }
  }

  private static func key(_ pixel: SIMD3<UInt8>) -> Int {
    Int(pixel.x >> 3) << 10 | Int(pixel.y >> 3) << 5 | Int(pixel.z >> 3)
  }

  /// The pixels that agree in the upper bits of their channels.
  private struct Cell {
    let key: Int
    var count = 0
    var sum = SIMD3<Int>.zero

    init(key: Int) { self.key = key }

    mutating func add(_ pixel: SIMD3<UInt8>) {
      count += 1
      sum &+= SIMD3(Int(pixel.x), Int(pixel.y), Int(pixel.z))
    }

    /// Returns the upper bits of a channel.
    func level(_ channel: Int) -> Int { key >> (10 - 5 * channel) & 31 }
  }

  private struct Box {
    let cells: [Cell]
    let count: Int
    /// The channel along which the box has its longest side, and the length of that side.
    let channel: Int
    let side: Int
    /// The box with the largest weight is cut next. A box that cannot be cut has weight 0.
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

    /// Cuts the box across its longest side, so that both halves have about as many pixels.
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
