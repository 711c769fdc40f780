// Measures how far a long run in float drifts from one in double: without a remedy, with phase wrapping, with a
// rotating frame, and with both. The lattice is small and locks, so the runs differ by rounding only. (A lattice that
// does not lock can be chaotic. Then any two runs drift apart.)
//
//     float32_drift [steps]      time steps of the last row of the table; default 1000000, a few seconds
//
// Exit status: 1 if a run drifts more than it should.
#include <kuramoto/kuramoto.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace km = kuramoto;

constexpr std::ptrdiff_t rows = 16;
constexpr std::ptrdiff_t cols = 24;
constexpr double dt = 0.125;         // a float holds it exactly: 0.1 would run 1.5e-8 too fast
constexpr std::int64_t between = 20; // time steps between two wraps
constexpr km::SineLaplacian sine{.K = 1.0};

/// The distance of phases from the exact ones.
struct Error {
    double mean = 0; ///< of the mean phase, rad
    double bond = 0; ///< the largest of a difference of neighbours, rad
};

Error error_of(const km::Field<double>& phases, const km::Field<double>& exact) {
    Error error;
    const auto of = [&](std::ptrdiff_t i, std::ptrdiff_t j) { return phases(i, j) - exact(i, j); };
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            error.mean += of(i, j) / static_cast<double>(rows * cols);
            if (i + 1 < rows) error.bond = std::fmax(error.bond, std::fabs(of(i + 1, j) - of(i, j)));
            if (j + 1 < cols) error.bond = std::fmax(error.bond, std::fabs(of(i, j + 1) - of(i, j)));
        }
    return error;
}

/// A run that can be continued: phases, natural frequencies, and the remedies that it uses.
template <class T> class Run {
  public:
    Run(const km::Field<T>& omega, bool wraps, bool in_frame)
        : theta_(rows, cols), omega_(omega), turns_(rows, cols), wraps_(wraps) {
        if (in_frame) frame_ = km::enter_rotating_frame(sine.boundary, omega_);
    }

    void advance_to(std::int64_t step) {
        while (step_ < step) {
            const std::int64_t count = wraps_ && step - step_ > between ? between : step - step_;
            km::advance(km::Fused{}, km::Euler{.dt = dt}, km::Model{sine, omega_}, theta_, count, step_);
            if (wraps_) km::wrap(theta_, turns_);
            step_ += count;
        }
    }
    /// The phases in the laboratory frame, with all their turns.
    [[nodiscard]] km::Field<double> phases() const {
        km::Field<double> all(rows, cols);
        km::unwrapped(theta_, turns_, all);
        km::to_laboratory(frame_, static_cast<double>(step_) * dt, all, all);
        return all;
    }

  private:
    km::Field<T> theta_;
    km::Field<T> omega_;
    km::WrappedTurns<T> turns_;
    km::RotatingFrame frame_;
    bool wraps_;
    std::int64_t step_ = 0;
};

int main(int argc, char** argv) {
    const long long steps = argc > 1 ? std::atoll(argv[1]) : 1000000;
    if (steps < 1) {
        std::fprintf(stderr, "steps must be positive, but is %s\n", argv[1]);
        return 2;
    }
    km::Field<float> omega(rows, cols);
    km::normal_frequencies(omega, 1.0, 0.05, 1);
    km::Field<double> same(rows, cols); // the same frequencies in double
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) same(i, j) = static_cast<double>(omega(i, j));

    Run<double> exact(same, false, true);
    Run<float> plain(omega, false, false), wrapped(omega, true, false), framed(omega, false, true),
        both(omega, true, true);
    Run<float>* const runs[] = {&plain, &wrapped, &framed, &both};

    std::printf(
        "error in rad of     |    nothing done     |       wrapped       |   rotating frame    |        both\n");
    std::printf("   steps      phase |    mean       bond  |    mean       bond  |    mean       bond  |    mean       "
                "bond\n");
    Error last[4];
    for (std::int64_t step = steps >= 1000 ? 1000 : steps;; step = step * 10 < steps ? step * 10 : steps) {
        exact.advance_to(step);
        const km::Field<double> right = exact.phases();
        std::printf("%8lld %10.0f", static_cast<long long>(step), right(0, 0));
        for (int k = 0; k < 4; ++k) {
            runs[k]->advance_to(step);
            last[k] = error_of(runs[k]->phases(), right);
            std::printf(" | %9.1e %8.1e", last[k].mean, last[k].bond);
        }
        std::printf("\n");
        if (step == steps) break;
    }
    // With wrapping, a time step rounds a phase of up to 2π by at most 2.4e-7 rad. The worst case is that all errors
    // have one sign. In a rotating frame the phases of a locked lattice no longer change.
    const bool good = std::fabs(last[1].mean) <= 2.4e-7 * static_cast<double>(steps) && last[1].bond < 1e-4 &&
                      std::fabs(last[2].mean) < 1e-4 && last[2].bond < 1e-4 && std::fabs(last[3].mean) < 1e-4;
    return good ? 0 : 1;
}
