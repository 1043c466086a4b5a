#!/usr/bin/env bash
# Measures parser and decisions alone, who asks and what they may, then the whole path, and prints the table. Figures as JSON: target/bench/.
# --quick: about four minutes, to see that it works; its tails are thin. Other flags go to infra/bench/run.py.
set -euo pipefail
cd "$(dirname "$0")/.."
target="${CARGO_TARGET_DIR:-$PWD/target}"
micro=1
for word in "$@"; do
  case "$word" in --quick | --only*) micro= ;; esac
done
cargo build --release --quiet --bins -p switchboard-server -p panel-simulator -p bot-api-peer
if [ -n "$micro" ]; then
  mkdir -p "$target/bench"
  cargo bench --quiet -p switchboard-domain 2>/dev/null | tee "$target/bench/micro.txt"
  cargo bench --quiet -p switchboard-testkit --bench access 2>/dev/null | tee -a "$target/bench/micro.txt"
fi
exec python3 infra/bench/run.py --binaries "$target/release" --out "$target/bench" "$@"
