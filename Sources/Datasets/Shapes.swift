import Linalg

/// Discs, rectangles, triangles and rings of 28 × 28 pixels that are drawn on the spot: images that are no digits, to
/// show what a model that was trained on digits makes of them.
///
/// Sample i of a seed is the same for any number of samples, since it has a random stream of its own. The pictures are
/// made with +, −, ·, / and square roots alone, so the same seed gives the same bytes on every machine.
public enum Shapes {
  static let side = 28

  /// Draws `count` images with labels: 0 for a disc, 1 for a rectangle, 2 for a triangle, 3 for a ring.
  public static func generate(count: Int, seed: UInt64 = 1) -> Dataset {
    precondition(count > 0, "Shapes: \(count) samples")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * side * side)
    var labels: [Int32] = []
    for sample in 0..<count {
      let shape = Shape(seed: seed, sample: sample)
      labels.append(Int32(shape.kind))
      for y in 0..<side { for x in 0..<side { bytes.append(shape.byte(x, y)) } }
    }
    return Dataset(
      .bytes(bytes), count: count, shape: [side, side], labels: labels, source: "shapes:\(count):\(seed)")
  }
}

/// One shape: its kind, its place and its turn.
private struct Shape {
  let kind: Int
  private let centre: (x: Double, y: Double)
  private let half: (x: Double, y: Double)
  private let turn: (cosine: Double, sine: Double)
  /// The thickness of the line in pixels; 0 for a filled shape.
  private let line: Double
  private let brightness: Double

  init(seed: UInt64, sample: Int) {
    var random = RandomStream(seed: seed, purpose: .shapes, epoch: sample)
    kind = random.index(below: 4)
    half = (4 + 6 * random.uniform(), 4 + 6 * random.uniform())
    let middle = Double(Shapes.side) / 2
    centre = (middle + 6 * random.uniform() - 3, middle + 6 * random.uniform() - 3)
    // With t = tan(φ/2) the cosine is (1 − t²)/(1 + t²) and the sine 2t/(1 + t²).
    let t = 2 * random.uniform() - 1
    turn = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
    let thickness = 1.2 + 1.6 * random.uniform()
    line = random.uniform() < 0.5 ? thickness : 0
    brightness = 0.5 + 0.5 * random.uniform()
  }

  /// Returns the pixel: the share of it that the shape covers, judged by the distance of its middle to the edge.
  func byte(_ x: Int, _ y: Int) -> UInt8 {
    let (dx, dy) = (Double(x) + 0.5 - centre.x, Double(y) + 0.5 - centre.y)
    var depth = depth(at: turn.cosine * dx + turn.sine * dy, turn.cosine * dy - turn.sine * dx)
    if line > 0 { depth = min(depth, line - depth) }
    return UInt8((255 * brightness * max(0, min(1, depth + 0.5))).rounded())
  }

  /// Returns about how many pixels a point lies inside of the edge; it is negative outside.
  private func depth(at x: Double, _ y: Double) -> Double {
    switch kind {
    case 0: return (1 - ((x / half.x) * (x / half.x) + (y / half.y) * (y / half.y)).squareRoot()) * min(half.x, half.y)
    case 1: return min(half.x - abs(x), half.y - abs(y))
    case 2:
      // The corners are (0, −h), (w, h) and (−w, h).
      let slope = 2 * half.y / half.x
      let sides = (y + half.y - slope * abs(x)) / (1 + slope * slope).squareRoot()
      return min(sides, half.y - y)
    default:
      let radius = (half.x + half.y) / 2
      return radius / 3 - abs((x * x + y * y).squareRoot() - radius * 2 / 3)
    }
  }
}
