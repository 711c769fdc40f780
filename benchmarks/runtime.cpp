// Models, steppers and policies that are chosen at run time, beside the templates that they stand for.
#include "lattice.hpp"

#include <kuramoto/runtime/compiled_elsewhere.hpp>

#include <string>

namespace suite {
namespace {

namespace rt = km::runtime;

template <class T> void add_size(std::ptrdiff_t n, std::int64_t steps) {
    const std::string end = "/" + std::string(name_of<T>) + "/" + name(n);
    const double cell_steps = static_cast<double>(n * n) * static_cast<double>(steps);
    add("runtime/templates" + end, false, [=](benchmark::State& state) {
        Lattice<T> lattice(n);
        const km::Model model{km::SineLaplacian{.K = coupling_strength}, lattice.omega};
        for (auto _ : state) km::advance(km::Fused{}, km::Euler{.dt = time_step}, model, lattice.theta, steps);
        count(state, cell_steps);
    });
    add("runtime/choices" + end, false, [=](benchmark::State& state) {
        Lattice<T> lattice(n);
        const rt::ModelChoice<T> model{
            .K = coupling_strength, .coupling = rt::any_coupling<T>(rt::NamedCoupling{}), .omega = lattice.omega};
        const rt::StepperChoice<T> stepper{.kind = rt::named<rt::StepperKind>("euler"), .dt = time_step};
        const rt::Policy policy = rt::policy_of(rt::PolicyKind::fused);
        for (auto _ : state) rt::advance(policy, stepper, model, lattice.theta.view(), steps, 0);
        count(state, cell_steps);
    });
}

template <class T> void add_precision_of() {
    add_size<T>(2, 1);
    add_size<T>(100, 1);
    add_size<T>(512, 16);
}

} // namespace

void add_runtime() {
    add_precision_of<float>();
    add_precision_of<double>();
}

} // namespace suite
