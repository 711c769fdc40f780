// advance, integrate and rate: the lock of the interpreter is released while they compute.
#include "model.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <utility>
#include <variant>

namespace kuramoto_python {

using namespace pybind11::literals;

namespace {

using Clock = std::chrono::steady_clock;

/// How long the interpreter waits for a signal to be looked at, in seconds. A person who presses Ctrl-C sees twice this
/// at most, or the time of one sweep.
constexpr double patience = 0.08;

/// What becomes of an exception of a signal handler or of `progress`: `steps_done` says how far the state is.
[[noreturn]] void raise_interrupted(std::int64_t steps_done) {
    py::error_already_set error;
    if (error.matches(PyExc_KeyboardInterrupt)) {
        const py::object type = py::module_::import("kuramoto._core").attr("Interrupted");
        py::object raised = type("stopped after " + std::to_string(steps_done) + " steps");
        raised.attr("steps_done") = steps_done;
        PyErr_SetObject(type.ptr(), raised.ptr());
        throw py::error_already_set();
    }
    error.value().attr("steps_done") = steps_done;
    throw error;
}

/// progress(piece). Ctrl-C can come while it runs, as it is code of Python.
void report(py::handle progress, std::int64_t piece, std::int64_t steps_done) {
    try {
        progress(piece);
    } catch (py::error_already_set& error) {
        error.restore();
        raise_interrupted(steps_done);
    }
}

constexpr std::int64_t whole_sweep = 16; ///< steps that the library does in one sweep at most
constexpr std::int64_t most_least = 8;   ///< the fewest steps of a piece of cheap ones

/// The fewest steps of a piece. A sweep of several steps spares passes over memory, which pays for cheap steps alone:
/// those with noise or several stages are not worth a wait, and array passes and mean fields do one step at a time.
std::int64_t least_steps(rt::StepperKind stepper, const rt::Policy& policy, bool has_mean_field) {
    if (std::holds_alternative<km::Serial>(policy) || has_mean_field || stepper == rt::StepperKind::euler_maruyama)
        return 1;
    if (rt::is_noisy(stepper) || stepper == rt::StepperKind::runge_kutta4) return 2;
    return stepper == rt::StepperKind::heun ? 4 : most_least;
}

/// The number of steps of each piece of a run, between which signals are looked at.
class Pieces {
  public:
    Pieces(double cells, std::int64_t least) : least_(least) {
        // More than a step takes on any machine: a first piece that is short costs little, and one that is long cannot
        // be stopped. Sweeps of cheap steps are whole from the beginning, unless the lattice is huge.
        constexpr double seconds_per_cell = 1e-7;
        constexpr double seconds_per_step = 1e-5;
        constexpr double huge = 2e7;
        piece_ = rounded(patience / (seconds_per_cell * cells + seconds_per_step));
        if (least == most_least && cells < huge) piece_ = std::max(piece_, whole_sweep);
    }

    [[nodiscard]] std::int64_t of(std::int64_t left) const { return std::min(left, piece_); }
    void took(double seconds) {
        const double ratio = std::min(patience / std::max(seconds, 1e-9), 4.0);
        piece_ = rounded(static_cast<double>(piece_) * ratio);
    }

  private:
    // Whole sweeps; fewer steps if those take too long.
    [[nodiscard]] std::int64_t rounded(double steps) const {
        if (steps < static_cast<double>(whole_sweep)) return std::max(static_cast<std::int64_t>(steps), least_);
        return static_cast<std::int64_t>(std::min(steps, 0x1p40)) / whole_sweep * whole_sweep;
    }
    std::int64_t least_;
    std::int64_t piece_;
};

/// What is called with the steps of each piece: a callable of the caller, or the bar of the package for True.
py::object progress_of(py::handle given, std::int64_t steps) {
    if (given.is_none() || given.is(py::bool_(false))) return py::none();
    if (given.is(py::bool_(true))) return py::module_::import("kuramoto.progress").attr("StepBar")(steps);
    if (PyCallable_Check(given.ptr()) == 0)
        throw py::type_error("progress must be True, False, None or callable, but is of type " + type_of(given));
    return py::reinterpret_borrow<py::object>(given);
}

/// advance(count, done) for all pieces of a run, with signals and `progress(steps)` between them. `check` refuses a run
/// as a whole, before its first piece.
template <class Check, class Advance>
void advance_in_pieces(std::int64_t steps, Pieces pieces, py::handle progress, const Check& check,
                       const Advance& advance) {
    const bool is_quiet = progress.is_none() || progress.is(py::bool_(false));
    if (steps <= 0 || (is_quiet && steps <= pieces.of(steps))) {
        {
            const py::gil_scoped_release released;
            advance(steps, 0);
        }
        if (PyErr_CheckSignals() != 0) raise_interrupted(steps);
        return;
    }
    check();
    const py::object shown = progress_of(progress, steps);
    for (std::int64_t done = 0; done < steps;) {
        const std::int64_t piece = pieces.of(steps - done);
        const Clock::time_point begin = Clock::now();
        {
            const py::gil_scoped_release released;
            advance(piece, done);
        }
        done += piece;
        pieces.took(std::chrono::duration<double>(Clock::now() - begin).count());
        if (!shown.is_none()) report(shown, piece, done);
        if (PyErr_CheckSignals() != 0) raise_interrupted(done);
    }
}

/// Has the library check the numbers of all steps of a run: on an empty lattice, whatever the model.
template <class T>
void check_steps(rt::StepperChoice<T> stepper, bool has_inertia, std::int64_t steps, std::int64_t first) {
    const rt::Policy policy = km::AnyPolicy(km::Fused{});
    const km::Grid<T> none;
    rt::ModelChoice<T> model{.coupling = km::AnyCoupling<T>(km::Sine{})};
    stepper.D = 0.0;
    if (!has_inertia) return rt::advance(policy, stepper, model, none, steps, first);
    model.inertia = km::InertiaFields<T>{.mass = 1.0, .damping = 0.0};
    rt::advance(policy, stepper, model, none, none, steps, first);
}

/// The policy with a look at the signals between its runs of tasks.
struct Interruptible {
    km::AnyPolicy policy;
    int depth = policy.depth;
    km::Isa isa = policy.isa;
    std::ptrdiff_t min_cells_per_thread = policy.min_cells_per_thread;
    mutable Clock::time_point looked = Clock::now();

