"""Bad IDX, NPY and CSV files, and good ones that look bad."""

import gzip
import os
import struct


def idx(magic, *sizes, body=b""):
    return struct.pack(f">I{len(sizes)}I", magic, *sizes) + body


def npy(header, body=b"", version=1):
    """Returns an NPY file with this header, whatever it says."""
    header = header if isinstance(header, bytes) else header.encode()
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(header)) + header + body


def described(shape="(1,)", descr="'<f4'", order="False", more=""):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, {more}}}\n"


def idx_cases(files):
    many = 0xFFFFFFFF
    for name, data in {
        "sizes of 2^32 − 1 four times": idx(0x804, many, many, many, many),
        "one sample, product of sizes overflows": idx(0x803, 1, many, many),
        "rank 255 of size 2": idx(0x8FF) + b"\0\0\0\2" * 255,
        "no samples": idx(0x802, 0, 4),
        "size 0": idx(0x802, 4, 0),
        "rank 0": idx(0x800) + bytes(9),
        "unknown type": idx(0xA01, 1, body=b"\0"),
        "promises 2 GB, has 8 bytes": idx(0x802, 1 << 16, 1 << 15, body=bytes(8)),
        "promises 2 GB in gzip": gzip.compress(idx(0x802, 1 << 30, 1, body=bytes(8))),
        "NaN": idx(0xD02, 1, 2, body=struct.pack(">ff", 1, float("nan"))),
        "1e300 in doubles": idx(0xE02, 1, 2, body=struct.pack(">dd", 1, 1e300)),
        "bytes behind the end": idx(0x801, 1, body=b"abc"),
        "nothing": b"", "one byte": b"\0", "a megabyte of zeros": bytes(1 << 20),
        "random bytes": os.urandom(4096), "the head of a zip": b"PK\3\4" + bytes(100),
    }.items():
        files.info(f"idx: {name}", data)
    files.info("idx: rank 255 of size 1", idx(0x8FF) + b"\0\0\0\1" * 255 + b"x", (0, 65))


def npy_cases(files):
    for shape in ("(99999999999999999999, 2)", "(9223372036854775807, 2)", "(4294967296, 4294967296)", "(-1, 2)",
                  "(0, 2)", "(2, 0)", "()", "(2.5,)", "(True,)", "((1,),)",
                  "(" + "1," * 30000 + ")", "(1," * 3000 + ")"):
        files.info(f"npy: shape {shape[:28]}", npy(described(shape), bytes(8), 2))
    for name, data in {
        "objects": npy(described("(2,)", "'|O'"), b"\x80\x04cos\nsystem\n"),
        "header of 4 GB": b"\x93NUMPY\2\0" + b"\xff" * 4 + b"{" * 100,
        "version 9": npy(described(), bytes(4), 9),
        "a key twice": npy(described("(1,)", more="'shape': (1, 1), "), bytes(4)),
        "an unknown key": npy(described(more="'evil': 'x', "), bytes(4)),
        "escape sequence in the type": npy(described(descr="'<\x1b[31mX'"), bytes(8)),
        "newline in the type": npy(described(descr="'<f\nerror: fine'"), bytes(8)),
        "header without an end": npy("{'descr': '<f4'"),
        "60,000 braces": npy("{" * 60000),
        "promises 3.6 GB in columns": npy(described("(100000000, 9)", order="True"), bytes(64)),
        "infinity": npy(described("(1, 2)"), struct.pack("<2f", -0.0, float("inf"))),
        "complex": npy(described(descr="'<c8'"), bytes(8)),
        "records": npy(described(descr="[('a', '<f4')]"), bytes(4)),
    }.items():
        files.info(f"npy: {name}", data)
    files.info("npy: halves", npy(described(descr="'<f2'"), bytes(2)), (0, 65))
    files.info("npy: version 3", npy(described(), bytes(4), 3), (0, 65))
    files.info("npy: subnormal numbers", npy(described("(2, 2)"), struct.pack("<4f", 1e-40, -1e-42, 0, 1e-45)), (0,))
    files.info("npy: whole numbers beyond 2^24", npy(described("(1, 1)", "'<i8'"), struct.pack("<q", (1 << 62) + 1)),
               (0, 65))


