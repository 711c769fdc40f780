// Initial states: functions that fill an array where it lies.
#include "model.hpp"

#include <kuramoto/initial/frequency_patterns.hpp>
#include <kuramoto/initial/mixtures.hpp>
#include <kuramoto/initial/phase_patterns.hpp>
#include <kuramoto/initial/quantiles.hpp>
#include <kuramoto/initial/random.hpp>
#include <kuramoto/initial/vortex_phases.hpp>
#include <kuramoto/long_runs/phase_wrapping.hpp>
#include <kuramoto/long_runs/rotating_frame.hpp>

#include <pybind11/stl.h>

#include <cstdint>
#include <string>
#include <vector>

namespace kuramoto_python {

using namespace pybind11::literals;

namespace {

/// fill(workers, grid) on the argument, with the lock released.
template <class Fill> void filled(py::handle argument, const char* name, const Policy& policy, const Fill& fill) {
    const Array cells = writable(argument, name);
    with_grid(cells, [&](const auto& grid) {
        const km::AnyPolicy workers = rt::workers_of(policy.policy);
        const py::gil_scoped_release released;
        fill(workers, grid);
    });
}

km::Axis axis_named(const std::string& name) {
    if (name == "rows") return km::Axis::rows;
    if (name == "cols") return km::Axis::cols;
    throw py::value_error("axis must be rows or cols, but is '" + name + "'");
}

/// Turns that wrapping took from phases, of the precision of the phases.
struct Turns {
    static void* operator new(std::size_t) { throw_unmade(); } // see made_for_python
    std::variant<km::WrappedTurns<float>, km::WrappedTurns<double>> turns;
};

std::unique_ptr<Turns> wrapped_turns(std::ptrdiff_t rows, std::ptrdiff_t cols, py::object dtype) {
    if (is_float32_argument(dtype)) return made_for_python(Turns{km::WrappedTurns<float>(rows, cols)});
    return made_for_python(Turns{km::WrappedTurns<double>(rows, cols)});
}

template <class T> km::WrappedTurns<T>& turns_for(Turns& turns) {
    if (auto* found = std::get_if<km::WrappedTurns<T>>(&turns.turns)) return *found;
    throw py::type_error(std::string("turns are for cells of ") + precision_name(!std::is_same_v<T, float>) +
                         ", but theta has cells of " + precision_name(std::is_same_v<T, float>));
}

/// A function of Python that fills `array` by fill(workers, cells, numbers...).
template <class... Numbers, class Fill, class... Arguments>
void bind_fill(py::module_& module, const char* name, const char* array, const char* help, const Fill& fill,
               const Arguments&... arguments) {
    module.def(
        name,
        [array, fill](py::object cells, const Numbers&... numbers, const Policy& policy) {
            filled(cells, array, policy,
                   [&](const auto& workers, const auto& grid) { fill(workers, grid, numbers...); });
        },
        py::arg(array), arguments..., py::kw_only(), "policy"_a = module.attr("OpenMP")(), help);
}

} // namespace

void bind_initial(py::module_& module) {
    const py::object usual = module.attr("OpenMP")();
    bind_fill<std::uint64_t>(
        module, "uniform_phases", "theta", "Fills theta with independent phases, uniform in [0, 2π), rad.",
        [](const auto&... of) { km::uniform_phases(of...); }, "seed"_a);
    bind_fill<double, double, std::uint64_t>(
        module, "normal_phases", "theta", "Fills theta with independent normal phases, rad.",
        [](const auto&... of) { km::normal_phases(of...); }, "mean"_a, "deviation"_a, "seed"_a);
    bind_fill<double>(
        module, "equal_phases", "theta", "Fills theta with one phase, rad.",
        [](const auto&... of) { km::equal_phases(of...); }, "phase"_a);
    bind_fill<double, double, double>(
        module, "plane_wave_phases", "theta",
        "Fills theta with a plane wave: rows and cols are the phase differences from one row and column to "
        "the next, rad.",
        [](const auto& workers, const auto& cells, double rows, double cols, double phase) {
            km::plane_wave_phases(workers, cells, km::PlaneWave{rows, cols, phase});
        },
        "rows"_a, "cols"_a, "phase"_a = 0.0);
    bind_fill<std::int64_t, std::int64_t, double>(
        module, "twisted_phases", "theta",
        "Fills theta with a twisted state: rows and cols are whole turns over all rows and columns.",
        [](const auto& workers, const auto& cells, std::int64_t rows, std::int64_t cols, double phase) {
            km::twisted_phases(workers, cells, km::TwistedState{rows, cols, phase});
        },
        "rows"_a, "cols"_a, "phase"_a = 0.0);
    bind_fill<double, double, double, double>(
        module, "target_phases", "theta",
        "Fills theta with a target wave around (row, col), with a wavelength in cells.",
        [](const auto& workers, const auto& cells, double row, double col, double wavelength, double phase) {
            km::target_phases(workers, cells, km::TargetWave{row, col, wavelength, phase});
        },
        "row"_a, "col"_a, "wavelength"_a, "phase"_a = 0.0);
    bind_fill<double, double, int, double, double>(
        module, "spiral_phases", "theta",
        "Fills theta with a spiral wave around (row, col), with a number of arms and a wavelength in cells.",
        [](const auto& workers, const auto& cells, double row, double col, int arms, double wavelength, double phase) {
            km::spiral_phases(workers, cells, km::SpiralWave{row, col, arms, wavelength, phase});
        },
        "row"_a, "col"_a, "arms"_a, "wavelength"_a, "phase"_a = 0.0);
    bind_fill<std::vector<km::Vortex>>(
        module, "vortex_phases", "theta", "Fills theta with the phases of a list of Vortex.",
        [](const auto&... of) { km::vortex_phases(of...); }, "vortices"_a);

    bind_fill<double, double, std::uint64_t>(
        module, "uniform_frequencies", "omega",
        "Fills omega with independent frequencies, uniform in [low, high], rad / time.",
        [](const auto&... of) { km::uniform_frequencies(of...); }, "low"_a, "high"_a, "seed"_a);
    bind_fill<double, double, std::uint64_t>(
        module, "normal_frequencies", "omega", "Fills omega with independent normal frequencies, rad / time.",
        [](const auto&... of) { km::normal_frequencies(of...); }, "mean"_a, "deviation"_a, "seed"_a);
    bind_fill<double, double, std::uint64_t>(
        module, "lorentzian_frequencies", "omega", "Fills omega with independent Lorentzian frequencies, rad / time.",
        [](const auto&... of) { km::lorentzian_frequencies(of...); }, "centre"_a, "half_width"_a, "seed"_a);
    bind_fill<double, double, double, std::uint64_t>(
        module, "truncated_lorentzian_frequencies", "omega",
        "Fills omega with Lorentzian frequencies at most `cut` from the centre, rad / time.",
        [](const auto&... of) { km::truncated_lorentzian_frequencies(of...); }, "centre"_a, "half_width"_a, "cut"_a,
        "seed"_a);
    bind_fill<double, double, double, std::uint64_t>(
        module, "mixed_frequencies", "omega",
        "Fills omega with two frequencies mixed at random, rad / time: `second` with probability `share`.",
        [](const auto&... of) { km::mixed_frequencies(of...); }, "first"_a, "second"_a, "share"_a, "seed"_a);
    bind_fill<double, double, std::uint64_t>(
        module, "uniform_quantiles", "omega",
        "Fills omega with the quantiles of a uniform distribution, at random places, rad / time.",
        [](const auto&... of) { km::uniform_quantiles(of...); }, "low"_a, "high"_a, "seed"_a);
    bind_fill<double, double, std::uint64_t>(
        module, "normal_quantiles", "omega",
        "Fills omega with the quantiles of a normal distribution, at random places, rad / time.",
        [](const auto&... of) { km::normal_quantiles(of...); }, "mean"_a, "deviation"_a, "seed"_a);
    bind_fill<double, double, std::uint64_t>(
        module, "lorentzian_quantiles", "omega",
        "Fills omega with the quantiles of a Lorentzian distribution, at random places, rad / time.",
        [](const auto&... of) { km::lorentzian_quantiles(of...); }, "centre"_a, "half_width"_a, "seed"_a);
    bind_fill<double>(
        module, "equal_frequencies", "omega", "Fills omega with one frequency, rad / time.",
        [](const auto&... of) { km::equal_frequencies(of...); }, "frequency"_a);
    bind_fill<double, double, std::string>(
        module, "gradient_frequencies", "omega",
        "Fills omega with frequencies from `first` to `last` along the axis \"rows\" or \"cols\", rad / time.",
        [](const auto& workers, const auto& cells, double first, double last, const std::string& axis) {
            km::gradient_frequencies(workers, cells, first, last, axis_named(axis));
        },
        "first"_a, "last"_a, "axis"_a);
    bind_fill<double, double, std::string>(
        module, "halved_frequencies", "omega",
        "Fills omega with two halves along the axis \"rows\" or \"cols\", rad / time.",
        [](const auto& workers, const auto& cells, double first, double second, const std::string& axis) {
            km::halved_frequencies(workers, cells, first, second, axis_named(axis));
        },
        "first"_a, "second"_a, "axis"_a);
    bind_fill<double, double>(
        module, "checkerboard_frequencies", "omega", "Fills omega with two frequencies in turn, rad / time.",
        [](const auto&... of) { km::checkerboard_frequencies(of...); }, "first"_a, "second"_a);
    bind_fill<double, double, double, double, double>(
        module, "defect_frequencies", "omega",
        "Fills omega with a disc around (row, col) whose frequency differs, rad / time.",
        [](const auto& workers, const auto& cells, double row, double col, double radius, double inside,
           double outside) { km::defect_frequencies(workers, cells, km::Defect{row, col, radius, inside, outside}); },
        "row"_a, "col"_a, "radius"_a, "inside"_a = 1.0, "outside"_a = 0.0);

    py::class_<Turns>(module, "WrappedTurns",
                      R"(The turns that wrap has taken from phases; zero at the beginning of a run.

Parameters
----------
rows, cols : int
    Shape of the phases.
dtype : dtype
    Precision of the phases.)")
        .def(py::init(&wrapped_turns), "rows"_a, "cols"_a, "dtype"_a);
    module.def(
        "wrap",
        [](py::object theta, Turns& turns, const Policy& policy) {
            filled(theta, "theta", policy, [&]<class T>(const auto& workers, const km::Grid<T>& cells) {
                km::wrap(workers, cells, turns_for<T>(turns));
            });
        },
        "theta"_a, "turns"_a, py::kw_only(), "policy"_a = usual,
        "Takes whole turns from the phases until they lie in [−π, π], and adds them to `turns`. For periodic "
        "couplings.");
    module.def(
        "unwrapped",
        [](py::object theta, Turns& turns, const Policy& policy) {
            const Array cells = readable(theta, "theta");
            py::array_t<double> out = new_array<double>(cells.rows, cells.cols);
            const Array to = writable(out, "out");
            with_grid(cells, [&]<class T>(const km::Grid<T>&) {
                const km::AnyPolicy workers = rt::workers_of(policy.policy);
                const km::WrappedTurns<T>& taken = turns_for<T>(turns);
                const py::gil_scoped_release released;
                km::unwrapped(workers, cells.grid<const T>(), taken, to.grid<double>());
            });
            return out;
        },
        "theta"_a, "turns"_a, py::kw_only(), "policy"_a = usual, "The whole phases, rad: a new array of float64.");
    module.def(
        "mean_frequency",
        [](py::object omega, const Policy& policy) {
            const Array cells = readable(omega, "omega");
            return with_grid(cells, [&]<class T>(const km::Grid<T>& grid) {
                const km::AnyPolicy workers = rt::workers_of(policy.policy);
                const py::gil_scoped_release released;
                return km::mean_frequency(workers, km::Grid<const T>(grid));
            });
        },
        "omega"_a, py::kw_only(), "policy"_a = usual, "The mean of an array of frequencies, rad / time.");

    py::class_<km::RotatingFrame>(
        module, "RotatingFrame",
        "A frame that rotates with a constant frequency. At time 0 it agrees with the laboratory.")
        .def(py::init([](double frequency) { return km::RotatingFrame{frequency}; }), "frequency"_a)
        .def_readonly("frequency", &km::RotatingFrame::frequency, "rad / time.")
        .def(
            "angle", [](const km::RotatingFrame& self, double time) { return self.angle(time); }, "time"_a,
            "The angle of the frame at a time, rad.");
    module.def(
        "enter_rotating_frame",
        [](py::object lattice, py::object omega, const Policy& policy) {
            const OwnedBoundary boundary = boundary_of(lattice);
            const Array cells = writable(omega, "omega");
            return with_grid(cells, [&](const auto& grid) {
                const km::AnyPolicy workers = rt::workers_of(policy.policy);
                const py::gil_scoped_release released;
                return km::enter_rotating_frame(workers, boundary.view(), grid);
            });
        },
        "lattice"_a, "omega"_a, py::kw_only(), "policy"_a = usual,
        R"(Subtracts the mean of the frequencies from each: phases then grow more slowly.

Parameters
----------
lattice : Model or boundary
    Without fixed phases.
omega : array
    Frequencies, rad / time; written in place.
policy : Policy, optional
    Who does the work.

Returns
-------
RotatingFrame
    Its frequency is the mean.)");
    module.def(
        "to_laboratory",
        [](const km::RotatingFrame& frame, double time, py::object theta, const Policy& policy) {
            const Array cells = readable(theta, "theta");
            py::array_t<double> out = new_array<double>(cells.rows, cells.cols);
            const Array to = writable(out, "out");
            with_grid(cells, [&]<class T>(const km::Grid<T>&) {
                const km::AnyPolicy workers = rt::workers_of(policy.policy);
                const py::gil_scoped_release released;
                km::to_laboratory(workers, frame, time, cells.grid<const T>(), to.grid<double>());
            });
            return out;
        },
        "frame"_a, "time"_a, "theta"_a, py::kw_only(), "policy"_a = usual,
        "Phases in the laboratory, θ + ω̄ t, rad: a new array of float64.");
}

} // namespace kuramoto_python