    template <class Task> void run(int count, const Task& task) const {
        const Clock::time_point now = Clock::now();
        if (std::chrono::duration<double>(now - looked).count() > patience) {
            looked = now;
            const py::gil_scoped_acquire acquired;
            if (PyErr_CheckSignals() != 0) raise_interrupted(0);
        }
        policy.run(count, task);
    }
    [[nodiscard]] int concurrency() const noexcept { return policy.concurrency(); }
};

rt::Policy interruptible(const rt::Policy& policy) {
    if (const auto* any = std::get_if<km::AnyPolicy>(&policy)) return km::AnyPolicy(Interruptible{.policy = *any});
    return policy;
}

/// The phases, and with inertia the velocities.
struct State {
    Array theta;
    std::optional<Array> velocity;
};

State state_of(const Model& model, py::handle theta, py::handle velocity) {
    State state{writable(theta, "theta"), std::nullopt};
    if (model.has_inertia() && velocity.is_none()) throw py::value_error("velocity is missing: the model has inertia");
    if (!model.has_inertia() && !velocity.is_none())
        throw py::value_error("velocity is given, but the model has no inertia");
    if (!velocity.is_none()) {
        state.velocity = writable(velocity, "velocity");
        check_same_precision(*state.velocity, "velocity", state.theta, "theta");
    }
    model.check_mask_fits(state.theta, "theta");
    return state;
}

std::int64_t first_step_of(const Stepper& stepper, py::handle given) {
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
            "first_step is missing: with noise, pass the number of the first step in the whole run, or "
            "use Simulation");
    return 0;
}

void advance(const Model& model, const py::object& theta, std::int64_t steps, const Stepper& stepper,
             const Policy& policy, const py::object& velocity, const py::object& first_step,
             const py::object& progress) {
    const State state = state_of(model, theta, velocity);
    const Pieces pieces(static_cast<double>(state.theta.rows) * static_cast<double>(state.theta.cols),
                        least_steps(stepper.kind, policy.policy, model.has_mean_field()));
    with_grid(state.theta, [&]<class T>(km::Grid<T> phases) {
        const rt::ModelChoice<T>& typed = model.typed<T>();
        const rt::StepperChoice<T> typed_stepper = stepper.typed<T>();
        std::int64_t first = 0;
        const auto piece = [&](std::int64_t count, std::int64_t done) {
            // Without noise a step does not depend on its number, and the sum could overflow.
            const std::int64_t from = rt::is_noisy(stepper.kind) ? first + done : first;
            if (state.velocity)
                rt::advance(policy.policy, typed_stepper, typed, phases, state.velocity->grid<T>(), count, from);
            else
                rt::advance(policy.policy, typed_stepper, typed, phases, count, from);
        };
        if (rt::is_inertial(stepper.kind) != model.has_inertia()) piece(0, 0); // the library says what is wrong
        first = first_step_of(stepper, first_step);
        const auto check = [&] { check_steps<T>(typed_stepper, model.has_inertia(), steps, first); };
        advance_in_pieces(steps, pieces, progress, check, piece);
    });
}

km::IntegrationReport integrate(const Model& model, const py::object& theta, double duration,
                                const km::DormandPrince54& method, const Policy& policy, const py::object& velocity) {
    const State state = state_of(model, theta, velocity);
    return with_grid(state.theta, [&]<class T>(km::Grid<T> phases) {
        const rt::ModelChoice<T>& typed = model.typed<T>();
        const rt::Policy workers = interruptible(policy.policy);
        const py::gil_scoped_release released;
        if (state.velocity) return rt::integrate(workers, method, typed, phases, state.velocity->grid<T>(), duration);
        return rt::integrate(workers, method, typed, phases, duration);
    });
}

py::object rate(const Model& model, const py::object& theta, py::object out, const Policy& policy) {
    const Array in = readable(theta, "theta");
    out = out_or_new(std::move(out), in);
    const Array to = writable(out, "out");
    check_same_precision(to, "out", in, "theta");
    check_same_shape(to, "out", in, "theta");
    if (!model.has_inertia())
        model.check_mask_fits(in, "theta");
    else if (in.rows % 2 == 0) // otherwise the library says what is wrong
        model.check_mask_fits({.rows = in.rows / 2, .cols = in.cols}, "the upper half of theta");
    with_grid(to, [&]<class T>(km::Grid<T> rates) {
        const rt::ModelChoice<T>& typed = model.typed<T>();
        const py::gil_scoped_release released;
        with_renamed_errors({{"rate", "out"}, {"state", "theta"}},
                            [&] { rt::rate(policy.policy, typed, in.grid<const T>(), rates); });
    });
    return out;
}

double max_stable_dt(const Stepper& stepper, const Model& model) {
    bool is_float32 = model.prefers_float32();
    if (stepper.D.array) {
        is_float32 = stepper.D.array->is_float32;
        if (const auto& precision = model.precision())
            check_same_precision(is_float32, "D", precision->first, precision->second + " of the model");
    }
    const auto of = [&]<class T>(T) { return rt::max_stable_dt(stepper.typed<T>(), model.typed<T>()); };
    return is_float32 ? of(0.0F) : of(0.0);
}

} // namespace

