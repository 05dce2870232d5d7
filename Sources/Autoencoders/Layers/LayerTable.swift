import Synchronization

extension LayerSpec {
  /// THE list of layers: the text form, help, documentation and the gradient test read it.
  public static let kinds: [any LayerKind.Type] = [
    DenseKind.self, ConvolutionKind.self, TransposedConvolutionKind.self, MaxPoolingKind.self, UpsamplingKind.self,
    LayerNormKind.self, DropoutKind.self, CorruptionKind.self, L1Kind.self, KLSparsityKind.self, RateKind.self,
    GaussianHeadsKind.self,
    GaussianSampleKind.self, ImportanceSamplesKind.self, ClassConditionKind.self,
  ]

  /// Registers a kind of layer of another package by its name, so that texts and model files can name it.
  ///
  /// A kind may be registered again. Registering a name that another kind has is a programmer's error.
  public static func register(_ kind: any LayerKind.Type) {
    registered.withLock { known in
      let name = kind.form.name
      let present = known[name] ?? kinds.first { $0.form.name == name }
      precondition(present == nil || present! == kind, "LayerSpec.register: the name '\(name)' is taken")
      known[name] = kind
    }
  }

  private static let registered = Mutex<[String: any LayerKind.Type]>([:])

  /// The names of all kinds: those of the list, then the registered ones.
  static var knownNames: [String] {
    let own = kinds.map { $0.form.name }
    return own + registered.withLock { known in known.keys.filter { !own.contains($0) }.sorted() }
  }

  /// Returns the kind called `name`; nil where there is none.
  static func kind(named name: String) -> (any LayerKind.Type)? {
    kinds.first { $0.form.name == name } ?? registered.withLock { $0[name] }
  }

  /// Refuses numbers that the text form refuses, so that a layer has the same bounds however it was made. A kind that
  /// is not known by its name checks them itself.
  package func validate() throws(InvalidArgument) { if isKnown { _ = try LayerSpec(description) } }

  /// Whether the kind's name leads back to the kind, as a file that names the kind needs.
  package var isKnown: Bool {
    let type = type(of: kind)
    return Self.kind(named: type.form.name).map { $0 == type } ?? false
  }

  /// The largest number of outputs that a layer may have for a sample.
  package static let largestSize = 1 << 24
}
