#!/usr/bin/env python3
"""Arrays, tables, models and checkpoints made by hand to break their readers: each is refused with one printable line
and status 65, within 2 seconds and 64 MB beyond what the file holds.

usage: malicious.py PROGRAM [--only NAME]
"""

import array_cases
import model_cases
from common import BadFiles, Torture

torture = Torture(__doc__)
files = BadFiles(torture)
array_cases.run(files)
model_cases.run(files)
files.close()
