# Sourced by the scripts beside it: works from the repository's root, with the tools that setup.sh brings on the path.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH:$PWD/target/tools/bin"
