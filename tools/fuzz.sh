#!/usr/bin/env bash
# Makes up bytes for everything that reads bytes from outside; tests/fuzz says what must hold for them.
#
#   tools/fuzz.sh              every target for 3 seconds, as CI does
#   tools/fuzz.sh 600          every target for so many seconds
#   tools/fuzz.sh 3600 tape    only these targets
#
# What it finds goes to target/fuzz/found/TARGET: copy it to tests/fuzz/corpus/TARGET with the mend, and
# `cargo test -p ledger-fuzz` holds it from then on. The compiler may be a stable one.
set -euo pipefail
. "$(dirname "$0")/env.sh"

seconds=${1-3}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(amounts bundle command note record tape)

# What is short to build is long enough to run: bytes are few and shapes many.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
export CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_DEBUG=false
cargo fuzz build --fuzz-dir tests/fuzz --sanitizer none --features fuzzer --target-dir target/fuzz
programs=target/fuzz/$(rustc -vV | sed -n 's/^host: //p')/release

executions=0
for target in "${targets[@]}"; do
    mkdir -p "target/fuzz/corpus/$target" "target/fuzz/found/$target"
    log=target/fuzz/$target.log
    # New inputs are kept beside the build; the committed seeds are read, never written.
    if ! "$programs/$target" "target/fuzz/corpus/$target" "tests/fuzz/corpus/$target" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="target/fuzz/found/$target/" >"$log" 2>&1; then
        tail -n 40 "$log"
        printf '%s: a property does not hold; the bytes are in target/fuzz/found/%s\n' "$target" "$target"
        exit 1
    fi
    done_here=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    printf '%-8s %10s executions in %s s\n' "$target" "$done_here" "$seconds"
    executions=$((executions + done_here))
done
printf 'fuzz: %s executions, nothing found\n' "$executions"
