#!/usr/bin/env bash
# The product, rebuilt and restarted when a source changes. Needs nothing but cargo.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp() { find crates platform-migrations tenant-migrations Cargo.toml -type f -newer "$1" -print -quit; }
mark=$(mktemp)
pid=
trap 'rm -f "$mark"; [ -n "$pid" ] && kill "$pid" 2>/dev/null; exit 0' INT TERM EXIT
while true; do
  touch "$mark"
  if cargo build --workspace --bins --quiet; then
    if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi
    "${CARGO_TARGET_DIR:-target}/debug/switchboard" serve &
    pid=$!
  fi
  until [ -n "$(stamp "$mark")" ]; do sleep 1; done
done
