# Tests the example, a package outside aetool that trains in ten lines: the README shows it, it builds, and it runs.
. Tests/scripts/checks.sh

example=Examples/ten-lines
# Takes the first Swift block out of the README.
awk '/^```swift$/ { inside = 1; next } /^```$/ && inside { exit } inside' README.md >"$scratch/readme.swift"
check "the README shows the example" diff "$scratch/readme.swift" "$example/Sources/main.swift"

build() { swift build -c release --package-path "$example" --scratch-path .build/example "$@"; }
check "it builds" build
program=$(pwd)/$(build --show-bin-path | sed "s|^$(pwd)/||")/ten-lines
run() { (cd "$scratch" && "$program" >example.out); }
check "it runs" run
check "it reports its codes" grep -q "^1000 codes of 16 numbers, squared error [0-9.]* per image$" "$scratch/example.out"
check "it saves its model" test -s "$scratch/digits.safetensors"
finish example
