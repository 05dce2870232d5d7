import Autoencoders
import Datasets
import Figures
import Files
import Linalg

/// The comparison of principal components and models on the same test data, code size by code size.
struct Comparison: Encodable {
  struct Row: Encodable {
    let name: String
    let code_size: Int
    let squared_error_per_sample: Double
    let psnr_db: Double?
    /// 1 − error ÷ the test data's own variance, both summed over features.
    let explained_variance: Double
    /// A model's squared error minus that of the components of the same size, sample by sample; nil for components.
    let difference_to_pca: BootstrapInterval?
    let code_bytes: Int
    /// The largest principal angle between a linear decoder's span and the components, in degrees; else nil.
    let largest_angle_degrees: Double?
  }

  let samples: Int
  let features: Int
  let rows: [Row]

  private let pca: PCA
  private let contenders: [Contender]
  private let models: [Int: Model]
  private let errors: [String: [Double]]
  private let test: Dataset
  private let threads: Int

  enum CodingKeys: CodingKey { case samples, features, rows }

  init(
    _ pca: PCA, _ contenders: [Contender], sizes: [Int], test: Dataset, scaling: Scaling, threads: Int
  ) throws {
    samples = test.count
    features = test.featureCount
    var rows: [Row] = []
    var errors: [String: [Double]] = [:]
    let spread = try Self.squaredDeviations(test, scaling, threads)
    let areFractions = scaling.kind.keepsUnits && test.hasFractions
    func row(_ name: String, _ size: Int, _ values: [Double], _ reference: [Double]?, _ angle: Double?) -> Row {
      let mean = values.reduce(0, +) / Double(values.count)
      let perFeature = mean / Double(test.featureCount)
      return Row(
        name: name, code_size: size, squared_error_per_sample: mean,
        psnr_db: areFractions && perFeature > 0 ? -10 * Double.log(perFeature) / Double.log(10) : nil,
        explained_variance: spread > 0 ? 1 - mean / spread : 0,
        difference_to_pca: reference.map {
          BootstrapInterval(meanOf: Swift.zip(values, $0).map { $0 - $1 }, threads: threads)
        },
        code_bytes: 4 * size, largest_angle_degrees: angle)
    }
    var models: [Int: Model] = [:]
    for size in sizes {
      let model = try Model(pca.truncated(to: size), shape: test.shape, scaling: scaling)
      let reference = try model.squaredErrors(test, in: scaling, threads: threads)
      models[size] = model
      errors["pca-\(size)"] = reference
      rows.append(row("pca", size, reference, nil, nil))
      for contender in contenders where contender.model.network.codeSize == size {
        let values = try contender.model.squaredErrors(test, in: scaling, threads: threads)
        errors[contender.name] = values
        rows.append(row(contender.name, size, values, reference, try Self.angle(contender.model, pca, scaling)))
      }
    }
    self.rows = rows
    self.errors = errors
    self.models = models
    self.pca = pca
    self.contenders = contenders
    self.test = test
    self.threads = threads
  }

  /// Returns the mean over samples of ‖x − mean‖².
  private static func squaredDeviations(_ data: Dataset, _ scaling: Scaling, _ threads: Int) throws -> Double {
    let spread = try PCA.totalVariance(SampleStream(data), scaling: scaling, threads: threads)
    return spread * Double(data.count - 1) / Double(data.count)
  }

  /// Returns the largest principal angle between a linear model's decoder and the components, in degrees, or nil for
  /// other models and for those that see their data in other units than the components do.
  private static func angle(_ model: Model, _ pca: PCA, _ scaling: Scaling) throws -> Double? {
    guard model.scaling == scaling, model.name == "linear",
      let weight = model.tensor("decoder.0.weight")
    else { return nil }
    let span = Matrix<Double>(
      rows: weight.rows, columns: weight.columns, values: weight.values.map { Double($0) }
    ).transposed
    let angles = try principalAngles(span, pca.components.rows(0..<model.network.codeSize))
    return angles.max().map { $0 * 180 / Double.pi }
  }

