// Exact solutions and invariants of the lattice with zero-flux edges, and of Euler's method on it.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace {

namespace km = kuramoto;

constexpr double pi = 3.14159265358979323846;

/// Advances under every policy in turn and hands each final state to `check`.
template <class T, class C, class Omega, class Check>
void under_every_policy(const km::Laplacian<C>& laplacian, const Omega& omega, const km::Field<T>& start, double dt,
                        std::int64_t steps, const Check& check) {
    const auto run = [&](const auto& policy) {
        km::Field<T> theta = start;
        km::advance(policy, km::Euler{.dt = dt}, km::Model{laplacian, omega}, theta, steps);
        check(theta);
    };
    run(km::Serial{});
    run(km::Fused{});
    run(km::Fused{.depth = 5});
    run(km::OpenMP{.threads = 2});
    run(test::Pool{.workers = 3, .depth = 2});
    for (const km::Isa isa : test::supported_isas()) run(km::Fused{.isa = isa});
}

template <class T> class Exact : public testing::Test {
  public:
    static constexpr double epsilon = static_cast<double>(std::numeric_limits<T>::epsilon());
};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Exact, Precisions);

template <class T> double difference(const km::Field<T>& pair) {
    return static_cast<double>(pair.data()[1]) - static_cast<double>(pair.data()[0]);
}

// --- two cells: φ = θ₂ − θ₁ obeys φ' = Δ − 2K sin φ (Adler 1946) ----------------------------------------------------

TYPED_TEST(Exact, TwoCellsFollowEulersRecurrence) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair<int, int>{1, 2}, std::pair<int, int>{2, 1}}) {
        km::Field<T> theta(rows, cols);
        km::Field<T> omega(rows, cols);
        theta.data()[1] = T(2.5);
        omega.data()[1] = T(0.5);
        double phi = 2.5;
        for (int step = 0; step < 60; ++step) phi += 0.0625 * (0.5 - 2 * 0.75 * std::sin(phi));
        under_every_policy(km::SineLaplacian{.K = 0.75}, omega, theta, 0.0625, 60,
                           [&](const km::Field<T>& end) { EXPECT_NEAR(difference(end), phi, 60 * 4 * this->epsilon); });
    }
}

TYPED_TEST(Exact, TwoEqualCellsApproachAsTheTangentOfHalfTheDifference) {
    using T = TypeParam;
    km::Field<T> theta(1, 2);
    theta(0, 1) = T(2.0);
    const double K = 0.5;
    const double dt = 1.0 / 1024;
    km::advance(km::Fused{}, km::Euler{.dt = dt}, km::Model{km::SineLaplacian{.K = K}, 0.0}, theta, 2048);
    EXPECT_NEAR(difference(theta), 2 * std::atan(std::tan(1.0) * std::exp(-2 * K * 2.0)), 2e-3);
}

TYPED_TEST(Exact, TwoCellsLockAtTheArcSineOrBeat) {
    using T = TypeParam;
    km::Field<T> theta(1, 2);
    km::Field<T> omega(1, 2);
    omega(0, 1) = T(0.75);
    km::Field<T> locked = theta;
    km::advance(km::Fused{}, km::Euler{.dt = 0.0625}, km::Model{km::SineLaplacian{.K = 0.5}, omega}, locked, 2000);
    EXPECT_NEAR(difference(locked), std::asin(0.75), 100 * this->epsilon * 94); // θ itself grows to 47 rad
    // Δ = 1.25 > 2K = 1: beats at √(Δ² − 4K²) = 0.75.
    omega(0, 1) = T(1.25);
    const double time = 16 * 2 * pi / 0.75;
    const double dt = time / 131072;
    km::advance(km::Fused{}, km::Euler{.dt = dt}, km::Model{km::SineLaplacian{.K = 0.5}, omega}, theta, 131072);
    EXPECT_NEAR(difference(theta) / (2 * pi), 16.0, 0.02);
}

TEST(Order, OfEulersMethodIsOne) {
    const double exact = 2 * std::atan(std::tan(1.0) * std::exp(-2.0));
    std::vector<double> errors;
    for (const int steps : {40, 80, 160, 320}) {
        km::Field<double> theta(2, 1);
        theta(1, 0) = 2.0;
        km::advance(km::Fused{}, km::Euler{.dt = 2.0 / steps}, km::Model{km::SineLaplacian{.K = 0.5}, 0.0}, theta,
                    steps);
        errors.push_back(std::fabs(difference(theta) - exact));
    }
    for (std::size_t k = 1; k < errors.size(); ++k) EXPECT_NEAR(std::log2(errors[k - 1] / errors[k]), 1.0, 0.05);
}

