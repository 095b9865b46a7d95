import { expect, test } from "vitest";
import { hintsOf } from "./hints.ts";

test.each([
  ["import torch", "imports torch", false],
  ["import numpy as np, torch.nn as nn", "imports torch", false],
  ["from torch import nn", "imports torch", false],
  ["from numba import cuda", "imports numba", false],
  ["import jax.numpy as jnp", "imports jax", false],
  ["model = net.cuda()", "calls .cuda()", true],
  ['x = x.to("cuda:0")', 'calls .to("cuda")', true],
  ["d = torch.device('cuda')", "makes a CUDA device", true],
  ["AutoModel.from_pretrained('m', device_map='auto')", "places a model with device_map", true],
  ["torch.zeros(3, device='cuda')", 'asks for device="cuda"', true],
  ["!pip install torch==2.9 numpy", "installs torch==2.9", false],
  ["%pip install -q jax[cuda12]\nx = 1", "installs jax[cuda12]", false],
  ["if True:\n    def f():\n        import torch", "imports torch", false],
])("%j will want a GPU", (code, why, uses) => {
  expect(hintsOf("python", code)).toMatchObject({ gpu: why, usesGpu: uses });
});

test.each([
  ["# import torch"],
  ["text = 'import torch'"],
  ['"""\nmodel.cuda()\n"""'],
  ["print('x.to(\"cuda\")')"],
  ["import torchlight_of_mine"],
  ["x.to('cpu')"],
  ["f(device_map='cpu')"],
  ["!pip install numpy # torch"],
  ["cuda = 3"],
  ["import os\nos.path.join('torch', 'cuda')"],
  ["from numba import jit"],
])("%j wants none", (code) => {
  expect(hintsOf("python", code)).toEqual({ gpu: null, usesGpu: false, files: [] });
});

test("files that are read whole are named, as far as the code names them", () => {
  const code = `import pandas as pd
a = pd.read_csv("data/big.csv", sep=";")
b = pd.read_parquet('x.parquet')
c = pd.read_csv(f"data/{name}.csv")
d = pd.read_csv(path)
# pd.read_csv("not.csv")`;
  expect(hintsOf("python", code).files).toEqual(["data/big.csv", "x.parquet"]);
});

test("shell cells install, other languages give no hints, and code that does not parse is read as far as it goes", () => {
  expect(hintsOf("bash", "cd /tmp\npip install torch").gpu).toBe("installs torch");
  expect(hintsOf("r", "library(torch)")).toEqual({ gpu: null, usesGpu: false, files: [] });
  expect(hintsOf("python", "import torch\nx = (((").gpu).toBe("imports torch");
});
