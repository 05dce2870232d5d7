#!/usr/bin/env python3
"""Files that are small and stand for a great deal, and files that are large and hold nothing: gzip and zip bombs,
tables with lines of 100 MB, headers of a million tensors, .aez files of sure symbols. Each ends within its limits of
time and memory: done, or refused in one line with status 65 or 71.

usage: bombs.py PROGRAM [--only NAME]
"""

import hashlib
import gzip
import io
import os
import struct
import zipfile
import zlib

from array_cases import described, idx, npy
from common import BadFiles, Torture
from model_cases import packed

torture = Torture(__doc__)
files = BadFiles(torture)
MEGABYTE = 1 << 20
REFUSED = (65, 71)


def gzipped(megabytes, byte, before=b""):
    """Returns gzip of so many megabytes of one byte behind some others."""
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(before)]
    parts += [packer.compress(byte * MEGABYTE) for _ in range(megabytes)]
    return b"".join(parts) + packer.flush()


def gzip_bombs():
    gigabyte = 1024
    files.info("bomb: gzip, 1 GB of zeros", gzipped(gigabyte, b"\0"), REFUSED)
    files.info("bomb: gzip, a table with a line of 1 GB", gzipped(gigabyte, b"1"), REFUSED)
    files.info("bomb: gzip, a table with a line of 1 GB of cells", gzipped(gigabyte // 2, b"1,"), REFUSED)
    header = struct.pack("<Q", 90_000_000) + b"{"
    files.info("bomb: gzip, a model's header of 90 MB", gzipped(gigabyte, b" ", header), REFUSED, holds=90)
    files.info("bomb: gzip, an NPY header of 1 MB", gzipped(gigabyte, b" ", npy(b"{", version=2)[:8] +
                                                           struct.pack("<I", MEGABYTE) + b"{"), REFUSED)
    # Valid arrays: what they hold may be read, if memory allows.
    files.info("bomb: gzip, 1 GB of IDX", gzipped(gigabyte, b"\0", idx(0x802, 1 << 20, 1 << 10)), (0, *REFUSED),
               holds=gigabyte)
    files.info("bomb: gzip, 10^9 labels", gzipped(gigabyte, b"\0", idx(0x801, 1 << 30)), (0, *REFUSED), holds=gigabyte)
    files.info("bomb: gzip, IDX that promises 2^62 bytes",
               gzipped(gigabyte, b"\0", idx(0x803, 1 << 31, 1 << 15, 1 << 16)), REFUSED)
    with open("x", "wb") as file:
        file.write(gzipped(gigabyte, b"1"))
    files.check("bomb: gzip on standard input", ["info", "-"], REFUSED, stdin="x")
    with open("y", "wb") as file:
        file.write(gzipped(gigabyte, b" ", header))
    files.check("bomb: gzip as --model", ["encode", "--model", "y", "--data", "spiral:5", "--out", "o.npy"], REFUSED,
                holds=90)
    files.check("bomb: --max-memory 64M", ["info", "x", "--max-memory", "64M"], (64, *REFUSED))


def zipped(members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return data.getvalue()


def zip_bombs():
    zeros = npy(described(f"({MEGABYTE}, 256)"), bytes(MEGABYTE << 10), 1)
    archive = zipped([("a.npy", zeros)])
    with open("x.npz", "wb") as file:
        file.write(archive)
    files.check("bomb: NPZ, 1 GB of zeros", ["info", "x.npz:a"], (0, *REFUSED), holds=1024)
    files.check("bomb: NPZ, list of arrays", ["info", "x.npz"], (0, 64, 65, 66), holds=1024)
    lying = zipped([("a.npy", npy(described("(4000000000, 200)"), bytes(1 << 20)))])
    with open("x.npz", "wb") as file:
        file.write(lying)
    files.check("bomb: NPZ, promises 3.2 TB", ["info", "x.npz:a"], REFUSED)
    with open("x.npz", "wb") as file:
        file.write(zipped([(f"{i}.npy", b"") for i in range(60000)]))
    files.check("bomb: NPZ, 60,000 arrays", ["info", "x.npz:7"], (65, 66), holds=8)
    broken = archive.replace(struct.pack("<I", len(zeros)), b"\xff\xff\xff\x7f")
    with open("x.npz", "wb") as file:
        file.write(broken)
    files.check("bomb: NPZ, a directory that lies of the size", ["info", "x.npz:a"], REFUSED)


def large_tables():
    million, hundred = MEGABYTE, 100
    for name, data, statuses, seconds in (
        ("a line of 50 million cells", b"1," * (50 * million) + b"1\n", (0, *REFUSED), 6),
        ("a cell of 100 MB of digits", b"1" * (hundred * million) + b",2\n", REFUSED, 4),
        ("100 MB of letters", b"a" * (hundred * million), REFUSED, 4),
        ("100 MB of newlines", b"\n" * (hundred * million), REFUSED, 4),
        ("100 MB of commas", b"," * (hundred * million), REFUSED, 4),
        ("a quote that does not end", b'"' + b"a" * (hundred * million), REFUSED, 4),
    ):
        files.info(f"bomb: table, {name}", data, statuses, seconds=seconds, holds=200 if b"1," in data[:2] else 50)
    files.info("bomb: table, a good one of 26 million lines", b"1,2\n" * (25 * million), (0, *REFUSED), seconds=10,
               holds=210)


def large_headers():
    count = 1_700_000
    header = "{" + ",".join(f'"{i}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}' for i in range(count)) + "}"
    data = packed(header.encode())
    files.info("bomb: model, 1.7 million empty tensors", data, REFUSED, seconds=6)
    files.info("bomb: model, 1.7 million empty tensors in gzip", gzip.compress(data, 6), REFUSED, seconds=6,
               holds=len(data) >> 20)
    files.info("bomb: model, 50 MB of blanks", packed(b"{" + b" " * 50_000_000 + b"}"), REFUSED)
    deep = b"[" * 20_000_000
    files.info("bomb: model, lists 20 million deep", packed(b'{"a":' + deep), REFUSED)


def crc32c(data, table=[]):
    if not table:
        for value in range(256):
            for _ in range(8):
                value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
            table.append(value)
    checksum = 0xFFFFFFFF
    for byte in data:
        checksum = table[(checksum ^ byte) & 255] ^ (checksum >> 8)
    return checksum ^ 0xFFFFFFFF


def sure_symbols(count, frequency=32767):
    """Returns the bytes of so many symbols that cost next to nothing each."""
    states, out = [1 << 23] * 4, bytearray()
    limit = frequency << 16
    for index in range(count - 1, -1, -1):
        state = states[index & 3]
        while state >= limit:
            out.append(state & 255)
            state >>= 8
        quotient = state // frequency
        states[index & 3] = (quotient << 15) + (state - quotient * frequency)
    for state in reversed(states):
        out += struct.pack(">I", state)
    out.reverse()
    return bytes(out)


def promising(model, samples, in_chunk, chunk):
    """Returns an .aez file of so many samples of a code of 1, whose chunks are all alike."""
    name, count = b"p.safetensors", (samples - 1) // in_chunk + 1
    table = struct.pack("<iH", 0, 1) + struct.pack("<HH", 32767, 1)
    body = name + struct.pack("<I", 2) + struct.pack("<f", 1.0) + table + table + b"\0"
    chunks = struct.pack("<II", len(chunk), crc32c(chunk)) * count
    head = bytearray(112)
    size = 112 + len(body) + len(chunks)
    head[0:8] = b"\x89AEZ\r\n\x1a\n"
    struct.pack_into("<HHI", head, 8, 1, 0, size)
    struct.pack_into("<Q", head, 24, len(model) + len(chunk) * count)
    head[32:64] = hashlib.sha256(model).digest()
    struct.pack_into("<QQIII", head, 64, len(model), samples, in_chunk, count, 1)
    head[92:96] = bytes([0, 0, 1, 0])
    head[96] = 1
    struct.pack_into("<HId", head, 98, len(name), 0, 0.0)
    header = head + body + chunks
    struct.pack_into("<I", header, 16, crc32c(bytes(header)))
    return bytes(header) + model + chunk * count


def aez_bombs():
    torture.must("train", "--data", "spiral:60:1", "--variant", "pca", "--latent", "1", "--model", "p.safetensors")
    with open("p.safetensors", "rb") as file:
        model = file.read()
    for in_chunk, samples, holds in ((1 << 20, 1 << 20, 8), (22369621, 22369621, 171), (1 << 20, 1 << 30, 0)):
        with open("b.aez", "wb") as file:
            file.write(promising(model, samples, in_chunk, sure_symbols(2 * in_chunk)))
        size = os.path.getsize("b.aez")
        label = f"bomb: .aez of {size:,} bytes, {samples:,} samples"
        # What is asked for is what it costs: all samples, as many bytes as the output has.
        words = ["decompress", "--data", "b.aez", "--out", "o.npy"]
        if holds:
            files.check(label, words, (0, *REFUSED), seconds=2 + holds / 10, holds=holds)
        files.check(label + ", the first sample", words + ["--samples", "0..<1"], (0, *REFUSED))
        files.check(label + ", info", ["info", "b.aez"], (0, *REFUSED))
        if os.path.exists("o.npy"):
            os.unlink("o.npy")


gzip_bombs()
zip_bombs()
large_tables()
large_headers()
aez_bombs()
files.close()
