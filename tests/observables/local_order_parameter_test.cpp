// The local order parameter: against long double over every kind of edge and window, plane waves, phases at random, and
// the same bits for any policy and layout.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

const km::Boundary round_rows{.north = km::periodic, .south = km::periodic, .west = {}, .east = {}};
const km::Boundary round_cols{.north = {}, .south = {}, .west = km::periodic, .east = km::periodic};

/// How many cells lie between two along a direction, the shorter way.
std::ptrdiff_t apart(std::ptrdiff_t a, std::ptrdiff_t b, std::ptrdiff_t cells, bool goes_round) {
    const std::ptrdiff_t straight = std::abs(a - b);
    return goes_round && cells - straight < straight ? cells - straight : straight;
}

/// r of cell (i, j): the mean over all cells that are in its window.
template <class T>
double order_at(const km::Grid<const T>& theta, std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t half_width,
                const km::Boundary& boundary) {
    long double real = 0;
    long double imaginary = 0;
    long double cells = 0;
    for (std::ptrdiff_t k = 0; k < theta.rows(); ++k)
        for (std::ptrdiff_t l = 0; l < theta.cols(); ++l) {
            if (apart(i, k, theta.rows(), km::is_periodic(boundary, km::Axis::rows)) > half_width) continue;
            if (apart(j, l, theta.cols(), km::is_periodic(boundary, km::Axis::cols)) > half_width) continue;
            real += std::cos(static_cast<long double>(theta(k, l)));
            imaginary += std::sin(static_cast<long double>(theta(k, l)));
            cells += 1;
        }
    return static_cast<double>(std::hypot(real, imaginary) / cells);
}

template <class T> class LocalOrder : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(LocalOrder, Precisions);

TYPED_TEST(LocalOrder, IsTheMeanOverAWindow) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{1, 1}, std::pair{1, 9}, std::pair{8, 1}, std::pair{2, 3},
                                     std::pair{13, 7}, std::pair{6, 19}, std::pair{17, 24}}) {
        km::Field<T> theta(rows, cols);
        test::fill_distinct(theta.view(), 3, T(5));
        const km::Grid<const T> view = theta.view();
        for (const km::Boundary& boundary : {km::Boundary{}, km::torus, round_rows, round_cols})
            for (const std::ptrdiff_t half_width : {0, 1, 2, 3, 6, 9, 40}) {
                km::Field<double> r(rows, cols);
                km::Field<float> rounded(rows, cols);
                km::local_order_parameter(boundary, theta, r, half_width);
                km::local_order_parameter(boundary, theta, rounded, half_width);
                for (std::ptrdiff_t i = 0; i < rows; ++i)
                    for (std::ptrdiff_t j = 0; j < cols; ++j) {
                        const double exact = order_at(view, i, j, half_width, boundary);
                        EXPECT_NEAR(r(i, j), exact, 2e-15)
                            << rows << " x " << cols << ", w = " << half_width << " at " << i << ", " << j;
                        EXPECT_EQ(rounded(i, j), static_cast<float>(r(i, j)));
                    }
            }
    }
}

/// |Σ e^{ikx}| / (2w + 1) over x = −w … w.
double dirichlet(double k, std::ptrdiff_t half_width) {
    const auto w = static_cast<double>(half_width);
    return std::fabs(std::sin((w + 0.5) * k) / ((2 * w + 1) * std::sin(0.5 * k)));
}

// Away from the edges of an open lattice, and everywhere where a whole number of turns goes round.
TEST(PlaneWaves, HaveTheOrderOfDirichletsKernel) {
    const std::ptrdiff_t rows = 23;
    const std::ptrdiff_t cols = 31;
    const double turn = 6.28318530717958647692;
    for (const std::ptrdiff_t half_width : {1, 3, 5}) {
        const auto check = [&](double down, double across, const km::Boundary& boundary, std::ptrdiff_t margin) {
            km::Field<double> theta(rows, cols), r(rows, cols);
            for (std::ptrdiff_t i = 0; i < rows; ++i)
                for (std::ptrdiff_t j = 0; j < cols; ++j)
                    theta(i, j) = 0.5 + down * static_cast<double>(i) + across * static_cast<double>(j);
            km::local_order_parameter(boundary, theta, r, half_width);
            const double expected = dirichlet(down, half_width) * dirichlet(across, half_width);
            for (std::ptrdiff_t i = margin; i < rows - margin; ++i)
                for (std::ptrdiff_t j = margin; j < cols - margin; ++j)
                    EXPECT_NEAR(r(i, j), expected, 3e-14) << half_width << " at " << i << ", " << j;
        };
        check(0.3, -0.17, {}, half_width);
        check(turn * 2 / rows, turn * -3 / cols, km::torus, 0);
    }
}

TYPED_TEST(LocalOrder, IsOneWherePhasesAgree) {
    for (const km::Boundary& boundary : {km::Boundary{}, km::torus}) {
        km::Field<TypeParam> theta(7, 12);
        km::Field<double> r(7, 12);
        theta.fill(TypeParam(2.25));
        km::local_order_parameter(boundary, theta, r, 2);
        for (std::ptrdiff_t k = 0; k < r.size(); ++k) EXPECT_NEAR(r.data()[k], 1.0, 1e-15);
    }
}

