#!/usr/bin/env bash
# Sends each kind of result to a full device, a closed descriptor and a pipe that nobody reads, and closes standard
# input and standard error: what could not be written never ends with status 0, and no text gets into a file of its own.
#
# usage: stdout.sh PROGRAM [NAME]
set -uo pipefail
program=$(realpath "$1") only=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 70
passed=0 failed=0

made() { "$program" "$@" > /dev/null 2> err || { cat err; exit 70; }; }
made train --data digits:100:1 --hidden 8 --latent 2 --epochs 2 --model m.safetensors --log l.jsonl
made train --data digits:100:1 --variant vae --hidden 8 --latent 2 --epochs 2 --model v.safetensors
made train --data spiral:100:1 --hidden 8 --latent 1 --epochs 2 --model p.safetensors
made compress --model m.safetensors --data digits:50:2 --out x.aez
made encode --model m.safetensors --data digits:50:2 --out codes.npy

# case NAME PROBLEM...: prints a line and counts.
report() {
  local name=$1
  shift
  if [ $# -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok   $name"
  else
    failed=$((failed + 1))
    echo "FAIL $name: $*"
  fi
}

# try NAME WORD...: the program's result goes where it cannot be written.
try() {
  local name=$1 status
  shift
  [[ $name == *"$only"* ]] || return 0
  local problems=()
  "$program" "$@" < /dev/null 2> err | head -c 1 > seen
  # A command that has nothing to say there does not notice that nothing can be said.
  if [ ! -s seen ]; then
    report "$name, which prints nothing"
    return 0
  fi
  "$program" "$@" < /dev/null > /dev/full 2> err
  status=$?
  [ $status -eq 74 ] || problems+=("status $status on a full device;")
  [ "$(grep -c '^error' err)" -eq 1 ] || problems+=("$(grep -c '^error' err) lines of error on a full device;")
  "$program" "$@" < /dev/null >&- 2> err
  status=$?
  # Results for a closed descriptor go to /dev/null, or are an error.
  [ $status -eq 0 ] || [ $status -eq 74 ] || problems+=("status $status with standard output closed;")
  "$program" "$@" < /dev/null 2> err | true
  status=${PIPESTATUS[0]}
  case $status in 0 | 74 | 141) ;; *) problems+=("status $status into a pipe that nobody reads;") ;; esac
  grep -qE 'Fatal error|Crash' err && problems+=("a backtrace")
  report "$name" ${problems[@]+"${problems[@]}"}
}

M=(--model m.safetensors) V=(--model v.safetensors) D=(--data digits:50:2)
T=(train --data digits:100 --hidden 8 --latent 2 --epochs 1)
try "info" info m.safetensors
try "info --json" info m.safetensors --json
try "info of data" info digits:50
try "info of an .aez" info x.aez
try "evaluate" evaluate "${M[@]}" "${D[@]}"
try "evaluate --json" evaluate "${M[@]}" "${D[@]}" --json
try "evaluate --scores -" evaluate "${M[@]}" "${D[@]}" --scores -
try "train" "${T[@]}" --model o.safetensors
try "train --json" "${T[@]}" --model o.safetensors --json
try "train --model -" "${T[@]}" --model -
try "train --log -" "${T[@]}" --model o.safetensors --log -
try "train pca" train --data digits:100 --variant pca --latent 2 --model o.safetensors
try "encode" encode "${M[@]}" "${D[@]}" --out o.npy
try "encode --out -" encode "${M[@]}" "${D[@]}" --out -
try "decode --out -" decode "${M[@]}" --data codes.npy --out -
try "reconstruct --out -" reconstruct "${M[@]}" "${D[@]}" --out -
try "compress" compress "${M[@]}" "${D[@]}" --out o.aez
try "compress --json" compress "${M[@]}" "${D[@]}" --out o.aez --json
try "compress --out -" compress "${M[@]}" "${D[@]}" --out -
try "decompress --out -" decompress "${M[@]}" --data x.aez --out -
try "activations --out -" activations "${M[@]}" "${D[@]}" --out -
try "sample" sample "${V[@]}" --out o.png
try "latent-scatter" latent-scatter "${V[@]}" "${D[@]}" --out o.svg
try "explore" explore "${V[@]}" "${D[@]}" --out o.html
try "report --json" report "${M[@]}" "${D[@]}" --out o.html --json
try "gradient-check" gradient-check --variant vanilla
try "pca-compare" pca-compare --data digits:100 --test digits:50:2 --latent 2 --out folder
try "pca-compare --json" pca-compare --data digits:100 --test digits:50:2 --latent 2 --out folder --json
try "vector-field --json" vector-field --model p.safetensors --data spiral:50:2 --out o.svg --json
try "doctor" doctor
try "--help" --help
try "train --help" train --help
try "--version" --version

# With descriptors closed, files that are opened would get their numbers, and text meant for them.
if [[ "closed descriptors" == *"$only"* ]]; then
  problems=()
  "$program" "${T[@]}" --epochs 3 --model o.safetensors --checkpoint c.safetensors --log o.jsonl > /dev/null 2>&-
  status=$?
  [ $status -eq 0 ] || problems+=("status $status;")
  [ "$(wc -l < o.jsonl)" -eq 3 ] || problems+=("$(wc -l < o.jsonl) lines of log;")
  grep -qv '^{.*}$' o.jsonl && problems+=("text in the log;")
  report "standard error closed" ${problems[@]+"${problems[@]}"}
  problems=()
  "$program" "${T[@]}" --epochs 3 --model o.safetensors --log o.jsonl <&- >&- 2>&-
  status=$?
  [ $status -eq 0 ] || [ $status -eq 74 ] || problems+=("status $status;")
  grep -qv '^{.*}$' o.jsonl && problems+=("text in the log;")
  "$program" info o.safetensors > /dev/null 2> err || problems+=("model: $(head -1 err)")
  report "all descriptors closed" ${problems[@]+"${problems[@]}"}
  problems=()
  "$program" info - <&- > /dev/null 2> err
  status=$?
  case $status in 65 | 66 | 74) ;; *) problems+=("status $status;") ;; esac
  [ "$(grep -c '^error' err)" -eq 1 ] || problems+=("$(grep -c '^error' err) lines of error;")
  report "standard input closed" ${problems[@]+"${problems[@]}"}
fi
echo "$passed passed, $failed failed"
[ $((passed + failed)) -gt 0 ] || exit 64
[ "$failed" -eq 0 ]
