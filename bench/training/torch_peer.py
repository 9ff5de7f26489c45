"""How fast PyTorch trains the zoo's networks on one thread of this machine's processor, or on its CUDA GPU.

torch_peer.py ARCHITECTURE WIDTH IMAGE_SIZE BATCH CLASSES cpu|gpu: says how many parameters its network has, which BLAS this process
uses and what computes, {"parameters": count, "blas": name, "device": name}; gpu where there is no CUDA is the processor. A GPU
computes in float32 as we do, without TF32. Then for each line of standard input with a number of seconds one line of JSON,
{"nchw": images a second, "nhwc": images a second}: forward, summed cross entropy, backward, over whole batches for at least so
long in each memory layout. Convolutions pad alike on both sides, which spares PyTorch a pass over the maps
that TensorFlow's padding would need.
"""
import json
import os
import sys
import time

import torch
from torch import nn

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))
import blas  # noqa: E402


def channels(count, width):
    nearest = max(8, int(count * width / 8 + 0.5) * 8)
    return nearest + 8 if nearest < 0.9 * count * width else nearest


def convolved(inputs, outputs, size, stride, activation, groups=1):
    layers = [
        nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return layers + ([activation(inplace=True)] if activation else [])


class Residual(nn.Module):
    def __init__(self, branch, shortcut, activation):
        super().__init__()
        self.branch = nn.Sequential(*branch)
        self.shortcut = nn.Sequential(*shortcut)
        self.activation = activation

    def forward(self, x):
        y = self.branch(x) + self.shortcut(x)
        return self.activation(y) if self.activation else y


def headed(layers, features, classes):
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(features, classes))


def mobilenet_v1(width, classes):
    blocks = [(1, 64), (2, 128), (1, 128), (2, 256), (1, 256), (2, 512)] + [(1, 512)] * 5 + [(2, 1024), (1, 1024)]
    inputs = channels(32, width)
    layers = convolved(3, inputs, 3, 2, nn.ReLU6)
    for stride, count in blocks:
        outputs = channels(count, width)
        layers += convolved(inputs, inputs, 3, stride, nn.ReLU6, inputs)
        layers += convolved(inputs, outputs, 1, 1, nn.ReLU6)
        inputs = outputs
    return headed(layers, inputs, classes)


def mobilenet_v2(width, classes):
    groups = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    inputs = channels(32, width)
    layers = convolved(3, inputs, 3, 2, nn.ReLU6)
    for expansion, count, repeats, first in groups:
        outputs = channels(count, width)
        for i in range(repeats):
            stride = first if i == 0 else 1
            wide = inputs * expansion
            branch = convolved(inputs, wide, 1, 1, nn.ReLU6) if expansion > 1 else []
            branch += convolved(wide, wide, 3, stride, nn.ReLU6, wide)
            branch += convolved(wide, outputs, 1, 1, None)
            layers += [Residual(branch, [], None)] if stride == 1 and inputs == outputs else branch
            inputs = outputs
    last = max(1280, channels(1280, width))
    return headed(layers + convolved(inputs, last, 1, 1, nn.ReLU6), last, classes)


def resnet_50(width, classes):
    inputs = channels(64, width)
    layers = convolved(3, inputs, 7, 2, nn.ReLU) + [nn.MaxPool2d(3, 2, 1)]
    for count, repeats, first in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]:
        inner = channels(count, width)
        for i in range(repeats):
            stride = first if i == 0 else 1
            branch = convolved(inputs, inner, 1, 1, nn.ReLU) + convolved(inner, inner, 3, stride, nn.ReLU)
            branch += convolved(inner, 4 * inner, 1, 1, None)
            shortcut = [] if inputs == 4 * inner else convolved(inputs, 4 * inner, 1, stride, None)
            layers.append(Residual(branch, shortcut, nn.ReLU(inplace=True)))
            inputs = 4 * inner
    return headed(layers, inputs, classes)


# How many are given to a device before it is waited for.
BATCHES_AHEAD = {"cpu": 1, "cuda": 8}
NETWORKS = {"mobilenet-v1": mobilenet_v1, "mobilenet-v2": mobilenet_v2, "resnet-50": resnet_50}


class Stand:
    def __init__(self, name, width, size, batch, classes, layout, device):
        torch.manual_seed(1)
        self.device = device
        self.network = NETWORKS[name](width, classes).train().to(device, memory_format=layout)
        self.images = torch.rand(batch, 3, size, size).to(device).contiguous(memory_format=layout)
        self.labels = (torch.arange(batch) % classes).to(device)
        self.loss = nn.CrossEntropyLoss(reduction="sum")

    def once(self):
        self.network.zero_grad(set_to_none=True)
        self.loss(self.network(self.images), self.labels).backward()

    def finish(self):
        if self.device == "cuda":
            torch.cuda.synchronize()

    def measure(self, seconds):
        self.once()
        self.finish()
        start = time.perf_counter()
        batches = 0
        elapsed = 0
        while elapsed < seconds:
            for _ in range(BATCHES_AHEAD[self.device]):
                self.once()
                batches += 1
            self.finish()
            elapsed = time.perf_counter() - start
        return batches * len(self.labels) / elapsed


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    name, width, size, batch, classes, wanted = sys.argv[1:]
    device = "cuda" if wanted == "gpu" and torch.cuda.is_available() else "cpu"
    layouts = {"nchw": torch.contiguous_format, "nhwc": torch.channels_last}
    stands = {
        key: Stand(name, float(width), int(size), int(batch), int(classes), layout, device)
        for key, layout in layouts.items()
    }
    for stand in stands.values():
        stand.once()
    parameters = sum(each.numel() for each in stands["nchw"].network.parameters())
    computes = torch.cuda.get_device_name() if device == "cuda" else "one thread of the processor"
    print(json.dumps({"parameters": parameters, "blas": blas.name(), "device": computes}), flush=True)
    for line in sys.stdin:
        print(json.dumps({key: stand.measure(float(line)) for key, stand in stands.items()}), flush=True)
