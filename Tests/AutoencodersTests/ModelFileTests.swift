import Autoencoders
import Datasets
import Files
import Foundation
import Linalg
import Testing

@Suite struct ModelFileTests {
  @Test(arguments: RecipeKind.all.map(\.name))
  func aModelComesBackAsItWas(name: String) throws {
    let data = curvedData(samples: 50, shape: [3, 4])
    let start = try Model(Recipe(named: name, .with { $0.latent = 4 }), for: data, seed: 3)
    let model = try Trainer(TrainingOptions(epochs: 1)).train(start, on: data)
    let path = temporaryPath("model.safetensors")
    try model.save(to: path)
    let read = try Model.load(path)
    #expect(read.blueprint == model.blueprint && read.name == name)
    #expect(read.parameters == model.parameters)
    #expect(read.training == model.training)
    #expect(read.seed == 3)
    #expect(try read.encode(data) == model.encode(data))
    #expect(try read.reconstruct(data) == model.reconstruct(data))
  }

  @Test func convolutionsPenaltiesAndNoiseComeBackAsTheyWere() throws {
    let data = curvedData(samples: 40, shape: [6, 5, 3])
    let recipe = Recipe.conv(channels: [3, 4], pooling: .max, hidden: [7], latent: 4, activation: .tanh).with {
      $0.codeActivation = .sigmoid
      $0.noise = .gaussian(deviation: 0.25)
      $0.l1 = 0.5
      $0.klSparsity = KLSparsity(target: 0.1, weight: 2, mean: .running)
      $0.contraction = 0.125
    }
    let model = try Model(recipe, for: data)
    let trained = try Trainer(TrainingOptions(epochs: 1)).train(model, on: data)
    let path = temporaryPath("conv.safetensors")
    try trained.save(to: path)
    let read = try Model.load(path)
    #expect(read.blueprint == model.blueprint)
    #expect(read.parameters == trained.parameters)
    // Training changed the running mean from 0, and the file keeps it.
    #expect(read.tensor("encoder.4.mean_activation")!.values.allSatisfy { $0 > 0 && $0 < 1 })
  }

