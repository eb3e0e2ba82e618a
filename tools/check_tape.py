#!/usr/bin/env python3
"""Checks the tape of a data directory from crates/ledger-store/FORMAT.md alone: no code of the ledger, no libraries.

Usage: check_tape.py DIR. Recomputes every commit's checksum and RFC 6962 root, and every details hash.
"""
import hashlib, json, pathlib, re, sys, zlib

COMMIT = re.compile(rb"commit (0|[1-9]\d*) ([1-9]\d*) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([0-9a-f]{64}) ([0-9a-f]{8})")


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """RFC 6962, section 2.1, as the roots of complete subtrees."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def push(self, leaf):
        self.peaks.append((1, hashlib.sha256(b"\x00" + leaf).digest()))
        while len(self.peaks) > 1 and self.peaks[-1][0] == self.peaks[-2][0]:
            (width, right), (_, left) = self.peaks.pop(), self.peaks.pop()
            self.peaks.append((2 * width, node(left, right)))
        self.size += 1

    def root(self):
        hashes = [peak for _, peak in self.peaks] or [hashlib.sha256(b"").digest()]
        root = hashes.pop()
        while hashes:
            root = node(hashes.pop(), root)
        return root


def lines(directory):
    for path in sorted(pathlib.Path(directory, "tape").glob("*.tape")):
        offset = 0
        with open(path, "rb") as file:
            for line in file:
                if line != b"\n":
                    yield f"{path} at byte {offset}", line
                offset += len(line)


def check(directory):
    tree, versions, crc, stamps, last = Tree(), {}, 0, set(), ""
    size = commits = blank = 0
    root, fault = tree.root(), None  # a fault counts only when a commit follows it: the rest is a tail
    for place, line in lines(directory):
        line, whole = line.removesuffix(b"\n"), line.endswith(b"\n")
        commit = COMMIT.fullmatch(line) if whole else None
        if commit:
            first, end, stamp = int(commit[1]), int(commit[2]), commit[3].decode()
            crc = zlib.crc32(line[:-8], crc)
            if fault:
                sys.exit(fault)
            wrong = (first != size or end != tree.size or end == first) and "its range is not that of its events" \
                or crc != int(commit[5], 16) and "its checksum is wrong" \
                or tree.root().hex().encode() != commit[4] and "its root is not the root over the leaves" \
                or (stamps != {stamp} or stamp <= last) and "its recordedAt is not its events', or not later than the last"
            if wrong:
                sys.exit(f"{place}: a commit does not hold: {wrong}.")
            size, commits, root, last, crc, stamps = end, commits + 1, tree.root(), stamp, 0, set()
            continue
        parts = line.split(b"\t")
        if not whole or len(parts) != 2 or not line.startswith(b"{"):
            fault = fault or f"{place}: a line is neither an event nor a commit."
            continue
        leaf, details = parts
        event = json.loads(leaf)
        versions[event["stream"]] = versions.get(event["stream"], 0) + 1
        is_blank = details != b"" and details.strip(b" ") == b""
        blank += is_blank
        digest = hashlib.sha256(details).hexdigest() if details else None
        if event["position"] != tree.size or event["version"] != versions[event["stream"]]:
            fault = fault or f"{place}: position or version is out of sequence."
        elif not is_blank and digest != event["detailsHash"]:
            fault = fault or f"{place}: the details do not have the hash that the leaf tells."
        tree.push(leaf)
        stamps.add(event["recordedAt"])
        crc = zlib.crc32(len(details).to_bytes(4, "little"), zlib.crc32(leaf, crc))
    if size == 0:
        sys.exit(f"{directory}: no commit on the tape")
    print(f"{size} events in {commits} commits, {blank} with destroyed details, {len(versions)} streams, root {root.hex()}")


if __name__ == "__main__":
    check(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
