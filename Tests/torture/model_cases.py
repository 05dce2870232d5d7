"""Bad models and checkpoints: headers that lie, metadata out of range, states that no training has."""

import json
import struct

LARGEST, SMALLEST = 2**63 - 1, -2**63


def packed(header, body=b"", length=None):
    """Returns a safetensors file with this header, whatever it says."""
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + body


def opened(path):
    """Returns the header and the bytes of the tensors."""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8:8 + length]), data[8 + length:]


def copied(header):
    return json.loads(json.dumps(header))


def at(path, value):
    """Returns a change of metadata: the entry at a path becomes a value."""
    def change(metadata):
        for key in path[:-1]:
            metadata = metadata.setdefault(key, {}) if isinstance(metadata, dict) else metadata[key]
        metadata[path[-1]] = value
    return change


def both(*changes):
    def change(metadata):
        for each in changes:
            each(metadata)
    return change


class Changed:
    """Files that come from a good one by a change of its header, its metadata or its bytes."""

    def __init__(self, files, kind, path, words):
        self.files, self.kind, self.words = files, kind, words
        self.header, self.body = opened(path)
        # Without its hash a file is read like one of older programs, so that what lies behind is reached.
        self.hash = self.header["__metadata__"].pop("sha256", None)

    def flip(self, count):
        """Flips single bits of the tensors in a file that has its hash."""
        header = copied(self.header)
        header["__metadata__"]["sha256"] = self.hash
        for index in range(count):
            place, body = (2 * index + 1) * len(self.body) // (2 * count), bytearray(self.body)
            body[place] ^= 1 << index % 8
            self.write(f"bit {index % 8} of byte {place} of the tensors flipped", header, bytes(body), (65,))

    def write(self, name, header, body, statuses):
        with open("x", "wb") as file:
            file.write(packed(header, body))
        size = (len(body) + len(header if isinstance(header, bytes) else json.dumps(header))) >> 20
        self.files.check(f"{self.kind}: {name}", self.words, statuses, holds=size)

    def head(self, name, change, statuses=(65,)):
        header = copied(self.header)
        change(header)
        self.write(name, header, self.body, statuses)

    def meta(self, name, change, statuses=(65,)):
        def inside(header):
            metadata = json.loads(header["__metadata__"]["aetool"])
            change(metadata)
            header["__metadata__"]["aetool"] = json.dumps(metadata)
        self.head(name, inside, statuses)

    def number(self, name, tensor, index, value, change=lambda metadata: None, statuses=(65,)):
        """Puts a number into a tensor's bytes."""
        header = copied(self.header)
        metadata = json.loads(header["__metadata__"]["aetool"])
        change(metadata)
        header["__metadata__"]["aetool"] = json.dumps(metadata)
        start, end = header[tensor]["data_offsets"]
        place = start + 4 * index if index >= 0 else end + 4 * index
        self.write(name, header, self.body[:place] + struct.pack("<f", value) + self.body[place + 4:], statuses)


