// Shows how to choose a coupling, a stepper and a policy at run time, by names.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/runtime/compiled_elsewhere.hpp> // in a program of one file: kuramoto/runtime.hpp

#include <cstdio>
#include <string>

namespace km = kuramoto;
namespace rt = kuramoto::runtime;

int main(int argc, char** argv) {
    const std::string coupling = argc > 1 ? argv[1] : "linear";
    km::Field<float> theta(64, 64), omega(64, 64);
    km::uniform_phases(theta, 1);
    km::normal_frequencies(omega, 0.0, 0.1, 2);

    rt::ModelChoice<float> model{.K = 2.0, .boundary = km::torus, .omega = omega};
    model.coupling = rt::any_coupling<float>({.kind = rt::named<rt::CouplingKind>(coupling)});
    const rt::StepperChoice<float> stepper{.kind = rt::named<rt::StepperKind>("heun"), .dt = 0.05};
    const rt::Policy policy = rt::policy_of(rt::PolicyKind::openmp, {.threads = 2});
    rt::advance(policy, stepper, model, theta.view(), /*steps*/ 100, /*first_step*/ 0);
    std::printf("r = %.4f\n", km::order_parameter(theta).r);
}
