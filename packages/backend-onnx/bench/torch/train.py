"""Trains a model in PyTorch eager on the CPU, one thread per process, and prints the median milliseconds of a step.

usage: train.py MODEL STEPS PROCESSES; with several processes DistributedDataParallel over gloo.
"""
import os
import statistics
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn
from torch.nn import functional as F

WARM_UP = 8


class Mlp(nn.Sequential):
    def __init__(self):
        layers = [nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)]
        super().__init__(*layers)


class Cnn(nn.Sequential):
    def __init__(self):
        super().__init__(
            *[nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
            *[nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
            *[nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10)],
        )


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, steps, width = x.shape
        parts = self.qkv(self.norm1(x)).split(width, -1)
        q, k, v = [p.view(batch, steps, self.heads, -1).transpose(1, 2) for p in parts]
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, steps, width))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self, tokens=96, steps=64, width=128, heads=4, layers=4):
        super().__init__()
        self.embedding = nn.Embedding(tokens, width)
        self.positions = nn.Parameter(torch.randn(steps, width) * 0.02)
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(layers)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, tokens, bias=False)

    def forward(self, x):
        x = self.blocks(self.embedding(x) + self.positions)
        return self.head(self.norm(x)).flatten(0, 1)


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(64, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.01)


def adam(parameters):
    return torch.optim.Adam(parameters, lr=1e-3)


# Model, input, number of targets, classes, optimizer.
MODELS = {
    "mlp": (Mlp, lambda: torch.randn(128, 784), 128, 10, sgd),
    "cnn": (Cnn, lambda: torch.randn(64, 1, 28, 28), 64, 10, adam),
    "transformer": (Transformer, lambda: torch.arange(1024).view(16, 64) * 7 % 96, 1024, 96, adam),
    "lstm": (Lstm, lambda: torch.randn(32, 28, 64), 32, 10, sgd),
}


def train(name, steps, rank=0, processes=1):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    build, inputs, count, classes, make = MODELS[name]
    model, x, y = build(), inputs(), torch.arange(count) % classes
    if processes > 1:
        model = nn.parallel.DistributedDataParallel(model)
    optimizer = make(model.parameters())
    times = []
    for _ in range(WARM_UP + steps):
        started = time.perf_counter()
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        loss.item()
        times.append((time.perf_counter() - started) * 1000)
    if rank == 0:
        print(statistics.median(times[WARM_UP:]), flush=True)


def replica(rank, name, steps, processes):
    dist.init_process_group("gloo", rank=rank, world_size=processes)
    train(name, steps, rank, processes)
    dist.destroy_process_group()


if __name__ == "__main__":
    name, steps, processes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if processes == 1:
        train(name, steps)
    else:
        os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
        os.environ.setdefault("MASTER_PORT", str(20000 + os.getpid() % 20000))
        mp.spawn(replica, (name, steps, processes), processes)
