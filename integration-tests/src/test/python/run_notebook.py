"""Executes a notebook from top to bottom in a kernel of its own, as a reader would in its folder.

    run_notebook.py NOTEBOOK.ipynb EXECUTED.ipynb

A cell that fails ends it with exit code 1 and the cell's source and error on standard error.
"""

import pathlib
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

source, executed = map(pathlib.Path, sys.argv[1:])
notebook = nbformat.read(source, as_version=4)
nbformat.validate(notebook)
client = NotebookClient(
    notebook,
    timeout=300,
    kernel_name="python3",
    resources={"metadata": {"path": str(source.parent)}},
)
try:
    client.execute()
except CellExecutionError as error:
    sys.exit(str(error))
finally:
    nbformat.write(notebook, executed)
