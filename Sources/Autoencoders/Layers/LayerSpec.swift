import Linalg

/// A layer that has no sizes and places yet: blueprints, model files, the command line and the documentation write it.
///
/// A specification has one text form, `NAME:ARGUMENT:…`, as in `dense:256:relu`. `LayerSpec.kinds` lists the kinds of
/// layers, and `register` adds kinds of other packages.
///
/// ```swift
/// let encoder: [LayerSpec] = [.dense(256, .relu), .dense(16), .l1(0.01)]
/// let same = try LayerSpec.list("dense:256:relu, dense:16, l1:0.01")
/// ```
public struct LayerSpec: Sendable, Equatable, Codable, CustomStringConvertible {
  public let kind: any LayerKind

  public init(_ kind: any LayerKind) { self.kind = kind }

  /// Creates the layer that `text` names.
  /// - Throws: `InvalidArgument` for an unknown name and for arguments that the kind does not take.
  public init(_ text: String) throws(InvalidArgument) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let type = Self.kind(named: parts[0]) else {
      let known = Self.knownNames.joined(separator: ", ")
      throw InvalidArgument("there is no layer '\(parts[0])'; known are \(known)")
    }
    var arguments = LayerArguments(Array(parts.dropFirst()), of: type.form)
    kind = try type.init(&arguments)
    try arguments.finish()
  }

  /// Returns the layers in `text`, which commas separate, as in "dense:256:relu, dense:16".
  /// - Throws: `InvalidArgument` that names the layer and its place.
  public static func list(_ text: String) throws(InvalidArgument) -> [LayerSpec] {
    var result: [LayerSpec] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let word = String(part).trimmed
      do throws(InvalidArgument) { result.append(try LayerSpec(word)) } catch {
        throw InvalidArgument("layer \(result.count + 1), '\(word)': \(error)")
      }
    }
    return result
  }

  /// The text form, from which `init(_ text:)` makes an equal specification.
  public var description: String {
    ([type(of: kind).form.name] + kind.arguments).joined(separator: ":")
  }

  public static func == (a: LayerSpec, b: LayerSpec) -> Bool { a.description == b.description }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(try container.decode(String.self))
    } catch let error as InvalidArgument {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Whether the layer is the heads of a variational encoder.
  package var isHeads: Bool { kind is GaussianHeadsKind }

  /// Returns the same layer with another β of its divergence; nil for layers without a divergence.
  package func with(beta: Double) -> LayerSpec? { (kind as? any DivergenceKind)?.with(beta: beta) }

  /// The layer's activation; nil for kinds that never have one.
  var activation: Activation? { kind.activation }

  /// The numbers that come into a layer, or out of it, for each sample.
  public struct Shape: Sendable, Equatable {
    public var size: Int
    /// The shape of the numbers as an image; nil where they are none.
    public var image: Volume?
    /// Whether a layer computed the image. The weights of a dense layer behind such an image are stored in the order in
    /// which PyTorch flattens images.
    public var isComputed = false
    /// The image that the first numbers are, where a layer has computed it and others stand behind it, such as a class;
    /// nil elsewhere.
    var leadingImage: Volume?

    public init(size: Int, image: Volume? = nil, isComputed: Bool = false) {
      self.size = size
      self.image = image
      self.isComputed = isComputed
    }

    /// Returns the image.
    /// - Throws: `InvalidArgument` where there is no image.
    public func requireImage() throws(InvalidArgument) -> Volume {
      if let image { return image }
      throw InvalidArgument("it needs images, but gets \(size) features without a shape")
    }
  }
}

/// The place of a layer in a network.
public struct LayerSite: Sendable {
  /// The shape of the layer's input.
  public let input: LayerSpec.Shape
  /// The activation of what comes in; nil where that is not known.
  public let activation: Activation?
  /// The number of numbers in a sample of the data.
  public let sampleSize: Int
  public let start: Start
  /// The prefix of the names of the layer's tensors, as in "encoder.0".
  public let name: String

  public init(
    input: LayerSpec.Shape, activation: Activation? = nil, sampleSize: Int, start: Start, name: String
  ) {
    self.input = input
    self.activation = activation
    self.sampleSize = sampleSize
    self.start = start
    self.name = name
  }

  /// The part of the network, "encoder" or "decoder".
  public var part: String { String(name.prefix { $0 != "." }) }
  /// The image at the layer's input, where another layer has computed it.
  var computedImage: Volume? { input.isComputed ? input.image : nil }
  /// The image that the first numbers of the input are, or all of them, where another layer has computed it. Weights
  /// behind it are in files in the order in which PyTorch flattens it.
  var flattenedImage: Volume? { computedImage ?? input.leadingImage }
}

/// A kind of layer: it has a text form and makes a layer for a place in a network.
public protocol LayerKind: Sendable {
  /// The kind's name and arguments, for help and messages.
  static var form: LayerForm { get }
  /// Creates the kind from the arguments of its text form, which it takes out of `arguments`.
  /// - Throws: `InvalidArgument` for an argument that is missing or has a wrong value.
  init(_ arguments: inout LayerArguments) throws(InvalidArgument)
  /// The arguments of the text form, from which `init` makes the same kind again.
  var arguments: [String] { get }
  /// The activation; nil for kinds that never have one.
  var activation: Activation? { get }
  /// Makes the layer at `site` and places its tensors behind what `layout` holds.
  /// - Throws: `InvalidArgument` for sizes that do not go together.
  func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer
}

extension LayerKind {
  public var activation: Activation? { nil }
}

/// The text form of a kind of layer, for help.
public struct LayerForm: Sendable {
  /// The name of the kind, as in "dense".
  public let name: String
  /// The name and the arguments, as in "max-pool:SIZE".
  public let usage: String
  /// One line that says what the layer does.
  public let summary: String

  public init(name: String, arguments: String = "", summary: String) {
    self.name = name
    usage = name + arguments
    self.summary = summary
  }
}

extension LayerSpec {
  /// Makes a layer that stands alone, for data of the size of `input`, and returns it with the shape of its output.
  package func layer(
    _ input: Shape, start: Start, name: String, in layout: inout ParameterLayout
  ) throws(InvalidArgument) -> (layer: any Layer, output: Shape) {
    try layer(at: LayerSite(input: input, sampleSize: input.size, start: start, name: name), in: &layout)
  }

  /// Makes the layer at `site` and returns it with the shape of its output. Corruptions and penalties keep the shape of
  /// their input; the output of every other layer counts as computed.
  func layer(
    at site: LayerSite, in layout: inout ParameterLayout
  ) throws(InvalidArgument) -> (layer: any Layer, output: Shape) {
    let layer = try kind.layer(at: site, in: &layout)
    switch layer.role {
    case .corruption, .penalty: return (layer, site.input)
    case .condition:
      var output = Shape(size: layer.outputSize, isComputed: true)
      output.leadingImage = site.flattenedImage
      return (layer, output)
    default: return (layer, Shape(size: layer.outputSize, image: layer.outputImage, isComputed: true))
    }
  }
}

extension String {
  /// The text without blanks at either end.
  var trimmed: String {
    func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\n" }
    var rest = self[...]
    while let first = rest.first, isBlank(first) { rest = rest.dropFirst() }
    while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
    return String(rest)
  }
}
