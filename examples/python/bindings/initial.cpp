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
    std::variant<km::WrappedTurns<float>, km::WrappedTurns<double>> turns;
};

Turns wrapped_turns(std::ptrdiff_t rows, std::ptrdiff_t cols, py::object dtype) {
    const py::dtype type = py::dtype::from_args(dtype);
    if (type.is(py::dtype::of<float>())) return {km::WrappedTurns<float>(rows, cols)};
    if (type.is(py::dtype::of<double>())) return {km::WrappedTurns<double>(rows, cols)};
    throw py::type_error("dtype must be float32 or float64, but is " + std::string(py::str(py::object(type))));
}

template <class T> km::WrappedTurns<T>& turns_for(Turns& turns) {
    if (auto* found = std::get_if<km::WrappedTurns<T>>(&turns.turns)) return *found;
    throw py::type_error(std::string("turns are for cells of ") + precision_name(!std::is_same_v<T, float>) +
                         ", but theta has cells of " + precision_name(std::is_same_v<T, float>));
}

} // namespace

// A function of Python that fills `array` by the function of the library of the same name.
#define KURAMOTO_FILL(name, array, help, parameters, arguments, ...)                                                   \
    module.def(                                                                                                        \
        #name,                                                                                                         \
        [] parameters {                                                                                                \
            filled(array, #array, policy, [&](const auto& workers, const auto& cells) { km::name arguments; });        \
        },                                                                                                             \
        #array##_a, __VA_ARGS__, py::kw_only(), "policy"_a = usual, help)

void bind_initial(py::module_& module) {
    const py::object usual = module.attr("OpenMP")();
    KURAMOTO_FILL(uniform_phases, theta, "Fills theta with independent phases, uniform in [−π, π), rad.",
                  (py::object theta, std::uint64_t seed, const Policy& policy), (workers, cells, seed), "seed"_a);
    KURAMOTO_FILL(normal_phases, theta, "Fills theta with independent normal phases, rad.",
                  (py::object theta, double mean, double deviation, std::uint64_t seed, const Policy& policy),
                  (workers, cells, mean, deviation, seed), "mean"_a, "deviation"_a, "seed"_a);
    KURAMOTO_FILL(equal_phases, theta, "Fills theta with one phase, rad.",
                  (py::object theta, double phase, const Policy& policy), (workers, cells, phase), "phase"_a);
    KURAMOTO_FILL(plane_wave_phases, theta,
                  "Fills theta with a plane wave: rows and cols are the phase differences from one row and column to "
                  "the next, rad.",
                  (py::object theta, double rows, double cols, double phase, const Policy& policy),
                  (workers, cells, km::PlaneWave{rows, cols, phase}), "rows"_a, "cols"_a, "phase"_a = 0.0);
    KURAMOTO_FILL(twisted_phases, theta,
                  "Fills theta with a twisted state: rows and cols are whole turns over all rows and columns.",
                  (py::object theta, std::int64_t rows, std::int64_t cols, double phase, const Policy& policy),
                  (workers, cells, km::TwistedState{rows, cols, phase}), "rows"_a, "cols"_a, "phase"_a = 0.0);
    KURAMOTO_FILL(target_phases, theta, "Fills theta with a target wave around (row, col), with a wavelength in cells.",
                  (py::object theta, double row, double col, double wavelength, double phase, const Policy& policy),
                  (workers, cells, km::TargetWave{row, col, wavelength, phase}), "row"_a, "col"_a, "wavelength"_a,
                  "phase"_a = 0.0);
    KURAMOTO_FILL(
        spiral_phases, theta,
        "Fills theta with a spiral wave around (row, col), with a number of arms and a wavelength in cells.",
        (py::object theta, double row, double col, int arms, double wavelength, double phase, const Policy& policy),
        (workers, cells, km::SpiralWave{row, col, arms, wavelength, phase}), "row"_a, "col"_a, "arms"_a, "wavelength"_a,
        "phase"_a = 0.0);
    KURAMOTO_FILL(vortex_phases, theta, "Fills theta with the phases of a list of Vortex.",
                  (py::object theta, const std::vector<km::Vortex>& vortices, const Policy& policy),
                  (workers, cells, vortices), "vortices"_a);

    KURAMOTO_FILL(uniform_frequencies, omega,
                  "Fills omega with independent frequencies, uniform in [low, high), rad / time.",
                  (py::object omega, double low, double high, std::uint64_t seed, const Policy& policy),
                  (workers, cells, low, high, seed), "low"_a, "high"_a, "seed"_a);
    KURAMOTO_FILL(normal_frequencies, omega, "Fills omega with independent normal frequencies, rad / time.",
                  (py::object omega, double mean, double deviation, std::uint64_t seed, const Policy& policy),
                  (workers, cells, mean, deviation, seed), "mean"_a, "deviation"_a, "seed"_a);
    KURAMOTO_FILL(lorentzian_frequencies, omega, "Fills omega with independent Lorentzian frequencies, rad / time.",
                  (py::object omega, double centre, double half_width, std::uint64_t seed, const Policy& policy),
                  (workers, cells, centre, half_width, seed), "centre"_a, "half_width"_a, "seed"_a);
    KURAMOTO_FILL(
        truncated_lorentzian_frequencies, omega,
        "Fills omega with Lorentzian frequencies at most `cut` from the centre, rad / time.",
        (py::object omega, double centre, double half_width, double cut, std::uint64_t seed, const Policy& policy),
        (workers, cells, centre, half_width, cut, seed), "centre"_a, "half_width"_a, "cut"_a, "seed"_a);
    KURAMOTO_FILL(
        mixed_frequencies, omega,
        "Fills omega with two frequencies mixed at random, rad / time: `second` with probability `share`.",
        (py::object omega, double first, double second, double share, std::uint64_t seed, const Policy& policy),
        (workers, cells, first, second, share, seed), "first"_a, "second"_a, "share"_a, "seed"_a);
    KURAMOTO_FILL(uniform_quantiles, omega,
                  "Fills omega with the quantiles of a uniform distribution, at random places, rad / time.",
                  (py::object omega, double low, double high, std::uint64_t seed, const Policy& policy),
                  (workers, cells, low, high, seed), "low"_a, "high"_a, "seed"_a);
    KURAMOTO_FILL(normal_quantiles, omega,
                  "Fills omega with the quantiles of a normal distribution, at random places, rad / time.",
                  (py::object omega, double mean, double deviation, std::uint64_t seed, const Policy& policy),
                  (workers, cells, mean, deviation, seed), "mean"_a, "deviation"_a, "seed"_a);
    KURAMOTO_FILL(lorentzian_quantiles, omega,
                  "Fills omega with the quantiles of a Lorentzian distribution, at random places, rad / time.",
                  (py::object omega, double centre, double half_width, std::uint64_t seed, const Policy& policy),
                  (workers, cells, centre, half_width, seed), "centre"_a, "half_width"_a, "seed"_a);
    KURAMOTO_FILL(equal_frequencies, omega, "Fills omega with one frequency, rad / time.",
                  (py::object omega, double frequency, const Policy& policy), (workers, cells, frequency),
                  "frequency"_a);
    KURAMOTO_FILL(
        gradient_frequencies, omega,
        "Fills omega with frequencies from `first` to `last` along the axis \"rows\" or \"cols\", rad / time.",
        (py::object omega, double first, double last, const std::string& axis, const Policy& policy),
        (workers, cells, first, last, axis_named(axis)), "first"_a, "last"_a, "axis"_a);
    KURAMOTO_FILL(halved_frequencies, omega,
                  "Fills omega with two halves along the axis \"rows\" or \"cols\", rad / time.",
                  (py::object omega, double first, double second, const std::string& axis, const Policy& policy),
                  (workers, cells, first, second, axis_named(axis)), "first"_a, "second"_a, "axis"_a);
    KURAMOTO_FILL(checkerboard_frequencies, omega, "Fills omega with two frequencies in turn, rad / time.",
                  (py::object omega, double first, double second, const Policy& policy),
                  (workers, cells, first, second), "first"_a, "second"_a);
    KURAMOTO_FILL(
        defect_frequencies, omega, "Fills omega with a disc around (row, col) whose frequency differs, rad / time.",
        (py::object omega, double row, double col, double radius, double inside, double outside, const Policy& policy),
        (workers, cells, km::Defect{row, col, radius, inside, outside}), "row"_a, "col"_a, "radius"_a, "inside"_a = 1.0,
        "outside"_a = 0.0);

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
            py::array_t<double> out(std::vector<py::ssize_t>{cells.rows, cells.cols});
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
            py::array_t<double> out(std::vector<py::ssize_t>{cells.rows, cells.cols});
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

#undef KURAMOTO_FILL

} // namespace kuramoto_python
