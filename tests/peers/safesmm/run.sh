#!/usr/bin/env bash
# Runs the unmodified third-party client `safesmm` against the panel simulator's user API.
#
#   tests/peers/safesmm/run.sh PATH-TO-panel-simulator
#
# Ends with exactly one line on stdout:
#   safesmm: passed | safesmm: skipped (registry out of reach)
# and fails (non-zero, details on stderr) in every other case.
set -euo pipefail

simulator=${1:?usage: run.sh PATH-TO-panel-simulator}
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
pid=

cleanup() {
    if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    fi
    rm -rf -- "$work"
}
trap cleanup EXIT

fail() {
    echo "safesmm: failed: $1" >&2
    exit 1
}

[ -x "$simulator" ] || fail "$simulator is not an executable file"
python3 -m venv "$work/venv" >&2 || fail "python3 with the venv module is needed"

if ! "$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-input --retries 1 --timeout 15 \
    safesmm==0.1.0 >"$work/pip.log" 2>&1; then
    # Only a registry that cannot be reached excuses us; a vanished version or a broken package does not.
    # pip says "No matching distribution" in both cases, so the connection errors decide.
    if grep -Eqi 'NewConnectionError|ConnectTimeout|ReadTimeout|Connection (refused|reset|aborted|broken)|Temporary failure in name resolution|Name or service not known|Network is unreachable|ProxyError|SSLError|HTTP error 5[0-9][0-9]|50[0-9] Server Error' "$work/pip.log"; then
        echo "safesmm: skipped (registry out of reach)"
        exit 0
    fi
    cat "$work/pip.log" >&2
    fail "the client could not be installed"
fi

mkfifo "$work/ready"
"$simulator" --listen 127.0.0.1:0 >"$work/ready" &
pid=$!
read -r ready <"$work/ready" || fail "the simulator did not start"

# A proxy is for the registry, not for a peer on this machine.
env -u http_proxy -u HTTP_PROXY -u all_proxy -u ALL_PROXY \
    "$work/venv/bin/python" "$here/drive.py" "$ready" >&2 || fail "the client met something unexpected"

kill -TERM "$pid"
status=0
wait "$pid" || status=$?
pid=
[ "$status" -eq 0 ] || fail "the simulator ended with status $status"
echo "safesmm: passed"
