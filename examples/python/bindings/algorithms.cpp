// advance, integrate and rate: the lock of the interpreter is released while they compute.
#include "pieces.hpp"

#include <chrono>
#include <cstdint>
#include <utility>
#include <variant>

namespace kuramoto_python {

using namespace pybind11::literals;

namespace {

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
        first = first_step_of(stepper, first_step, ", or use Simulation");
        const auto check = [&] { check_steps<T>(typed_stepper, model.has_inertia(), steps, first); };
        advance_in_pieces(steps, pieces, progress, check, piece);
    });
}

km::IntegrationReport integrate(const Model& model, const py::object& theta, double duration,
                                const OfPython<km::DormandPrince54>& method, const Policy& policy,
                                const py::object& velocity) {
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
