"""The package as a whole."""

import os
from pathlib import Path

import pytest

from kuramoto import _core

MOST_BYTES = 6e6


@pytest.mark.skipif(bool(os.environ.get("KURAMOTO_ANY_SIZE")), reason="a build with symbols or sanitizers")
def test_the_module_is_small() -> None:
    assert Path(_core.__file__).stat().st_size <= MOST_BYTES
