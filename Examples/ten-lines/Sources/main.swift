import Autoencoders
import Datasets

let data = Digits.generate(count: 5000, seed: 1)
let model = try Model(.deep(hidden: [256, 64], latent: 16), for: data)
let trained = try Trainer(TrainingOptions(epochs: 5)).train(model, on: data)
let unseen = Digits.generate(count: 1000, seed: 2)
let codes = try trained.encode(unseen)
let error = try trained.evaluate(unseen).squaredErrorPerSample
print("\(codes.rows) codes of \(codes.columns) numbers, squared error \(error) per image")
try trained.save(to: "digits.safetensors")
