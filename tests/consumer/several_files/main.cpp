// A program of two files that chooses its coupling at run time: kernels.cpp compiles the kernels and the algorithms.
// The phases must be those of the templates, bit for bit.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/runtime/compiled_elsewhere.hpp>

#include <cstdio>
#include <cstring>

namespace km = kuramoto;
namespace rt = kuramoto::runtime;

int main(int argc, char**) {
    constexpr int rows = 13;
    constexpr int cols = 37;
    km::Field<float> chosen(rows, cols);
    km::uniform_phases(chosen, 1);
    km::Field<float> expected(chosen);

    rt::ModelChoice<float> model{.K = 0.5, .boundary = km::torus};
    const char* const coupling = argc > 1 ? "sine" : "linear"; // not known to the compiler
    model.coupling = rt::any_coupling<float>({.kind = rt::named<rt::CouplingKind>(coupling)});
    const rt::StepperChoice<float> stepper{.kind = rt::StepperKind::heun, .dt = 0.125};
    rt::advance(rt::policy_of(rt::PolicyKind::fused, {}), stepper, model, chosen.view(), 10, 0);

    const km::Laplacian<km::Linear> lattice{.K = 0.5, .boundary = km::torus};
    km::advance(km::Fused{}, km::Heun{.dt = 0.125}, km::Model{lattice, 0.0}, expected, 10);

    const bool is_equal = std::memcmp(chosen.data(), expected.data(), sizeof(float) * rows * cols) == 0;
    std::puts(is_equal ? "the same bits" : "other bits than those of the templates");
    return is_equal ? 0 : 1;
}
