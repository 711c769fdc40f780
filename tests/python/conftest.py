"""The tests of the Python package. Run them with the folder of the built package on PYTHONPATH."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "kuramoto",
    derandomize=True,
    deadline=None,
    max_examples=10 if os.environ.get("KURAMOTO_FEW_EXAMPLES") else 100,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("kuramoto")
