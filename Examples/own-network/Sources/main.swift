import Autoencoders
import Datasets

// A table of four columns which two numbers determine.
var rows: [[Float]] = []
for i in 0..<50 {
  for j in 0..<40 {
    let (a, b) = (Float(i) / 50, Float(j) / 40)
    rows.append([a, b, a + b, a * b])
  }
}
let data = Dataset(rows: rows)

let encoder: [LayerSpec] = [.dense(32, .tanh), .dense(2)]
let decoder: [LayerSpec] = [.dense(32, .tanh), .dense()]
let model = try Model(encoder: encoder, decoder: decoder, loss: .squaredError, for: data)
let options = TrainingOptions(epochs: 60, learningRate: 0.01)
let trained = try Trainer(options).train(model, on: data)
print("squared error \(try trained.evaluate(data).squaredErrorPerSample) per row")

// The same encoder, written as on the command line.
let sameEncoder = try LayerSpec.list("dense:32:tanh, dense:2")
print("the text form names the same encoder: \(sameEncoder == encoder)")

// Sizes that do not go together are an error that names the layer.
do {
  _ = try Model(encoder: encoder, decoder: [.dense(32, .tanh), .dense(3)], for: data)
} catch {
  print(error)
}

// Penalties and noise are layers as well: this encoder sees corrupted rows, and most of its code is 0.
let sparse: [LayerSpec] = [
  .corruption(.gaussian(deviation: 0.1)), .dense(32, .tanh), .dense(8, .relu), .l1(0.01),
]
let regularized = try Model(
  encoder: sparse, decoder: decoder, loss: .squaredError, for: data)

// A variational encoder ends in two heads and a draw from the distribution that they describe.
let heads: [LayerSpec] = [.dense(32, .tanh), .gaussianHeads(2), .gaussianSample(beta: 1)]
let variational = try Model(
  encoder: heads, decoder: decoder, loss: .gaussian(deviation: 0.1), for: data)
for other in [regularized, variational] {
  print(other.blueprint.encoder.map(\.description).joined(separator: ", "))
}

// The best that a linear network with a code of the same size can do.
let components = try PCA.fit(SampleStream(data), .components(2), scaling: model.scaling)
let linear = try Model(components, shape: data.shape, scaling: model.scaling)
let linearError = try linear.evaluate(data).squaredErrorPerSample
print("squared error of two principal components: \(linearError) per row")
