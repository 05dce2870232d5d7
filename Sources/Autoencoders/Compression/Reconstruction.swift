import AEZ
import Datasets
import Files
import Linalg

extension Codec {
  /// Returns x − x̂ in the network's units, where x̂ is `codes` (samples × code size) decoded and x the samples
  /// `indices` of `data`.
  func differences(_ codes: Matrix<Float>, of data: Dataset, _ indices: [Int]) throws(FileError) -> Matrix<Float> {
    differences(try decode(codes, of: data, indices), from: data, indices)
  }

  /// Returns x̂ in the data's units: `codes` of the samples `indices` of `data`, decoded.
  func decode(_ codes: Matrix<Float>, of data: Dataset, _ indices: [Int]) throws(FileError) -> Matrix<Float> {
    let labels = data.labels.map { all in indices.map { all[$0] } }
    return try model.decode(Self.codes(codes, labels: labels), threads: threads)
  }

  /// Returns x − x̂ in the network's units, for x̂ in the data's units.
  func differences(_ reconstruction: Matrix<Float>, from data: Dataset, _ indices: [Int]) -> Matrix<Float> {
    var result = reconstruction
    let chosen = indices.map { Int32($0) }
    let rows = Inference.blockSize
    let factors = (0..<data.featureCount).map { model.scaling.factor($0) }
    let blocks = (0..<threads).map { _ in Buffer<Float>(count: rows * data.featureCount) }
    result.withMutableView { view in
      pool.run(tasks: (indices.count + rows - 1) / rows) { task, worker in
        let range = task * rows..<min((task + 1) * rows, indices.count)
        let x = blocks[worker].view(rows: range.count, columns: data.featureCount)
        data.gather(chosen[range], into: x)
        for i in 0..<x.rows {
          for f in 0..<x.columns {
            view[range.lowerBound + i, f] = (x[i, f] - view[range.lowerBound + i, f]) * factors[f]
          }
        }
      }
    }
    return result
  }

  /// Returns ‖x − x̂‖² of each of the samples `indices`, in the network's units.
  func squaredErrors(_ codes: Matrix<Float>, of data: Dataset, _ indices: [Int]) throws(FileError) -> [Double] {
    try differences(codes, of: data, indices).rowSquares
  }

  /// Returns codes as the decoder takes them.
  static func codes(_ codes: Matrix<Float>, labels: [Int32]?) -> Dataset {
    let data = Dataset(codes, source: "codes")
    return labels.map { data.labelled($0) } ?? data
  }
}

extension Dataset {
  /// Returns the samples `indices`, a row each.
  func matrix(_ indices: [Int]) -> Matrix<Float> {
    var result = Matrix<Float>(rows: indices.count, columns: featureCount)
    result.withMutableView { gather(indices.map { Int32($0) }[...], into: $0) }
    return result
  }
}

extension Matrix<Float> {
  /// The sum of squares of each row.
  var rowSquares: [Double] {
    (0..<rows).map { i in values[i * columns..<(i + 1) * columns].reduce(0) { $0 + Double($1) * Double($1) } }
  }

  /// Returns the rows `indices`.
  func rows(_ indices: [Int]) -> Matrix<Float> {
    var values: [Float] = []
    values.reserveCapacity(indices.count * columns)
    for i in indices { values += self.values[i * columns..<(i + 1) * columns] }
    return Matrix(rows: indices.count, columns: columns, values: values)
  }
}

extension Codec.Subject {
  init(
    _ data: Dataset, _ codes: Matrix<Float>, _ model: Model, threads: Int, _ pool: WorkerPool
  ) throws(FileError) {
    self.data = data
    self.codes = codes
    knowsTraining = model.codeDistribution != nil
    if let known = model.codeDistribution {
      training = known
    } else {
      // The work is not ended before it is done, so there is a result.
      training = try model.measureCodes(of: data, threads: threads)!
    }
    own = CodeDistribution(codes, sensitivities: training.sensitivities, pool: pool)
  }

  /// Returns up to `most` of the samples, spread evenly.
  func spread(_ most: Int) -> Codec.Subject {
    let count = min(most, data.count)
    if count == data.count { return self }
    let chosen = (0..<count).map { $0 * data.count / count }
    return Codec.Subject(
      data: data.subset(chosen.map { Int32($0) }), codes: codes.rows(chosen), training: training, own: own,
      knowsTraining: knowsTraining)
  }
}