  // MARK: - Tables

  var table: [String] {
    let width = max(6, rows.map(\.name.count).max() ?? 0) + 2
    var lines = [
      pad("model", width) + pad("code", 5, left: true) + pad("error", 12, left: true) + pad("PSNR dB", 9, left: true)
        + pad("explained", 11, left: true) + "  against PCA, 95 % interval"
    ]
    for row in rows {
      let difference = row.difference_to_pca.map {
        "\(signed($0.mean)) [\(signed($0.low)), \(signed($0.high))]"
      }
      var line = pad(row.name, width) + pad("\(row.code_size)", 5, left: true)
      line += pad(row.squared_error_per_sample.significant(5), 12, left: true)
      line += pad(row.psnr_db.map { $0.formatted(2) } ?? "-", 9, left: true)
      line += pad("\((row.explained_variance * 100).formatted(2)) %", 11, left: true)
      line += difference.map { "  " + $0 } ?? ""
      if let angle = row.largest_angle_degrees { line += "  largest angle \(angle.formatted(2))°" }
      lines.append(line)
    }
    return lines
  }

  private func signed(_ value: Double) -> String { (value > 0 ? "+" : "") + value.significant(4) }

  private var csv: String {
    var text =
      "model,code_size,squared_error_per_sample,psnr_db,explained_variance,difference,difference_low,difference_high,"
      + "code_bytes,largest_angle_degrees\n"
    for row in rows {
      let d = row.difference_to_pca
      let numbers: [Double?] = [
        row.squared_error_per_sample, row.psnr_db, row.explained_variance, d?.mean, d?.low, d?.high,
        Double(row.code_bytes), row.largest_angle_degrees,
      ]
      text +=
        "\(csvField(row.name)),\(row.code_size)," + numbers.map { $0.map { "\($0)" } ?? "" }.joined(separator: ",")
        + "\n"
    }
    return text
  }

  // MARK: - Files

  func write(to folder: String, images: Int) throws {
    func put(_ name: String, _ text: String) throws { try AtomicFile.write(Array(text.utf8), to: "\(folder)/\(name)") }
    try put("comparison.csv", csv)
    try put("comparison.json", try Console.text(ofJSON: self) + "\n")
    try put("error.svg", errorChart.svg())
    if let image = ImageShape(test.shape) { try writePictures(image, count: images, to: folder) }
    if let labels = test.labels { try writeScatters(labels, put) }
  }

  private var errorChart: Chart {
    func line(_ name: String, _ matches: (Row) -> Bool) -> Chart.Series {
      Chart.Series(name, rows.filter(matches).map { .init(Double($0.code_size), $0.squared_error_per_sample) })
    }
    // The models that were trained for every size are one line of the chart; any other is a point.
    let names = rows.filter { $0.name != "pca" }.map { row in
      row.name.hasSuffix("-\(row.code_size)") ? String(row.name.dropLast("-\(row.code_size)".count)) : row.name
    }
    var seen: [String] = []
    for name in names where !seen.contains(name) { seen.append(name) }
    return Chart(
      title: "Squared error on \(samples.grouped) test samples", xLabel: "code size",
      yLabel: "squared error per sample",
      series: [line("PCA") { $0.name == "pca" }]
        + seen.map { name in line(name) { $0.name == name || $0.name == "\(name)-\($0.code_size)" } },
      startsAtZero: true, yScale: .fitting(rows.map(\.squared_error_per_sample)))
  }

