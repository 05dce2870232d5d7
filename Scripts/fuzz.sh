#!/bin/sh
# Feeds the reader of .aez files with bytes that libFuzzer makes up. Usage: fuzz.sh AETOOL [RUNS]
set -eu

aetool=$1
runs=${2:-1000000}
root=$(cd "$(dirname "$0")/.." && pwd)
work="$root/.build/fuzz"
mkdir -p "$work/corpus"

swift build -c release --package-path "$root/Fuzz" --scratch-path "$work/build" --product fuzz-aez -Xswiftc -sanitize=fuzzer

# These commands make small files of each kind for the fuzzer to start from.
"$aetool" train --data digits:60:1 --hidden 8 --latent 2 --epochs 1 --model "$work/m.safetensors" 2>/dev/null >/dev/null
"$aetool" train --data spiral:60:1 --variant pca --latent 1 --model "$work/p.safetensors" 2>/dev/null >/dev/null
"$aetool" compress --model "$work/m.safetensors" --data digits:9:2 --step 2 --chunk 4 --out "$work/corpus/digits" >/dev/null
"$aetool" compress --model "$work/p.safetensors" --data spiral:9:2 --step 2 --chunk 4 --out "$work/corpus/spiral" >/dev/null
"$aetool" train --data digits:60:1 --variant vae --conditional --hidden 8 --latent 2 --epochs 1 --model "$work/c.safetensors" 2>/dev/null \
  >/dev/null
"$aetool" compress --model "$work/c.safetensors" --data digits:9:2 --step 2 --chunk 4 --out "$work/corpus/classes" >/dev/null
"$aetool" compress --model "$work/p.safetensors" --data spiral:9:2 --step 2 --embed-model --out "$work/corpus/model" >/dev/null
"$aetool" compress --model "$work/p.safetensors" --data spiral:9:2 --max-error 0.1 --chunk 4 --out "$work/corpus/bound" >/dev/null

cd "$work"
exec "$work/build/release/fuzz-aez" -runs="$runs" -max_len=4096 -rss_limit_mb=4096 -artifact_prefix="$work/" -print_final_stats=1 corpus
