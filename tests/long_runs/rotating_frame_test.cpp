// Rotating frame: the mean frequency against long double, that a run seen from the frame is the run in the laboratory,
// the edges for which there is none, and the same bits under every policy and layout.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

template <class T> class RotatingFrames : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(RotatingFrames, Precisions);

template <class T> long double mean_of(const km::Field<T>& field) {
    long double sum = 0;
    for (const T value : test::values_of(field.view())) sum += static_cast<long double>(value);
    return sum / static_cast<long double>(field.size());
}

template <class T> km::Field<T> frequencies(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    km::Field<T> omega(rows, cols);
    test::fill_distinct(omega.view(), 77, T{0.125});
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) omega(i, j) += T{3};
    return omega;
}

TYPED_TEST(RotatingFrames, TakeTheMeanOut) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{37, 61}, {1, 1025}, {2049, 1}, {1, 1}, {130, 95}}) {
        const km::Field<T> omega = frequencies<T>(rows, cols);
        const auto mean = static_cast<double>(mean_of(omega));
        EXPECT_NEAR(km::mean_frequency(omega), mean, 3e-15);
        km::Field<T> inside = omega;
        const km::RotatingFrame frame = km::enter_rotating_frame(km::torus, inside);
        EXPECT_NEAR(frame.frequency, mean, 1e-7);
        // Exactly the mean together with what is left in the field, though each cell has been rounded.
        EXPECT_NEAR(frame.frequency + static_cast<double>(mean_of(inside)), mean, 3e-13);
        const double rounding = 0.75 * static_cast<double>(std::numeric_limits<T>::epsilon());
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j)
                ASSERT_NEAR(static_cast<double>(inside(i, j)), static_cast<double>(omega(i, j)) - mean,
                            rounding + 3e-13);
        EXPECT_EQ(frame.angle(4), 4 * frame.frequency);
    }
}

// A number is taken out whole, and a frame of all zeros stands still.
TEST(RotatingFrame, OfOneFrequencyIsThatFrequency) {
    double omega = 1.7;
    EXPECT_EQ(km::enter_rotating_frame(km::Boundary{}, omega).frequency, 1.7);
    EXPECT_EQ(omega, 0);
    km::Field<float> none(4, 5);
    EXPECT_EQ(km::enter_rotating_frame(km::Boundary{}, none).frequency, 0);
    km::Field<double> empty(0, 5);
    EXPECT_EQ(km::enter_rotating_frame(km::Boundary{}, empty).frequency, 0);
    EXPECT_EQ(km::mean_frequency(empty), 0);
}

// θ_laboratory(t) = θ_frame(t) + ω̄ t, for couplings that are odd, not odd and linear, and edges of every kind but given
// phases.
template <class Coupling> void expect_the_same_run(const km::Laplacian<Coupling>& laplacian) {
    const std::ptrdiff_t rows = 13;
    const std::ptrdiff_t cols = 22;
    const km::Field<double> omega = frequencies<double>(rows, cols);
    km::Field<double> seen = omega;
    km::Field<double> theta(rows, cols), in_frame(rows, cols), back(rows, cols);
    km::normal_phases(theta, 0, 0.3, 4);
    in_frame = theta;
    const km::RotatingFrame frame = km::enter_rotating_frame(laplacian.boundary, seen);
    ASSERT_GT(std::fabs(frame.frequency), 2.5);
    const int steps = 400;
    const double dt = 0.0625;
    km::advance(km::Fused{}, km::Heun{.dt = dt}, km::Model{laplacian, omega}, theta, steps);
    km::advance(km::Fused{}, km::Heun{.dt = dt}, km::Model{laplacian, seen}, in_frame, steps);
    km::to_laboratory(frame, steps * dt, in_frame, back);
    // Each step rounds phases of up to 100 rad, and what is seen of that is at worst its sum.
    const double tolerance = steps * 3 * 1.5e-14;
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            ASSERT_NEAR(back(i, j), theta(i, j), tolerance);
            ASSERT_GT(std::fabs(theta(i, j) - in_frame(i, j)), 50);
        }
    // In place, as after `unwrapped`.
    km::to_laboratory(frame, steps * dt, in_frame, in_frame);
    EXPECT_EQ(test::first_difference(test::values_of(in_frame.view()), test::values_of(back.view())), -1);
}

