import Linalg

/// Draws one digit: a skeleton that random factors change, as an anti-aliased picture of 28 × 28 bytes.
///
/// The painter uses only +, −, ·, / and square roots of Double, which IEEE 754 defines to the last bit, so the same
/// seed gives the same bytes on every machine.
struct DigitPainter {
  static let side = 28
  /// MNIST's digits fit a box of 20 × 20 pixels.
  static let box = 20.0

  static let factorNames = [
    "digit", "style", "slant", "thickness", "width", "size", "shift_x", "shift_y", "rotation", "wobble",
  ]

  /// The factors in the order of `factorNames`.
  private(set) var factors: [Float] = []
  private(set) var label: Int32 = 0
  private var random: RandomStream
  /// How far inside the stroke the centre of each pixel is, in pixels; a centre outside has a negative depth.
  private var depth = [Double](repeating: 0, count: side * side)

  init(seed: UInt64, sample: Int) { random = RandomStream(seed: seed, purpose: .digits, epoch: sample) }

  /// Returns a number from −1 to 1 that is likeliest near 0, made from the sum of three uniform ones.
  private mutating func bell() -> Double { (random.uniform() + random.uniform() + random.uniform()) / 1.5 - 1 }

  /// Paints the sample and appends its bytes.
  mutating func paint(into bytes: inout [UInt8]) {
    let digit = random.index(below: 10)
    let styles = DigitSkeletons.styles[digit]
    let style = random.index(below: styles.count)
    let slant = 0.16 + 0.38 * bell()
    let thickness = 1.15 + 0.75 * bell()
    let width = 0.92 + 0.30 * bell()
    let size = 0.96 + 0.14 * bell()
    let shift = (1.6 * bell(), 1.6 * bell())
    let rotation = 0.22 * bell()
    let wobble = 0.028 + 0.02 * bell()
    label = Int32(digit)
    factors = [
      Float(digit), Float(style), Float(slant), Float(thickness), Float(width), Float(size), Float(shift.0),
      Float(shift.1), Float(rotation), Float(wobble),
    ]
    var strokes = bent(styles[style], by: wobble)
    place(&strokes, slant: slant, width: width, size: size, rotation: rotation, shift: shift, margin: thickness)
    for index in depth.indices { depth[index] = -10 }
    let pressure = 0.16 * bell()
    for stroke in strokes { draw(stroke, radius: thickness, pressure: pressure) }
    appendInk(to: &bytes)
  }

  // MARK: - Shape

  /// Returns the strokes with their points moved: each a little by itself, and all together along a smooth random bend.
  private mutating func bent(_ strokes: [DigitSkeletons.Stroke], by wobble: Double) -> [DigitSkeletons.Stroke] {
    let bend = (2.2 * wobble * bell(), 2.2 * wobble * bell(), 2.2 * wobble * bell(), 2.2 * wobble * bell())
    // Strokes that touch share the movement of their common point.
    var moved: [(from: DigitSkeletons.Point, to: DigitSkeletons.Point)] = []
    return strokes.map { stroke in
      stroke.map { point in
        if let known = moved.first(where: { $0.from.x == point.x && $0.from.y == point.y }) { return known.to }
        let (u, v) = (2 * point.x - 1, 2 * point.y - 1)
        let to = DigitSkeletons.Point(
          x: point.x + wobble * bell() + bend.0 * v * v + bend.1 * u * v,
          y: point.y + wobble * bell() + bend.2 * u * u + bend.3 * u * v)
        moved.append((point, to))
        return to
      }
    }
  }

