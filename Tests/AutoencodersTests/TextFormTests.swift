import Autoencoders
import Foundation
import Linalg
import Testing

/// These tests examine the text forms of layers and losses, which blueprints, model files and the command line use.
@Suite struct TextFormTests {
  /// These are layers of every kind in all forms, taken from the gradient checks.
  static let layers: [LayerSpec] = GradientTests.layers.map(\.spec) + GradientTests.networks.map(\.layer)

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test func everyLayerIsReadAsItIsWritten() throws {
    for spec in Self.layers {
      let read = try LayerSpec(spec.description)
      #expect(read == spec && read.description == spec.description)
      let coded = try JSONDecoder().decode([LayerSpec].self, from: JSONEncoder().encode([spec]))
      #expect(coded == [spec])
    }
  }

  /// A layer that is built from its text equals the layer that was written.
  @Test(arguments: GradientTests.layers.indices)
  func whatIsReadBuildsTheSameLayer(index: Int) throws {
    let (spec, input) = GradientTests.layers[index]
    func build(_ spec: LayerSpec) throws -> (layer: any Layer, layout: ParameterLayout) {
      var layout = ParameterLayout()
      return (try spec.layer(input, start: .he, name: "layer", in: &layout).layer, layout)
    }
    let (written, read) = (try build(spec), try build(try LayerSpec(spec.description)))
    #expect(read.layout == written.layout)
    let (a, b) = (read.layer, written.layer)
    #expect(a.summary == b.summary && a.role == b.role && a.activation == b.activation)
    #expect(a.inputSize == b.inputSize && a.outputSize == b.outputSize && a.outputImage == b.outputImage)
    #expect(a.memory == b.memory && a.cut == b.cut && a.linearMaps == b.linearMaps)
  }

  @Test func textsMeanTheseLayers() throws {
    let image = Volume(height: 28, width: 14, channels: 2)
    for (text, spec) in [
      ("dense", .dense()), ("dense:relu", .dense(nil, .relu)), ("dense:16", .dense(16)),
      ("dense:256:relu", .dense(256, .relu)), ("dense:relu:256", .dense(256, .relu)),
      ("dense:28x14x2:tanh", .dense(nil, .tanh, image: image)),
      ("conv:16:relu:stride=2", .conv2D(16, kernel: 3, stride: 2, padding: 1, .relu)),
      ("conv:stride=2:16:relu", .conv2D(16, kernel: 3, stride: 2, padding: 1, .relu)),
      ("conv:3:kernel=5", .conv2D(3, kernel: 5, padding: 2)),
      ("conv:3:kernel=5:padding=0", .conv2D(3, kernel: 5)),
      (
        "conv-transpose:1:28x14:stride=2",
        .convTranspose2D(1, height: 28, width: 14, kernel: 3, stride: 2, padding: 1)
      ),
      ("max-pool:2", .maxPool2D(2)), ("upsample:28x14", .upsample2D(height: 28, width: 14)),
      ("noise:masking:0.5", .corruption(.masking(share: 0.5))), ("l1:0.01", .l1(0.01)),
      ("kl-sparsity:0.05:10", .klSparsity(KLSparsity(target: 0.05, weight: 10))),
      ("kl-sparsity:0.05:10:running", .klSparsity(KLSparsity(target: 0.05, weight: 10, mean: .running))),
      ("rate:0.1", .rate(0.1, width: 1)), ("rate:0.1:width=0.5", .rate(0.1, width: 0.5)),
      ("gaussian-heads:20", .gaussianHeads(20)), ("gaussian-sample", .gaussianSample(beta: 1)),
      ("gaussian-sample:free-bits=0.5:beta=2", .gaussianSample(beta: 2, freeBits: 0.5)),
      ("importance-samples:5", .importanceSamples(5)), ("class:10", .classCondition(10)),
    ] as [(String, LayerSpec)] {
      #expect(try LayerSpec(text) == spec, "\(text)")
    }
    #expect(try LayerSpec("dense:16") != .dense(16, .relu) && LayerSpec("dense") != .dense(1))
  }

  @Test func listsAreReadInOrder() throws {
    let list = try LayerSpec.list("dense:256:relu,\n  noise:gaussian:0.1 ,dense:16\t, l1:0.01")
    #expect(list == [.dense(256, .relu), .corruption(.gaussian(deviation: 0.1)), .dense(16), .l1(0.01)])
    #expect(try LayerSpec.list("dense") == [.dense()])
    #expect(try LayerSpec.list(Self.layers.map(\.description).joined(separator: ", ")) == Self.layers)
  }

