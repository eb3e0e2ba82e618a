#!/usr/bin/env python3
"""Checks the bundle of a figure from crates/ledger-proof/FORMAT-BUNDLE.md alone: no code of the ledger, no libraries. It
tells which events there are; deriving the figure from them is left to the reader.

Usage: check_bundle.py BUNDLE KEY...   Each KEY is a public key that is trusted: one of the log itself, any of witnesses.
"""
import base64, json, pathlib, sys

from check_checkpoint import open_checkpoint, sha, trusted
from check_tape import node


def unbase64(texts):
    return [base64.b64decode(text, validate=True) for text in texts]


def included(leaf, index, size, proof):
    """RFC 6962, section 2.1.1: the root that the proof leads to, from the top of the tree down to the leaf."""
    if size == 1:
        return sha(b"\x00", leaf) if not proof else b""
    if not proof or index >= size:
        return b""
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        return node(included(leaf, index, half, proof[:-1]), proof[-1])
    return node(proof[-1], included(leaf, index - half, size - half, proof[:-1]))


def head(stream, version, way, other):
    """"The map of stream heads": the root that the way leads to."""
    bit = lambda key, depth: key[depth // 8] >> 7 - depth % 8 & 1
    one = lambda key, version: sha(b"\x02", key, version.to_bytes(8, "big"))
    key = sha(stream.encode())
    if other is None:
        root = one(key, version) if version else bytes(32)
    else:
        (there,) = unbase64([other["key"]])
        if version or there == key or any(bit(there, depth) != bit(key, depth) for depth in range(len(way))):
            return b""
        root = one(there, other["version"])
    for depth in reversed(range(len(way))):
        root = sha(b"\x03", way[depth], root) if bit(key, depth) else sha(b"\x03", root, way[depth])
    return root


def once(pairs):
    """An object of JSON with each field once: of two, one reader takes the first and another the last."""
    if len(dict(pairs)) < len(pairs):
        sys.exit("a field stands twice in the bundle")
    return dict(pairs)


def has(part, fields):
    if set(part) != set(fields.split()):
        sys.exit(f"the bundle should have the fields {fields}, and has {' '.join(part)}")


def check(file, keys):
    data = pathlib.Path(file).read_bytes()
    bundle = json.loads(data, object_pairs_hook=once)
    has(bundle, "format query stream events heads checkpoint digest")
    stream, events, heads = bundle["stream"], bundle["events"], bundle["heads"]
    has(heads, "leaf proof way other")
    for event in events:
        has(event, "leaf details proof")
    if bundle["format"] != "rekenschap-bundle/1":
        sys.exit("its format is not rekenschap-bundle/1")
    origin, size, root, seen = open_checkpoint(bundle["checkpoint"], [trusted(key) for key in keys])
    leaves = [json.loads(event["leaf"]) for event in events]
    for version, leaf in enumerate(leaves, 1):
        if (leaf["stream"], leaf["version"]) != (stream, version):
            sys.exit(f"event {version} of {stream} should follow; there is {leaf['version']} of {leaf['stream']}")
        if version > 1 and leaf["position"] <= leaves[version - 2]["position"]:
            sys.exit(f"event {version} of {stream} should follow; there is one at position {leaf['position']}")
    last = json.loads(heads["leaf"])
    if (last["type"], last["stream"]) != ("streamHeadsRecorded", "ledger") \
            or included(heads["leaf"].encode(), size - 1, size, unbase64(heads["proof"])) != root:
        sys.exit("the last leaf before the checkpoint is not the record of the stream heads")
    if head(stream, len(events), unbase64(heads["way"]), heads["other"]).hex() != last["data"]["root"]:
        sys.exit(f"{stream} does not have {len(events)} events at the checkpoint")
    for event, leaf in zip(events, leaves):
        if included(event["leaf"].encode(), leaf["position"], size, unbase64(event["proof"])) != root:
            sys.exit(f"event {leaf['version']} of {stream} is not at position {leaf['position']} of the log")
        if event["details"] is not None and sha(event["details"].encode()).hex() != leaf["detailsHash"]:
            sys.exit(f"the details of event {leaf['version']} of {stream} are not those that were recorded")
    body, mark, digest = data.rpartition(b',"digest":"')
    if not mark or digest != sha(body).hex().encode() + b'"}\n':
        sys.exit("the bundle was altered outside its proofs")
    print(f"bundle holds: all {len(events)} events of {stream} in {origin} at {size}", *seen, sep="; ")


if __name__ == "__main__":
    check(sys.argv[1], sys.argv[2:]) if len(sys.argv) > 2 else sys.exit(__doc__)