  /// Descriptions with sizes that would take gigabytes, impossible penalties, unknown names or missing entries are
  /// refused before anything is built.
  @Test(arguments: [
    (
      "\"conv:4:relu:stride=2\"", Array(repeating: "\"conv:4096:relu\"", count: 9).joined(separator: ","),
      "parameters so far; at most"
    ),
    ("l1:0.5", "l1:-5.0", "λ '-5.0' must be a number from 0.0 to"),
    ("dense:4", "dense:0", "the size '0' must be a whole number from 1 to"),
    ("conv:4:relu:stride=2", "conv:4:relu:stride=0", "stride '0' must be a whole number from 1 to 16"),
    ("noise:gaussian:0.25", "noise:snowfall:0.25", "there is no noise 'snowfall:0.25'"),
    ("\"loss\":\"cross-entropy\"", "\"loss\":\"cross-words\"", "there is no loss 'cross-words'"),
    ("\"loss\":\"cross-entropy\"", "\"lass\":\"cross-entropy\"", "not complete or of another format"),
  ])
  func wrongDescriptionsAreRefused(old: String, new: String, message: String) throws {
    let data = curvedData(samples: 4, shape: [6, 5])
    let recipe = Recipe.conv(channels: [3, 4], latent: 4).with {
      $0.noise = .gaussian(deviation: 0.25)
      $0.l1 = 0.5
    }
    let model = try Model(recipe, for: data)
    let path = temporaryPath("wrong.safetensors")
    try model.save(to: path)
    var file = try Safetensors(readFile(path), path: path)
    let text = try #require(file.metadata["aetool"])
    #expect(text.contains(old))
    file.metadata["aetool"] = text.replacingOccurrences(of: old, with: new)
    try Data(file.encoded()).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: FileError.self) { try Model.load(path) }
    #expect(error!.description.contains(message), "\(error!)")
  }

  @Test func denseLayersBesideConvolutionsAreFlattenedChannelByChannel() throws {
    let data = curvedData(samples: 10, shape: [4, 4])
    let model = try Model(.conv(channels: [3], latent: 2), for: data, seed: 4)
    let path = temporaryPath("conv.safetensors")
    try model.save(to: path)
    let file = try Safetensors(readFile(path), path: path)
    let stored = try #require(file.tensors.first { $0.name == "encoder.1.weight" }).values
    let weight = try #require(model.tensor("encoder.1.weight"))
    // The image has 2 × 2 pixels of 3 channels. For unit 1, the weight of channel 1 of pixel 2 is at 2·3 + 1 in memory
    // and at 1·4 + 2 in the file.
    #expect(stored[12 + 1 * 4 + 2] == weight[1, 2 * 3 + 1])
    #expect(stored.sorted() == weight.values.sorted())
    let back = try #require(file.tensors.first { $0.name == "decoder.0.weight" }).values
    #expect(back[(1 * 4 + 2) * 2 + 1] == model.tensor("decoder.0.weight")![2 * 3 + 1, 1])
  }

  @Test func decodingCodesIsReconstructing() throws {
    var table = Matrix<Float>(rows: 40, columns: 5)
    var random = RandomStream(seed: 1, purpose: .other)
    table.withMutableView { random.fillUniform($0, -50, 200) }
    let data = Dataset(table, source: "table")
    let model = try Trainer(TrainingOptions(epochs: 2)).train(
      try Model(.deep(hidden: [8], latent: 3), for: data), on: data)
    #expect(model.scaling.kind == .standard && model.blueprint.loss == .squaredError)
    let codes = try model.encode(data)
    #expect(codes.rows == 40 && codes.columns == 3)
    let decoded = try model.decode(Dataset(codes, source: "codes"))
    #expect(decoded == (try model.reconstruct(data)))
    let path = temporaryPath("model.safetensors")
    try model.save(to: path)
    #expect(try Model.load(path).reconstruct(data) == decoded)
  }

  @Test func namesAndShapesArePyTorchs() throws {
    let model = try Model(.deep(hidden: [7, 4], latent: 2), for: curvedData(samples: 5))
    let described = model.network.layout.parameters.map { "\($0.name) \($0.shape)" }
    #expect(
      described == [
        "encoder.0.weight [7, 12]", "encoder.0.bias [7]", "encoder.1.weight [4, 7]", "encoder.1.bias [4]",
        "encoder.2.weight [2, 4]", "encoder.2.bias [2]", "decoder.0.weight [4, 2]", "decoder.0.bias [4]",
        "decoder.1.weight [7, 4]", "decoder.1.bias [7]", "decoder.2.weight [12, 7]", "decoder.2.bias [12]",
      ])
  }

  /// Every bit of a file counts: a changed one is found, wherever it is.
  @Test func everyDamagedBitIsFound() throws {
    let data = curvedData(samples: 20, shape: [3])
    let model = try Trainer(TrainingOptions(epochs: 1)).train(try Model(.linear(latent: 1), for: data), on: data)
    let good = try model.encoded()
    let path = temporaryPath("m.safetensors")
    var notes: [String] = []
    var accepted: [Int] = []
    let start = good.count - 4 * model.parameters.count
    // All bits of the weights, and some of each byte of the header.
    for bit in 0..<8 * good.count where bit >= 8 * start || bit % 5 == 0 {
      var bytes = good
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      do {
        _ = try IdentifiedModel(bytes: bytes, path: path)
        // Blanks between the entries of the header are the only bytes without a meaning.
        accepted.append(bit)
      } catch {
        #expect(error.kind == .malformed && error.path == path)
      }
    }
    #expect(accepted.allSatisfy { $0 < 8 * start && good[$0 / 8] == 0x20 }, "\(accepted)")
    try Data(good).write(to: URL(fileURLWithPath: path))
    #expect(try Model.load(path, note: { notes.append($0) }).parameters == model.parameters && notes.isEmpty)
    var bytes = good
    bytes[start + 2] ^= 4
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: FileError.self) { try Model.load(path) }
    #expect(error?.message.hasPrefix("the file is damaged: its content does not have the SHA-256") == true)
  }

  /// Files of older programs have no hash; they are read, with a note.
  @Test func filesWithoutAHashOpenWithANote() throws {
    let data = curvedData(samples: 20, shape: [3])
    let model = try Model(.linear(latent: 1), for: data)
    let path = temporaryPath("old.safetensors")
    let old = try Safetensors(model.encoded(), path: path).encoded(hashed: false)
    try Data(old).write(to: URL(fileURLWithPath: path))
    var notes: [String] = []
    #expect(try Model.load(path, note: { notes.append($0) }).parameters == model.parameters)
    #expect(
      notes == ["\(path): has no hash of its content, as files of older programs; damage would go unnoticed"])
  }

  /// Another program may write the tensors in another order, and the header in another way.
  @Test func theHashIsOfTheContent() throws {
    let data = curvedData(samples: 20, shape: [3])
    let bytes = try Model(.linear(latent: 1), for: data).encoded()
    var file = try Safetensors(bytes, path: "m")
    #expect(file.isHashed && file.metadata["sha256"] == nil)
    let hash = file.contentHash()
    #expect(String(decoding: bytes, as: UTF8.self).contains("\"sha256\":\"\(hash)\""))
    file.tensors.reverse()
    #expect(file.contentHash() == hash)
    file.tensors[0] = Safetensors.Tensor(
      name: file.tensors[0].name, shape: [1] + file.tensors[0].shape, values: file.tensors[0].values)
    #expect(file.contentHash() != hash)
  }

  /// The test spoils a file in every way that the rules of the format name, and checks the message.
  @Test func spoiltFilesAreRefused() throws {
    let model = try Model(.linear(latent: 1), for: curvedData(samples: 5, shape: [2]))
    // Without a hash, so that each rule is seen by its own message.
    let good = try Safetensors(model.encoded(), path: "good").encoded(hashed: false)
    func message(_ bytes: [UInt8]) throws -> String {
      let path = temporaryPath("m")
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      do {
        _ = try Model.load(path)
        return "accepted"
      } catch let error { return error.description.replacingOccurrences(of: path, with: "FILE") }
    }
    #expect(try message(good) == "accepted")
    #expect(try message([1, 2, 3]) == "FILE, byte 3: not a model file: expected 8 bytes of header length, found 3")
    #expect(
      try message(Array("this is not a model".utf8)) == "FILE, byte 0: not a model file: expected a safetensors header")
    let cut = try message(Array(good[..<60]))
    #expect(cut.hasPrefix("FILE, byte 8: the file is cut off: expected a header of") && cut.hasSuffix("found 52"))
    #expect(try message(Array(good.dropLast(4))).contains("the file is cut off"))
    #expect(try message(good + [0]).contains("expected the end of the file, found 1 more bytes"))
    func edited(_ old: String, _ new: String) throws -> String {
      precondition(old.utf8.count == new.utf8.count)
      var bytes = good
      let place = bytes.firstRange(of: Array(old.utf8))!
      bytes.replaceSubrange(place, with: Array(new.utf8))
      return try message(bytes)
    }
    #expect(try edited("\"dtype\":\"F32\"", "\"dtype\":\"F16\"").contains("only F32 is read"))
    #expect(try edited("encoder.0.bias", "encoder.9.bias").contains("tensor 'encoder.0.bias' of shape [1] is missing"))
    #expect(try edited("\"shape\":[2,1]", "\"shape\":[1,2]").contains("has shape [1, 2], but the network needs [2, 1]"))
    #expect(try edited("\"aetool\":", "\"aetoof\":").contains("not of aetool"))
    #expect(try edited("\\\"format_version\\\":3", "\\\"format_version\\\":9").contains("use a newer aetool"))
    #expect(try edited("dense:1", "dense:0").contains("the size '0' must be a whole number from 1 to"))
    #expect(try edited("dense:1", "dance:1").contains("there is no layer 'dance'"))
    var infinite = good
    infinite.replaceSubrange(good.count - 4..<good.count, with: [0, 0, 0x80, 0x7F])
    #expect(try message(infinite) == "FILE: tensor 'decoder.0.bias' holds NaN or infinite numbers")
    #expect(try message(Array("\u{1}\0\0\0\0\0\0\0{".utf8)).contains("the header is not the JSON"))
  }
}
