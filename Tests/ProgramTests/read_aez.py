"""Reads an .aez file by docs/format-aez.md alone. It prints the header as JSON and writes the codes as NPY.

Usage: read_aez.py FILE CODES.npy"""
import hashlib
import json
import struct
import sys

import numpy as np


def crc32c(data):
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


data = open(sys.argv[1], "rb").read()
place = 0


def take(form):
    global place
    values = struct.unpack_from("<" + form, data, place)
    place += struct.calcsize("<" + form)
    return values[0] if len(values) == 1 else values


def table(has_offsets=False):
    low, count = take("i"), take("H")
    frequencies = np.array(struct.unpack_from(f"<{count + 1}H", data, place), dtype=np.int64)
    take(f"{count + 1}H")
    assert frequencies.sum() == 1 << 15 and (frequencies > 0).all()
    offsets = np.frombuffer(data, np.int8, count, place) if has_offsets else None
    if has_offsets:
        take(f"{count}b")
    return low, frequencies, np.concatenate([[0], np.cumsum(frequencies)]), offsets


assert data[:8] == bytes.fromhex("8941455A0D0A1A0A")
place = 8
major, minor, size, crc, reserved, rest = take("H"), take("H"), take("I"), take("I"), take("I"), take("Q")
assert major == 1 and reserved == 0 and size + rest == len(data)
assert crc32c(data[:16] + bytes(4) + data[20:size]) == crc
digest, model_size, samples = data[32:64], (place := 64) and take("Q"), take("Q")
per_chunk, chunks, d = take("I"), take("I"), take("I")
values, source, levels, residual_modes, rank, has_classes = take("6B")
name_size, reserved, bound = take("H"), take("I"), take("d")
assert place == 112 and reserved == 0
name = data[place:place + name_size].decode()
place += name_size
shape = [take("I") for _ in range(rank)]
steps = [np.float32(take("f")) for _ in range(d)]
residual_steps = [np.float32(take("f")) for _ in range(residual_modes)]
modes = table()
classes = table() if has_classes else None
codes = [[table(True) for _ in range(d)] for _ in range(levels)]
residuals = [table() for _ in range(residual_modes)]
sizes = [take("2I") for _ in range(chunks)]
assert place == size
if model_size:
    assert hashlib.sha256(data[size:size + model_size]).digest() == digest

result, mode_counts = [], [0] * (levels + residual_modes)
start = size + model_size
for chunk, (length, crc) in enumerate(sizes):
    stream = data[start:start + length]
    start += length
    assert crc32c(stream) == crc
    states = list(struct.unpack_from("<4I", stream))
    at, index = 16, 0

    def advance(slot, first, frequency):
        global at, index
        x = frequency * (states[index & 3] >> 15) + slot - first
        while x < 1 << 23:
            x = x << 8 | stream[at]
            at += 1
        states[index & 3] = x
        index += 1

    def symbol(entries):
        """Returns the next symbol and None, or None and the float whose bits follow an escape."""
        low, frequencies, starts, _ = entries
        slot = states[index & 3] & 0x7FFF
        entry = int(np.searchsorted(starts, slot, side="right")) - 1
        advance(slot, int(starts[entry]), int(frequencies[entry]))
        if entry < len(frequencies) - 1:
            return low + entry, None
        raw = 0
        for shift in (0, 8, 16, 24):
            slot = states[index & 3] & 0x7FFF
            advance(slot, slot >> 7 << 7, 1 << 7)
            raw |= (slot >> 7) << shift
        return None, np.uint32(raw).view(np.float32)

    for _ in range(min(per_chunk, samples - chunk * per_chunk)):
        mode = symbol(modes)[0]
        mode_counts[mode] += 1
        if has_classes:
            symbol(classes)
        level = mode if mode < levels else 0
        row = []
        for j in range(d):
            q, number = symbol(codes[level][j])
            if number is None:
                step = np.float64(np.float32(steps[j] * np.float32(2.0 ** -level)))
                low, _, _, offsets = codes[level][j]
                number = np.float32((q + offsets[q - low] / 256) * step)
            row.append(number)
        result.append(row)
        if mode >= levels:
            for _ in range(int(np.prod(shape))):
                symbol(residuals[mode - levels])
    assert at == len(stream) and states == [1 << 23] * 4

np.save(sys.argv[2], np.array(result, dtype=np.float32))
print(json.dumps({"model": name, "sha256": digest.hex(), "samples": samples, "shape": shape, "modes": mode_counts,
                  "bound": bound}))
