#include "model.hpp"

#include <kuramoto/stepping/dormand_prince.hpp>

#include <pybind11/stl.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace kuramoto_python {

using namespace pybind11::literals;

namespace {

// One type of Python per stepper; all are Stepper.
template <rt::StepperKind kind> struct StepperOf : Stepper {};

template <rt::StepperKind kind>
std::unique_ptr<StepperOf<kind>> made(double dt, py::handle D = {}, const char* name = "", std::uint64_t seed = 1) {
    StepperOf<kind> stepper;
    stepper.kind = kind;
    stepper.dt = dt;
    if (D) stepper.D = number_or_array(D, name);
    stepper.seed = seed;
    return made_for_python(std::move(stepper));
}

const char* const dt_only = R"(
Parameters
----------
dt : float
    Time step; positive.)";
const char* const with_noise = R"(
Parameters
----------
dt : float
    Time step; positive.
D : float or array
    Strength of the noise, rad² / time: a temperature in the units of K. Not negative.
    An array is viewed and kept alive; its negative cells give NaN.
seed : int, optional
    Of the noise. The noise is a function of seed, cell and step alone.)";

template <rt::StepperKind kind> void bind_plain(py::module_& module, const char* name, const char* what) {
    py::class_<StepperOf<kind>, Stepper>(module, name, (std::string(what) + "\n" + dt_only).c_str())
        .def(py::init([](double dt) { return made<kind>(dt); }), "dt"_a);
}
template <rt::StepperKind kind> void bind_noisy(py::module_& module, const char* name, const char* what) {
    py::class_<StepperOf<kind>, Stepper>(module, name, (std::string(what) + "\n" + with_noise).c_str())
        .def(py::init([](double dt, py::object D, std::uint64_t seed) { return made<kind>(dt, D, "D", seed); }), "dt"_a,
             "D"_a, "seed"_a = 1)
        .def_readonly("seed", &Stepper::seed);
}

} // namespace

void bind_steppers(py::module_& module) {
    using rt::StepperKind;
    py::class_<Stepper>(module, "Stepper", "A method with a fixed time step.")
        .def_readonly("dt", &Stepper::dt, "Time step.")
        .def_property_readonly("name", [](const Stepper& self) { return std::string(rt::name_of(self.kind)); })
        .def_property_readonly("is_noisy", [](const Stepper& self) { return rt::is_noisy(self.kind); })
        .def("__repr__", [](const Stepper& self) {
            return "<stepper " + std::string(rt::name_of(self.kind)) +
                   ", dt=" + std::string(py::repr(py::float_(self.dt))) + ">";
        });
    bind_plain<StepperKind::euler>(module, "Euler", "Euler's method. First order.\n");
    bind_plain<StepperKind::heun>(module, "Heun", "Heun's method. Second order.\n");
    bind_plain<StepperKind::runge_kutta4>(module, "RungeKutta4", "The classical Runge–Kutta method. Fourth order.\n");
    bind_noisy<StepperKind::euler_maruyama>(module, "EulerMaruyama",
                                            R"(The Euler–Maruyama method: Euler's with white noise.

Averages have a bias of the order dt. Use LeimkuhlerMatthews to sample a temperature.
)");
    bind_noisy<StepperKind::leimkuhler_matthews>(
        module, "LeimkuhlerMatthews",
        R"(The Leimkuhler–Matthews method: white noise, with averages whose bias is of the order dt².

Leimkuhler & Matthews, Applied Mathematics Research eXpress 2013, 34.
)");
    bind_plain<StepperKind::velocity_verlet>(module, "VelocityVerlet",
                                             "The velocity Verlet method, for models with inertia. Second order.\n");
    py::class_<StepperOf<StepperKind::baoab>, Stepper>(
        module, "BAOAB", R"(The BAOAB method for Langevin dynamics, for models with inertia and damping.

Parameters
----------
dt : float
    Time step; positive.
temperature : float
    In the units of K; not negative.
seed : int, optional
    Of the noise.

Notes
-----
Leimkuhler & Matthews, Journal of Chemical Physics 138 (2013) 174102.)")
        .def(py::init([](double dt, double temperature, std::uint64_t seed) {
                 return made<StepperKind::baoab>(dt, py::float_(temperature), "temperature", seed);
             }),
             "dt"_a, "temperature"_a, "seed"_a = 1)
        .def_readonly("seed", &Stepper::seed)
        .def_property_readonly("temperature", [](const Stepper& self) { return self.D.number; });

    const km::DormandPrince54 usual;
    py::class_<OfPython<km::DormandPrince54>>(
        module, "DormandPrince54",
        R"(An adaptive Runge–Kutta method of order 5, for integrate and Simulation.

Parameters
----------
relative_tolerance, absolute_tolerance : float, optional
    Of the error per step, root mean square over the cells; the absolute one in rad.
initial_dt : float, optional
    First step to try; 0: chosen automatically.
max_dt : float, optional
    Longest step.
max_steps : int, optional
    Largest number of accepted and rejected steps.)")
        .def(py::init([](double relative, double absolute, double initial_dt, double max_dt, std::int64_t max_steps) {
                 return made_for_python(OfPython<km::DormandPrince54>{{.relative_tolerance = relative,
                                                                       .absolute_tolerance = absolute,
                                                                       .initial_dt = initial_dt,
                                                                       .max_dt = max_dt,
                                                                       .max_steps = max_steps}});
             }),
             "relative_tolerance"_a = usual.relative_tolerance, "absolute_tolerance"_a = usual.absolute_tolerance,
             "initial_dt"_a = 0.0, "max_dt"_a = std::numeric_limits<double>::infinity(),
             "max_steps"_a = usual.max_steps)
        .def_readonly("relative_tolerance", &km::DormandPrince54::relative_tolerance)
        .def_readonly("absolute_tolerance", &km::DormandPrince54::absolute_tolerance)
        .def_readonly("initial_dt", &km::DormandPrince54::initial_dt)
        .def_readonly("max_dt", &km::DormandPrince54::max_dt)
        .def_readonly("max_steps", &km::DormandPrince54::max_steps);
    py::class_<km::IntegrationReport>(module, "IntegrationReport", "The steps of an integration.")
        .def("__repr__",
             [](const km::IntegrationReport& self) {
                 return "<integration of " + std::to_string(self.accepted) + " accepted and " +
                        std::to_string(self.rejected) + " rejected steps>";
             })
        .def_readonly("accepted", &km::IntegrationReport::accepted, "Number of accepted steps.")
        .def_readonly("rejected", &km::IntegrationReport::rejected, "Number of steps that were tried again, shorter.")
        .def_readonly("evaluations", &km::IntegrationReport::evaluations, "Number of evaluations of the rate.")
        .def_readonly("min_dt", &km::IntegrationReport::min_dt, "Shortest accepted step.")
        .def_readonly("max_dt", &km::IntegrationReport::max_dt, "Longest accepted step.")
        .def_readonly("next_dt", &km::IntegrationReport::next_dt,
                      "Proposed next step: initial_dt of a run that continues.");
}