// --- open chains: sin(θ_{i+1} − θ_i) = (1/K) Σ_{j ≤ i} (ω̄ − ω_j) (Ermentrout & Kopell 1984) -------------------------

/// The fluxes of the locked state for K = 1: minus the partial sums of ω − ω̄.
std::vector<double> chain_fluxes(const std::vector<double>& omega) {
    double mean = 0;
    for (const double value : omega) mean += value / static_cast<double>(omega.size());
    std::vector<double> fluxes;
    double sum = 0;
    for (std::size_t i = 0; i + 1 < omega.size(); ++i) fluxes.push_back(sum += mean - omega[i]);
    return fluxes;
}

const std::vector<double> chain_frequencies = {0.25, -0.5, 0.125, 0.375, -0.125, 0.5, -0.25};

TEST(Chain, LocksWithTheExactPhaseDifferences) {
    const std::vector<double> fluxes = chain_fluxes(chain_frequencies);
    const int length = static_cast<int>(chain_frequencies.size());
    double critical = 0;
    for (const double flux : fluxes) critical = std::fmax(critical, std::fabs(flux));
    const double K = 1.25 * critical;
    for (const int breadth : {1, 4}) { // a chain; a sheet in which ω depends on the row alone
        for (const bool along_columns : {false, true}) {
            km::Field<double> omega(along_columns ? length : breadth, along_columns ? breadth : length);
            km::Field<double> theta(omega.rows(), omega.cols());
            const auto place = [&](int i, int side) { return along_columns ? i * breadth + side : side * length + i; };
            for (int side = 0; side < breadth; ++side)
                for (int i = 0; i < length; ++i)
                    omega.data()[place(i, side)] = chain_frequencies[static_cast<std::size_t>(i)];
            km::advance(km::Fused{}, km::Euler{.dt = 0.2 / K}, km::Model{km::SineLaplacian{.K = K}, omega}, theta,
                        20000);
            for (int side = 0; side < breadth; ++side)
                for (int i = 0; i + 1 < length; ++i)
                    EXPECT_NEAR(theta.data()[place(i + 1, side)] - theta.data()[place(i, side)],
                                std::asin(fluxes[static_cast<std::size_t>(i)] / K), 1e-10);
        }
    }
}

TEST(Chain, DoesNotLockBelowItsCriticalCoupling) {
    double critical = 0;
    for (const double flux : chain_fluxes(chain_frequencies)) critical = std::fmax(critical, std::fabs(flux));
    const int length = static_cast<int>(chain_frequencies.size());
    km::Field<double> omega(1, length);
    for (int i = 0; i < length; ++i) omega(0, i) = chain_frequencies[static_cast<std::size_t>(i)];
    const auto widest_bond_after = [&](double K) {
        km::Field<double> theta(1, length);
        km::advance(km::Fused{}, km::Euler{.dt = 0.1}, km::Model{km::SineLaplacian{.K = K}, omega}, theta, 40000);
        double widest = 0;
        for (int i = 0; i + 1 < length; ++i) widest = std::fmax(widest, std::fabs(theta(0, i + 1) - theta(0, i)));
        return widest;
    };
    EXPECT_GT(widest_bond_after(0.95 * critical), 2 * pi);
    EXPECT_LT(widest_bond_after(1.05 * critical), pi / 2);
}

// --- linear: n steps multiply cos(πp(i+½)/R) cos(πq(j+½)/C) by (1 + K dt λ)^n (Strang 1999)
// ---------------------------

/// The mode (p, q) of a rows × cols lattice.
template <class T> km::Field<T> mode(int rows, int cols, int p, int q) {
    km::Field<T> theta(rows, cols);
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < cols; ++j)
            theta(i, j) = static_cast<T>(std::cos(pi * p * (i + 0.5) / rows) * std::cos(pi * q * (j + 0.5) / cols));
    return theta;
}