TEST(RotatingFrame, SeesTheRunOfTheLaboratory) {
    const std::vector<double> fluxes(13, 0.5);
    expect_the_same_run(km::Laplacian<km::Sine>{.K = 2});
    expect_the_same_run(km::Laplacian<km::Sine>{.K = 2, .boundary = km::torus});
    expect_the_same_run(km::Laplacian<km::Sine>{.K = 2, .boundary = {.west = km::fixed_flux(fluxes)}});
    expect_the_same_run(km::Laplacian<km::SakaguchiSine>{.K = 2, .coupling = {.lag = 0.2}, .boundary = km::torus});
    expect_the_same_run(km::Laplacian<km::Linear>{.K = 2});
}

// The claim of the header: with given phases it would be wrong, so it is refused.
TEST(RotatingFrame, IsRefusedWherePhasesAreGiven) {
    const std::vector<double> phases(4, 0.25);
    km::Field<float> omega(3, 4);
    omega.fill(2.0F);
    double number = 2;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("boundary.north", "stand still"),
                 km::enter_rotating_frame(km::Boundary{.north = km::fixed_phase(1.0)}, omega));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("boundary.south"),
                 km::enter_rotating_frame(km::Boundary{.south = km::fixed_phase(phases)}, omega));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("boundary.west"),
                 km::enter_rotating_frame(km::Boundary{.west = km::fixed_phase(1.0)}, omega));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("boundary.east"),
                 km::enter_rotating_frame(km::Boundary{.east = km::fixed_phase(1.0)}, number));
    EXPECT_EQ(omega(2, 3), 2.0F);
    EXPECT_EQ(number, 2);
}

#if !defined(__FAST_MATH__)
TYPED_TEST(RotatingFrames, AreTheSameUnderEveryPolicyAndLayout) {
    using T = TypeParam;
    for (const auto& shape : {std::pair{61, 137}, {1, 5000}, {5000, 1}, {3, 3}}) {
        const std::ptrdiff_t rows = shape.first;
        const std::ptrdiff_t cols = shape.second;
        const km::Field<T> omega = frequencies<T>(rows, cols);
        km::Field<T> expected = omega;
        const double frequency = km::enter_rotating_frame(km::torus, expected).frequency;
        const double mean = km::mean_frequency(omega);
        km::Field<double> laboratory(rows, cols);
        km::to_laboratory({.frequency = 0.3}, 70, omega, laboratory);
        for (const test::Layout layout : test::all_layouts) {
            const auto run = [&](const auto& policy) {
                test::Cells<T> cells(layout, rows, cols);
                test::Cells<double> out(layout, rows, cols);
                test::assign(cells.view(), test::values_of(omega.view()));
                EXPECT_EQ(km::mean_frequency(policy, cells.view()), mean);
                km::to_laboratory(policy, {.frequency = 0.3}, 70, cells.view(), out.view());
                EXPECT_EQ(test::first_difference(test::values_of(out.view()), test::values_of(laboratory.view())), -1);
                EXPECT_EQ(km::enter_rotating_frame(policy, km::torus, cells.view()).frequency, frequency);
                EXPECT_EQ(test::first_difference(test::values_of(cells.view()), test::values_of(expected.view())), -1);
                EXPECT_TRUE(cells.canaries_alive() && out.canaries_alive()) << test::name(layout);
            };
            run(km::Serial{});
            run(km::OpenMP{.threads = 3, .min_cells_per_thread = 1});
            run(test::Pool{.workers = 7});
            run(test::Pool{.workers = 4, .on_threads = true});
        }
    }
}
#endif

