"""The assistant's tools: a calculator that computes, and an issue tracker that is really unreachable."""

from __future__ import annotations

import ast
import operator
import socket
from collections.abc import Callable
from typing import Any

BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
}  # fmt: skip
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}
LARGEST_POWER = 200

DEFINITIONS = [
    {
        "type": "function",
        "name": "calculator",
        "description": "Compute an arithmetic expression",
        "parameters": {
            "type": "object", "properties": {"expression": {"type": "string"}}, "required": ["expression"],
        },
    },
    {
        "type": "function",
        "name": "search_tracker",
        "description": "Search the issue tracker for open bugs",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
    },
]  # fmt: skip


def calculator(expression: str) -> str:
    """The value of an arithmetic expression; raises ValueError or ZeroDivisionError, never evaluates names."""
    try:
        tree = ast.parse(expression, mode="eval")
    except SyntaxError as error:
        raise ValueError("not an arithmetic expression") from error
    value = _compute(tree.body)
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _compute(node: ast.AST) -> Any:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        left, right = _compute(node.left), _compute(node.right)
        if isinstance(node.op, ast.Pow) and abs(right) > LARGEST_POWER:
            raise ValueError("power too large")
        return BINARY[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and type(node.op) in UNARY:
        return UNARY[type(node.op)](_compute(node.operand))
    raise ValueError("not an arithmetic expression")


def search_tracker(query: str) -> str:
    """Ask the tracker for open bugs; nothing listens at its address, so this raises ConnectionRefusedError."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        address = reserved.getsockname()
    with socket.create_connection(address, timeout=1) as connection:
        connection.sendall(query.encode())
        return connection.recv(4096).decode()


TOOLS: dict[str, Callable[..., str]] = {"calculator": calculator, "search_tracker": search_tracker}
