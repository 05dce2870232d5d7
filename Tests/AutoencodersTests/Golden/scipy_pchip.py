"""Computes scipy_pchip.json: SciPy's monotone cubic interpolation, and a Bjontegaard rate made with it.
Run: python scipy_pchip.py > scipy_pchip.json (SciPy 1.17). The curves are made up: the first has a plateau and a turn,
two are codecs with uneven steps, one has only two points, and the last has an end that must not overshoot."""
import json
import numpy as np
from scipy.interpolate import PchipInterpolator

curves = [
    {"x": [0.0, 1.0, 1.5, 4.0, 9.0], "y": [1.0, 3.0, 3.0, 2.0, 8.0]},
    {"x": [20.1, 22.7, 24.0, 26.5, 31.2], "y": np.log([11.0, 17.5, 24.0, 41.0, 103.0]).tolist()},
    {"x": [18.0, 23.5, 25.25, 29.0], "y": np.log([16.0, 36.0, 47.5, 88.0]).tolist()},
    {"x": [-1.0, 2.0], "y": [4.0, -5.0]},
    {"x": [0.0, 1.0, 2.0], "y": [0.0, 0.1, 5.0]},
]
for curve in curves:
    f = PchipInterpolator(curve["x"], curve["y"])
    low, high = curve["x"][0], curve["x"][-1]
    curve["places"] = np.linspace(low, high, 13).tolist()
    curve["values"] = f(curve["places"]).tolist()
    curve["ranges"] = [[low, high], [low + 0.3 * (high - low), low + 0.55 * (high - low)], [low + 0.01, high - 0.01]]
    curve["integrals"] = [float(f.integrate(a, b)) for a, b in curve["ranges"]]

one, two = curves[1], curves[2]
low, high = max(one["x"][0], two["x"][0]), min(one["x"][-1], two["x"][-1])
integrals = [float(PchipInterpolator(c["x"], c["y"]).integrate(low, high)) for c in (one, two)]
percent = 100 * (np.exp((integrals[0] - integrals[1]) / (high - low)) - 1)
print(json.dumps({"curves": curves, "bjontegaard": {"curve": 1, "reference": 2, "percent": percent}}))
