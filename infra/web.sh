#!/usr/bin/env bash
# Builds, checks or tests the panel; does nothing when its sources are as they were.
#   infra/web.sh build | check | install
set -euo pipefail
cd "$(dirname "$0")/../web"
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 CI=1

# Every file that counts, by content: a checkout changes times.
digest() {
  find . -path ./node_modules -prune -o -path ./dist -prune -o -path ./.tanstack -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

install() {
  local want have=
  want=$(cat package-lock.json .npmrc | sha256sum | cut -d' ' -f1)
  [ -e node_modules/.installed ] && have=$(cat node_modules/.installed)
  [ "$want" = "$have" ] && return
  echo "web: installing packages"
  npm ci --no-audit --no-fund --loglevel=error
  echo "$want" >node_modules/.installed
}

case "${1:-build}" in
  install) install ;;
  build)
    now=$(digest)
    [ -e dist/index.html ] && [ "$(cat node_modules/.built 2>/dev/null)" = "$now" ] && exit 0
    install
    echo "web: building the panel"
    npm run --silent build
    echo "$now" >node_modules/.built
    ;;
  check)
    install
    npm run --silent check
    ;;
  *)
    echo "usage: infra/web.sh build | check | install" >&2
    exit 2
    ;;
esac
