#!/usr/bin/env python3
"""Checks a checkpoint against the tape of a data directory, from the two FORMAT.md and FORMAT-BUNDLE.md alone: no code of
the ledger, no libraries.

Usage: check_checkpoint.py DIR CHECKPOINT KEY...   DIR holds the tape, CHECKPOINT is a file, old or new, and each KEY is a
public key that is trusted: at least one of the log itself, and any of witnesses.
"""
import base64, hashlib, json, pathlib, sys

import check_tape


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# Ed25519: RFC 8032, section 5.1. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * D * p[3] * q[3], 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 == (p[1] * q[2] - q[1] * p[2]) % P


def point(data):
    """Section 5.1.3: the point in 32 bytes, None when there is none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    return (x, y, 1, x * y % P) if x & 1 == sign else (P - x, y, 1, (P - x) * y % P)


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed(key, message, signature):
    """Section 5.1.7: S B = R + k A."""
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return equal(times(s, BASE), add(r, times(k, a)))


def trusted(text):
    """FORMAT.md, "Keys": name, id, type and the 32 bytes."""
    name, given, encoded = text.split("+", 2)
    data = base64.b64decode(encoded, validate=True)
    digest = hashlib.sha256(name.encode() + b"\n" + data).digest()
    if digest[:4].hex() != given or len(data) != 33 or data[0] not in (1, 4):
        sys.exit(f"this is no public key of a log or a witness: {text}")
    return name, digest[:4], data[0], data[1:]


def open_checkpoint(note, keys):
    """FORMAT.md, "A checkpoint": its origin, size and root, and who saw it, if a trusted key of the log signed it."""
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    origin, size, root, *_ = text.split("\n")
    by_log, seen = False, []
    for line in lines.removesuffix("\n").split("\n"):
        dash, name, encoded = line.split(" ")
        data = base64.b64decode(encoded, validate=True)
        if dash != "—":
            sys.exit(f"this is no signature line: {line}")
        for _, _, kind, key in [key for key in keys if key[:2] == (name, data[:4])]:
            if kind == 1:
                message, signature = text, data[4:]
            else:
                time, signature = int.from_bytes(data[4:12], "big"), data[12:]
                message = f"cosignature/v1\ntime {time}\n{text}"
            if not signed(key, message.encode(), signature):
                sys.exit(f"the signature of {name} is not of this checkpoint")
            by_log |= kind == 1 and name == origin
            seen += [f"{name} saw it at {time}"] if kind == 4 else []
    if not by_log:
        sys.exit(f"no trusted key of {origin} signed this checkpoint")
    return origin, int(size), base64.b64decode(root, validate=True), seen


def heads(versions, depth=0):
    """FORMAT-BUNDLE.md, "The map of stream heads": the root over versions by key, of keys with the same first bits."""
    if len(versions) < 2:
        return b"".join(sha(b"\x02", key, version.to_bytes(8, "big")) for key, version in versions.items()) or bytes(32)
    sides = {}, {}
    for key, version in versions.items():
        sides[key[depth // 8] >> 7 - depth % 8 & 1][key] = version
    return sha(b"\x03", *(heads(side, depth + 1) for side in sides))


def check(directory, file, keys):
    note = pathlib.Path(file).read_bytes().decode()
    origin, size, root, seen = open_checkpoint(note, [trusted(key) for key in keys])
    tree, versions = check_tape.Tree(), {}
    for _, line in check_tape.lines(directory):
        if line.startswith(b"{") and tree.size < size:
            leaf = line.split(b"\t")[0]
            tree.push(leaf)
            last = json.loads(leaf)
            versions[sha(last["stream"].encode())] = last["version"]
    if tree.size < size:
        sys.exit(f"the tape has {tree.size} events and the checkpoint was signed at {size}: the tape was cut")
    if tree.root() != root:
        sys.exit(f"the first {size} events on the tape are not those that were signed: their root is {tree.root().hex()}")
    if size == 0 or last["type"] != "streamHeadsRecorded":
        sys.exit(f"the last event before size {size} does not record the stream heads")
    if last["data"]["root"] != heads(versions).hex():
        sys.exit(f"the stream heads at size {size} have the root {heads(versions).hex()}, and another is recorded")
    print(f"checkpoint of {origin} at {size} events holds, root {root.hex()}", *seen, sep="; ")


if __name__ == "__main__":
    check(sys.argv[1], sys.argv[2], sys.argv[3:]) if len(sys.argv) > 3 else sys.exit(__doc__)
