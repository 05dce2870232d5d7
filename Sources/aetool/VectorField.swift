import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Files
import Linalg

struct VectorField: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vector-field",
    abstract: "Draws where a model of points in a plane moves them: r(x) − x.",
    discussion: """
      Arrows on a grid over the data and a little beyond; a denoising model's point to where the data lie. Says how far \
      the grid's points are from the nearest sample, before and after; of more than 2,000 samples that many are taken, \
      spread evenly.

      EXAMPLE
        aetool vector-field --model spiral.safetensors --data spiral:500 --out field.svg
        aetool train --data spiral:2000 --variant denoising --noise gaussian:0.2 --hidden 64,64 --latent 32 \
          --epochs 200 --model spiral.safetensors
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("Arrows a side.", valueName: "n"), transform: whole(2...200))
  var grid = 24

  @OptionGroup var classes: ClassOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var console: ConsoleOptions
  @OptionGroup var result: ResultOptions

  func run() throws {
    guard output.out.lowercased().hasSuffix(".svg") else {
      throw ProgramError(.usage, "--out \(output.out): the picture is an SVG; let the name end in .svg")
    }
    var files = FileRoles(reading: model, data)
    try files.check(output, .svg)
    let model = try model.load()
    let data = try data.open()
    try model.check(data)
    guard data.featureCount == 2 else {
      throw FileError(
        .malformed, data.source, "samples of \(data.featureCount) features; a field is drawn for points in a plane")
    }
    let count = min(data.count, 2000)
    var points = Matrix<Float>(rows: count, columns: 2)
    let spread = (0..<count).map { Int32($0 * data.count / count) }
    points.withMutableView { data.gather(spread[...], into: $0) }
    let starts = gridPoints(around: points)
    let labels = try classes.labels(starts.rows, of: model)
    let ends = try model.reconstruct(
      Dataset(starts, labels: labels, source: "the grid"), threads: threads.threads)
    let arrows = (0..<starts.rows).map { i in
      Chart.Arrow(from: point(starts, i), to: point(ends, i))
    }
    let chart = Chart(
      title: "\(model.name): r(x) − x", xLabel: "first", yLabel: "second",
      series: [Chart.Series(data.source, (0..<points.rows).map { point(points, $0) }, mark: .dots)], arrows: arrows,
      isSquare: true)
    try AtomicFile.write(Array(chart.svg(width: 720, height: 640).utf8), to: output.out)
    let report = Report(
      arrows: starts.rows, mean_distance_before: meanDistance(starts, to: points),
      mean_distance_after: meanDistance(ends, to: points))
    if result.json { return try Console.json(report) }
    reportWritten(output.out, "\(starts.rows) arrows over \(points.rows) of \(data.count.grouped) samples")
    Console.result(
      "mean distance to the nearest sample: \(report.mean_distance_before.significant(4)) on the grid, "
        + "\(report.mean_distance_after.significant(4)) where the model moves it")
  }

  private struct Report: Encodable {
    let arrows: Int
    let mean_distance_before, mean_distance_after: Double
  }

  private func point(_ matrix: Matrix<Float>, _ row: Int) -> Chart.Point {
    Chart.Point(Double(matrix[row, 0]), Double(matrix[row, 1]))
  }

  /// Returns the points of a grid over the ranges of `points` and a tenth of each range beyond.
  private func gridPoints(around points: Matrix<Float>) -> Matrix<Float> {
    func values(_ column: Int) -> [Float] {
      let all = (0..<points.rows).map { points[$0, column] }
      let (low, high) = (all.min()!, all.max()!)
      let margin = max(0.1 * (high - low), 1e-3)
      return (0..<grid).map { low - margin + (high - low + 2 * margin) * Float($0) / Float(grid - 1) }
    }
    let (x, y) = (values(0), values(1))
    return Matrix(rows: grid * grid, columns: 2, values: y.flatMap { y in x.flatMap { [$0, y] } })
  }

  private func meanDistance(_ from: Matrix<Float>, to points: Matrix<Float>) -> Double {
    mean(nearestSquaredDistances(from, to: points).map { $0.squareRoot() })
  }
}
