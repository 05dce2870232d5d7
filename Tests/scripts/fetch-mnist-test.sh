# Tests the download script on a folder, and on a mirror on loopback that cuts files short or serves wrong ones.
. Tests/scripts/checks.sh

source="$data/mnist"
if [ ! -e "$source/train-images-idx3-ubyte.gz" ]; then
  skip "fetch-mnist against file:// and a loopback mirror" "no MNIST in $source"
  finish fetch-mnist
  exit
fi
if ! command -v curl >/dev/null; then
  skip "fetch-mnist against file:// and a loopback mirror" "curl is not installed"
  finish fetch-mnist
  exit
fi
source=$(cd "$source" && pwd)
log="$scratch/log"

# Runs the script into folder $1 with the mirrors $2; its messages go to $log.
run() { MNIST_MIRROR= MNIST_MIRRORS="$2" Scripts/fetch-mnist.sh "$scratch/$1" 2>"$log"; }
says() { grep -qF -- "$1" "$log" || { cat "$log"; return 1; }; }
complete() { for f in "$source"/*.gz; do cmp "$f" "$scratch/$1/$(basename "$f")" || return 1; done; }
clean() { test -z "$(find "$scratch/$1" -name '.partial*')"; }

MNIST_MIRROR="file://$source" MNIST_MIRRORS="file:///nowhere" Scripts/fetch-mnist.sh "$scratch/first" 2>"$log"
check "file:// as the first mirror" complete first
check "it says where files came from" says "train-images-idx3-ubyte.gz from file://$source"

before=$(stat -c %Y.%i "$scratch"/first/*)
check "a second run has nothing to do" run first "file:///nowhere"
check "and says so" says "t10k-images-idx3-ubyte.gz is there"
check "and touches nothing" test "$before" = "$(stat -c %Y.%i "$scratch"/first/*)"

head -c 1000 "$source/t10k-images-idx3-ubyte.gz" >"$scratch/first/t10k-images-idx3-ubyte.gz"
check "a damaged file is fetched anew" run first "file://$source"
check "and the reason is given" says "t10k-images-idx3-ubyte.gz is cut off or no gzip file: fetching it anew"
check "and it is whole again" complete first

check "no mirror: an error" bash -c "! MNIST_MIRROR= MNIST_MIRRORS=file:///nowhere Scripts/fetch-mnist.sh $scratch/none 2>$log"
check "that names the mirror and the file" says "file:///nowhere: train-images-idx3-ubyte.gz:"
check "and leaves nothing behind" test -z "$(ls -A "$scratch/none")"

if ! command -v python3 >/dev/null; then
  skip "a loopback mirror that misbehaves" "python3 is not installed"
else
  python3 Tests/scripts/mirror.py "$source" "$scratch/port" &
  mirror=$!
  trap 'kill $mirror 2>/dev/null; rm -rf "$scratch"' EXIT
  for _ in $(seq 100); do [ -e "$scratch/port" ] && break; sleep 0.1; done
  url="http://127.0.0.1:$(cat "$scratch/port")"
  check "cut, wrong and missing files, then good ones" run web "$url/cut $url/wrong $url/gone $url/good"
  check "the cut file is told" says "$url/cut: train-images-idx3-ubyte.gz is cut off or no gzip file"
  check "the wrong file is told" says "$url/wrong: train-images-idx3-ubyte.gz has the wrong content (SHA-256 "
  check "the missing file is told" says "$url/gone: train-images-idx3-ubyte.gz:"
  check "the good one is taken" says "train-images-idx3-ubyte.gz from $url/good"
  check "all is complete" complete web
  check "no half files stay" clean web
fi
finish fetch-mnist
