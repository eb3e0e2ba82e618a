#!/usr/bin/env python3
"""Checks the tape in DIR from crates/ledger-store/FORMAT.md alone: no code of the ledger, no libraries. Recomputes every
commit's checksum and RFC 6962 root, and every details hash. Usage: check_tape.py DIR"""
import hashlib, json, pathlib, re, sys, zlib

EVENT = re.compile(rb"(\{[^\t\n]*)\t([^\t\n]*)\n")
COMMIT = re.compile(
    rb"(commit (0|[1-9]\d*) ([1-9]\d*) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([0-9a-f]{64}) )([0-9a-f]{8})\n")


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """RFC 6962, section 2.1, as the roots of complete subtrees with their widths."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def push(self, leaf):
        self.size += 1
        width, top = 1, hashlib.sha256(b"\x00" + leaf).digest()
        while self.peaks and self.peaks[-1][0] == width:
            width, top = 2 * width, node(self.peaks.pop()[1], top)
        self.peaks.append((width, top))

    def root(self):
        *left, root = [top for _, top in self.peaks] or [hashlib.sha256(b"").digest()]
        while left:
            root = node(left.pop(), root)
        return root


def lines(directory):
    """Every line that is no filler, and where it stands."""
    for path in sorted(pathlib.Path(directory, "tape").glob("*.tape")):
        offset = 0
        for line in open(path, "rb"):
            if line != b"\n":
                yield f"{path} at byte {offset}", line
            offset += len(line)


def check(directory):
    tree, versions, stamps, crc, size, commits, blank, last, root = Tree(), {}, set(), 0, 0, 0, 0, "", b""
    fault = None  # it counts when a commit follows: what stands behind the last one is no part of the log
    for place, line in lines(directory):
        event, commit = EVENT.fullmatch(line), COMMIT.fullmatch(line)
        if event:
            leaf, details = event.groups()
            told, destroyed = json.loads(leaf), details != b"" and details.strip(b" ") == b""
            versions[told["stream"]] = versions.get(told["stream"], 0) + 1
            if (told["position"], told["version"]) != (tree.size, versions[told["stream"]]):
                fault = fault or f"{place}: position or version is out of sequence."
            if not destroyed and told["detailsHash"] != (hashlib.sha256(details).hexdigest() if details else None):
                fault = fault or f"{place}: the details do not have the hash that the leaf tells."
            crc = zlib.crc32(len(details).to_bytes(4, "little"), zlib.crc32(leaf, crc))
            stamps.add(told["recordedAt"])
            tree.push(leaf)
            blank += destroyed
        elif commit:
            text, first, end, stamp, root, checksum = commit.groups()
            wrong = (int(first), int(end)) != (size, tree.size) and "its range is not that of its events" \
                or zlib.crc32(text, crc) != int(checksum, 16) and "its checksum is wrong" \
                or tree.root().hex() != root.decode() and "its root is not the root over the leaves" \
                or (stamps != {stamp.decode()} or stamp.decode() <= last) and "its recordedAt is not its events', or not later than the last"
            if fault or wrong:
                sys.exit(fault or f"{place}: a commit does not hold: {wrong}.")
            size, commits, last, crc, stamps = tree.size, commits + 1, stamp.decode(), 0, set()
        else:
            fault = fault or f"{place}: a line is neither an event nor a commit."
    if size == 0:
        sys.exit(f"{directory}: no commit on the tape")
    print(f"{size} events in {commits} commits, {blank} with destroyed details, {len(versions)} streams, root {root.decode()}")


if __name__ == "__main__":
    check(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
