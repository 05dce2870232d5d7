import ArgumentParser
import Autoencoders
import Datasets
import Linalg

/// How the units of a layer are put in order for a picture.
enum UnitSort: String, CaseIterable, ExpressibleByArgument {
  case use, number
}

/// The units of a layer from the most used one to the least, without those of no use.
struct UnitOrder {
  /// The units, counted from 0.
  let units: [Int]
  /// How many units are left out, since their use is less than a thousandth of the largest.
  let unused: Int

  /// Puts units in order by how much each is used; `use` has a number of 0 or more for every unit. Units of equal use
  /// stay as they are, and where none has any use they all do.
  init(byUse use: [Double]) {
    let largest = use.max() ?? 0
    let used = use.indices.filter { use[$0] * 1000 >= largest }
    units = used.sorted { (-use[$0], $0) < (-use[$1], $1) }
    unused = use.count - used.count
  }

  /// Leaves `count` units as they are.
  init(all count: Int) {
    units = Array(0..<count)
    unused = 0
  }
}

extension Model {
  /// Returns the norm of each unit's input weights, ‖w‖: the use of a unit as far as the model alone tells it. A unit
  /// of a convolution is a channel.
  func weightNorms(ofLayer layer: Int) -> [Double] {
    let weight = network.layers[layer].parameters[0]
    let matrix = tensor(weight.name)!
    // A conditional model's columns behind the input belong to the class.
    let columns = weight.shape.count == 4 ? matrix.columns : min(matrix.columns, network.layers[layer].inputSize)
    return (0..<matrix.rows).map { unit in
      (0..<columns).reduce(0.0) { $0 + Double(matrix[unit, $1]) * Double(matrix[unit, $1]) }.squareRoot()
    }
  }

  /// Returns the standard deviation of each unit's activation over `data`: a unit that always says the same says
  /// nothing. A unit of a convolution is a channel, over all places of the image.
  func activity(ofLayer layer: Int, units: Int, on data: Dataset, threads: Int) throws -> [Double] {
    let isConvolution = network.layers[layer].parameters[0].shape.count == 4
    var sums = [Double](repeating: 0, count: units)
    var squares = sums
    var count = 0.0
    try Inference(self, .layer(layer), threads: threads).run(on: data) { rows in
      let places = isConvolution ? rows.columns / units : 1
      for row in 0..<rows.rows {
        for column in 0..<places * units {
          let value = Double(rows[row, column])
          sums[column % units] += value
          squares[column % units] += value * value
        }
      }
      count += Double(rows.rows * places)
    }
    return (0..<units).map { max(0, squares[$0] / count - sums[$0] * sums[$0] / (count * count)).squareRoot() }
  }
}
