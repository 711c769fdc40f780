"""Argument types for argparse that several scripts use. An invalid argument ends a script with status 2."""

import argparse
import re


def number_between(lowest, highest):
    """A number from `lowest` to below `highest`."""

    def number(text):
        if not lowest <= float(text) < highest:
            raise ValueError
        return float(text)

    return number


def positive(text):
    """A whole number of at least 1."""
    if int(text) < 1:
        raise ValueError
    return int(text)


def regular_expression(text):
    """The text of a regular expression."""
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"not a regular expression: {error}") from error
    return text