  @Test func errorsOfAListNameTheLayersPlace() {
    let unknown = message { _ = try LayerSpec.list("dense:5, dance:3, l1:1") }
    #expect(unknown.hasPrefix("layer 2, 'dance:3': there is no layer 'dance'; known are "))
    // The message names every layer that there is.
    for kind in LayerSpec.kinds { #expect(unknown.contains(kind.form.name)) }
    let wrong = message { _ = try LayerSpec.list("dense:5, l1:1, conv:0") }
    #expect(wrong.hasPrefix("layer 3, 'conv:0': the channels '0' must be a whole number from 1 to 4096"))
    for (text, place) in [("", 1), ("dense:5,", 2), ("dense:5,,dense", 2), (" , dense", 1)] {
      #expect(message { _ = try LayerSpec.list(text) }.hasPrefix("layer \(place), '': there is no layer ''"), "\(text)")
    }
  }

  /// For every kind, an argument that no form has is refused, and so are one argument too many and, where the form
  /// demands arguments, one too few.
  @Test func unknownArgumentsAreRefusedWithTheForm() throws {
    for kind in LayerSpec.kinds {
      let form = kind.form
      let spec = try #require(Self.layers.last { type(of: $0.kind) == kind })
      let named = message { _ = try LayerSpec("\(spec):odd=1") }
      #expect(named == "'odd=1' has no meaning there; the form is \(form.usage)")
      // A kind whose last optional argument is a word may take `surplus` for it, so its message may be that of the
      // word.
      let placed = message { _ = try LayerSpec("\(spec):surplus") }
      #expect(placed.contains("'surplus'") && placed != "accepted", "\(spec): \(placed)")
      if form.usage.dropFirst(form.name.count).hasPrefix(":") {
        let bare = message { _ = try LayerSpec(form.name) }
        #expect(bare.contains("is missing; the form is \(form.usage)"), "\(bare)")
      } else {
        #expect(message { _ = try LayerSpec(form.name) } == "accepted")
      }
    }
  }

  @Test(arguments: [
    "", "dance", "Dense:5", "dense:", "dense:0", "dense:-1", "dense:16777217", "dense:1.5", "dense:5:relu:relu",
    "dense:5:6", "dense:3x0", "dense:2x3x4x5", "conv:4097", "conv:3:kernel=0", "conv:3:kernel=100", "conv:3:stride=17",
    "conv:3:kernel=3:kernel=5", "conv:3:padding=-1", "conv-transpose:3:3", "conv-transpose:3:3x3x3", "max-pool:0",
    "upsample:3", "upsample:0x3", "noise:masking", "noise:masking:1.5", "noise:snow:1", "noise:gaussian:-1", "l1:-1",
    "l1:nan", "l1:inf", "kl-sparsity:0:1", "kl-sparsity:1:1", "kl-sparsity:0.1:-1", "kl-sparsity:0.1:1:median",
    "rate:0", "rate:0.1:0.5", "rate:1:width=0", "gaussian-heads:0", "gaussian-sample:2", "gaussian-sample:beta=-1",
    "gaussian-sample:free-bits=nan", "importance-samples:1", "importance-samples:1001", "class:0", "class:10001",
  ])
  func whatIsNoLayerIsRefused(text: String) { #expect(throws: InvalidArgument.self) { try LayerSpec(text) } }

  /// The tests go through the examples of the losses, so every kind must have some.
  @Test func everyLossHasExamples() {
    for kind in LossSpec.kinds {
      let losses = everyLoss.filter { type(of: $0.loss) == kind }
      #expect(!losses.isEmpty && losses.map(\.description) == kind.form.examples)
    }
    for loss in [LossSpec.squaredError, .crossEntropy, .bernoulli, .learnedGaussian] {
      #expect(everyLoss.contains(loss))
    }
  }

  @Test func everyLossIsReadAsItIsWritten() throws {
    for loss in everyLoss {
      let read = try #require(LossSpec(loss.description))
      #expect(read == loss && type(of: read.loss) == type(of: loss.loss))
      #expect(LossSpec(loss.likelihoodDescription) == loss)
      #expect(try JSONDecoder().decode([LossSpec].self, from: JSONEncoder().encode([loss])) == [loss])
    }
    #expect(LossSpec("gaussian:0.5") == .gaussian(deviation: 0.5) && LossSpec("gaussian:0.5") != .learnedGaussian)
    // The description has the number that was named, not the root of its square.
    #expect(LossSpec.gaussian(deviation: 0.1).description == "gaussian:0.1")
    #expect(LossSpec("gaussian:0.3")?.loss.normalDeviation.map { abs($0 - 0.3) < 1e-15 } == true)
  }

  @Test func whatIsNoLossIsRefused() {
    for kind in LossSpec.kinds {
      #expect(LossSpec(kind.form.name + ":surplus") == nil && LossSpec(kind.form.name + ":") == nil)
      #expect(LossSpec.usages.contains(kind.form.usage))
      if let name = kind.form.likelihoodName { #expect(LossSpec(name + ":surplus") == nil) }
    }
    for text in ["", "poisson", "gaussian:0.5:1", "gaussian:1e-7", "gaussian:1e7", "Gaussian:1", "no-reconstruction"] {
      #expect(LossSpec(text) == nil, "\(text)")
    }
    let error = message { _ = try JSONDecoder().decode([LossSpec].self, from: Data(#"["poisson"]"#.utf8)) }
    #expect(error.contains("there is no loss 'poisson'"))
  }
}
