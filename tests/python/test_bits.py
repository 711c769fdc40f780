"""The module gives the bits of the program kuramoto-simulate, which is C++ from end to end."""

import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import kuramoto as km

PROGRAM = os.environ.get("KURAMOTO_PROGRAM", "")
ROWS, COLS, DT, STEPS = 37, 53, 0.05, 40

# What the program is told, and the same for the module.
CASES: dict[str, tuple[list[str], dict[str, Any], km.Stepper]] = {
    "sine": ([], {}, km.Euler(DT)),
    "periodic, heun": (["--boundary", "periodic", "--stepper", "heun"], {"boundary": "periodic"}, km.Heun(DT)),
    "lag, rk4": (["--lag", "0.375", "--stepper", "rk4"], {"coupling": km.SakaguchiSine(0.375)}, km.RungeKutta4(DT)),
    "linear": (["--coupling", "linear"], {"coupling": "linear"}, km.Euler(DT)),
    "harmonics": (["--coupling", "harmonics:1,0.5,0.25"], {"coupling": km.Harmonics([1, 0.5, 0.25])}, km.Euler(DT)),
    "mean field": (["--mean-field", "0.75"], {"mean_field": km.MeanField(0.75)}, km.Euler(DT)),
    "noise": (["--noise", "0.25", "--seed", "7"], {}, km.LeimkuhlerMatthews(DT, 0.25, 7)),
    "noise, euler-maruyama": (
        ["--noise", "0.25", "--seed", "7", "--stepper", "euler-maruyama"], {}, km.EulerMaruyama(DT, 0.25, 7)),
    "inertia": (["--inertia", "2", "--damping", "0.5"], {"inertia": km.Inertia(2, 0.5)}, km.VelocityVerlet(DT)),
    "inertia, noise": (
        ["--inertia", "2", "--damping", "0.5", "--noise", "0.25", "--seed", "7"],
        {"inertia": km.Inertia(2, 0.5)},
        km.BAOAB(DT, 0.25, 7),
    ),
}
POLICIES = {"serial": km.Serial(), "fused": km.Fused(), "openmp": km.OpenMP(threads=2, min_cells_per_thread=1),
            "threads": km.Threads(threads=2, min_cells_per_thread=1)}


@pytest.mark.skipif(not PROGRAM, reason="KURAMOTO_PROGRAM does not name the program")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("case", CASES)
def test_bits_are_those_of_the_program(tmp_path: Path, case: str, policy: str, dtype: type) -> None:
    options, parts, stepper = CASES[case]
    theta: npt.NDArray[Any] = np.empty((ROWS, COLS), dtype)
    omega = np.empty_like(theta)
    km.uniform_phases(theta, 3)
    km.normal_frequencies(omega, 0.0, 0.25, 4)
    np.save(tmp_path / "theta.npy", theta)
    np.save(tmp_path / "omega.npy", omega)
    command = [PROGRAM, "--theta", "theta.npy", "--omega", "omega.npy", "-K", "0.5", "--dt", str(DT)]
    command += ["--steps", str(STEPS), "--policy", policy, "--save", "end.npy", "--quiet", *options]
    subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)

    model = km.Model(K=0.5, omega=omega, **parts)
    velocity = np.zeros_like(theta) if model.has_inertia else None
    for first in range(0, STEPS, 8):  # in pieces
        km.advance(model, theta, 8, stepper, policy=POLICIES[policy], velocity=velocity, first_step=first)
    expected = np.load(tmp_path / "end.npy")
    assert expected.dtype == theta.dtype
    np.testing.assert_array_equal(theta.view(np.uint8), expected.view(np.uint8))