def layout_cases(files, model):
    for name, data in {
        "length 2^64 − 1": b"\xff" * 8 + b"{}", "length 10^8 of a short file": struct.pack("<Q", 10**8) + b"{}",
        "length 0": packed(b""), "lists 10^5 deep": packed(b'{"a":' + b"[" * 100000 + b"]" * 100000 + b"}"),
        "objects 10^5 deep": packed(b'{"a":' * 100000 + b"1" + b"}" * 100000),
        "objects 10^5 deep without an end": packed(b'{"a":' * 100000), "a list": packed(b"[1]"),
        "bytes that are no UTF-8": packed(b'{"\xff\xfe":{}}'), "a zero byte in the header": packed(b'{"a\0":1}'),
        "no metadata": packed({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, bytes(4)),
        "offsets that overflow": packed({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, SMALLEST]}}, bytes(4)),
        "shape whose product overflows": packed(
            {"a": {"dtype": "F32", "shape": [1 << 32, 1 << 32], "data_offsets": [0, 4]}}, bytes(4)),
        "escape sequence in a name": packed(
            {"\x1b]0;owned\x07\nerror: fine": {"dtype": "F32", "shape": [1], "data_offsets": [0, 8]}}, bytes(4)),
    }.items():
        files.info(f"model: {name}", data)
    first, *others = [name for name in model.header if name != "__metadata__"]
    second = others[0]
    for name, path, value in (
        ("overlapping tensors", [second, "data_offsets"], model.header[first]["data_offsets"]),
        ("offsets the wrong way round", [first, "data_offsets"], model.header[first]["data_offsets"][::-1]),
        ("offsets of one number", [first, "data_offsets"], [0]), ("negative offset", [first, "data_offsets"], [-4, 0]),
        ("offset 2^63 − 1", [first, "data_offsets"], [0, LARGEST]),
        ("offset 2^64", [first, "data_offsets"], [0, 2**64]),
        ("offset of a fraction", [first, "data_offsets"], [0, 0.5]), ("type F64", [first, "dtype"], "F64"),
        ("type of no kind", [first, "dtype"], 7), ("shape of 2^63 elements", [first, "shape"], [1 << 62, 2]),
        ("negative shape", [first, "shape"], [-1, -2]), ("shape of text", [first, "shape"], "x"),
        ("shape of 10^5 ones", [first, "shape"], [1] * 100000),
    ):
        model.head(name, at(path, value))
    model.head("a tensor less", lambda header: header.pop(first))
    model.head("a tensor more", at(["more"], {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}))
    model.write("tensors cut off", model.header, model.body[:-1], (65,))
    model.write("bytes behind the tensors", model.header, model.body + b"x", (65,))
    text = json.dumps(model.header).encode()
    model.write("a key twice", text[:-1] + b', "__metadata__": {"aetool": "{}"}}', model.body, (65,))


def metadata_cases(model, vae, conv):
    def text(name, change, statuses=(65,)):
        model.head(name, lambda header: header["__metadata__"].update(aetool=change(header["__metadata__"]["aetool"])),
                   statuses)
    text("metadata that are no JSON", lambda old: "{")
    text("metadata of lists 10^5 deep", lambda old: "[" * 100000)
    text("an unknown entry of lists 400 deep", lambda old: old[:-1] + ',"z":' + "[" * 400 + "]" * 400 + "}", (0, 65))
    model.head("another text of 50 MB", lambda header: header["__metadata__"].update(note="x" * 50_000_000), (0, 65))
    for value in (0, -1, 99, LARGEST, 2**64, 1.5, "2", None):
        model.meta(f"format version {value}", at(["format_version"], value))
    for path, values in {
        ("seed",): (-1, 2**64, 0.5), ("blueprint", "input_shape"): ([], [0], [-1], [1 << 24], [1 << 62, 2], "x"),
        ("blueprint", "encoder"): ([], "x", ["dense:0"], ["dense:9223372036854775807"], ["dense:-1"], ["\x1b[2J"],
                                   ["dense:16777216"] * 64, ["dense:2"] * 100000),
        ("blueprint", "loss"): ("x", "gaussian:nan", "gaussian:1e308", "laplace:0", "\x1b]0;owned\x07"),
        ("blueprint", "preparation"): ("x", 7),
    }.items():
        for value in values:
            model.meta(f"{'.'.join(path)} {str(value)[:30]!r}", at(path, value))
    conv_layers = json.loads(conv.header["__metadata__"]["aetool"])["blueprint"]["encoder"]
    for value in ("conv:0", "conv:9223372036854775807", "conv:2:kernel=0", "conv:2:kernel=1099511627776",
                  "conv:2:stride=0", "conv:2:stride=-1", "conv:2:stride=4611686018427387904", "max-pool:0"):
        conv.meta(f"layer {value}", at(["blueprint", "encoder"], [value, *conv_layers[1:]]))
    for path, value in {
        ("samples",): -1, ("epochs",): SMALLEST, ("data",): "\x1b]0;owned\x07\x1b[2J\nerror: x", ("seconds",): 1e308,
        ("options", "learning_rate"): 1e308,
    }.items():
        vae.meta(f"training.{'.'.join(path)} {str(value)[:20]!r}", at(["knowledge", "training", *path], value), (0, 65))


    knowledge = {"code_distribution.deviations": ("", "AAAA", "!", "AADAfwAAwH8=", 7),
                 "code_distribution.quantiles": ("", "AAAA"), "code_distribution.samples": (-1, LARGEST),
                 "error_distribution.mean": (-1, 1e308, "x"),
                 "error_distribution.percentiles": ([], [1e308] * 101, [0] * 10**6)}
    for path, values in knowledge.items():
        for value in values:
            change = at(["knowledge", *path.split(".")], value)
            name = f"{path} {str(value)[:20]!r}"
            vae.meta(name, change, (0, 65))
            vae.words, words = ["evaluate", "--model", "x", "--data", "spiral:20"], vae.words
            vae.meta("evaluate with " + name, change, (0, 65))
            vae.words = words


