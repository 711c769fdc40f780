// layout: how the cells lie in memory, and in which order one goes over them.
#include "lattice.hpp"

#include <vector>

namespace suite {
namespace {

constexpr std::ptrdiff_t n = 1000;
constexpr std::int64_t steps = 32;

/// A lattice that lies in a larger array with these strides.
template <class T> void add_strides(const std::string& layout, std::ptrdiff_t row_stride, std::ptrdiff_t col_stride) {
    add("layout/" + layout + "/" + name_of<T>, false, [=](benchmark::State& state) {
        const Lattice<T> from(n);
        const auto size = static_cast<std::size_t>((n - 1) * (row_stride + col_stride) + 1);
        std::vector<T> phases(size), frequencies(size);
        const km::Grid<T> theta(phases.data(), n, n, row_stride, col_stride);
        const km::Grid<T> omega(frequencies.data(), n, n, row_stride, col_stride);
        for (std::ptrdiff_t i = 0; i < n; ++i)
            for (std::ptrdiff_t j = 0; j < n; ++j) {
                theta(i, j) = from.theta(i, j);
                omega(i, j) = from.omega(i, j);
            }
        const km::Model model{km::SineLaplacian{.K = coupling_strength}, omega};
        for (auto _ : state) km::advance(km::Fused{}, km::Euler{.dt = time_step}, model, theta, steps);
        count<T>(state, static_cast<double>(n * n * steps), sine_cost<T>(automatic_depth), 1, fits_in_cache<T>(n));
    });
}

/// Filling a field as a whole, cell by cell, and cell by cell in the wrong order.
template <class T> void add_fills() {
    const auto add_fill = [](const std::string& how, auto fill) {
        add("layout/fill-" + how + "/" + name_of<T>, false, [fill](benchmark::State& state) {
            km::Field<T> field(4 * n, 4 * n);
            T value = 0;
            fill(field.view(), value); // touches the pages
            for (auto _ : state) {
                fill(field.view(), value += 1);
                benchmark::DoNotOptimize(field.data());
                benchmark::ClobberMemory();
            }
            state.counters["bytes"] = benchmark::Counter(static_cast<double>(field.size()) * sizeof(T),
                                                         benchmark::Counter::kIsIterationInvariantRate);
        });
    };
    add_fill("whole", [](const km::Grid<T>& grid, T value) { std::fill_n(grid.data(), grid.size(), value); });
    add_fill("cell-by-cell", [](const km::Grid<T>& grid, T value) {
        for (std::ptrdiff_t i = 0; i < grid.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < grid.cols(); ++j) grid(i, j) = value;
    });
    add_fill("wrong-order", [](const km::Grid<T>& grid, T value) {
        for (std::ptrdiff_t j = 0; j < grid.cols(); ++j)
            for (std::ptrdiff_t i = 0; i < grid.rows(); ++i) grid(i, j) = value;
    });
}

template <class T> void add_by_hand(const std::string& order, by_hand::Solver<T> solver) {
    add("layout/by-hand-" + order + "/" + name_of<T>, false,
        [solver](benchmark::State& state) { advance_by_hand<T>(state, solver, 4 * n, 1); });
}

template <class T> void add_layouts() {
    add_strides<T>("row-major", n, 1);
    add_strides<T>("column-major", 1, n);
    add_strides<T>("padded", n + 24, 1);
    add_strides<T>("every-other-row", 2 * n, 1);
    add_strides<T>("every-other-column", 2 * n, 2);
    add_by_hand<T>("along-rows", by_hand::plain::solvers<T>().naive);
    add_by_hand<T>("wrong-order", by_hand::plain::solvers<T>().wrong_order);
    add_fills<T>();
}

} // namespace

void add_layout() {
    add_layouts<float>();
    add_layouts<double>();
}

} // namespace suite