// Independent uniform phases: the mean of r² is one over the number of cells in a window. Windows overlap, so that the
// deviation is taken from independent seeds.
TYPED_TEST(LocalOrder, OfPhasesAtRandomHasAKnownMeanSquare) {
    const int seeds = 40;
    for (const std::ptrdiff_t half_width : {1, 3}) {
        std::vector<double> means;
        km::Field<TypeParam> theta(60, 77);
        km::Field<double> r(60, 77);
        for (int seed = 1; seed <= seeds; ++seed) {
            km::uniform_phases(theta, static_cast<std::uint64_t>(seed));
            km::local_order_parameter(km::torus, theta, r, half_width);
            double sum = 0;
            for (std::ptrdiff_t k = 0; k < r.size(); ++k) sum += r.data()[k] * r.data()[k];
            means.push_back(sum / static_cast<double>(r.size()));
        }
        double mean = 0;
        for (const double one : means) mean += one / seeds;
        double variance = 0;
        for (const double one : means) variance += (one - mean) * (one - mean) / (seeds - 1);
        const auto side = static_cast<double>(2 * half_width + 1);
        EXPECT_NEAR(mean, 1 / (side * side), 5 * std::sqrt(variance / seeds));
        EXPECT_LT(std::sqrt(variance), 0.1 / (side * side));
    }
}

#if !defined(__FAST_MATH__)
TYPED_TEST(LocalOrder, HasTheSameBitsUnderEveryPolicyAndLayout) {
    using T = TypeParam;
    const std::ptrdiff_t rows = 61;
    const std::ptrdiff_t cols = 43;
    km::Field<T> phases(rows, cols), expected(rows, cols);
    test::fill_distinct(phases.view(), 2);
    const std::vector<T> values = test::values_of(phases.view());
    for (const km::Boundary& boundary : {km::Boundary{}, km::torus})
        for (const km::Isa isa : test::supported_isas()) {
            km::local_order_parameter(km::Fused{.isa = isa}, boundary, phases, expected, 4);
            for (const test::Layout layout : test::all_layouts) {
                test::Cells<T> theta(layout, rows, cols);
                test::assign(theta.view(), values);
                const auto check = [&](const auto& policy) {
                    test::Cells<T> r(layout, rows, cols);
                    km::local_order_parameter(policy, boundary, theta.view(), r.view(), 4);
                    EXPECT_EQ(test::first_difference(test::values_of(r.view()), test::values_of(expected.view())), -1)
                        << test::name(layout);
                    EXPECT_TRUE(r.canaries_alive());
                };
                check(km::Serial{.isa = isa});
                check(km::OpenMP{.threads = 2, .isa = isa, .min_cells_per_thread = 1});
                check(test::Pool{.workers = 7, .isa = isa, .on_threads = true});
                check(test::Pool{.workers = 100, .isa = isa});
            }
        }
}

TYPED_TEST(LocalOrder, IsNaNInTheWindowsOfWhatIsNoNumber) {
    using T = TypeParam;
    for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()})
        for (const km::Boundary& boundary : {km::Boundary{}, km::torus}) {
            km::Field<T> theta(9, 11), r(9, 11);
            theta(1, 10) = bad;
            km::local_order_parameter(boundary, theta, r, 2);
            for (std::ptrdiff_t i = 0; i < 9; ++i)
                for (std::ptrdiff_t j = 0; j < 11; ++j) {
                    const bool is_near = apart(i, 1, 9, km::is_periodic(boundary, km::Axis::rows)) <= 2 &&
                                         apart(j, 10, 11, km::is_periodic(boundary, km::Axis::cols)) <= 2;
                    EXPECT_EQ(std::isnan(r(i, j)), is_near) << i << ", " << j;
                }
        }
}
#endif

TEST(LocalOrders, OfNoCellsAreNone) {
    for (const auto& [rows, cols] : {std::pair{0, 5}, std::pair{5, 0}, std::pair{0, 0}}) {
        km::Field<float> theta(rows, cols), r(rows, cols);
        EXPECT_NO_THROW(km::local_order_parameter(km::torus, theta, r, 3));
    }
}

TEST(LocalOrders, ThatCannotBeAreRefused) {
    km::Field<float> theta(3, 4), r(3, 4), other(4, 3);
    r.fill(-1);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("half_width must not be negative", "-1"),
                 km::local_order_parameter(km::Boundary{}, theta, r, -1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 3 x 4 cells, but r is 4 x 3"),
                 km::local_order_parameter(km::Boundary{}, theta, other, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("r is written and must not overlap theta"),
                 km::local_order_parameter(km::Boundary{}, theta, theta, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("r overlaps itself"),
                 km::local_order_parameter(km::Boundary{}, theta, km::Grid<float>(r.data(), 3, 4, 0, 1), 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("periodic together"),
                 km::local_order_parameter({.north = km::periodic}, theta, r, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads must not be negative"),
                 km::local_order_parameter(km::OpenMP{.threads = -1}, km::Boundary{}, theta, r, 1));
    for (std::ptrdiff_t k = 0; k < r.size(); ++k) EXPECT_EQ(r.data()[k], -1);
    const std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max();
    EXPECT_NO_THROW(km::local_order_parameter(km::Boundary{}, theta, r, most));
    EXPECT_FLOAT_EQ(r(1, 2), 1);
}

} // namespace
