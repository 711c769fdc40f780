#include "pieces.hpp"

#include <algorithm>
#include <string>
#include <variant>

namespace kuramoto_python {

void raise_interrupted(std::int64_t steps_done) {
    py::error_already_set error;
    if (error.matches(PyExc_KeyboardInterrupt)) {
        const py::object type = py::module_::import("kuramoto._core").attr("Interrupted");
        py::object raised = type("stopped after " + std::to_string(steps_done) + " steps");
        raised.attr("steps_done") = steps_done;
        PyErr_SetObject(type.ptr(), raised.ptr());
        throw py::error_already_set();
    }
    if (PyObject_SetAttrString(error.value().ptr(), "steps_done", py::int_(steps_done).ptr()) != 0)
        PyErr_Clear(); // it takes no attributes
    throw error;
}

ShownProgress::~ShownProgress() {
    if (!is_bar_) return;
    const py::error_scope pending; // an exception of Python, if there is one
    try {
        progress_.attr("close")();
    } catch (py::error_already_set& error) {
        error.discard_as_unraisable("the bar of a run");
    }
}

void report(py::handle progress, std::int64_t piece, std::int64_t steps_done) {
    try {
        progress(piece);
    } catch (py::error_already_set& error) {
        error.restore();
        raise_interrupted(steps_done);
    }
}

namespace {

constexpr std::int64_t whole_sweep = 16; ///< steps that the library does in one sweep at most
constexpr std::int64_t most_least = 8;   ///< the fewest steps of a piece of cheap ones

} // namespace

std::int64_t least_steps(rt::StepperKind stepper, const rt::Policy& policy, bool has_mean_field) {
    if (std::holds_alternative<km::Serial>(policy) || has_mean_field || stepper == rt::StepperKind::euler_maruyama)
        return 1;
    if (rt::is_noisy(stepper) || stepper == rt::StepperKind::runge_kutta4) return 2;
    return stepper == rt::StepperKind::heun ? 4 : most_least;
}

Pieces::Pieces(double cells, std::int64_t least) : least_(least) {
    // More than a step takes on any machine: a first piece that is short costs little, and one that is long cannot
    // be stopped. Sweeps of cheap steps are whole from the beginning, unless the lattice is huge.
    constexpr double seconds_per_cell = 1e-7;
    constexpr double seconds_per_step = 1e-5;
    constexpr double huge = 2e7;
    piece_ = rounded(patience / (seconds_per_cell * cells + seconds_per_step));
    if (least == most_least && cells < huge) piece_ = std::max(piece_, whole_sweep);
}

void Pieces::took(double seconds) {
    const double ratio = std::min(patience / std::max(seconds, 1e-9), 4.0);
    piece_ = rounded(static_cast<double>(piece_) * ratio);
}

// Whole sweeps; fewer steps if those take too long.
std::int64_t Pieces::rounded(double steps) const {
    if (steps < static_cast<double>(whole_sweep)) return std::max(static_cast<std::int64_t>(steps), least_);
    return static_cast<std::int64_t>(std::min(steps, 0x1p40)) / whole_sweep * whole_sweep;
}

py::object progress_of(py::handle given, std::int64_t steps, const char* unit) {
    if (given.is_none() || given.is(py::bool_(false))) return py::none();
    if (given.is(py::bool_(true))) return py::module_::import("kuramoto.progress").attr("StepBar")(steps, unit);
    if (PyCallable_Check(given.ptr()) == 0)
        throw py::type_error("progress must be True, False, None or callable, but is of type " + type_of(given));
    return py::reinterpret_borrow<py::object>(given);
}

std::int64_t first_step_of(const Stepper& stepper, py::handle given, const char* advice) {
    if (!given.is_none()) {
        const auto index = py::reinterpret_steal<py::object>(PyNumber_Index(given.ptr()));
        if (!index) {
            PyErr_Clear();
            throw py::type_error("first_step must be an integer, but is of type " + type_of(given));
        }
        int overflow = 0;
        const std::int64_t number = PyLong_AsLongLongAndOverflow(index.ptr(), &overflow);
        if (overflow != 0)
            throw py::value_error("first_step must not be beyond 2^63 - 1, but is " + std::string(py::str(index)));
        return number;
    }
    if (rt::is_noisy(stepper.kind))
        throw py::value_error(
            std::string("first_step is missing: with noise, pass the number of the first step in the whole run") +
            advice);
    return 0;
}

} // namespace kuramoto_python
