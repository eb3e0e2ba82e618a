#!/usr/bin/env bash
# Everything that must hold before a change lands: cheap checks first, the tests last. Stops at the first that fails.
set -euo pipefail
. "$(dirname "$0")/env.sh"

export RUSTDOCFLAGS="-D warnings"
# The closing lines are counted, so they are plain.
export CARGO_TERM_COLOR=never
# What is built once gains nothing from being built in small pieces.
[ -z "${CI-}" ] || export CARGO_INCREMENTAL=0

logs=target/tools/logs
done_steps=()

# A name, and the command that must succeed.
step() {
    local name=$1 start=$SECONDS
    shift
    printf '\n== %s\n' "$name"
    if ! "$@" 2>&1 | tee "$logs/${name// /-}.log"; then
        summary
        printf 'FAILED: %s, after %s s\n' "$name" $((SECONDS - start))
        exit 1
    fi
    done_steps+=("$(printf '%5s s  %s' $((SECONDS - start)) "$name")")
}

summary() {
    printf '\n== summary\n'
    printf '%s\n' "${done_steps[@]}"
}

# The sum of the numbers before a word, in the closing lines of both runners.
count() {
    grep -hE '^ *Summary \[|^test result:' "$logs"/tests.log "$logs"/doc-tests.log |
        grep -oE "[0-9]+ $1" | awk '{ sum += $1 } END { print sum + 0 }'
}

mkdir -p $logs
step "setup" tools/setup.sh
# All that follows works without a network.
step "fetch" cargo fetch --locked
step "format" cargo fmt --all --check
step "tidy" cargo xtask tidy
step "deny" cargo deny --offline check bans licenses sources
step "clippy" cargo clippy --locked --workspace --all-targets -- -D warnings
step "documentation" cargo doc --locked --workspace --no-deps
step "doc tests" cargo test --locked --workspace --doc
# Tests through the front door start the program itself, which a test build alone leaves out.
step "programs" cargo build --locked --workspace --bins
step "tests" cargo nextest run --locked --workspace
step "fuzz" tools/fuzz.sh

summary
printf '%5s s  in all\n\n' $SECONDS
printf 'tests: %s passed, %s failed, %s skipped\n' "$(count passed)" "$(count failed)" "$(count skipped)"
