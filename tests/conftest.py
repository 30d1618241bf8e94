"""Profiles of the property tests, quick for every run and long for `make test-long`; and what makes tests cheaper."""

import gc
import os

from hypothesis import HealthCheck, settings

_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("quick", max_examples=20, **_COMMON)
settings.register_profile("long", max_examples=1000, **_COMMON)
settings.load_profile(os.environ.get("ANNEXA_HYPOTHESIS", "quick"))

# Polars hands every step to another thread. With tables as small as those of the tests, waking an idle core for that
# takes as long as all the rest: each worker keeps to a core of its own, with as many threads as it would have had.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if _WORKER and hasattr(os, "sched_setaffinity"):
    _cores = sorted(os.sched_getaffinity(0))
    os.environ.setdefault("POLARS_MAX_THREADS", str(len(_cores)))
    os.sched_setaffinity(0, {_cores[int(_WORKER.removeprefix("gw")) % len(_cores)]})


def pytest_collection_finish() -> None:
    """What collecting made stays to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
