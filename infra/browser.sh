#!/usr/bin/env bash
# The pages in a real browser against the real server, panel simulator and Bot API peer.
#   infra/browser.sh FOLDER_OF_PROGRAMS [playwright's own arguments]
set -euo pipefail
binaries=$(realpath "$1")
shift
cd "$(dirname "$0")/../tests/browser"
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 CI=1 SWITCHBOARD_BIN="$binaries"
want=$(sha256sum <package-lock.json | cut -d' ' -f1)
if [ "$(cat node_modules/.installed 2>/dev/null)" != "$want" ]; then
  echo "browser: installing packages"
  npm ci --no-audit --no-fund --loglevel=error
  echo "$want" >node_modules/.installed
fi
npx playwright test "$@"
