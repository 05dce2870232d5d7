# Tests the examples, which are packages outside aetool: they build, run and print what they promise. They share one
# folder of objects, so that the library is compiled once for all of them.
. Tests/scripts/checks.sh

# Takes the first Swift block out of the README.
awk '/^```swift$/ { inside = 1; next } /^```$/ && inside { exit } inside' README.md >"$scratch/readme.swift"
check "the README shows the example" diff "$scratch/readme.swift" Examples/ten-lines/Sources/main.swift

build() {
  swift build -c release --package-path "Examples/$1" --scratch-path .build/example --product "$1"
}

# Builds and runs the example $1 in a folder of its own; $scratch/$1.out has what it prints.
try_example() {
  check "$1 builds" build "$1"
  local program
  program=$(pwd)/.build/example/release/$1
  mkdir "$scratch/$1"
  run() { (cd "$scratch/$1" && "$program" >"$scratch/$1.out"); }
  check "$1 runs" run "$1"
}

# Checks that the example $1 prints a line that is the regular expression $2.
prints() { check "$1 prints '$2'" grep -qx "$2" "$scratch/$1.out"; }

try_example ten-lines
prints ten-lines "1000 codes of 16 numbers, squared error [0-9.]* per image"
check "ten-lines saves its model" test -s "$scratch/ten-lines/digits.safetensors"

try_example own-network
prints own-network "squared error 0\.0[0-9]* per row"
prints own-network "the text form names the same encoder: true"
prints own-network "decoder, layer 2 (dense:3): it gives 3 numbers, but the samples have 4 features"
prints own-network "dense:32:tanh, gaussian-heads:2, gaussian-sample"
prints own-network "squared error of two principal components: 0\.[0-9]* per row"

try_example own-layer
prints own-layer "layer.scale: relative error [0-9.e-]*"
prints own-layer "not saved: encoder, layer 1 (scale): .*; call LayerSpec.register with its kind before saving and loading"
prints own-layer "saved and loaded: the same codes"
prints own-layer "the text form names the same encoder: true"

try_example train-and-resume
prints train-and-resume "resumed: the same parameters"
prints train-and-resume "interrupted in epoch 2, [0-9]* parameters kept"

check "the documentation's code is the examples' and the library's" python3 Tests/scripts/article-code.py
finish example
