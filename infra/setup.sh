#!/usr/bin/env bash
# Installs what is missing, says what it installs, and does nothing the second time.
set -euo pipefail

say() { printf 'setup: %s\n' "$*"; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

if ! command -v cargo >/dev/null; then
  echo "setup: Rust is missing: install it from https://rustup.rs and run this again" >&2
  exit 1
fi

if ! command -v npm >/dev/null || ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
  echo "setup: Node 20.19 or newer with npm is missing: install it from https://nodejs.org and run this again" >&2
  exit 1
fi

want=()
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || want+=(postgresql-15)
command -v cc >/dev/null || want+=(gcc libc6-dev)
command -v python3 >/dev/null || want+=(python3)
# The pages are tried in a real browser.
command -v chromium >/dev/null || want+=(chromium)
command -v curl >/dev/null || want+=(curl)
python3 -c 'import ensurepip' >/dev/null 2>&1 || want+=(python3-venv)
if [ ${#want[@]} -gt 0 ]; then
  say "installing Debian packages: ${want[*]}"
  # The packaged cluster is not wanted: the product runs a private server of its own.
  as_root mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${want[@]}" >/dev/null
fi
if ! cargo nextest --version >/dev/null 2>&1; then
  say "installing cargo-nextest"
  cargo install cargo-nextest --locked --quiet
fi
