"""Prints NPY files as NumPy writes them, in base64. Usage: python3 numpy_arrays.py > numpy_arrays.json"""
import base64
import io
import json

import numpy as np

a = np.arange(6).reshape(2, 3) - 2
cube = np.arange(24).reshape(2, 3, 4)
arrays = {
    "<f4": a.astype("<f4"), "<f8": a.astype("<f8"), "<i4": a.astype("<i4"), ">f4": a.astype(">f4"),
    "<i8": a.astype("<i8"), "fortran": np.asfortranarray(a.astype("<f4")), "u1": (a + 2).astype("u1") * 50,
    "cube": np.asfortranarray(cube.astype("<i2")), "line": np.array([1.5, 2.5], "<f4"), "version 2": a.astype("<f4"),
}
result = {}
for name, array in arrays.items():
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=(2, 0) if name == "version 2" else (1, 0))
    result[name] = base64.b64encode(file.getvalue()).decode()
print(json.dumps(result, indent=0))
