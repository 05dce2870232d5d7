#!/usr/bin/env python3
"""Makes the corpus that fuzzing starts from: small files of every kind, good ones and bad ones.

Usage: seeds.py AETOOL   (writes Fuzz/Corpus beside this script; files named bad-… are those that readers must refuse.
What fuzzing found lies in the corpus as bad-found-… or found-… and stays.)
"""
import gzip
import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import zipfile

program = os.path.abspath(sys.argv[1])
corpus = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Corpus")


def put(target, name, content):
    os.makedirs(os.path.join(corpus, target), exist_ok=True)
    with open(os.path.join(corpus, target, name), "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def npy(descr, shape, numbers, fortran=False, version=1):
    text = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (descr, fortran, shape)
    lead = 6 + 2 + (2 if version == 1 else 4)
    text += " " * (-(lead + len(text) + 1) % 64) + "\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode() + numbers


def safetensors(header, numbers=b""):
    text = header if isinstance(header, str) else json.dumps(header)
    return struct.pack("<Q", len(text)) + text.encode() + numbers


def archive(members, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as zipped:
        for name, content in members:
            zipped.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


# IDX
idx = struct.pack(">IIII", 0x803, 3, 2, 2) + bytes(range(12))
put("idx", "u8", idx)
put("idx", "f32", struct.pack(">III", 0xD02, 2, 3) + struct.pack(">6f", 0, -1.5, 2, 3e-40, 4e30, 0.1))
put("idx", "f64", struct.pack(">II", 0xE01, 2) + struct.pack(">2d", 0.1, -7))
put("idx", "i32", struct.pack(">III", 0xC02, 2, 1) + struct.pack(">2i", -(2**31), 2**31 - 1))
put("idx", "i16", struct.pack(">II", 0xB01, 2) + struct.pack(">2h", -3, 4))
put("idx", "i8", struct.pack(">II", 0x901, 2) + b"\xff\x7f")
put("idx", "bad-zero", struct.pack(">II", 0x801, 0))
put("idx", "bad-dimensions", struct.pack(">I255I", 0x8FF, *[1] * 255) + b"\0")
put("idx", "bad-claim", struct.pack(">IIII", 0x803, 2**32 - 1, 2**32 - 1, 2**32 - 1))
put("idx", "bad-nan", struct.pack(">II", 0xD01, 1) + struct.pack(">f", float("nan")))
put("idx", "bad-long", idx + b"\0")

# NPY
six = struct.pack("<6f", 0, -1.5, 2, 3e-40, 4e30, 0.1)
good = npy("<f4", "(2, 3)", six)
put("npy", "f4", good)
put("npy", "f8-fortran", npy(">f8", "(2, 1, 2)", struct.pack(">4d", 1, 2, 3, 4), fortran=True))
put("npy", "u1", npy("|u1", "(4,)", bytes([0, 1, 254, 255])))
put("npy", "i8", npy("<i8", "(2, 1)", struct.pack("<2q", -(2**63), 2**63 - 1)))
put("npy", "u4-version-2", npy("<u4", "(1, 1)", struct.pack("<I", 2**32 - 1), version=2))
put("npy", "bad-key-twice", npy("<f4", "(2, 3), 'shape': (3, 2)", six))
put("npy", "bad-claim", npy("<f4", "(9223372036854775807,)", six))
put("npy", "bad-product", npy("<f4", "(4294967296, 4294967296)", six))
put("npy", "bad-objects", npy("|O", "(2, 3)", six))
put("npy", "bad-infinite", npy("<f4", "(1,)", struct.pack("<f", float("inf"))))
put("npy", "bad-cut", good[:-1])

# NPZ
column = npy("<f4", "(2, 1)", struct.pack("<2f", 1, 2))
put("npz", "deflated", archive([("x.npy", column)]))
put("npz", "stored", archive([("x.npy", column), ("notes.txt", b"hello")], zipfile.ZIP_STORED))
put("npz", "bad-several", archive([("x.npy", column), ("y.npy", column)]))
put("npz", "bad-none", archive([]))
zipped = archive([("x.npy", column)], zipfile.ZIP_STORED)
put("npz", "bad-checksum", zipped.replace(struct.pack("<2f", 1, 2), struct.pack("<2f", 1, 3), 1))
place = zipped.index(b"PK\x01\x02")
put("npz", "bad-claim", zipped[: place + 24] + struct.pack("<I", 2**32 - 2) + zipped[place + 28 :])

# CSV
put("csv", "plain", "1,2.5\n-3e2,4\n")
put("csv", "header", 'width,"height, in m"\r\n1,2\r\n3,"4"\r\n')
put("csv", "mark", "\ufeff1\n2\n3\n")
put("csv", "digits", "0.1,16777217,1e-45\n3.4028235e38,-0,.5\n9007199254740993,1e22,8589934592.5e-3\n")
put("csv", "blank-lines", "\n1,2\n \n3,4")
put("csv", "comment", "# made by hand\n1,2\n")
put("csv", "bad-typo", "1.2.3\n2\n3\n")
put("csv", "bad-comma", '"1,5"\n"2,5"\n')
put("csv", "bad-quote", '1,"2\n3,4\n')
put("csv", "bad-fields", "1,2\n3\n")
put("csv", "bad-missing", "1\n\n3\n")
put("csv", "bad-infinite", "1e39\n")
put("csv", "bad-escape", "\x1b[31m\n1\n2\x1b[2J\n")

# gzip
put("gzip", "idx", gzip.compress(idx, mtime=0))
put("gzip", "two-members", gzip.compress(b"1,2\n", mtime=0) + gzip.compress(b"3,4\n", mtime=0))
put("gzip", "zeros", gzip.compress(bytes(100000), mtime=0))
put("gzip", "plain", b"1,2\n")
put("gzip", "bad-cut", gzip.compress(idx, mtime=0)[:-3])
put("gzip", "bad-checksum", gzip.compress(idx, mtime=0)[:-8] + bytes(8))
put("gzip", "bad-start", b"\x1f\x8b")

# Arguments
for name, text in {"all": "[:]", "start": "[:3]", "end": "[-3:]", "middle": "[2:-1]"}.items():
    put("argument", name, text)
for name, text in {"empty": "[3:3]", "beyond": "[0:8]", "least": "[-9223372036854775808:]", "plus": "[9223372036854775807:]"}.items():
    put("argument", "bad-" + name, text)

# safetensors
one = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
entry = json.dumps(one)
put("safetensors", "two", safetensors({"__metadata__": {"k": 'é\n"\\'}, "a": one, "b": {"dtype": "F32", "shape": [2, 0], "data_offsets": [4, 4]}}, b"\0\0\x80\x3f"))
put("safetensors", "scalar", safetensors({"a": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}}, b"\0\0\xc0\x7f"))
put("safetensors", "none", safetensors("{}"))
bad = {
    "overflow": {"a": one, "b": {"dtype": "F32", "shape": [1], "data_offsets": [4, -(2**63)]}},
    "overlap": {"a": one, "b": one},
    "gap": {"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}},
    "shape": {"a": {"dtype": "F32", "shape": [2**63 - 1, 4], "data_offsets": [0, 4]}},
    "type": {"a": {"dtype": "\x1b[31m", "shape": [1], "data_offsets": [0, 4]}},
}
for name, header in bad.items():
    put("safetensors", "bad-" + name, safetensors(header, bytes(8)))
put("safetensors", "bad-key-twice", safetensors('{"a": %s, "a": %s}' % (entry, entry), bytes(4)))
put("safetensors", "bad-nesting", safetensors('{"a": ' + "[" * 1000 + "]" * 1000 + "}"))
put("safetensors", "bad-length", struct.pack("<Q", 2**63) + b"{}")

# Layers
layers = {
    "dense": "dense:256:relu, dense:16",
    "conv": "conv:4:relu:stride=2, conv:4:kernel=5:padding=0, max-pool:2",
    "sparse": "dense:8:sigmoid, kl-sparsity:0.05:10:running, l1:0.01",
    "noisy": "noise:gaussian:0.3, dense:8, noise:masking:0.5",
    "loss": "gaussian:0.1",
}
for name, text in layers.items():
    put("layers", ("bad-" if name == "loss" else "") + name, text)
put("layers", "bad-size", "dense:9223372036854775808")

# Models, checkpoints and compressed files come from the program.
with tempfile.TemporaryDirectory() as folder:

    def aetool(*words):
        subprocess.run([program, *words], cwd=folder, check=True, capture_output=True)

    def content(name):
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()

    def unhashed(name):
        """Returns a model or checkpoint without its hash, at which damage would end before it gets to the readers."""
        file = content(name)
        end = 8 + struct.unpack("<Q", file[:8])[0]
        header = json.loads(file[8:end])
        del header["__metadata__"]["sha256"]
        text = json.dumps(header, separators=(",", ":"))
        return safetensors(text + " " * (-len(text) % 8), file[end:])

    small = ["--hidden", "3", "--latent", "1", "--epochs", "1"]
    aetool("train", "--data", "spiral:60:1", "--variant", "pca", "--latent", "1", "--model", "pca")
    aetool("train", "--data", "spiral:60:1", *small, "--model", "deep", "--checkpoint", "deep-checkpoint")
    aetool("train", "--data", "spiral:60:1", "--variant", "vae", *small, "--model", "vae")
    aetool("train", "--data", "spiral:60:1", *small, "--optimizer", "muon", "--average", "0.9", "--model", "m", "--checkpoint", "muon-checkpoint")
    for name in ["pca", "deep", "vae"]:
        put("model", name, unhashed(name))
    put("model", "hashed", content("pca"))
    good = unhashed("pca")
    put("model", "bad-cut", good[:-1])
    put("model", "bad-length", good[:1] + b"\xff" + good[2:])
    put("model", "bad-nan", good[:-4] + struct.pack("<f", float("nan")))
    twice = good[8:].replace(b'\\"seed\\":', b'\\"seed\\":1,\\"seed\\":', 1)
    length = struct.unpack("<Q", good[:8])[0] + len(twice) - len(good) + 8
    put("model", "bad-key-twice", struct.pack("<Q", length) + twice)
    for name in ["deep-checkpoint", "muon-checkpoint"]:
        put("checkpoint", name, unhashed(name))
    put("checkpoint", "hashed", content("deep-checkpoint"))
    put("checkpoint", "bad-model", unhashed("deep"))
    put("checkpoint", "bad-cut", unhashed("deep-checkpoint")[:-4])
    compress = ["compress", "--model", "pca", "--data", "spiral:9:2"]
    aetool(*compress, "--step", "2", "--chunk", "4", "--out", "plain")
    aetool(*compress, "--max-error", "0.1", "--chunk", "4", "--out", "bound")
    aetool(*compress, "--step", "2", "--embed-model", "--out", "embedded")
    for name in ["plain", "bound", "embedded"]:
        put("aez", name, content(name))
    put("aez", "bad-cut", content("plain")[:-1])
    put("aez", "bad-samples", content("plain")[:72] + struct.pack("<Q", 2**63) + content("plain")[80:])
