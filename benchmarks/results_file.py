"""Reads results in the format of Google Benchmark, which run.py writes, too."""

import json
import pathlib

from verdict import Failure


def read_results(path):
    """The context and the list of results of a file. Raises a Failure with the path if the file has another format."""
    try:
        found = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        context, results = found.get("context", {}), found["benchmarks"]
        if not isinstance(context, dict) or not isinstance(results, list):
            raise TypeError("context or benchmarks is of another type")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Failure(f"{path}: not a result of Google Benchmark: {error!r}") from error
    return context, results
