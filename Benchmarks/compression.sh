#!/usr/bin/env bash
# Makes the models and figures of docs/compression.md: trains (about a quarter of an hour), compresses, compares.
# Usage: compression.sh AETOOL MNIST OTHER-IMAGES OUT [TABLE.npz]
set -euo pipefail
aetool=$(realpath "$1")
mnist=$(realpath "$2")
other=$(realpath "$3")
mkdir -p "$4"
out=$(realpath "$4")
table=${5:+$(realpath "$5")}
cd "$out"
train="$mnist/train-images-idx3-ubyte.gz"
test="$mnist/t10k-images-idx3-ubyte.gz"
recipe="--variant deep --hidden 1000,500,250 --latent 32 --activation elu --start fan-in --optimizer muon --learning-rate 0.04
  --weight-decay 0.1 --schedule linear --batch 256 --epochs 40 --seed 1"

say() { echo; echo "## $*"; }
for weight in 0.05 0.13; do
  # shellcheck disable=SC2086
  [ -e "rate-$weight.safetensors" ] ||
    "$aetool" train --data "$train" $recipe --rate-weight "$weight" --model "rate-$weight.safetensors" 2>/dev/null
done

say "MNIST's test images"
"$aetool" rate-distortion --data "$test" --train "$train" --model rate-0.05.safetensors --model rate-0.13.safetensors \
  --bytes 34 --count 16 --out mnist 2>mnist.txt
cat mnist.txt

say "The model of fewer bits alone"
"$aetool" compress --model rate-0.13.safetensors --data "$test" --step 0.5 --out t.aez --verify

say "Other images: steps of the model, and bounds on the error"
"$aetool" compress --model rate-0.13.safetensors --data "$other" --step 0.5 --out f.aez --verify
for bound in 4 10 40; do
  "$aetool" compress --model rate-0.13.safetensors --data "$other" --max-error "$bound" --out f.aez --verify
done
say "Bounds on digits"
for bound in 2 4 8; do
  "$aetool" compress --model rate-0.13.safetensors --data "$test" --max-error "$bound" --out t.aez --verify
done

say "From a cold start, seconds: five times each"
for _ in 1 2 3 4 5; do
  /usr/bin/env bash -c "TIMEFORMAT='compress %R s'; time \"$aetool\" compress --model rate-0.13.safetensors --data \"$test\" --step 0.5 --out t.aez >/dev/null"
  /usr/bin/env bash -c "TIMEFORMAT='decompress %R s'; time \"$aetool\" decompress --model rate-0.13.safetensors --data t.aez --out t.npy 2>/dev/null"
done

[ -n "$table" ] || exit 0
say "A table"
python3 -m zipfile -e "$table" table
# Every fifth row goes into the test table, the others into the training table.
python3 - <<'PYTHON'
import array, ast, struct
data = open("table/X.npy", "rb").read()
start = 10 + struct.unpack("<H", data[8:10])[0]
header = ast.literal_eval(data[10:start].decode())
assert header["descr"] == "<f8"
rows, columns = header["shape"]
values = array.array("d", data[start:])
step, stride = (1, rows) if header["fortran_order"] else (columns, 1)
for name, chosen in ("train", [i for i in range(rows) if i % 5]), ("test", range(0, rows, 5)):
    with open(f"table/{name}.csv", "w") as file:
        for i in chosen:
            file.write(",".join(repr(values[i * step + j * stride]) for j in range(columns)) + "\n")
PYTHON
"$aetool" train --data table/train.csv --variant deep --hidden 128,64 --latent 12 --activation elu --epochs 400 --rate-weight 0.002 \
  --loss squared-error --learning-rate 0.02 --seed 1 --model table.safetensors 2>/dev/null
"$aetool" rate-distortion --data table/test.csv --train table/train.csv --model table.safetensors --out table-rd 2>/dev/null
