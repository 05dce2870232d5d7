import Datasets
import Linalg

extension RecipeKind {
  /// The recipe of layers that the user names one by one. It is not in the list, since it has no layers of its own.
  static let custom = RecipeKind(
    "custom", "layers named one by one", source: "",
    takes: .trained.union([.layers, .penalties, .klPenalty]).subtracting([.latent]),
    defaults: { _ in },
    layers: { (options, _) throws(InvalidArgument) in
      guard let encoder = options.encoder, let decoder = options.decoder else {
        throw InvalidArgument("encoder", expected: "and `decoder` are named together")
      }
      return EncoderAndDecoder(encoder: encoder, decoder: decoder)
    })
}

extension Recipe {
  /// Returns the recipe of layers that are named one by one; without a `loss` it follows from the data.
  public static func layers(encoder: [LayerSpec], decoder: [LayerSpec], loss: LossSpec? = nil) -> Recipe {
    Recipe(.custom) {
      $0.encoder = encoder
      $0.decoder = decoder
      $0.loss = loss
    }
  }
}

extension Model {
  /// Creates a model with the layers `encoder` and `decoder` for `data`, with the initial parameters of `seed`.
  ///
  /// - `loss`: nil means cross-entropy for values in [0, 1] and squared error for others, or a likelihood where the
  ///   encoder ends in heads.
  /// - Throws: `InvalidArgument` that names the layer, its place and the sizes that do not meet.
  public init(
    encoder: [LayerSpec], decoder: [LayerSpec], loss: LossSpec? = nil, for data: Dataset, seed: UInt64 = 0
  ) throws {
    try self.init(.layers(encoder: encoder, decoder: decoder, loss: loss), for: data, seed: seed)
  }
}
