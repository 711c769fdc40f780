"""Pictures and animations: their colours, and what they do to a simulation."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kuramoto
from kuramoto.plotting import phase_colours

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")


@pytest.fixture(autouse=True)
def close_figures() -> Any:
    yield
    importlib.import_module("matplotlib.pyplot").close("all")


def phases() -> Any:
    return np.random.default_rng(1).uniform(-20, 20, (7, 9))


def lightness(colours: Any) -> Any:
    """Of Oklab."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    cones = linear @ np.array(
        [
            [0.4122214708, 0.2119034982, 0.0883024619],
            [0.5363325363, 0.6806995451, 0.2817188376],
            [0.0514459929, 0.1073969566, 0.6299787005],
        ]
    )
    return np.cbrt(cones) @ np.array([0.2104542553, 0.7936177850, -0.0040720468])


def test_all_phases_are_equally_light() -> None:
    colours = phase_colours()
    assert colours.shape == (1024, 3)
    assert colours.min() > 0 and colours.max() < 1.001
    np.testing.assert_allclose(lightness(colours), 0.75, atol=2e-3)


def test_the_circle_of_colours_closes() -> None:
    colours = phase_colours(256)
    steps = np.linalg.norm(np.roll(colours, -1, axis=0) - colours, axis=1)
    assert steps[-1] < 1.5 * steps[:-1].max()


def test_plot_phases_wraps_them() -> None:
    image = kuramoto.plot_phases(phases(), title="at random")
    picture = image.get_array()
    assert picture.shape == (7, 9)
    assert 0 <= picture.min() and picture.max() <= 2 * np.pi
    np.testing.assert_allclose(np.exp(1j * picture), np.exp(1j * phases()), atol=1e-13)
    assert image.get_clim() == (0, 2 * np.pi)
    assert image.axes.get_title() == "at random"


def test_missing_cells_and_numbers_that_are_none_are_grey() -> None:
    theta = phases()
    theta[1, 2], theta[3, 4] = np.nan, np.inf
    mask = np.ones((7, 9), bool)
    mask[5, 6] = False
    image = kuramoto.plot_phases(theta, mask=mask)
    assert sorted(zip(*np.nonzero(image.get_array().mask))) == [(1, 2), (3, 4), (5, 6)]
    assert tuple(image.get_cmap()(np.ma.masked)[:3]) == (0.5, 0.5, 0.5)


def test_plot_phases_on_axes() -> None:
    _, axes = importlib.import_module("matplotlib.pyplot").subplots()
    assert kuramoto.plot_phases(phases().astype(np.float32), axes, colour_bar=False).axes is axes


def test_what_is_no_picture() -> None:
    with pytest.raises(ValueError, match="theta"):
        kuramoto.plot_phases(phases()[0])
    with pytest.raises(ValueError, match="mask"):
        kuramoto.plot_phases(phases(), mask=np.ones((2, 2)))
    with pytest.raises(ValueError, match="every"):
        kuramoto.animate([phases()], every=0)
    with pytest.raises(ValueError, match="frames"):
        kuramoto.animate([phases()], frames=0)
    with pytest.raises(ValueError, match="empty"):
        kuramoto.animate([])


@pytest.mark.parametrize("stepper", [kuramoto.Euler(0.1), kuramoto.DormandPrince54()])
def test_an_animation_advances_a_simulation(stepper: Any, tmp_path: Path) -> None:
    simulation = kuramoto.Simulation(kuramoto.Model(), phases(), stepper)
    animation = kuramoto.animate(simulation, frames=4, every=5)
    animation.save(tmp_path / "run.gif", writer="pillow", dpi=40)
    assert (simulation.time if simulation.is_adaptive else simulation.step) == 15
    assert (tmp_path / "run.gif").stat().st_size > 1000


def test_an_animation_of_a_record(tmp_path: Path) -> None:
    record = [phases() + k for k in range(7)]
    animation = kuramoto.animate(record, every=3)
    animation.save(tmp_path / "record.gif", writer="pillow", dpi=40)
    with importlib.import_module("PIL.Image").open(tmp_path / "record.gif") as film:
        assert film.n_frames == 3
    kuramoto.animate(np.stack(record), frames=2).save(tmp_path / "array.gif", writer="pillow", dpi=40)


def test_without_matplotlib(monkeypatch: Any) -> None:
    import_module = importlib.import_module

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return import_module(name, *rest)

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(ImportError, match="pictures need matplotlib"):
        kuramoto.plot_phases(phases())
