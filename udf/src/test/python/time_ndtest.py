"""Times ndtest's D once: python time_ndtest.py NDTEST.PY KIND N M SEED; prints processor seconds and D."""

import importlib.util
import sys
import time

from stats_oracle import samples

specification = importlib.util.spec_from_file_location("ndtest", sys.argv[1])
ndtest = importlib.util.module_from_spec(specification)
specification.loader.exec_module(ndtest)
data = samples(sys.argv[2], *map(int, sys.argv[3:6]))
start = time.process_time()
d = ndtest.avgmaxdist(*data)
print(time.process_time() - start, repr(float(d)))