// With K dt = 1/8 the highest modes die at once: that only shows that they do. With 1/1024 all are there at the end,
// and with −1/1024, which is heat running backwards, they grow. A wrong λ of any of them would show.
TYPED_TEST(Exact, LinearModesDecayByTheirFactorToRounding) {
    using T = TypeParam;
    constexpr int rows = 5;
    constexpr int cols = 7;
    constexpr int steps = 400;
    constexpr double dt = 0.25;
    for (const double K : {0.5, 1.0 / 256, -1.0 / 256})
        for (int p = 0; p < rows; ++p)
            for (int q = 0; q < cols; ++q) {
                const km::Field<T> theta = mode<T>(rows, cols, p, q);
                const double down = std::sin(pi * p / (2.0 * rows));
                const double across = std::sin(pi * q / (2.0 * cols));
                const double factor = std::pow(1 - 4 * K * dt * (down * down + across * across), steps);
                // Rounding is a few epsilon of the largest cell per step. Backwards it may add up, and grows as the
                // highest mode.
                const double tolerance = K > 0 ? 4 * this->epsilon * std::sqrt(steps)
                                               : this->epsilon * steps * std::pow(1 - 8 * K * dt, steps);
                under_every_policy(km::LinearLaplacian{.K = K}, 0.0, theta, dt, steps, [&](const km::Field<T>& end) {
                    for (std::ptrdiff_t k = 0; k < theta.size(); ++k)
                        ASSERT_NEAR(static_cast<double>(end.data()[k]), factor * static_cast<double>(theta.data()[k]),
                                    tolerance)
                            << "K = " << K << ", mode " << p << ", " << q;
                });
            }
}

TEST(Continuum, LinearModesConvergeAtSecondOrderInTheSpacing) {
    std::vector<double> errors;
    for (const int n : {8, 16, 32}) {
        // On the unit square the operator is the lattice's times n²; one tiny step gives the rate of a mode.
        km::Field<double> theta(n, n);
        km::Field<double> rate(n, n);
        for (int i = 0; i < n; ++i)
            for (int j = 0; j < n; ++j) theta(i, j) = std::cos(pi * (i + 0.5) / n) * std::cos(2 * pi * (j + 0.5) / n);
        km::apply(km::Fused{}, km::LinearLaplacian{.K = static_cast<double>(n * n)}, theta, rate);
        errors.push_back(std::fabs(rate(0, 0) / theta(0, 0) + 5 * pi * pi));
    }
    EXPECT_NEAR(std::log2(errors[0] / errors[1]), 2.0, 0.05);
    EXPECT_NEAR(std::log2(errors[1] / errors[2]), 2.0, 0.05);
}

// --- invariants -----------------------------------------------------------------------------------------------------

template <class T> double sum_of(const km::Field<T>& field) {
    double sum = 0;
    for (const T value : test::values_of(field.view())) sum += static_cast<double>(value);
    return sum;
}

TYPED_TEST(Exact, TheMeanPhaseDriftsWithTheMeanFrequency) {
    using T = TypeParam;
    km::Field<T> theta(13, 21);
    km::Field<T> omega(13, 21);
    test::fill_distinct(theta.view(), 1);
    test::fill_distinct(omega.view(), 2, T(0.125));
    const double expected = sum_of(theta) + 100 * 0.125 * sum_of(omega);
    const auto cells = static_cast<double>(theta.size());
    under_every_policy(km::SineLaplacian{.K = 1.0}, omega, theta, 0.125, 100, [&](const km::Field<T>& end) {
        EXPECT_NEAR(sum_of(end) / cells, expected / cells, 100 * 4 * this->epsilon);
    });
}

TYPED_TEST(Exact, ShiftsOfThePhaseLeaveTheRateUnchanged) {
    using T = TypeParam;
    km::Field<T> theta(9, 17);
    test::fill_distinct(theta.view(), 3);
    const km::Model model{km::SineLaplacian{.K = 1.0}, 0.25};
    km::Field<T> expected(9, 17);
    km::rate(km::Fused{}, model, theta, expected);
    km::Field<T> shifted = theta;
    for (std::ptrdiff_t k = 0; k < shifted.size(); ++k) shifted.data()[k] += T(1.5); // exact in both precisions
    shifted(4, 8) = static_cast<T>(static_cast<double>(shifted(4, 8)) + 2 * pi);
    km::Field<T> found(9, 17);
    km::rate(km::Fused{}, model, shifted, found);
    for (std::ptrdiff_t k = 0; k < found.size(); ++k)
        EXPECT_NEAR(static_cast<double>(found.data()[k]), static_cast<double>(expected.data()[k]), 64 * this->epsilon);
}

/// E = −Σ_bonds cos(θ_j − θ_i), for K = 1.
double energy(const km::Field<double>& theta) {
    double sum = 0;
    for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < theta.cols(); ++j) {
            if (i + 1 < theta.rows()) sum -= std::cos(theta(i + 1, j) - theta(i, j));
            if (j + 1 < theta.cols()) sum -= std::cos(theta(i, j + 1) - theta(i, j));
        }
    return sum;
}

