import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// The vector field of a denoising model of points on a spiral.
enum NotesField {
  static func samples(_ lab: NotesLab) -> Dataset { PlanarCurve.spiral.generate(count: 2000, seed: lab.seed + 1) }

  static func model(_ lab: NotesLab) throws -> NotesModel {
    let recipe = Recipe.denoising(noise: .gaussian(deviation: 0.2), hidden: [64, 64], latent: 32)
    return try lab.trained("field", recipe, epochs: 60, on: samples(lab)) {
      $0.batch = 16
      $0.optimizer = .adam
      $0.learningRate = 2e-3
    }
  }

  /// Returns the points of a grid of `side` × `side` over the samples and a little beyond.
  private static func grid(_ lab: NotesLab, _ side: Int) -> Matrix<Float> {
    let ticks = (0..<side).map { -1.3 + 2.6 * Float($0) / Float(side - 1) }
    return Matrix(rows: side * side, columns: 2, values: ticks.flatMap { y in ticks.flatMap { [$0, y] } })
  }

  private static func moved(_ points: Matrix<Float>, _ model: Model, _ lab: NotesLab) throws -> Matrix<Float> {
    try model.reconstruct(Dataset(points, source: "the grid"), threads: lab.threads)
  }

  /// Returns the mean distance of the grid's points to the nearest sample, before and after one application.
  static func distances(_ model: Model, _ lab: NotesLab) throws -> (before: Double, after: Double) {
    let (points, samples) = (grid(lab, 20), samples(lab).matrix)
    func distance(_ points: Matrix<Float>) -> Double {
      mean(nearestSquaredDistances(points, to: samples).map { $0.squareRoot() })
    }
    return (distance(points), distance(try moved(points, model, lab)))
  }

  static func chart(_ model: Model, _ lab: NotesLab) throws -> String {
    func point(_ matrix: Matrix<Float>, _ row: Int) -> Chart.Point {
      Chart.Point(Double(matrix[row, 0]), Double(matrix[row, 1]))
    }
    let (starts, samples) = (grid(lab, 20), samples(lab).subset(0..<500).matrix)
    let ends = try moved(starts, model, lab)
    var followed: [Chart.Series] = []
    for (number, start) in [[-1.2, 1.1], [1.2, 0.2], [0.1, -1.2]].enumerated() {
      var at = Matrix<Float>(rows: 1, columns: 2, values: start.map { Float($0) })
      var path = [point(at, 0)]
      for _ in 0..<12 {
        at = try moved(at, model, lab)
        path.append(point(at, 0))
      }
      followed.append(Chart.Series("path \(number + 1)", path))
    }
    return Chart(
      title: "r(x) − x", xLabel: "first", yLabel: "second",
      series: [Chart.Series("samples", (0..<samples.rows).map { point(samples, $0) }, mark: .dots)] + followed,
      arrows: (0..<starts.rows).map { Chart.Arrow(from: point(starts, $0), to: point(ends, $0)) }, isSquare: true
    ).svg(width: 680, height: 560)
  }
}
