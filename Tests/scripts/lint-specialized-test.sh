# Tests that the lint finds a kernel that lacks a specialization, and that it passes everything else.
. Tests/scripts/checks.sh

mkdir -p "$scratch/good" "$scratch/bad"
cat >"$scratch/good/Good.swift" <<'SWIFT'
protocol P {
  func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>) -> Double
  func backward<S: BLASScalar>(
    _ dy: MatrixView<S>, into dx: MutableMatrixView<S>)
}
extension P {
  func drawNoise<S: BLASScalar>(into noise: MutableMatrixView<S>) {}
}
/// Documented.
@specialized(where S == Float)
@specialized(where S == Double)
public func gemm<S: BLASScalar>(
  _ a: MatrixView<S>, _ b: MatrixView<S>
) {
  work()
}
@inlinable
func map<S: BLASScalar>(_ x: MatrixView<S>) { work() }
SWIFT
cat >"$scratch/bad/Bad.swift" <<'SWIFT'
@specialized(where S == Float)
func fine<S: BLASScalar>(_ x: MatrixView<S>) { work() }

public func forward<S: BLASScalar>(
  _ x: MatrixView<S>, into y: MutableMatrixView<S>
) -> Double {
  work()
}

@specialized(where S == Double)
func update<S: BLASScalar>(_ x: MatrixView<S>) {
  work()
}
SWIFT

check "good code passes" Scripts/lint-specialized.sh "$scratch/good"
expected="$scratch/bad/Bad.swift:4: forward
$scratch/bad/Bad.swift:11: update"
check "bad code is named" test "$(Scripts/lint-specialized.sh "$scratch/bad" 2>/dev/null)" = "$expected"
check "bad code fails" bash -c "! Scripts/lint-specialized.sh '$scratch/bad'"
finish lint-specialized