TYPED_TEST(RotatingFrames, RefuseWhatCannotBe) {
    using T = TypeParam;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    km::Field<T> omega(3, 4);
    omega(1, 2) = static_cast<T>(nan);
    km::Field<double> out(3, 4);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("mean of omega", "nan"),
                 km::enter_rotating_frame(km::Boundary{}, omega));
    omega.fill(T{1});
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("omega overlaps itself"),
                 km::enter_rotating_frame(km::Boundary{}, km::Grid<T>(omega.data(), 3, 4, 1, 1)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads"),
                 km::enter_rotating_frame(km::OpenMP{.threads = -1}, km::Boundary{}, omega));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("time", "nan"),
                 km::to_laboratory({.frequency = 1}, nan, omega, out));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("frame.frequency"),
                 km::to_laboratory({.frequency = nan}, 1, omega, out));
    km::Field<double> other(4, 3);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 3 x 4", "laboratory is 4 x 3"),
                 km::to_laboratory({.frequency = 1}, 1, omega, other));
    km::Field<double> larger(4, 4);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("laboratory", "theta"),
                 km::to_laboratory({.frequency = 1}, 1, larger.subgrid(0, 0, 3, 4), larger.subgrid(1, 0, 3, 4)));
    double number = nan;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("omega"), km::enter_rotating_frame(km::Boundary{}, number));
    EXPECT_EQ(omega(2, 3), T{1});
}

// Long runs in float: seen from the frame and wrapped, a locked lattice is as right after 200 000 steps as at the
// beginning; in the laboratory the phases have long lost their digits.
TEST(LongRuns, InFloatKeepTheirDigits) {
    const std::ptrdiff_t rows = 6;
    const std::ptrdiff_t cols = 9;
    const std::int64_t steps = 200000;
    const double dt = 0.125; // exact in float
    const km::SineLaplacian sine{.K = 1};
    km::Field<float> omega(rows, cols);
    km::normal_frequencies(omega, 1.0, 0.1, 3);
    km::Field<double> exact(rows, cols);
    km::Field<double> wide(rows, cols);
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) wide(i, j) = static_cast<double>(omega(i, j));
    const km::RotatingFrame exact_frame = km::enter_rotating_frame(sine.boundary, wide);
    km::advance(km::Fused{}, km::Euler{.dt = dt}, km::Model{sine, wide}, exact, steps);
    km::to_laboratory(exact_frame, static_cast<double>(steps) * dt, exact, exact);

    const auto error = [&](const km::Field<double>& phases) {
        double largest = 0;
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j)
                largest = std::fmax(largest, std::fabs(phases(i, j) - exact(i, j)));
        return largest;
    };
    km::Field<float> plain(rows, cols), wrapped(rows, cols), framed(rows, cols);
    km::WrappedTurns<float> turns(rows, cols);
    km::Field<double> phases(rows, cols);

    km::advance(km::Fused{}, km::Euler{.dt = dt}, km::Model{sine, omega}, plain, steps);
    km::unwrapped(plain, turns, phases);
    EXPECT_GT(error(phases), 1) << "the plain run is expected to be wrong";

    for (std::int64_t step = 0; step < steps; step += 20) {
        km::advance(km::Fused{}, km::Euler{.dt = dt}, km::Model{sine, omega}, wrapped, 20, step);
        km::wrap(wrapped, turns);
    }
    km::unwrapped(wrapped, turns, phases);
    EXPECT_LT(error(phases), static_cast<double>(steps) * 2.4e-7); // at worst half a spacing at π + 20 · 0.125 a step
    EXPECT_LT(error(phases), 0.05);

    const km::RotatingFrame frame = km::enter_rotating_frame(sine.boundary, omega);
    km::advance(km::Fused{}, km::Euler{.dt = dt}, km::Model{sine, omega}, framed, steps);
    km::to_laboratory(frame, static_cast<double>(steps) * dt, framed, phases);
    EXPECT_LT(error(phases), 2e-5);
}

} // namespace
