# Runs each torture script in its shortest form, so that the scripts stay alive; `make torture` runs them in earnest.
. Tests/scripts/checks.sh

program=${AETOOL_PROGRAM:-$(pwd)/.build/x86-64-v3/release/aetool}

# torment NAME SCRIPT WORD…: the script, on the program, passes all its cases.
torment() {
  local name=$1 script=$2
  shift 2
  if [ ! -x "$program" ]; then
    skip "$name" "no program at $program"
  elif [ "${script##*.}" = py ]; then
    check "$name" python3 "Tests/torture/$script" "$program" "$@"
  else
    check "$name" bash "Tests/torture/$script" "$program" "$@"
  fi
}

torment "bad arrays are refused" malicious.py --only "idx: size" --only "npy: rec"
torment "bad models are refused" malicious.py --only "model: offset"
torment "a full standard output is an error" stdout.sh "encode --out -"
torment "strange numbers end in a line" numerics.py 1 --only binary
finish "torture scripts"
