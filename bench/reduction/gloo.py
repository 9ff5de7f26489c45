"""How long gloo takes for one all-reduce of single-precision values between two processes on this machine.

gloo.py VALUES...: one line of JSON, {"VALUES": seconds}, the median over the repetitions of both processes' slower one.
"""
import json
import os
import statistics
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

REPETITIONS = 15


def work(rank, sizes, results):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29517")
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=2)
    for size in sizes:
        gradient = torch.rand(size)
        times = []
        for repetition in range(REPETITIONS + 2):
            dist.barrier()
            start = time.perf_counter()
            dist.all_reduce(gradient)
            if repetition >= 2:
                times.append(time.perf_counter() - start)
        results[(rank, size)] = statistics.median(times)
    dist.destroy_process_group()


if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[1:]]
    results = mp.Manager().dict()
    mp.spawn(work, args=(sizes, results), nprocs=2)
    print(json.dumps({str(size): max(results[(0, size)], results[(1, size)]) for size in sizes}))
