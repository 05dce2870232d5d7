import Linalg

/// A layer still to be sized and placed: what blueprints, model files, the command line and the documentation write.
///
/// It has one text form, `NAME:ARGUMENT:…`, as in `dense:256:relu`; `LayerSpec.kinds` lists the kinds that there are, and
/// `register` adds those of other packages.
///
/// ```swift
/// let encoder: [LayerSpec] = [.dense(256, .relu), .layerNorm, .dense(16), .l1(0.01)]
/// let same = try LayerSpec.list("dense:256:relu, layer-norm, dense:16, l1:0.01")
/// ```
public struct LayerSpec: Sendable, Equatable, Codable, CustomStringConvertible {
  public let kind: any LayerKind

  public init(_ kind: any LayerKind) { self.kind = kind }

  /// The layer that `text` names.
  /// - Throws: `InvalidArgument` for a name that is not known and for arguments that the kind does not take.
  public init(_ text: String) throws(InvalidArgument) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let type = Self.kind(named: parts[0]) else {
      let known = Self.kinds.map { $0.form.name }.joined(separator: ", ")
      throw InvalidArgument("there is no layer '\(parts[0])'; known are \(known)")
    }
    var arguments = LayerArguments(Array(parts.dropFirst()), of: type.form)
    kind = try type.init(&arguments)
    try arguments.finish()
  }

  /// The layers that a comma separates: "dense:256:relu, dense:16".
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

  /// The text form.
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

  /// Whether it is the heads of a variational encoder.
  package var isHeads: Bool { kind is GaussianHeadsKind }

  /// The same with another β of its divergence; nil for layers that have none.
  package func with(beta: Double) -> LayerSpec? { (kind as? any DivergenceKind)?.with(beta: beta) }

  /// The activation of layers that have one; nil for kinds that never have.
  var activation: Activation? { kind.activation }

  /// What comes into a layer, or out of it, for each sample.
  public struct Shape: Sendable, Equatable {
    public var size: Int
    /// Its shape, where it is an image.
    public var image: Volume?
    /// Whether the image is a layer's work: dense layers that take such ones are stored as PyTorch flattens them.
    public var isComputed = false

    public init(size: Int, image: Volume? = nil, isComputed: Bool = false) {
      self.size = size
      self.image = image
      self.isComputed = isComputed
    }

    /// The image, or an error that says that there is none.
    public func requireImage() throws(InvalidArgument) -> Volume {
      if let image { return image }
      throw InvalidArgument("it needs images, but gets \(size) features without a shape")
    }
  }
}

/// Where in a network a layer is placed.
public struct LayerSite: Sendable {
  /// What comes in.
  public let input: LayerSpec.Shape
  /// The activation of what comes in; nil where that is not known.
  public let activation: Activation?
  /// Numbers of a sample of the data.
  public let sampleSize: Int
  public let start: Start
  /// What the layer's tensors are named by: "encoder.0".
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

  /// "encoder" or "decoder".
  public var part: String { String(name.prefix { $0 != "." }) }
  /// The image that comes in, where a layer has computed it.
  var computedImage: Volume? { input.isComputed ? input.image : nil }
}

/// A kind of layer: its text form, and how a layer of it is made where it stands in a network.
public protocol LayerKind: Sendable {
  /// The name and arguments, for help and messages.
  static var form: LayerForm { get }
  /// From the text form's arguments, which it takes out of `arguments`.
  init(_ arguments: inout LayerArguments) throws(InvalidArgument)
  /// The text form's arguments, from which `init` makes the same again.
  var arguments: [String] { get }
  /// The activation of kinds that have one.
  var activation: Activation? { get }
  /// The layer at `site`; its tensors go behind what `layout` holds.
  /// - Throws: `InvalidArgument` for sizes that do not go together.
  func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer
}

extension LayerKind {
  public var activation: Activation? { nil }
}

/// The text form of a kind of layer, for help.
public struct LayerForm: Sendable {
  /// "dense".
  public let name: String
  /// "dense[:SIZE][:ACTIVATION]".
  public let usage: String
  /// What the layer does, in one line.
  public let summary: String

  public init(name: String, arguments: String = "", summary: String) {
    self.name = name
    usage = name + arguments
    self.summary = summary
  }
}

extension LayerSpec {
  /// The layer for `input` with its output's shape; for a layer by itself, whose data have the size of its input.
  package func layer(
    _ input: Shape, start: Start, name: String, in layout: inout ParameterLayout
  ) throws(InvalidArgument) -> (layer: any Layer, output: Shape) {
    try layer(at: LayerSite(input: input, sampleSize: input.size, start: start, name: name), in: &layout)
  }

  /// The layer at `site` with its output's shape: an image that goes on as it came in, or one that the layer has made.
  func layer(
    at site: LayerSite, in layout: inout ParameterLayout
  ) throws(InvalidArgument) -> (layer: any Layer, output: Shape) {
    let layer = try kind.layer(at: site, in: &layout)
    switch layer.role {
    case .corruption, .penalty: return (layer, site.input)
    default: return (layer, Shape(size: layer.outputSize, image: layer.outputImage, isComputed: true))
    }
  }
}

extension String {
  /// Without blanks at either end.
  var trimmed: String {
    func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\n" }
    var rest = self[...]
    while let first = rest.first, isBlank(first) { rest = rest.dropFirst() }
    while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
    return String(rest)
  }
}
