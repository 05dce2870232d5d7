import Pages

/// The formulas of the notes.
extension Formula {
  private static let xHat = Formula.hat("x")
  private static let rhoHat = Formula.subscript(.hat("ρ"), "j")
  private static func squaredNorm(_ inner: Formula) -> Formula { ["‖", inner, .superscript("‖", "2")] }
  private static func divergence(_ p: Formula, _ q: Formula) -> Formula { ["D", "(", p, "‖", q, ")"] }
  private static func mean(over: Formula, _ inner: Formula) -> Formula { [.subscript("E", over), "[", inner, "]"] }

  /// x̂ = g(f(x)), and the loss ‖x̂ − x‖².
  static let reconstruction: Formula = [
    "z = f ( x )", ",", xHat, "= g ( z )", ",", .limits("min", below: "f , g", above: nil),
    .limits("Σ", below: "x", above: nil), squaredNorm([xHat, "− x"]),
  ]

  /// Components are the best linear code: x̂ = μ + CᵀC(x − μ).
  static let principalComponents: Formula = [
    xHat, "= μ +", .superscript("C", "⊤"), "C ( x − μ )", ",", "C", .superscript("C", "⊤"), "= I",
  ]

  /// D(p ‖ q) = ∫ p(x) ln (p(x)/q(x)) dx.
  static let divergence: Formula = [
    divergence("p", "q"), "=", .limits("∫", below: nil, above: nil), "p ( x ) ln", .fraction("p ( x )", "q ( x )"),
    "d x",
    "≥ 0",
  ]

  /// The divergence of two normal distributions of one number.
  static let normalDivergence: Formula = [
    divergence(
      ["N", "(", .subscript("μ", "1"), ",", .scripts("σ", below: "1", above: "2"), ")"],
      ["N", "(", .subscript("μ", "2"), ",", .scripts("σ", below: "2", above: "2"), ")"]),
    "= ln", .fraction(.subscript("σ", "2"), .subscript("σ", "1")), "+",
    .fraction(
      [
        .scripts("σ", below: "1", above: "2"), "+", "(", .subscript("μ", "1"), "−", .subscript("μ", "2"),
        .superscript(")", "2"),
      ], ["2", .scripts("σ", below: "2", above: "2")]), "−", .fraction("1", "2"),
  ]

  /// λ Σ |a|, and β Σ D(ρ ‖ ρ̂ⱼ).
  static let sparsity: Formula = [
    "λ", .limits("Σ", below: "j", above: nil), "|", .subscript("a", "j"), "|", .words(" or "), "β",
    .limits("Σ", below: "j", above: nil), "(", "ρ ln", .fraction("ρ", rhoHat), "+ ( 1 − ρ ) ln",
    .fraction("1 − ρ", ["1 −", rhoHat]), ")",
  ]

  /// min E ‖g(f(x̃)) − x‖².
  static let denoising: Formula = [
    .limits("min", below: "f , g", above: nil),
    mean(over: [.tilde("x"), "| x"], squaredNorm(["g ( f (", .tilde("x"), ") ) − x"])),
  ]

  /// ln p(x) ≥ E_q[ln p(x|z)] − D(q(z|x) ‖ p(z)).
  static let elbo: Formula = [
    "ln p ( x )", "≥", mean(over: "q ( z | x )", "ln p ( x | z )"), "−", divergence("q ( z | x )", "p ( z )"), "= ELBO",
  ]

  /// ½ Σ (σ² + μ² − 1 − ln σ²).
  static let normalDivergenceFromPrior: Formula = [
    divergence("q ( z | x )", ["N", "(", "0 ,", "I", ")"]), "=", .fraction("1", "2"),
    .limits("Σ", below: "j", above: nil),
    "(", .scripts("σ", below: "j", above: "2"), "+", .scripts("μ", below: "j", above: "2"), "− 1 − ln",
    .scripts("σ", below: "j", above: "2"), ")",
  ]

  /// z = μ + σ ⊙ ε, ε from N(0, I).
  static let reparametrisation: Formula = [
    "z = μ + σ ⊙ ε", ",", "ε ∼ N ( 0 , I )", ",", .fraction("∂", "∂ μ"), mean(over: "q", "ln p ( x | z )"), "=",
    mean(over: "ε", .fraction("∂ ln p ( x | z )", "∂ z")), "=",
    mean(over: "q", ["ln p ( x | z )", .fraction("z − μ", .superscript("σ", "2"))]),
  ]

  /// ln p(x) ≈ ln 1/N Σ p(x|zᵢ) p(zᵢ)/q(zᵢ|x), zᵢ from q.
  static let importance: Formula = [
    "ln p ( x )", "≈ ln", .fraction("1", "N"), .limits("Σ", below: "i", above: "N"),
    ["p ( x |", .subscript("z", "i"), ")"],
    .fraction(["p (", .subscript("z", "i"), ")"], ["q (", .subscript("z", "i"), "| x )"]), ",", .subscript("z", "i"),
    "∼ q ( z | x )",
  ]
}