void bind_algorithms(py::module_& module) {
    const py::object interrupted = py::reinterpret_steal<py::object>(
        PyErr_NewExceptionWithDoc("kuramoto.Interrupted", R"(A KeyboardInterrupt that came while the library computed.

Attributes
----------
steps_done : int
    Number of steps after which the state is valid; 0 from integrate, which leaves
    the state as it was.)",
                                  PyExc_KeyboardInterrupt, nullptr));
    module.attr("Interrupted") = interrupted;
    const py::object openmp = module.attr("OpenMP")();
    const py::object adaptive = module.attr("DormandPrince54")();

    module.def("advance", &advance, "model"_a, "theta"_a, "steps"_a, "stepper"_a, py::kw_only(), "policy"_a = openmp,
               "velocity"_a = py::none(), "first_step"_a = py::none(), "progress"_a = py::none(),
               R"(Advances θ in place by steps of a stepper.

Parameters
----------
model : Model
theta : array of float32 or float64, two-dimensional
    Phases, rad; written where they lie, with any strides.
steps : int
    Not negative. advance of m + n steps is advance of m and then of n, bit for bit.
stepper : Stepper
    Euler(dt), …; VelocityVerlet or BAOAB for a model with inertia.
policy : Policy, optional
    Who does the work.
velocity : array, optional
    With inertia: velocities, rad / time, of the shape and precision of theta; in place.
first_step : int, optional
    Number of the first step in the whole run, on which the noise depends. Required
    by steppers with noise.
progress : bool or callable, optional
    True shows a bar: that of tqdm if it is installed. A callable is called with the
    number of steps since it was called last, some times per second.

Raises
------
TypeError, ValueError
    Before anything is written; the message names the argument.
Interrupted
    After Ctrl-C, between two sweeps; steps_done says how many steps theta is ahead.

Notes
-----
Never refuses a large dt: see max_stable_dt. The lock of the interpreter is released.)");
    module.def("integrate", &integrate, "model"_a, "theta"_a, "duration"_a, "method"_a = adaptive, py::kw_only(),
               "policy"_a = openmp, "velocity"_a = py::none(),
               R"(Advances θ in place by a time, with steps whose length the tolerance determines.

Parameters
----------
model : Model
theta : array of float32 or float64, two-dimensional
    Phases, rad; written where they lie, with any strides.
duration : float
    Not negative.
method : DormandPrince54, optional
    Tolerances and limits.
policy : Policy, optional
    Who does the work.
velocity : array, optional
    With inertia: velocities, rad / time; in place.

Returns
-------
IntegrationReport

Raises
------
TypeError, ValueError, RuntimeError, Interrupted
    The state is then as it was. Under Serial, Ctrl-C waits for the end.)");
    module.def("rate", &rate, "model"_a, "theta"_a, "out"_a = py::none(), py::kw_only(), "policy"_a = openmp,
               R"(dθ/dt without noise.

Parameters
----------
model : Model
theta : array of float32 or float64, two-dimensional
    Phases, rad. With inertia a state: R rows of phases over R rows of velocities.
out : array, optional
    Where the rates go, rad / time; must not overlap theta. A new array if not given.
policy : Policy, optional
    Who does the work.

Returns
-------
array
    out.)");
    module.def("max_stable_dt", &max_stable_dt, "stepper"_a, "model"_a,
               R"(A safe time step: up to it, the method is stable about the synchronous state.

Parameters
----------
stepper : Stepper
    Names the method; its own dt is not used.
model : Model

Returns
-------
float
    inf for a model that couples nothing, NaN for a coupling without a known slope.)");
}

} // namespace kuramoto_python
