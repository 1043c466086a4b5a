#!/usr/bin/env bash
# One TLS stack (rustls + ring) and known licences only.
set -euo pipefail
for crate in openssl-sys native-tls aws-lc-sys aws-lc-rs; do
  if cargo tree --workspace -i "$crate" 2>/dev/null | grep -q .; then
    echo "check: $crate is in the tree; see docs/adr/0002-one-tls-stack.md" >&2
    exit 1
  fi
done
if cargo deny --version >/dev/null 2>&1; then
  cargo deny --log-level error check bans licenses sources
else
  echo "check: cargo-deny is not installed; licences were not checked"
fi
