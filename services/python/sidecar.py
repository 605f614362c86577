"""Runs a recipe's own Python functions for Millrace: frames in on standard input, frames out on what was standard output.

A frame is its length (4 bytes, big-endian) and so much JSON.
  {"load": id, "program": {"source": {"lambda": code} | {"file": path, "function": name}, "batched": bool}}
      -> {"loaded": id} or {"refused": "why"}
  {"call": id, "sample": {...}}
      -> {"rows": [sample, ...], "whole": bool} or {"failed": "why"}; whole: the rows are all that is left of the sample
"""
import ast
import importlib.util
import inspect
import json
import math
import os
import struct
import sys


def read_frame(stream):
    head = stream.read(4)
    if len(head) < 4:
        return None
    return json.loads(stream.read(struct.unpack(">I", head)[0]))


def write_frame(stream, value):
    payload = json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")
    stream.write(struct.pack(">I", len(payload)) + payload)
    stream.flush()


def lambda_of(code):
    if not code:
        return lambda sample: sample
    tree = ast.parse(code.strip(), mode="eval")
    if not isinstance(tree.body, ast.Lambda):
        raise ValueError("it is not a lambda")
    if len(tree.body.args.args) != 1:
        raise ValueError("it must have exactly one argument")
    return eval(compile(tree, "lambda_str", "eval"), {"__builtins__": __builtins__})


def function_of(path, name):
    if not path:
        return lambda sample: sample
    if not os.path.isfile(path):
        raise ValueError(f"there is no file {path}")
    if not path.endswith(".py"):
        raise ValueError(f"{path} does not end in .py")
    module_name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(module_name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        raise ValueError(f"{path} has no function {name}")
    if len(inspect.getfullargspec(function).args) != 1:
        raise ValueError(f"the function {name} of {path} must take exactly one argument")
    return function


def load(program):
    source = program["source"]
    function = lambda_of(source["lambda"]) if "lambda" in source else function_of(source["file"], source["function"])
    return function, program["batched"]


def plain(value):
    """A value as JSON can say it: no tuples, bytes, NumPy scalars, NaN or infinities."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.hex() if isinstance(value, bytes) else value


def mapping(result):
    if not isinstance(result, dict):
        raise ValueError(f"the function must return a dictionary, and it gave {type(result).__name__}")
    return result


def call(function, batched, sample):
    if not batched:
        return {"rows": [plain(mapping(function(sample)))], "whole": False}
    columns = mapping(function({key: [value] for key, value in sample.items()}))
    count = max((len(column) for column in columns.values()), default=0)
    if any(len(column) != count for column in columns.values()):
        raise ValueError("the lists of the returned dictionary differ in length")
    rows = [{key: plain(column[i]) for key, column in columns.items()} for i in range(count)]
    return {"rows": rows, "whole": count != 1}


def answer(request, functions):
    if "load" in request:
        try:
            functions[request["load"]] = load(request["program"])
            return {"loaded": request["load"]}
        except Exception as error:
            return {"refused": f"{type(error).__name__}: {error}"}
    try:
        return call(*functions[request["call"]], request["sample"])
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"}


def main():
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What the functions print must not get between the frames.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    functions = {}
    while (request := read_frame(requests)) is not None:
        reply = answer(request, functions)
        try:
            write_frame(answers, reply)
        except (TypeError, ValueError) as error:
            write_frame(answers, {"failed": f"{type(error).__name__}: {error}"})


main()