  /// Slants, widens and rotates the strokes about their middle, then brings them into MNIST's box, where `size` makes
  /// them larger or smaller and `shift` moves them off the centre.
  private func place(
    _ strokes: inout [DigitSkeletons.Stroke], slant: Double, width: Double, size: Double, rotation: Double,
    shift: (Double, Double), margin: Double
  ) {
    // With t = tan(α/2), cos α and sin α need no trigonometric functions; t = rotation / 2 makes α nearly the rotation.
    let t = rotation / 2
    let (cosine, sine) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
    var (left, right, top, bottom) = (1e9, -1e9, 1e9, -1e9)
    change(&strokes) { point in
      let y = point.y - 0.5
      let x = (point.x - 0.5) * width - slant * y
      let turned = DigitSkeletons.Point(x: cosine * x - sine * y, y: sine * x + cosine * y)
      (left, right) = (min(left, turned.x), max(right, turned.x))
      (top, bottom) = (min(top, turned.y), max(bottom, turned.y))
      return turned
    }
    let extent = max(right - left, bottom - top)
    let scale = (Self.box * size - 2 * margin) / extent
    let middle = Double(Self.side) / 2
    change(&strokes) { point in
      DigitSkeletons.Point(
        x: (point.x - (left + right) / 2) * scale + middle + shift.0,
        y: (point.y - (top + bottom) / 2) * scale + middle + shift.1)
    }
  }

  private func change(
    _ strokes: inout [DigitSkeletons.Stroke], _ f: (DigitSkeletons.Point) -> DigitSkeletons.Point
  ) {
    for s in strokes.indices { for p in strokes[s].indices { strokes[s][p] = f(strokes[s][p]) } }
  }

  // MARK: - Ink

  /// Draws a Catmull–Rom curve through the points, as short straight pieces whose radius changes with the pen's
  /// pressure.
  private mutating func draw(_ stroke: DigitSkeletons.Stroke, radius: Double, pressure: Double) {
    let pieces = 5
    let last = stroke.count - 1
    var from = stroke[0]
    for i in 0..<last {
      let (p1, p2) = (stroke[i], stroke[i + 1])
      // The curve is made as if it went straight on beyond its ends.
      let p0 = i > 0 ? stroke[i - 1] : DigitSkeletons.Point(x: 2 * p1.x - p2.x, y: 2 * p1.y - p2.y)
      let p3 = i + 2 <= last ? stroke[i + 2] : DigitSkeletons.Point(x: 2 * p2.x - p1.x, y: 2 * p2.y - p1.y)
      for piece in 1...pieces {
        let t = Double(piece) / Double(pieces)
        let to = DigitSkeletons.Point(
          x: Self.spline(p0.x, p1.x, p2.x, p3.x, t), y: Self.spline(p0.y, p1.y, p2.y, p3.y, t))
        let progress = (Double(i) + t) / Double(last)
        drawPiece(from, to, radius: radius * (1 + pressure * (2 * progress - 1)))
        from = to
      }
    }
  }

  private static func spline(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ t: Double) -> Double {
    let linear = c - a
    let square = 2 * a - 5 * b + 4 * c - d
    let cube = 3 * b - a - 3 * c + d
    return b + 0.5 * t * (linear + t * (square + t * cube))
  }

  /// Raises the depth of the pixels near the straight piece from `a` to `b`.
  private mutating func drawPiece(_ a: DigitSkeletons.Point, _ b: DigitSkeletons.Point, radius: Double) {
    let reach = radius + 1
    let lastPixel = Double(Self.side - 1)
    func pixel(_ value: Double) -> Int { Int(max(0, min(lastPixel, value))) }
    let columns = pixel(min(a.x, b.x) - reach)...pixel(max(a.x, b.x) + reach)
    let rows = pixel(min(a.y, b.y) - reach)...pixel(max(a.y, b.y) + reach)
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let squaredLength = max(dx * dx + dy * dy, 1e-12)
    for row in rows {
      for column in columns {
        let (x, y) = (Double(column) + 0.5 - a.x, Double(row) + 0.5 - a.y)
        let t = max(0, min(1, (x * dx + y * dy) / squaredLength))
        let (ex, ey) = (x - t * dx, y - t * dy)
        let inside = radius - (ex * ex + ey * ey).squareRoot()
        let index = row * Self.side + column
        if inside > depth[index] { depth[index] = inside }
      }
    }
  }

  /// Appends the ink of each depth: the stroke has an edge 1.4 pixels wide, and inside the edge the ink is full.
  private func appendInk(to bytes: inout [UInt8]) {
    for value in depth {
      let ink = max(0, min(1, value / 1.4 + 0.5))
      bytes.append(UInt8(255 * ink + 0.5))
    }
  }
}
