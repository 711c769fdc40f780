// Before anything is timed: every solver computes the same lattice, up to rounding.
#include "lattice.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace suite {
namespace {

constexpr std::int64_t steps = 20;

template <class T, class P> km::Field<T> advanced(const P& policy, std::ptrdiff_t rows, std::ptrdiff_t cols) {
    Lattice<T> lattice(rows, cols);
    const km::Model model{km::SineLaplacian{.K = coupling_strength}, lattice.omega};
    km::advance(policy, km::Euler{.dt = time_step}, model, lattice.theta, steps);
    return lattice.theta;
}

template <class T> void check(const std::string& solver, const T* phases, const km::Field<T>& right) {
    double largest = 0;
    for (std::ptrdiff_t k = 0; k < right.size(); ++k)
        largest = std::fmax(largest, std::fabs(static_cast<double>(phases[k]) - static_cast<double>(right.data()[k])));
    if (largest < (sizeof(T) == 4 ? 1e-4 : 1e-12)) return;
    throw std::runtime_error(solver + " differs from kuramoto::Fused by " + std::to_string(largest) + " (" +
                             name_of<T> + ")");
}

template <class T> void check_flags(const std::string& flags, const by_hand::Solvers<T>& by_hand) {
    constexpr std::ptrdiff_t rows = 61, cols = 150;
    const km::Field<T> right = advanced<T>(km::Fused{}, rows, cols);
    check("kuramoto::OpenMP", advanced<T>(km::OpenMP{.threads = 2}, rows, cols).data(), right);
    const struct {
        const char* solver;
        by_hand::Solver<T> advance;
    } solvers[] = {{"naive", by_hand.naive},         {"wrong order", by_hand.wrong_order},
                   {"passes", by_hand.passes},       {"one pass", by_hand.fused},
                   {"two sines", by_hand.two_sines}, {"threads", by_hand.threads},
                   {"dynamic", by_hand.dynamic},     {"two sines on threads", by_hand.two_sines_threads}};
    for (const auto& [solver, advance] : solvers) {
        by_hand::Lattice<T> lattice = lattice_by_hand<T>(rows, cols);
        advance(lattice, steps);
        check("by hand, " + flags + ", " + solver, lattice.theta.data(), right);
    }
}

} // namespace

void check_agreement() {
    check_flags("-O3", by_hand::plain::solvers<float>());
    check_flags("-O3", by_hand::plain::solvers<double>());
    check_flags("-Ofast", by_hand::fast::solvers<float>());
    check_flags("-Ofast", by_hand::fast::solvers<double>());
}

} // namespace suite