def checkpoint_cases(state):
    inside = ["checkpoint"]
    going_on = at(["checkpoint", "epoch"], 1)
    options = inside + ["options"]
    for path, values in {
        ("step",): (LARGEST, SMALLEST, 2**62, 2**53, -1, 0.5, "x"), ("epoch",): (LARGEST, SMALLEST, -1, 2**62),
        ("best_epoch",): (LARGEST, SMALLEST, -1), ("seconds",): (1e308, -1e308, "x"),
        ("options", "epochs"): (LARGEST, 10**18, -1), ("options", "batch"): (0, -1, 2**62, LARGEST, 2**20),
        ("options", "warmup"): (LARGEST, -1), ("options", "beta_warmup"): (LARGEST, -1, 5),
        ("options", "learning_rate"): (0, -1, 1e308, 1e-320), ("options", "averaging"): (2, -1),
        ("options", "optimizer"): ("kfac", "x", 7), ("options", "patience"): (LARGEST, -1, 3),
    }.items():
        for value in values:
            name = f"{'.'.join(path)} {value}"
            state.meta(name, at(inside + list(path), value), (0, 64, 65))
            if path != ("epoch",):
                state.meta(name + ", epochs left", both(going_on, at(inside + list(path), value)), (0, 64, 65))
    state.meta("smallest best epoch with patience", both(going_on, at(inside + ["best_epoch"], SMALLEST),
                                                         at(options + ["patience"], 3)), (0, 64, 65))
    state.meta("no step", lambda metadata: metadata["checkpoint"].pop("step", None), (0, 65))
    nan = float("nan")
    tensors = [name for name in state.header if name != "__metadata__"]
    for name in tensors:
        state.number(f"NaN in {name}", name, 0, nan)
        state.number(f"NaN in {name}, epochs left", name, 0, nan, going_on)
        state.number(f"infinity at the end of {name}, epochs left", name, -1, float("inf"), going_on)


def run(files):
    must = files.torture.must
    must("train", "--data", "spiral:60:1", "--variant", "pca", "--latent", "1", "--model", "p.safetensors")
    small = ["--hidden", "6", "--latent", "2", "--epochs"]
    must("train", "--data", "spiral:60:1", "--variant", "vae", *small, "1", "--model", "v.safetensors")
    must("train", "--data", "digits:60:1", *small, "3", "--model", "m.safetensors", "--checkpoint", "c.safetensors")
    must("train", "--data", "digits:60:1", "--variant", "conv", "--channels", "2", "--latent", "2", "--epochs", "1",
         "--model", "conv.safetensors")
    must("compress", "--model", "p.safetensors", "--data", "spiral:30:2", "--chunk", "10", "--out", "a.aez")
    model, vae, conv = (Changed(files, "model", path + ".safetensors", ["info", "x"]) for path in ("p", "v", "conv"))
    layout_cases(files, model)
    metadata_cases(model, vae, conv)
    model.flip(8)
    conv.flip(8)
    resume = ["train", "--data", "digits:60:1", "--model", "o.safetensors", "--resume"]
    state = Changed(files, "checkpoint", "c.safetensors", resume + ["x"])
    state.flip(8)
    checkpoint_cases(state)
    files.check("checkpoint: a model", resume + ["m.safetensors"], (65,))
    files.check("checkpoint: none", resume + ["none"], (66,))
    other = ["train", "--data", "spiral:60:1", "--model", "o", "--resume", "c.safetensors"]
    files.check("checkpoint: other samples", other, (64, 65))
    for name in ("p.safetensors", "a.aez"):
        files.check(f"data: {name}", ["encode", "--model", "p.safetensors", "--data", name, "--out", "o.npy"], (64, 65))
    files.check("model: an .aez", ["encode", "--model", "a.aez", "--data", "spiral:5", "--out", "o.npy"], (65,))
