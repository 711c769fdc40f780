// The difference kernel: Σ cos(θ_b − θ_a) over pairs of cells, from the cosines and sines of their phases.
#pragma once

#include <kuramoto/detail/simd/dispatch.hpp>
#include <kuramoto/detail/simd/lane_sums.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// cos θ and sin θ of consecutive cells.
struct PhasorRow {
    const double* real;
    const double* imaginary;
};

/// Adds Σ cos a cos b + sin a sin b over `count` pairs, the first of every row, to `sum`. Reads nothing past them.
/// Accuracy: a summand is rounded to a multiple of 2^-50.
struct AddDifferenceCosines {
    template <class V>
    KURAMOTO_ALWAYS_INLINE static void run(const PhasorRow& a, const PhasorRow& b, std::ptrdiff_t count,
                                           FixedPointSum<double, 1>& sum) noexcept {
        for (std::ptrdiff_t begin = 0; begin < count; begin += most)
            add_some<V>(a, b, begin, count - begin < most ? count : begin + most, sum);
    }

  private:
    static constexpr std::ptrdiff_t most = 1024; // pairs that LaneSums have room for

    template <class V>
    KURAMOTO_ALWAYS_INLINE static void add_some(const PhasorRow& a, const PhasorRow& b, std::ptrdiff_t begin,
                                                std::ptrdiff_t end, FixedPointSum<double, 1>& sum) noexcept {
        UnitLaneSums<V, 1> lanes;
        std::ptrdiff_t per_lane = 0;
        std::ptrdiff_t k = begin;
        for (; k + V::count <= end; k += V::count, ++per_lane)
            lanes.add(
                fma(V::load(a.real + k), V::load(b.real + k), V::load(a.imaginary + k) * V::load(b.imaginary + k)));
        if (k < end) {
            const auto left = static_cast<int>(end - k);
            const V imaginary = load_first(a.imaginary + k, left, V(0)) * load_first(b.imaginary + k, left, V(0));
            lanes.add(fma(load_first(a.real + k, left, V(0)), load_first(b.real + k, left, V(0)), imaginary));
            ++per_lane;
        }
        lanes.add_to(sum, per_lane);
    }
};

using AddDifferenceCosinesFunction = void (*)(const PhasorRow& a, const PhasorRow& b, std::ptrdiff_t count,
                                              FixedPointSum<double, 1>& sum) noexcept;

inline AddDifferenceCosinesFunction add_difference_cosines_function(Isa isa) noexcept {
    return kernel_for<AddDifferenceCosines, double, AddDifferenceCosinesFunction>(isa);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
