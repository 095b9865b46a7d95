"""Which modules a cell imports: whoever runs it may want to know what it will need."""

import ast

MAX_NAMES = 100


class Imports:
    """One of IPython's AST transformers, which changes nothing and remembers names."""

    def __init__(self):
        self._names = {}

    def visit(self, tree):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module]
            else:
                continue
            self._names |= dict.fromkeys(module.partition(".")[0] for module in modules)
        return tree

    def take(self):
        """The top-level modules of what was visited since the last call, in order."""
        names, self._names = [*self._names][:MAX_NAMES], {}
        return names
