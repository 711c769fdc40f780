// Runs whose bits are compared: a start, its state and rate after some steps under any policy and layout, and the same
// state by a second implementation of the arithmetic, one cell at a time.
#pragma once

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/layouts.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace test::bits {

// K dt is small enough for every coupling to stay tame for the longest run here; both are exact in float.
inline constexpr double K = 1.5;
inline constexpr km::Euler euler{.dt = 0.0625};

template <class T> struct Start {
    std::ptrdiff_t rows;
    std::ptrdiff_t cols;
    std::vector<T> theta;
    std::vector<T> omega;

    Start(std::ptrdiff_t r, std::ptrdiff_t c) : rows(r), cols(c) {
        km::Field<T> field(rows, cols);
        fill_distinct(field.view(), 1);
        theta = values_of(field.view());
        fill_distinct(field.view(), 0x5a5a5);
        omega = values_of(field.view());
    }
};

template <class C> km::Laplacian<C> laplacian() { return {.K = K, .coupling = {}}; }

// The state after a run, and the rate there, in row-major order.
template <class T> struct Result {
    std::vector<T> theta;
    std::vector<T> rate;
};

template <class C, class T, class P>
Result<T> run(const P& policy, const Start<T>& start, int steps, Layout layout = Layout::contiguous,
              Layout layout_of_omega = Layout::contiguous) {
    Cells<T> theta(layout, start.rows, start.cols);
    Cells<T> omega(layout_of_omega, start.rows, start.cols);
    Cells<T> rate(layout_of_omega, start.rows, start.cols);
    assign(theta.view(), start.theta);
    assign(omega.view(), start.omega);
    const km::Model model{laplacian<C>(), omega.view()};
    km::advance(policy, euler, model, theta.view(), steps);
    km::rate(policy, model, theta.view(), rate.view());
    km::apply(policy, model.laplacian, theta.view(), rate.view());
    EXPECT_TRUE(theta.canaries_alive() && omega.canaries_alive() && rate.canaries_alive());
    return {values_of(theta.view()), values_of(rate.view())};
}

template <class T> void expect_same(const Result<T>& result, const Result<T>& reference, const std::string& what) {
    EXPECT_EQ(first_difference(result.theta, reference.theta), -1) << "advance: " << what;
    EXPECT_EQ(first_difference(result.rate, reference.rate), -1) << "rate, apply: " << what;
}

// One step at a time, on one thread, row-major: what everything else is compared with.
inline km::Fused plain(km::Isa isa) { return {.depth = 1, .isa = isa}; }

// As many threads as asked for, however small the grid.
inline km::OpenMP threads(int n, int depth, km::Isa isa = km::Isa::automatic) {
    return {.threads = n, .depth = depth, .isa = isa, .min_cells_per_thread = 1};
}

// Whether the kernels of a level have a fused multiply-add.
template <class T> bool is_fused(km::Isa isa) {
    if (isa == km::Isa::baseline) return km::Lanes<T, km::detail::Baseline>::fused;
    return true;
}

inline std::string describe(const char* policy, km::Isa isa, int workers, int depth) {
    return std::string(policy) + ", " + name(isa) + ", " + std::to_string(workers) + " at once, depth " +
           std::to_string(depth);
}

// The canonical arithmetic, one cell at a time: rate = ω + K ((f_E − f_W) + (f_S − f_N)), a bond of an odd coupling
// evaluated from the lower to the higher index.
template <class C, class T> T flux(const C& coupling, T low, T high, bool as_higher_cell) {
    if (C::odd || !as_higher_cell) return coupling(high - low);
    return -coupling(low - high);
}

template <class T> T multiply_add(T a, T b, T c, bool fused) {
    if (fused) return std::fma(a, b, c);
    const volatile T product = a * b; // rounded, whatever the flags
    return product + c;
}

template <class C, class T> std::vector<T> canonical_rate(const Start<T>& at, const C& coupling, bool fused) {
    std::vector<T> result(at.theta.size());
    const auto phase = [&](std::ptrdiff_t i, std::ptrdiff_t j) {
        return at.theta[static_cast<std::size_t>(i * at.cols + j)];
    };
    for (std::ptrdiff_t i = 0; i < at.rows; ++i)
        for (std::ptrdiff_t j = 0; j < at.cols; ++j) {
            const T here = phase(i, j);
            const T east = j + 1 < at.cols ? flux(coupling, here, phase(i, j + 1), false) : T{0};
            const T west = j > 0 ? flux(coupling, phase(i, j - 1), here, true) : T{0};
            const T south = i + 1 < at.rows ? flux(coupling, here, phase(i + 1, j), false) : T{0};
            const T north = i > 0 ? flux(coupling, phase(i - 1, j), here, true) : T{0};
            const auto k = static_cast<std::size_t>(i * at.cols + j);
            result[k] = multiply_add(static_cast<T>(K), (east - west) + (south - north), at.omega[k], fused);
        }
    return result;
}

template <class C, class T> std::vector<T> canonical_run(Start<T> start, const C& coupling, int steps, bool fused) {
    for (int step = 0; step < steps; ++step) {
        const std::vector<T> rate = canonical_rate(start, coupling, fused);
        for (std::size_t k = 0; k < rate.size(); ++k)
            start.theta[k] = multiply_add(static_cast<T>(euler.dt), rate[k], start.theta[k], fused);
    }
    return start.theta;
}

} // namespace test::bits
