"""Zip archives as Python writes them, in base64: python3 python_zip.py > python_zip.json"""
import base64
import io
import json
import zipfile


def archive(method, zip64=False):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, content in [("numbers", bytes(range(256)) * 4), ("folder/text", b"a line\n")]:
            # NumPy writes its members with 64-bit sizes.
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            with file.open(info, "w", force_zip64=zip64) as member:
                member.write(content)
    return base64.b64encode(buffer.getvalue()).decode()


empty = io.BytesIO()
zipfile.ZipFile(empty, "w").close()
print(json.dumps({
    "stored": archive(zipfile.ZIP_STORED), "deflated": archive(zipfile.ZIP_DEFLATED),
    "stored64": archive(zipfile.ZIP_STORED, True), "deflated64": archive(zipfile.ZIP_DEFLATED, True),
    "lzma": archive(zipfile.ZIP_LZMA), "empty": base64.b64encode(empty.getvalue()).decode(),
}, indent=0))
