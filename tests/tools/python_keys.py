"""Prints every configuration key of the Python package, read from its schema without importing it.

Usage: python_keys.py path/to/regstack/config/schema.py
"""

import ast
import sys

ROOT = "RegStackConfig"


def fields(class_, classes, prefix=""):
    for node in class_.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        annotation = node.annotation
        section = classes.get(annotation.id) if isinstance(annotation, ast.Name) else None
        if section is not None:
            yield from fields(section, classes, f"{prefix}{node.target.id}.")
        elif node.target.id != "model_config":
            yield f"{prefix}{node.target.id}"


with open(sys.argv[1], encoding="utf-8") as file:
    tree = ast.parse(file.read())
found = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
print("\n".join(fields(found[ROOT], found)))
