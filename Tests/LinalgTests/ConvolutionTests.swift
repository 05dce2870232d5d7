import Linalg
import Testing

@Suite struct ConvolutionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let big: Volume
    let channels, kernel, stride, padding: Int
    var testDescription: String { "\(big) to \(channels), kernel \(kernel), stride \(stride), padding \(padding)" }
    init(_ height: Int, _ width: Int, _ channels: Int, _ small: Int, _ kernel: Int, _ stride: Int, _ padding: Int) {
      big = Volume(height: height, width: width, channels: channels)
      self.channels = small
      self.kernel = kernel
      self.stride = stride
      self.padding = padding
    }
    var convolution: Convolution {
      Convolution(big: big, channels: channels, kernel: kernel, stride: stride, padding: padding)
    }
  }

  static let cases = [
    Case(28, 28, 1, 16, 3, 2, 1), Case(14, 14, 16, 32, 3, 2, 1), Case(7, 5, 3, 9, 3, 2, 1), Case(5, 8, 2, 1, 4, 2, 1),
    Case(6, 9, 8, 3, 5, 3, 2), Case(4, 4, 17, 33, 1, 1, 0), Case(9, 7, 1, 1, 2, 3, 0), Case(3, 3, 5, 7, 3, 1, 2),
  ]

  /// Random matrices that fit a case, for three samples.
  struct Numbers<S: BLASScalar> {
    let x, weight, y, work: Buffer<S>
    init(_ c: Convolution) {
      (x, y) = (Buffer(count: 3 * c.big.count), Buffer(count: 3 * c.small.count))
      weight = Buffer(count: c.small.channels * c.big.channels * c.taps)
      work = Buffer(count: c.workSize)
      var random = RandomStream(seed: 3, purpose: .other)
      for buffer in [x, y, weight] { random.fillUniform(buffer.row, -1, 1) }
      // What working memory held before must not matter.
      work.row.fill(.nan)
    }
  }

  /// ⟨C x, y⟩ = ⟨x, Cᵀ y⟩ = ⟨w, ∂⟨C x, y⟩/∂w⟩.
  @Test(arguments: cases)
  func downAndUpAreAdjoint(of item: Case) {
    let c = item.convolution
    let n = Numbers<Double>(c)
    let w = n.weight.view(rows: c.small.channels, columns: c.big.channels * c.taps)
    let (x, y) = (n.x.view(rows: 3, columns: c.big.count), n.y.view(rows: 3, columns: c.small.count))
    let (down, up) = (Buffer<Double>(count: y.rows * y.columns), Buffer<Double>(count: x.rows * x.columns))
    let gradient = Buffer<Double>(count: w.rows * w.columns)
    for buffer in [down, up, gradient] { buffer.row.fill(.nan) }
    c.down(x.readOnly, weight: w.readOnly, into: down.view(rows: 3, columns: y.columns), work: n.work.row)
    c.up(y.readOnly, weight: w.readOnly, into: up.view(rows: 3, columns: x.columns), work: n.work.row)
    let half = c.small.channels / 2
    for channels in [0..<half, half..<c.small.channels] where !channels.isEmpty {
      c.weightGradient(
        big: x.readOnly, small: y.readOnly, channels: channels,
        into: gradient.view(rows: w.rows, columns: w.columns).rows(channels), work: n.work.row)
    }
    func product(_ a: Buffer<Double>, _ b: Buffer<Double>) -> Double {
      (0..<a.count).reduce(0) { $0 + a.row[0, $1] * b.row[0, $1] }
    }
    let value = product(down, n.y)
    let scale = (product(down, down) * product(n.y, n.y)).squareRoot()
    #expect(scale > 0.1)
    #expect(abs(value - product(n.x, up)) < 1e-12 * scale)
    #expect(abs(value - product(n.weight, gradient)) < 1e-12 * scale)
  }

  /// `down` gives the sum of its definition, which is computed here as it is written.
  @Test(arguments: cases)
  func downIsTheSum(of item: Case) {
    let c = item.convolution
    let n = Numbers<Float>(c)
    let y = Buffer<Float>(count: 3 * c.small.count)
    var finished: [Int] = []
    c.down(
      n.x.view(rows: 3, columns: c.big.count).readOnly,
      weight: n.weight.view(rows: c.small.channels, columns: c.big.channels * c.taps).readOnly,
      into: y.view(rows: 3, columns: c.small.count), work: n.work.row, finish: { finished.append($0) })
    #expect(finished == [0, 1, 2])
    let (x, w) = (n.x.values, n.weight.values)
    for sample in 0..<3 {
      for p in 0..<c.small.pixels {
        for s in 0..<c.small.channels {
          var sum = 0.0
          for k in 0..<c.taps {
            let row = p / c.small.width * c.stride + k / c.kernel - c.padding
            let column = p % c.small.width * c.stride + k % c.kernel - c.padding
            guard 0..<c.big.height ~= row, 0..<c.big.width ~= column else { continue }
            for b in 0..<c.big.channels {
              let value = x[sample * c.big.count + (row * c.big.width + column) * c.big.channels + b]
              sum += Double(value) * Double(w[(s * c.big.channels + b) * c.taps + k])
            }
          }
          let found = Double(y.row[0, sample * c.small.count + p * c.small.channels + s])
          #expect(abs(found - sum) < 1e-5)
        }
      }
    }
  }
}
