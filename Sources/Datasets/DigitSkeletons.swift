/// The ways in which people write the ten digits: the points that a pen passes, in a box of [0, 1] × [0, 1] whose y
/// axis points downwards.
///
/// A stroke is a smooth curve through its points (Catmull–Rom); a corner is where one stroke ends and the next begins.
enum DigitSkeletons {
  struct Point {
    var x: Double
    var y: Double
  }

  typealias Stroke = [Point]

  /// The ways of writing each digit.
  static let styles: [[[Stroke]]] = [
    [zero, narrowZero],
    [one, flaggedOne],
    [two, loopedTwo],
    [three, flatThree],
    [openFour, closedFour],
    [five, curvedFive],
    [six, roundSix],
    [seven, barredSeven],
    [eight],
    [nine, hookedNine],
  ]

  private static func stroke(_ points: (Double, Double)...) -> Stroke { points.map { Point(x: $0.0, y: $0.1) } }

  private static let zero = [
    stroke(
      (0.58, 0.02), (0.32, 0.08), (0.14, 0.34), (0.14, 0.68), (0.32, 0.95), (0.60, 0.97), (0.83, 0.72), (0.85, 0.36),
      (0.70, 0.08), (0.50, 0.03))
  ]
  private static let narrowZero = [
    stroke(
      (0.52, 0.00), (0.34, 0.12), (0.24, 0.42), (0.26, 0.76), (0.42, 0.99), (0.62, 0.94), (0.74, 0.64), (0.72, 0.28),
      (0.58, 0.04), (0.48, 0.02))
  ]
  private static let one = [stroke((0.52, 0.00), (0.50, 0.35), (0.50, 0.70), (0.49, 1.00))]
  private static let flaggedOne = [
    stroke((0.34, 0.22), (0.44, 0.12), (0.54, 0.00)), stroke((0.54, 0.00), (0.53, 0.5), (0.52, 1.00)),
  ]
  private static let two = [
    stroke(
      (0.18, 0.24), (0.30, 0.06), (0.54, 0.00), (0.76, 0.12), (0.76, 0.34), (0.58, 0.58), (0.36, 0.80), (0.14, 0.98)),
    stroke((0.14, 0.98), (0.48, 0.96), (0.88, 0.97)),
  ]
  private static let loopedTwo = [
    stroke(
      (0.20, 0.20), (0.36, 0.02), (0.62, 0.02), (0.76, 0.20), (0.68, 0.46), (0.48, 0.72), (0.26, 0.94), (0.12, 0.92),
      (0.18, 0.78), (0.36, 0.80), (0.58, 0.94), (0.90, 0.92))
  ]
  private static let three = [
    stroke((0.20, 0.14), (0.36, 0.02), (0.60, 0.02), (0.74, 0.16), (0.68, 0.36), (0.44, 0.47)),
    stroke((0.44, 0.47), (0.68, 0.53), (0.80, 0.70), (0.72, 0.90), (0.48, 1.00), (0.18, 0.90)),
  ]
  private static let flatThree = [
    stroke((0.20, 0.05), (0.48, 0.03), (0.76, 0.04)), stroke((0.76, 0.04), (0.62, 0.22), (0.44, 0.42)),
    stroke((0.44, 0.42), (0.68, 0.46), (0.82, 0.66), (0.72, 0.90), (0.46, 1.00), (0.18, 0.92)),
  ]
  private static let openFour = [
    stroke((0.24, 0.04), (0.20, 0.30), (0.18, 0.54)), stroke((0.18, 0.54), (0.46, 0.54), (0.84, 0.50)),
    stroke((0.76, 0.02), (0.71, 0.45), (0.68, 1.00)),
  ]
  private static let closedFour = [
    stroke((0.64, 0.00), (0.38, 0.32), (0.12, 0.64)), stroke((0.12, 0.64), (0.48, 0.64), (0.90, 0.62)),
    stroke((0.64, 0.00), (0.64, 0.50), (0.63, 1.00)),
  ]
  private static let five = [
    stroke((0.80, 0.03), (0.56, 0.03), (0.32, 0.04)), stroke((0.32, 0.04), (0.28, 0.22), (0.25, 0.43)),
    stroke((0.25, 0.43), (0.48, 0.38), (0.72, 0.48), (0.78, 0.70), (0.66, 0.92), (0.42, 1.00), (0.16, 0.92)),
  ]
  private static let curvedFive = [
    stroke((0.88, 0.02), (0.62, 0.06), (0.42, 0.06)),
    stroke(
      (0.42, 0.06), (0.30, 0.22), (0.28, 0.38), (0.48, 0.46), (0.68, 0.58), (0.70, 0.78), (0.52, 0.96), (0.22, 0.98)),
  ]
  private static let six = [
    stroke(
      (0.66, 0.00), (0.44, 0.16), (0.26, 0.42), (0.18, 0.70), (0.28, 0.93), (0.52, 0.99), (0.72, 0.86), (0.72, 0.66),
      (0.54, 0.56), (0.34, 0.64), (0.22, 0.80))
  ]
  private static let roundSix = [
    stroke(
      (0.50, 0.00), (0.34, 0.22), (0.22, 0.52), (0.24, 0.82), (0.44, 1.00), (0.70, 0.94), (0.82, 0.74), (0.70, 0.56),
      (0.46, 0.56), (0.26, 0.74))
  ]
  private static let seven = [
    stroke((0.14, 0.08), (0.48, 0.04), (0.84, 0.05)), stroke((0.84, 0.05), (0.66, 0.36), (0.52, 0.68), (0.44, 1.00)),
  ]
  private static let barredSeven = seven + [stroke((0.34, 0.52), (0.54, 0.50), (0.78, 0.48))]
  private static let eight = [
    stroke(
      (0.74, 0.14), (0.52, 0.00), (0.28, 0.10), (0.28, 0.30), (0.50, 0.46), (0.72, 0.64), (0.74, 0.86), (0.50, 1.00),
      (0.26, 0.88), (0.28, 0.66), (0.50, 0.48), (0.70, 0.32), (0.76, 0.16), (0.68, 0.06))
  ]
  private static let nine = [
    stroke((0.76, 0.16), (0.56, 0.01), (0.30, 0.10), (0.20, 0.32), (0.36, 0.50), (0.60, 0.44), (0.76, 0.20)),
    stroke((0.76, 0.16), (0.74, 0.46), (0.68, 0.74), (0.62, 1.00)),
  ]
  private static let hookedNine = [
    stroke((0.74, 0.18), (0.54, 0.01), (0.28, 0.12), (0.22, 0.34), (0.40, 0.48), (0.62, 0.42), (0.75, 0.20)),
    stroke((0.75, 0.20), (0.76, 0.52), (0.70, 0.84), (0.50, 1.00), (0.26, 0.94)),
  ]
}