TEST(Energy, NeverRisesUpToTheStableTimeStep) {
    for (const double dt : {0.05, 0.2, 0.25}) {
        km::Field<double> theta(23, 31);
        km::uniform_phases(theta, 11);
        double before = energy(theta);
        for (int step = 0; step < 400; ++step) {
            km::advance(km::Fused{}, km::Euler{.dt = dt}, km::Model{km::SineLaplacian{.K = 1.0}, 0.0}, theta, 1);
            const double after = energy(theta);
            ASSERT_LE(after, before + 1e-11) << "dt = " << dt << ", step " << step;
            before = after;
        }
    }
}

// Past K dt = 1/4 synchrony is unstable and the lattice settles, silently, into a checkerboard: λ = −8 means that
// d = a sin(…) has the fixed amplitude 2 K dt · 4 sin(2a) = 2a on an inner cell.
TEST(Stability, BeyondAQuarterTheLatticeSettlesInACheckerboard) {
    const auto settled = [](double dt) {
        km::Field<double> theta(40, 40);
        km::uniform_phases(theta, 3);
        for (std::ptrdiff_t k = 0; k < theta.size(); ++k) theta.data()[k] *= 0.01;
        km::advance(km::Fused{}, km::Euler{.dt = dt}, km::Model{km::SineLaplacian{.K = 1.0}, 0.0}, theta, 20000);
        return theta;
    };
    const km::Field<double> stable = settled(0.25 - 0.005);
    EXPECT_NEAR(stable(20, 20), stable(20, 21), 1e-9);

    const km::Field<double> checkered = settled(0.26);
    const double depth = std::fabs(checkered(20, 20) - checkered(20, 21));
    // 4 K dt sin φ = φ for the difference φ of neighbours.
    double phi = 0.5;
    for (int k = 0; k < 200; ++k) phi = 4 * 0.26 * std::sin(phi);
    EXPECT_NEAR(depth, phi, 1e-6);
    EXPECT_NEAR(checkered(20, 20), checkered(21, 21), 1e-6);
    EXPECT_NEAR(checkered(20, 21), checkered(21, 20), 1e-6);
    const double r = km::order_parameter(checkered).r;
    EXPECT_GT(r, 0.96);
    EXPECT_LT(r, 0.995);
}

// The reference values: 12 × 12, K dt = 0.26. The checkerboard is deepest in the middle and fades towards free edges,
// so depth and r depend on the size of the lattice; large ones come to 0.483 rad and, without domain walls, 0.971.
TEST(Stability, OfTwelveByTwelveHasTheDepthAndOrderOfTheReference) {
    km::Field<double> theta(12, 12);
    km::uniform_phases(theta, 3);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) theta.data()[k] *= 0.01;
    km::advance(km::Fused{}, km::Euler{.dt = 0.26}, km::Model{km::SineLaplacian{.K = 1.0}, 0.0}, theta, 40000);
    double deepest = 0;
    for (int i = 0; i < 12; ++i)
        for (int j = 0; j + 1 < 12; ++j) deepest = std::fmax(deepest, std::fabs(theta(i, j) - theta(i, j + 1)));
    EXPECT_NEAR(deepest, 0.44, 0.005);
    EXPECT_NEAR(km::order_parameter(theta).r, 0.991, 0.001);
}

// --- mistakes that others have made
// -----------------------------------------------------------------------------------

TEST(KnownMistakes, EdgesAreFreeAndNotPinned) {
    km::Field<double> theta(5, 5);
    km::Field<double> omega(5, 5);
    omega.fill(1.0);
    km::advance(km::Fused{}, km::Euler{.dt = 0.125}, km::Model{km::SineLaplacian{.K = 1.0}, omega}, theta, 8);
    for (const double phase : test::values_of(theta.view())) EXPECT_EQ(phase, 1.0);
}

TEST(KnownMistakes, NeighboursAreTheRightOnes) {
    km::Field<double> theta(3, 5);
    theta(1, 3) = 0.5;
    km::Field<double> rate(3, 5);
    km::apply(km::Fused{}, km::LinearLaplacian{.K = 1.0}, theta, rate);
    const km::Field<double> expected = [] {
        km::Field<double> field(3, 5);
        field(0, 3) = field(2, 3) = field(1, 2) = field(1, 4) = 0.5;
        field(1, 3) = -2.0;
        return field;
    }();
    EXPECT_EQ(test::first_difference(test::values_of(rate.view()), test::values_of(expected.view())), -1);
}

} // namespace
