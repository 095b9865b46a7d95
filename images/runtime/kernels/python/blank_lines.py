"""Keeps the blank lines that a cell begins with: lines of errors are counted from its first, as the author sees them."""

from IPython.core.inputtransformer2 import leading_empty_lines


def keep_blank_lines(shell):
    transforms = shell.input_transformer_manager.cleanup_transforms
    transforms[transforms.index(leading_empty_lines)] = _strip_before_magic


def _strip_before_magic(lines):
    # `%%magic` is looked for in the first line only.
    first = next((line for line in lines if line.strip()), "")
    return leading_empty_lines(lines) if first.startswith("%%") else lines
