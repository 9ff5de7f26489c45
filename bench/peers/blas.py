"""Which BLAS this process multiplies matrices with: what lies in its memory once it has.

blas.py MODULE: imports the module and says it, "reference (FILE)" where it is the slow reference implementation, which Debian
keeps in a folder of its name.
"""
import importlib
import os
import re
import sys

import torch

KINDS = {"OpenBLAS": "openblas", "MKL": "mkl_", "BLIS": "blis", "ATLAS": "atlas|libsatlas|libtatlas"}


def name():
    torch.rand(64, 64) @ torch.rand(64, 64)
    files = loaded()
    for file in files:
        if re.search(r"/blas/libblas\.", file):
            return f"reference ({os.path.basename(file)})"
    for kind, pattern in KINDS.items():
        for file in files:
            if re.search(pattern, os.path.basename(file)):
                return f"{kind} ({os.path.basename(file)})"
    built = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    return f"built in ({built.group(1)})" if built else "unknown"


def loaded():
    try:
        with open("/proc/self/maps") as maps:
            return sorted({line.split()[-1] for line in maps if ".so" in line})
    except OSError:
        return []


if __name__ == "__main__":
    importlib.import_module(sys.argv[1])
    print(name())
