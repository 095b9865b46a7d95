"""Runs notebooks with nbclient inside the runtime image, in order, each from top to bottom with a kernel of its own.

Takes from the file named first: {notebook: [code, …]}; prints: {notebook: [[output, …], …]} as nbformat has them.
"""

import json
import sys

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

with open(sys.argv[1]) as file:
    notebooks = json.load(file)
outputs = {}
for name, codes in notebooks.items():
    notebook = new_notebook(cells=[new_code_cell(code) for code in codes])
    # A cell that fails says so, and the next one runs: as ours do.
    client = NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": "/project"}})
    client.execute()
    outputs[name] = [cell.outputs for cell in notebook.cells]
json.dump(outputs, sys.stdout)
