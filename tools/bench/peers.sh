#!/usr/bin/env bash
# Measures the ledger beside its peers on this machine and prints the table: ten minutes after the set-up.
#
#   tools/bench/peers.sh                      1,000,000 events, 3 rounds
#   tools/bench/peers.sh --events 20000 --rounds 1
#
# Peers come from Debian, PyPI and npm; one that is not to be had is left out and named.
set -euo pipefail
. "$(dirname "$0")/../env.sh"

peers=target/tools/peers
mkdir -p $peers
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

for package in postgresql hledger ledger wrk; do
    dpkg -s $package >/dev/null 2>&1 ||
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $package >/dev/null 2>&1 ||
        echo "not to be had: $package" >&2
done
[ -x $peers/venv/bin/pip ] || python3 -m venv $peers/venv
$peers/venv/bin/pip install --disable-pip-version-check -q \
    umadb==0.7.8 eventsourcing==9.5.6 beancount==3.2.3 beanquery==0.2.0 || echo "not to be had: packages of PyPI" >&2
if [ ! -d $peers/message-db ]; then
    (cd $peers && npm pack -s @eventide/message-db@1.3.1 >/dev/null && tar xzf eventide-message-db-1.3.1.tgz &&
        mv package message-db) || echo "not to be had: message-db" >&2
fi

cargo build --release -p ledger-cli -p generate
exec $peers/venv/bin/python tools/bench/peers.py "$@"
