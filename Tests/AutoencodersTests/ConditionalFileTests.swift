import Autoencoders
import Datasets
import Files
import Foundation
import Linalg
import Testing

/// Files of networks with a class beside a convolution's image: their tensors give the same codes when they are applied
/// as PyTorch's `conv2d`, `max_pool2d`, `flatten`, `cat` and `linear` do, channel by channel.
@Suite struct ConditionalFileTests {
  /// Nine images of 10 × 9 pixels of three classes.
  private let data: Dataset = {
    var values = Matrix<Float>(rows: 9, columns: 90)
    var random = RandomStream(seed: 4, purpose: .other)
    values.withMutableView { random.fillUniform($0, 0, 1) }
    return Dataset(values, shape: [10, 9], source: "images").labelled((0..<9).map { Int32($0 % 3) })
  }()

  private func model(_ pooling: RecipeOptions.Pooling, hidden: [Int]) throws -> Model {
    let recipe = Recipe.convVAE(channels: [2, 3], hidden: hidden, latent: 2, classes: 3).with { $0.pooling = pooling }
    return try Model(recipe, for: data, seed: 1)
  }

  /// An image channel by channel.
  private struct Planes {
    var channels, height, width: Int
    var values: [Double]

    subscript(c: Int, y: Int, x: Int) -> Double {
      y < 0 || x < 0 || y >= height || x >= width ? 0 : values[(c * height + y) * width + x]
    }

    /// Returns relu(conv2d(self, weight, bias, stride, padding: 1)) for a weight [out, in, 3, 3].
    func convolved(_ weight: [Float], _ bias: [Float], stride: Int) -> Planes {
      let (h, w) = ((height - 1) / stride + 1, (width - 1) / stride + 1)
      var result = Planes(channels: bias.count, height: h, width: w, values: [])
      for o in bias.indices {
        for y in 0..<h {
          for x in 0..<w {
            var sum = Double(bias[o])
            for c in 0..<channels {
              for i in 0..<3 {
                for j in 0..<3 {
                  sum +=
                    Double(weight[((o * channels + c) * 3 + i) * 3 + j])
                    * self[c, y * stride + i - 1, x * stride + j - 1]
                }
              }
            }
            result.values.append(max(0, sum))
          }
        }
      }
      return result
    }

    /// Returns max_pool2d(self, 2).
    var pooled: Planes {
      var result = Planes(channels: channels, height: height / 2, width: width / 2, values: [])
      for c in 0..<channels {
        for y in 0..<height / 2 {
          for x in 0..<width / 2 {
            let square = [(0, 0), (0, 1), (1, 0), (1, 1)].map { self[c, 2 * y + $0.0, 2 * x + $0.1] }
            result.values.append(square.max()!)
          }
        }
      }
      return result
    }
  }

  private func linear(_ x: [Double], _ weight: [Float], _ bias: [Float]) -> [Double] {
    bias.indices.map { o in x.indices.reduce(Double(bias[o])) { $0 + x[$1] * Double(weight[o * x.count + $1]) } }
  }

  @Test(arguments: [RecipeOptions.Pooling.stride, .max], [[], [5]])
  func tensorsAreAsPyTorchFlattens(pooling: RecipeOptions.Pooling, hidden: [Int]) throws {
    let model = try model(pooling, hidden: hidden)
    let path = temporaryPath("conditional.safetensors")
    try model.save(to: path)
    let file = try Safetensors(readFile(path), path: path)
    func tensor(_ name: String) -> [Float] { file.tensors.first { $0.name == name }!.values }
    let codes = try model.encode(data)
    let x = Buffer<Double>(count: data.count * 90)
    data.gather(rows: 0..<data.count, into: x.view(rows: data.count, columns: 90))
    for sample in 0..<data.count {
      var image = Planes(channels: 1, height: 10, width: 9, values: (0..<90).map { x.row[0, sample * 90 + $0] })
      for layer in 0..<2 {
        image = image.convolved(
          tensor("encoder.\(layer).weight"), tensor("encoder.\(layer).bias"), stride: pooling == .max ? 1 : 2)
        if pooling == .max { image = image.pooled }
      }
      var flat = image.values + (0..<3).map { $0 == sample % 3 ? 1 : 0 }
      if !hidden.isEmpty {
        flat = linear(flat, tensor("encoder.2.weight"), tensor("encoder.2.bias")).map { max(0, $0) }
      }
      let mean = linear(flat, tensor("encoder.mean.weight"), tensor("encoder.mean.bias"))
      for j in 0..<2 { #expect(abs(Double(codes[sample, j]) - mean[j]) < 1e-5, "sample \(sample), \(j)") }
    }
    let read = try Model.load(path)
    #expect(read.parameters == model.parameters)
  }

  /// Files of format 2 have the weights behind image and class pixel by pixel; they open with the same codes.
  @Test(arguments: [RecipeOptions.Pooling.stride, .max])
  func filesOfFormatTwoOpen(pooling: RecipeOptions.Pooling) throws {
    let model = try model(pooling, hidden: [])
    let path = temporaryPath("format-2.safetensors")
    try model.save(to: path)
    var file = try Safetensors(readFile(path), path: path)
    let text = try #require(file.metadata["aetool"])
    file.metadata["aetool"] = text.replacing("\"format_version\":3", with: "\"format_version\":2")
    let earlier = file.tensors.map { tensor in
      guard ["encoder.mean.weight", "encoder.log_variance.weight"].contains(tensor.name) else { return tensor }
      let parameter = model.network.layout.parameters.first { $0.name == tensor.name }!
      let values = Array(model.parameters[parameter.offset..<parameter.offset + parameter.count])
      #expect(values != tensor.values)
      return Safetensors.Tensor(name: tensor.name, shape: tensor.shape, values: values)
    }
    let old = Safetensors(metadata: file.metadata, tensors: earlier)
    try Data(old.encoded()).write(to: URL(fileURLWithPath: path))
    let read = try Model.load(path)
    #expect(read.parameters == model.parameters)
    #expect(try read.encode(data) == model.encode(data))
  }
}
