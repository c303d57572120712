"""The named peer of the geocoder: pandas reads the file, and rapidfuzz's ``extractOne`` with ``WRatio`` picks
the likeliest name for each row. It keeps nothing, and knows neither places, radii nor two Skolgatan.

Usage: python -m benchmarks.peer_geocoder FILE GAZETTEER ROWS
"""

import json
import sys
import time

import pandas as pd
from rapidfuzz import fuzz, process, utils

file, gazetteer, rows = sys.argv[1:]
started = time.perf_counter()
entries = pd.read_csv(gazetteer, keep_default_na=False)
# Prepared once, which spares the peer doing so for every row.
names = sorted(
    {
        utils.default_process(name)
        for own, aliases in zip(entries["name"], entries["aliases"], strict=True)
        for name in (own, *aliases.split("|"))
        if name
    }
)
frame = pd.read_csv(file, sep=";", keep_default_na=False)
read = time.perf_counter() - started
texts = frame["plats"].head(int(rows))
started = time.perf_counter()
found = [process.extractOne(utils.default_process(text), names, scorer=fuzz.WRatio) for text in texts]
placed = time.perf_counter() - started
print(json.dumps({"rows": len(frame), "read": read, "sample": len(found), "placed": placed}))
