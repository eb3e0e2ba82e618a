#!/usr/bin/env bash
# The ledger with example data and its pages, from a fresh checkout: builds it, starts it, prints the address.
set -euo pipefail
. "$(dirname "$0")/env.sh"

tools/setup.sh run
exec cargo run --profile demo --locked -p ledger-cli --bin rekenschap -- demo "$@"
