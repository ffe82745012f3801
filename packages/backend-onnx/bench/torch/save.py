"""Saves 96 MB of tensors with torch.distributed.checkpoint.async_save, and prints the median milliseconds until it returns.

usage: save.py new|cached; cached keeps the memory of the staged copy between saves.
"""
import logging
import statistics
import sys
import tempfile
import time
import warnings

import torch
from torch.distributed import checkpoint as dcp
from torch.distributed.checkpoint.staging import DefaultStager, StagingOptions

VARIABLES = 24
VALUES = 1_000_000
ROUNDS = 9


def main(is_cached):
    state = {f"variable_{i}": torch.ones(VALUES) for i in range(VARIABLES)}
    times = []
    with tempfile.TemporaryDirectory(prefix="acc-bench-") as folder:
        writer = dcp.FileSystemWriter(folder, overwrite=True)
        # The stager that the writer is keeps nothing on a machine without CUDA; this one keeps its copy.
        options = StagingOptions(False, False, False, False)
        stager = {"async_stager": DefaultStager(options)} if is_cached else {}
        for round in range(ROUNDS + 1):
            started = time.perf_counter()
            future = dcp.async_save(state, storage_writer=writer, **stager)
            elapsed = time.perf_counter() - started
            future.result()  # the disk is idle when the next round begins
            if round > 0:  # the first one touches the memory, and starts the threads
                times.append(elapsed)
    print(1000 * statistics.median(times))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    main(sys.argv[1] == "cached")
