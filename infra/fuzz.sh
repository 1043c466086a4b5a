#!/usr/bin/env bash
# Fuzzes every operation of web/openapi.json against a server of its own, for about five minutes; 1 when something was found.
#   infra/fuzz.sh FOLDER_OF_PROGRAMS [--seed N] [--seconds N] [--operation ID]...
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# Beside the build, not in the tree; made again when a version changes.
venv="${CARGO_TARGET_DIR:-$here/../target}/fuzz/venv"
want=$(sha256sum <"$here/fuzz/requirements.txt")
if [ "$(cat "$venv/.installed" 2>/dev/null)" != "$want" ]; then
  echo "fuzz: installing schemathesis"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/fuzz/requirements.txt"
  echo "$want" >"$venv/.installed"
fi
exec "$venv/bin/python" "$here/fuzz/run.py" "$@"
