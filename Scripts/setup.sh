#!/bin/sh
# Installs the Debian packages that building needs, and those that are named, where they are missing; says nothing when
# there is nothing to do. Usage: setup.sh [PACKAGE...]
set -eu

packages="libopenblas-dev liblapacke-dev libpng-dev libgif-dev libjpeg62-turbo-dev libwebp-dev libisal-dev libssl-dev zlib1g-dev
  libzip-dev pkg-config make $*"

if ! command -v swift >/dev/null 2>&1; then
  echo "setup: there is no Swift toolchain; install 6.3 or later from https://www.swift.org/install and try again" >&2
  exit 1
fi

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "setup: this is no Debian system; what is needed has these names there: $packages" >&2
  exit 0
fi

missing=""
for package in $packages; do
  case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" in
    installed) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1; then
  as_root="sudo"
else
  echo "setup: these packages are missing and need root or sudo:$missing" >&2
  exit 1
fi

echo "setup: installing$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
install_missing() { $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null; }
install_missing 2>/dev/null || { $as_root apt-get update -qq && install_missing; }
echo "setup: done"