namespace {

template <rt::PolicyKind kind> struct PolicyOf : Policy {};

template <rt::PolicyKind kind> std::unique_ptr<PolicyOf<kind>> policy_with(const rt::PolicyOptions& options) {
    return made_for_python(PolicyOf<kind>{{kind, options, rt::policy_of(kind, options)}});
}

template <rt::PolicyKind kind> void bind_policy_of_threads(py::module_& module, const char* name, const char* help) {
    const rt::PolicyOptions usual;
    py::class_<PolicyOf<kind>, Policy>(module, name, help)
        .def(py::init([](int threads, int depth, const std::string& isa, std::ptrdiff_t min_cells_per_thread) {
                 return policy_with<kind>({.threads = threads,
                                           .depth = depth,
                                           .isa = rt::named<km::Isa>(isa),
                                           .min_cells_per_thread = min_cells_per_thread});
             }),
             "threads"_a = 0, "depth"_a = 0, "isa"_a = "automatic",
             "min_cells_per_thread"_a = usual.min_cells_per_thread);
}

} // namespace

void bind_policies(py::module_& module) {
    using rt::PolicyKind;
    py::class_<Policy>(module, "Policy",
                       "Who does the work. Fused, OpenMP and Threads give the same bits for any number of threads.")
        .def("__repr__", [](const Policy& self) { return "<policy " + std::string(rt::name_of(self.kind)) + ">"; });
    py::class_<PolicyOf<PolicyKind::serial>, Policy>(
        module, "Serial",
        R"(Array passes on the calling thread: one pass per term, as in NumPy. The baseline for loop fusion.

Parameters
----------
isa : str, optional
    Instruction set: "automatic", "baseline", "avx2" or "avx512".)")
        .def(py::init([](const std::string& isa) {
                 return policy_with<PolicyKind::serial>({.isa = rt::named<km::Isa>(isa)});
             }),
             "isa"_a = "automatic");
    py::class_<PolicyOf<PolicyKind::fused>, Policy>(module, "Fused", R"(Fused loops on the calling thread.

Parameters
----------
depth : int, optional
    Time steps per sweep of advance; at most 1024 are used. 0: chosen from the grid.
isa : str, optional
    Instruction set: "automatic", "baseline", "avx2" or "avx512".)")
        .def(py::init([](int depth, const std::string& isa) {
                 return policy_with<PolicyKind::fused>({.depth = depth, .isa = rt::named<km::Isa>(isa)});
             }),
             "depth"_a = 0, "isa"_a = "automatic");
    bind_policy_of_threads<PolicyKind::openmp>(
        module, "OpenMP",
        R"(Fused loops on OpenMP threads: the bits of Fused for any number of threads.

Parameters
----------
threads : int, optional
    Number of threads; 0: as many as OpenMP would use (OMP_NUM_THREADS, or all cores).
depth : int, optional
    Time steps per sweep of advance; at most 1024 are used. 0: chosen from the grid.
isa : str, optional
    Instruction set: "automatic", "baseline", "avx2" or "avx512".
min_cells_per_thread : int, optional
    A small grid gets at most one thread per this number of cells.)");
    bind_policy_of_threads<PolicyKind::threads>(
        module, "Threads",
        R"(Fused loops on threads of the library: the bits of Fused for any number of threads.

Threads that wait sleep, so a busy machine slows a run down less. It works in a child
process after a fork. One call at a time uses the threads; others run on their own.

Parameters
----------
threads : int, optional
    Number of threads; 0: as many as processors are available to this process, by its
    affinity mask and the CPU quota of its cgroups.
depth : int, optional
    Time steps per sweep of advance; at most 1024 are used. 0: chosen from the grid.
isa : str, optional
    Instruction set: "automatic", "baseline", "avx2" or "avx512".
min_cells_per_thread : int, optional
    A small grid gets at most one thread per this number of cells.)");
    module.def(
        "supported_isas",
        [] {
            std::vector<std::string> names;
            for (const km::Isa isa : {km::Isa::baseline, km::Isa::avx2, km::Isa::avx512})
                if (km::is_supported(isa)) names.emplace_back(km::name(isa));
            return names;
        },
        "The instruction sets of this processor that a policy can name; the last one is what \"automatic\" chooses.");
}

} // namespace kuramoto_python
