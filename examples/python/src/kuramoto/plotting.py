"""Pictures and animations of phases. They need matplotlib, which is imported when one is drawn."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from .simulation import Simulation

_TURN = 2 * np.pi

# From Oklab to the cube roots of cone responses, and from their cubes to linear sRGB: B. Ottosson,
# "A perceptual color space for image processing", 2020.
_CONES_OF_OKLAB = np.array(
    [
        [1.0, +0.3963377774, +0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_SRGB_OF_CONES = np.array(
    [
        [+4.0767416621, -3.3077115913, +0.2309699292],
        [-1.2684380046, +2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, +1.7076147010],
    ]
)


def phase_colours(count: int = 1024) -> npt.NDArray[np.float64]:
    """Colours of `count` phases from 0 up to, but not including, 2π.

    Parameters
    ----------
    count : int, optional
        How many.

    Returns
    -------
    array of shape (count, 3)
        Red, green and blue in sRGB, from 0 to 1.

    Notes
    -----
    The colours lie on a circle of one lightness and one chroma in Oklab. So no phase stands out by
    being brighter, equal differences of phases look equal, and 0 and 2π have the same colour. The
    pictures of the library's program have the same colours. matplotlib's own cyclic map "twilight"
    goes from white to black and back: the eye reads its lightness as height, which phases do not have.
    """
    hue = np.radians(29.0) + _TURN * np.arange(count) / count  # the phase 0 is red
    lightness, chroma = 0.75, 0.127  # the largest chroma with the whole circle within sRGB
    oklab = np.stack([np.full(count, lightness), chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    linear = (oklab @ _CONES_OF_OKLAB.T) ** 3 @ _SRGB_OF_CONES.T
    linear = np.clip(linear, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.clip(encoded, 0.0, 1.0)


def phase_colour_map() -> Any:
    """The cyclic colour map of phases, a `matplotlib.colors.ListedColormap` for values from 0 to 2π.

    See `phase_colours`. What is masked, NaN or infinite is grey.
    """
    colours = _matplotlib("matplotlib.colors")
    return _phase_colour_map(colours)


@lru_cache(maxsize=1)
def _phase_colour_map(colours: Any) -> Any:
    colour_map = colours.ListedColormap(phase_colours(), name="kuramoto_phase")
    colour_map.set_bad((0.5, 0.5, 0.5))
    return colour_map


def plot_phases(
    theta: npt.ArrayLike,
    ax: Any = None,
    *,
    mask: npt.ArrayLike | None = None,
    colour_bar: bool = True,
    title: str | None = None,
) -> Any:
    """Draws phases as a picture, one square per cell.

    Parameters
    ----------
    theta : array, two-dimensional
        Phases, rad; wrapped or not. Row 0 is at the top.
    ax : matplotlib.axes.Axes, optional
        Where to draw. A new figure if not given.
    mask : array, optional
        0 or False where a cell is missing. Missing cells are grey.
    colour_bar : bool, optional
        Whether to draw a bar with the colours of the phases.
    title : str, optional
        Above the picture.

    Returns
    -------
    matplotlib.image.AxesImage
        The picture. `image.figure` is its figure.

    Raises
    ------
    ValueError
        If theta has not two dimensions, or the mask has another shape.
    ImportError
        Without matplotlib.
    """
    picture = _picture(theta, mask)
    if ax is None:
        _, ax = _matplotlib("matplotlib.pyplot").subplots(layout="constrained")
    image = ax.imshow(
        picture, cmap=phase_colour_map(), vmin=0.0, vmax=_TURN, interpolation="nearest", origin="upper"
    )
    ax.set_xlabel("column")
    ax.set_ylabel("row")
    if title is not None:
        ax.set_title(title)
    if colour_bar:
        bar = ax.figure.colorbar(image, ax=ax, label="phase θ, rad", ticks=[0, np.pi / 2, np.pi, 3 * np.pi / 2, _TURN])
        bar.ax.set_yticklabels(["0", "π/2", "π", "3π/2", "2π"])
    return image


def animate(
    simulation: Union[Simulation, Sequence[npt.ArrayLike], npt.NDArray[Any]],
    frames: int | None = None,
    every: float = 1,
    *,
    ax: Any = None,
    mask: npt.ArrayLike | None = None,
    colour_bar: bool = True,
    interval: float = 50.0,
    repeat: bool | None = None,
) -> Any:
    """An animation of a simulation while it runs, or of phases that were recorded.

    Parameters
    ----------
    simulation : Simulation, sequence of arrays or array with three dimensions
        What to show. A simulation is advanced as the frames are drawn.
    frames : int, optional
        How many frames; the first shows the state as it is now. 100 for a simulation, all of a
        sequence if not given.
    every : int or float, optional
        Steps from frame to frame; with DormandPrince54 a duration. Of a sequence, how many arrays
        further the next frame is.
    ax : matplotlib.axes.Axes, optional
        Where to draw. A new figure if not given.
    mask, colour_bar
        As in `plot_phases`.
    interval : float, optional
        Milliseconds from frame to frame.
    repeat : bool, optional
        Whether to begin again after the last frame. A sequence does unless told not to; a simulation
        cannot go back, and stops at its last state.

    Returns
    -------
    matplotlib.animation.FuncAnimation
        Keep it in a variable: matplotlib stops an animation that nobody holds. `animation.save(path)`
        writes a film; in a notebook, `IPython.display.HTML(animation.to_jshtml())` shows it.

    Raises
    ------
    ValueError
        For frames or every that are not positive.
    ImportError
        Without matplotlib.
    """
    if not every > 0:
        raise ValueError(f"every must be positive, but is {every}")
    if isinstance(simulation, (Sequence, np.ndarray)):
        return _animation_of_record(simulation, frames, int(every), ax, mask, colour_bar, interval, repeat)
    count = 100 if frames is None else _checked_frames(frames)
    return _animation_of_run(simulation, count, every, ax, mask, colour_bar, interval)


def _animation_of_run(
    simulation: Simulation,
    frames: int,
    every: float,
    ax: Any,
    mask: npt.ArrayLike | None,
    colour_bar: bool,
    interval: float,
) -> Any:
    image = plot_phases(simulation.theta, ax, mask=mask, colour_bar=colour_bar, title=_title(simulation))
    first = simulation.time if simulation.is_adaptive else simulation.step

    def draw(frame: int) -> list[Any]:
        here = simulation.time if simulation.is_adaptive else simulation.step
        due = first + frame * every - here
        if due > 0:  # a frame may be drawn again, and the run does not go back
            simulation.run(due)
        image.set_data(_picture(simulation.theta, mask))
        image.axes.set_title(_title(simulation))
        return [image]

    return _animated(image, draw, frames, interval, repeat=False)


def _animation_of_record(
    record: Union[Sequence[npt.ArrayLike], npt.NDArray[Any]],
    frames: int | None,
    every: int,
    ax: Any,
    mask: npt.ArrayLike | None,
    colour_bar: bool,
    interval: float,
    repeat: bool | None,
) -> Any:
    if len(record) == 0:
        raise ValueError("the sequence of phases is empty: there is nothing to show")
    if every < 1:
        raise ValueError("every must be at least 1 for a sequence of phases")
    shown = record[::every]
    count = len(shown) if frames is None else min(_checked_frames(frames), len(shown))
    image = plot_phases(shown[0], ax, mask=mask, colour_bar=colour_bar)

    def draw(frame: int) -> list[Any]:
        image.set_data(_picture(shown[frame], mask))
        return [image]

    return _animated(image, draw, count, interval, repeat=True if repeat is None else repeat)


def _animated(image: Any, draw: Any, frames: int, interval: float, *, repeat: bool) -> Any:
    return _matplotlib("matplotlib.animation").FuncAnimation(
        image.figure,
        draw,
        frames=frames,
        init_func=lambda: [image],
        interval=interval,
        repeat=repeat,
        cache_frame_data=False,
    )


def _picture(theta: npt.ArrayLike, mask: npt.ArrayLike | None) -> npt.NDArray[np.float64]:
    """Phases in [0, 2π], masked where a cell is missing or a phase is not finite."""
    phases = np.asarray(theta, dtype=np.float64)  # in float, turns taken from many turns would be wrong
    if phases.ndim != 2:
        raise ValueError(f"theta must have two dimensions, but its shape is {phases.shape}")
    is_missing = ~np.isfinite(phases)
    if mask is not None:
        present = np.asarray(mask)
        if present.shape != phases.shape:
            raise ValueError(f"mask has the shape {present.shape}, but theta has {phases.shape}")
        is_missing |= present == 0
    wrapped = np.mod(np.where(is_missing, 0.0, phases), _TURN)
    picture: npt.NDArray[np.float64] = np.ma.array(wrapped, mask=is_missing)  # type: ignore[no-untyped-call]
    return picture


def _title(simulation: Simulation) -> str:
    return f"step {simulation.step}, time {simulation.time:.6g}"


def _checked_frames(frames: int) -> int:
    if frames < 1:
        raise ValueError(f"frames must be at least 1, but is {frames}")
    return frames


def _matplotlib(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != "matplotlib":
            raise
        raise ImportError("pictures need matplotlib: python3 -m pip install matplotlib") from error