  private func writePictures(_ image: ImageShape, count: Int, to folder: String) throws {
    func put(_ name: String, _ layers: [Matrix<Float>], columns: Int, labels: [String]) throws {
      let grid = ImageGrid(height: image.height, width: image.width, channels: image.channels, columns: columns)
      try grid.write(layers.map(\.values), labels: labels, to: "\(folder)/\(name)")
    }
    let columns = min(10, samples)
    // A component's sign has no meaning, so 0 is grey, and either sign is as far from it.
    let shown = pca.components.rows(0..<min(pca.size, 40))
    var components = Matrix<Float>(rows: shown.rows, columns: shown.columns)
    for i in 0..<shown.rows {
      let largest = shown.rows(i..<i + 1).values.map(abs).max() ?? 1
      for j in 0..<shown.columns { components[i, j] = Float(0.5 + 0.5 * shown[i, j] / max(largest, 1e-300)) }
    }
    let firsts = stride(from: 0, to: components.rows, by: columns)
    try put(
      "components.png", [components], columns: columns,
      labels: firsts.map { "\($0 + 1) to \(min($0 + columns, components.rows))" })
    // The pictures show the model with the least error beside components of its code size.
    func error(_ contender: Contender) -> Double { errors[contender.name]!.reduce(0, +) }
    guard let contender = contenders.min(by: { error($0) < error($1) }) else { return }
    let size = contender.model.network.codeSize
    let reference = models[size]!
    func layers(_ indices: [Int32]) throws -> [Matrix<Float>] {
      let chosen = test.subset(indices)
      let originals = chosen.matrix
      return [
        originals, try reference.reconstruct(chosen, threads: threads),
        try contender.model.reconstruct(chosen, threads: threads),
      ]
    }
    let labels = ["original", "\(size) components", contender.name]
    try put(
      "reconstructions.png", try layers((0..<Int32(min(count, samples))).map { $0 }), columns: columns, labels: labels)
    let gains = Swift.zip(errors[contender.name]!, errors["pca-\(size)"]!).map { $0 - $1 }
    let order = gains.indices.sorted { gains[$0] < gains[$1] }.map { Int32($0) }
    // The first group of rows has the samples that gain most by the model, the second those that gain least.
    try put(
      "best-worst.png", try layers(Array(order.prefix(columns) + order.suffix(columns))), columns: columns,
      labels: ["gains most", "gains least"].flatMap { kind in labels.map { $0 == labels[0] ? "\($0),\n\(kind)" : $0 } })
  }

  private func writeScatters(_ labels: [Int32], _ put: (String, String) throws -> Void) throws {
    try put(
      "codes-pca.svg",
      scatter("PCA: the first two components", try models[models.keys.max()!]!.encode(test, threads: threads), labels))
    let plane = contenders.first { $0.model.network.codeSize == 2 } ?? contenders.last
    guard let plane else { return }
    var codes = try plane.model.encode(test, threads: threads)
    var title = "\(plane.name): its code"
    if codes.columns != 2 {
      // A larger code is shown in its own two leading directions.
      title = "\(plane.name): the first two principal components of its code"
      let wide = Matrix<Double>(rows: codes.rows, columns: codes.columns, values: codes.values.map { Double($0) })
      if codes.columns > 2 {
        let flat = try PCA.fit(wide, .components(2), threads: threads).encode(wide)
        codes = Matrix(rows: flat.rows, columns: 2, values: flat.values.map { Float($0) })
      }
    }
    if codes.columns == 2 { try put("codes-\(plane.name).svg", scatter(title, codes, labels)) }
  }

  private func scatter(_ title: String, _ codes: Matrix<Float>, _ labels: [Int32]) -> String {
    let shown = min(codes.rows, 3000)
    let classes = Set(labels).sorted()
    let series = classes.map { label in
      Chart.Series(
        "\(label)",
        (0..<shown).filter { labels[$0] == label }.map {
          .init(Double(codes[$0, 0]), codes.columns > 1 ? Double(codes[$0, 1]) : 0)
        }, mark: .dots)
    }
    return Chart(title: title, xLabel: "first", yLabel: "second", series: series, isSquare: true).svg(
      width: 640, height: 560)
  }
}
