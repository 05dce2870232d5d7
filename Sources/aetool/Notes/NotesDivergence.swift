import Figures
import Pages

/// The Kullback-Leibler divergence, to touch.
enum NotesDivergence: NotesPart {
  static let id = "divergence"
  static let title = "Kullback–Leibler divergence"
  static let seconds = (quick: 0.5, full: 0.5)

  /// D(N(m₁, s₁²) ‖ N(m₂, s₂²)) = ln(s₂/s₁) + (s₁² + (m₁ − m₂)²)/(2s₂²) − ½, in nats.
  static func normal(_ m1: Double, _ s1: Double, _ m2: Double, _ s2: Double) -> Double {
    Double.log(s2 / s1) + (s1 * s1 + (m1 - m2) * (m1 - m2)) / (2 * s2 * s2) - 0.5
  }

  /// D(p ‖ q) = p ln(p/q) + (1 − p) ln((1 − p)/(1 − q)) of two coins, in nats, with 0 ln 0 = 0.
  static func coins(_ p: Double, _ q: Double) -> Double {
    func term(_ a: Double, _ b: Double) -> Double { a == 0 ? 0 : b == 0 ? .infinity : a * Double.log(a / b) }
    return max(0, term(p, q) + term(1 - p, 1 - q))
  }

  /// Returns D(p ‖ q) of two normal distributions by adding up its integrand from −30 to 30.
  static func summed(_ m1: Double, _ s1: Double, _ m2: Double, _ s2: Double) -> Double {
    let steps = 60_000
    let width = 60 / Double(steps)
    return (0..<steps).reduce(0.0) { total, step in
      let x = -30 + (Double(step) + 0.5) * width
      let (a, b) = ((x - m1) / s1, (x - m2) / s2)
      let density = Double.exp(-0.5 * a * a) / (s1 * (2 * Double.pi).squareRoot())
      return total + width * density * (0.5 * b * b - 0.5 * a * a + Double.log(s2 / s1))
    }
  }

  private static let pairs = [
    (0.0, 1.0, 0.0, 1.0), (1, 1, 0, 1), (0, 0.5, 0, 1), (0, 2, 0, 1), (2, 0.5, 0, 1), (-1, 1, 1, 0.5),
  ]

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let rows = pairs.map { m1, s1, m2, s2 in
      (
        p: "N(\(m1.significant(2)), \(s1.significant(2))²)", q: "N(\(m2.significant(2)), \(s2.significant(2))²)",
        forward: normal(m1, s1, m2, s2), backward: normal(m2, s2, m1, s1), sum: summed(m1, s1, m2, s2)
      )
    }
    let worst = rows.map { abs($0.forward - $0.sum) }.max()!
    let apart = rows[3]
    let grid = stride(from: 0.0, through: 1.0, by: 0.05)
    let least = grid.flatMap { p in grid.filter { abs($0 - p) > 1e-9 }.map { coins(p, $0) } }.min()!
    let claims = [
      NotesClaim(
        "the closed form is the integral", isSeen: worst < 1e-6,
        "over \(pairs.count) pairs the two differ by at most \(scientific(worst)) nats"),
      NotesClaim(
        "the divergence is not symmetric", isSeen: abs(apart.forward - apart.backward) > 0.1,
        "D(\(apart.p) ‖ \(apart.q)) = \(apart.forward.significant(4)), the other way "
          + "\(apart.backward.significant(4)) nats"
      ),
      NotesClaim(
        "it is 0 for equal distributions alone, and infinite where q is 0 and p is not",
        isSeen: rows[0].forward == 0 && least > 0 && coins(0.5, 0) == .infinity,
        "equal: \(rows[0].forward.significant(1)); the least of two different coins on a grid of 0.05: "
          + "\(least.significant(2)) nats; D of a fair coin from one that never shows heads: infinite"),
    ]
    let table = PageBlock.table(
      header: ["p", "q", "D(p ‖ q)", "D(q ‖ p)", "sum of the integrand"],
      rows: rows.map {
        [$0.p, $0.q, $0.forward.significant(5), $0.backward.significant(5), $0.sum.significant(5)]
      }, caption: "Divergences in nats by the closed form; the last column adds up the integrand of D(p ‖ q)")
    return NotesSection(
      blocks: [
        .paragraph(
          "D(p ‖ q) is how many nats more it takes, on average, to say what p draws with a code that was made for "
            + "q. It is the term that holds the codes of a variational autoencoder to the prior, and the units of a "
            + "sparse one to their target. Move the sliders: the shaded integrand says where the divergence comes "
            + "from."),
        .formula(.divergence), .formula(.normalDivergence),
        .widget(Widget(.kl, data: [:], fallback: [])), table,
        .widget(Widget(.coins, data: [:], fallback: [])),
      ] + claims.map { .verdict($0.verdict) }, claims: claims)
  }
}
