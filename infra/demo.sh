#!/usr/bin/env bash
# The main job, live: real processes, real protocols, nothing outside this machine. Everything is thrown away at the end.
set -euo pipefail
exec python3 "$(dirname "$0")/demo.py" "$1"
