#!/usr/bin/env bash
# Measures the panel's pages as a phone sees them; fails below accessibility 100 or performance 90. Takes about five minutes.
#   infra/lighthouse.sh FOLDER_OF_PROGRAMS [--runs 5] [--only home,wallet]
set -euo pipefail
binaries=$(realpath "$1")
shift
cd "$(dirname "$0")/lighthouse"
want=$(cat package-lock.json .npmrc | sha256sum | cut -d' ' -f1)
if [ "$(cat node_modules/.installed 2>/dev/null)" != "$want" ]; then
  echo "lighthouse: installing packages"
  PUPPETEER_SKIP_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error
  echo "$want" >node_modules/.installed
fi
exec node measure.mjs "$binaries" "$@"
