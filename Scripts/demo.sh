#!/usr/bin/env bash
# Gives a first look: trains a deep, a sparse, a variational and two denoising autoencoders, measures them, draws what
# they do.
# Usage: demo.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
aetool=${1:-.build/x86-64-v3/release/aetool}
out=demo

if [ -e data/mnist/train-images-idx3-ubyte.gz ] && [ -e data/mnist/t10k-images-idx3-ubyte.gz ]; then
  train=data/mnist/train-images-idx3-ubyte.gz
  test=data/mnist/t10k-images-idx3-ubyte.gz
else
  train=digits:20000:1
  test=digits:2000:2
fi

mkdir -p "$out"
run() { echo; echo "\$ aetool $*"; "$aetool" "$@"; }
run train --data "$train" --variant deep --hidden 256,64 --latent 16 --epochs 15 --seed 1 \
  --log "$out/log.jsonl" --model "$out/model.safetensors"
run evaluate --model "$out/model.safetensors" --data "$test"
run reconstruct --model "$out/model.safetensors" --data "$test" --count 40 --out "$out/reconstructions.png"
run encode --model "$out/model.safetensors" --data "$test" --out "$out/codes.npy"
run info "$out/model.safetensors"
run compress --model "$out/model.safetensors" --data "$test" --out "$out/test.aez" --verify
run decompress --model "$out/model.safetensors" --data "$out/test.aez" --out "$out/decompressed.png"
run rate-distortion --data "$test" --train "$train" --model "$out/model.safetensors" --samples 1000 --out "$out/rate-distortion"
run train --data "$train" --variant sparse-kl --latent 100 --epochs 10 --seed 1 --model "$out/sparse.safetensors"
run filters --model "$out/sparse.safetensors" --out "$out/filters.png"
run train --data "$train" --variant denoising --hidden 512 --latent 128 --epochs 10 --seed 1 \
  --model "$out/denoising.safetensors"
run reconstruct --model "$out/denoising.safetensors" --data "$test" --noise masking:0.5 --out "$out/cleaned.png"
run train --data "$train" --variant vae --hidden 256 --latent 2 --epochs 25 --seed 1 --model "$out/vae.safetensors"
run latent-grid --model "$out/vae.safetensors" --size 15 --out "$out/grid.png"
run latent-scatter --model "$out/vae.safetensors" --data "$test" --out "$out/codes.svg"
run train --data spiral:2000 --variant denoising --noise gaussian:0.2 --hidden 64,64 --epochs 40 --batch 16 --optimizer adam --learning-rate 2e-3 --seed 1 \
  --model "$out/spiral.safetensors"
run vector-field --model "$out/spiral.safetensors" --data spiral:500 --out "$out/field.svg"

cat <<EOF

Open $out/reconstructions.png: each row of images the model has not seen, and under it what is left of them
after a code of 16 numbers. Then:
  $out/filters.png         what each of 100 sparse units looks for
  $out/cleaned.png         images with half of their pixels masked, cleaned, and as they were
  $out/grid.png            what lies where in a variational code of two numbers
  $out/codes.svg           where the codes of unseen images lie in it, by class
  $out/rate-distortion/rate-distortion.svg
                           bytes against error: the first model as a codec, principal components, JPEG, WebP
  $out/decompressed.png    the unseen images after that
  $out/field.svg           where a denoising model moves the points of a plane: to the data
Beside them:
  $out/log.jsonl           the numbers of every epoch
  $out/codes.npy           the codes, for numpy.load
  $out/model.safetensors   the weights, for safetensors.torch.load_file
EOF
[ "$train" != digits:20000:1 ] || echo "These are drawn digits; for MNIST run Scripts/fetch-mnist.sh and make demo again."