def rows(run):
    """Returns the number of samples that info told of."""
    words = run.out.decode().replace(",", "").split()
    return [int(word) for word, after in zip(words, words[1:]) if after.startswith("sample") and word.isdigit()]


def csv_cases(files):
    for name, data in {
        "carriage returns only": b"1,2\r3,4\r", "a zero byte": b"1,2\n3,\0004\n", "nan": b"1,2\nnan,4\n",
        "inf": b"1,2\ninf,4\n", "1e400": b"1,2\n1e400,4\n", "a short row": b"1,2\n3\n", "an empty cell": b"1,2\n3,\n",
        "only a header": b"a,b\n", "UTF-16": "1,2\n3,4\n".encode("utf-16"), "escape sequence": b"1,2\n3,\x1b[31mred\n",
        "a first line of nan": b"nan,nan\n1,2\n", "a number of 1,000 digits": b"1" * 1000 + b",2\n",
        "underscores": b"1_000,2\n", "newline in quotes": b'1,2\n3,"4\nerror: fine"\n',
    }.items():
        files.info(f"csv: {name}", data)
    for name, data in {
        "hexadecimal": b"0x10,2\n3,4\n", "semicolons": b"1;2\n3;4\n", "tabs": b"1\t2\n3\t4\n",
        "a header of empty cells": b",,\n1,2,3\n", "quoted header with a comma": b'"a,b",c\n1,2\n',
        "quoted decimal commas": b'"1,5","2,5"\n"3,5","4,5"\n',
        "a typo in each field of the first line": b"1x,2y\n3,4\n",
        "cut off inside a number": b"1,2\n3,4",
    }.items():
        files.info(f"csv: {name}", data, (0, 65))
    for name, data, count in (
        ("byte-order mark", b"\xef\xbb\xbf1,2\n3,4\n", 2),
        ("byte-order mark and one column", b"\xef\xbb\xbf1\n2\n3\n", 3),
        ("CR and LF", b"a,b\r\n1,2\r\n3,4\r\n", 2), ("Latin-1 header", b"\xe9t\xe9,b\n1,2\n", 1),
        ("blank lines", b"\n\n1,2\n\n3,4\n\n", 2), ("a number beyond 2^24", b"16777217,2\n", 1),
    ):
        run = files.info(f"csv: {name}", data, (0,))
        if run and run.status == 0 and rows(run)[:1] != [count]:
            files.torture.case(f"csv: {name}, samples", [f"{rows(run)[:1]} samples of {count}"])


def gzip_cases(files):
    table = b"1,2\n3,4\n"
    for name, data in {
        "gzip in gzip": gzip.compress(gzip.compress(table)), "wrong checksum": gzip.compress(table)[:-8] + bytes(8),
        "garbage behind the end": gzip.compress(table) + b"garbage", "of nothing": gzip.compress(b""),
        "head only": gzip.compress(table)[:10], "two bytes": b"\x1f\x8b",
        "a file name without an end": b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * 1000000,
    }.items():
        files.info(f"gzip: {name}", data)
    files.info("gzip: zeros behind the end", gzip.compress(table) + bytes(512), (0, 65))
    files.info("gzip: two members", gzip.compress(b"1,2\n") + gzip.compress(b"3,4\n"), (0,))
    files.info("gzip: 65,536 empty members", gzip.compress(b"") * 65536 + gzip.compress(table), (0, 65))


def argument_cases(files):
    for data, statuses in {
        "digits:0": (64, 65), "digits:-1": (64, 65, 66), "digits:1000000000": (64, 65, 71), "nope": (66,),
        "spiral:1000000000000": (64, 65, 71), "spiral:2147483648": (64, 65, 71),
        "digits:5:18446744073709551616": (64, 65, 66),
        "/dev/null": (65,), "/dev/zero": (65,), "/dev": (65, 66), "": (64, 65, 66),
    }.items():
        files.check(f"argument: {data or 'empty'}", ["info", data], statuses)


def run(files):
    idx_cases(files)
    npy_cases(files)
    csv_cases(files)
    gzip_cases(files)
    argument_cases(files)
