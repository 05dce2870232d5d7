import Autoencoders
import Datasets

// Is the gradient right?
for row in try GradientCheck.layer(.scale(), input: LayerSpec.Shape(size: 7)) {
  print("\(row.name): relative error \(row.relativeError)")
  precondition(row.relativeError < 1e-8)
}

// A network with the layer, trained as any other.
let data = Digits.generate(count: 2000, seed: 1)
let encoder: [LayerSpec] = [.scale(), .dense(64, .relu), .dense(16), .scale(start: 0.5)]
let decoder: [LayerSpec] = [.dense(64, .relu), .dense()]
let model = try Model(encoder: encoder, decoder: decoder, for: data, seed: 1)
let trained = try Trainer(TrainingOptions(epochs: 3, seed: 1)).train(model, on: data)

// A file names layers by their text form. It can hold the new one once its name is known.
do {
  try trained.save(to: "scaled.safetensors")
} catch {
  print("not saved: \(error)")
}
LayerSpec.register(ScaleKind.self)
try trained.save(to: "scaled.safetensors")

// The loaded model gives the same codes, and texts can name the layer too.
let loaded = try Model.load("scaled.safetensors")
let same = try loaded.encode(data) == trained.encode(data)
print("saved and loaded: \(same ? "the same" : "other") codes")
let words = try LayerSpec.list("scale, dense:64:relu, dense:16, scale:start=0.5")
print("the text form names the same encoder: \(words == encoder)")
