#!/usr/bin/env bash
# What disks, power cuts, kills and clocks do to a ledger; prints the rows of the table in crates/ledger-store/README.md.
#
#   tools/faults.sh               the short share that every run of the tests does
#   tools/faults.sh --long        the long one: more than 100 kills, hundreds of power cuts; then the model of the whole
#                                 service, and ten minutes of every fuzz target
#   tools/faults.sh [--long] ROW  the tests whose name contains ROW, such as power or damage::damaged_sled
#
# FAULTS_SEED=N takes other dice. As root, on a machine with loop devices, no row is left out.
set -euo pipefail
. "$(dirname "$0")/env.sh"

if [ "${1-}" = --long ]; then
    export FAULTS_LONG=1
    shift
fi
log=target/tools/logs/faults.log
mkdir -p "${log%/*}"
cargo build --locked --package ledger-cli
# One after the other: a row has the machine to itself, and its seed stands above it.
if ! cargo test --locked --package ledger-tests --test disk --test faults -- --nocapture --test-threads 1 "$@" 2>&1 | tee "$log"; then
    printf 'FAILED; the seed and the case are in %s\n' "$log" >&2
    exit 1
fi
# Backups, restores and destructions that stop anywhere print no row; they only must hold.
[ $# -gt 0 ] || cargo test --locked --package ledger-store --lib -- stops_anywhere what_a_crash_leaves
printf '\n| faults | cases | acknowledged events | lost |\n|---|---|---|---|\n'
grep -o '| [^|]* | [0-9]* | [0-9]* | [0-9]* |$' "$log"
if [ -n "${FAULTS_LONG-}" ] && [ $# -eq 0 ]; then
    MODEL_SEQUENCES=400 cargo test --locked --package ledger-tests --test model -- --nocapture
    tools/fuzz.sh 600
fi
