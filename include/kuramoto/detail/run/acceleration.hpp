// The acceleration of oscillators with inertia, (rate − γ θ̇)/m, cell by cell.
#pragma once

#include <kuramoto/detail/memory/logical_order.hpp>
#include <kuramoto/detail/parallel/cell_blocks.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/model/inertia.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// (rate − γ v)/m, in place of the rate. NaN for a mass that is not positive and a negative damping.
template <class T> struct Acceleration {
    T* rate = nullptr;
    const T* velocity = nullptr;
    const T* masses = nullptr;   ///< null: `mass` in every cell
    const T* dampings = nullptr; ///< null: `damping` in every cell
    T mass = 1;
    T damping = 0;

    template <class Cells> KURAMOTO_ALWAYS_INLINE void operator()(const Cells& at) const noexcept {
        using V = typename Cells::Vector;
        const V m = masses != nullptr ? positive(at.load(masses)) : V(mass);
        const V gamma = dampings != nullptr ? not_negative(at.load(dampings)) : V(damping);
        at.store(rate, fma(-gamma, at.load(velocity), at.load(rate)) / m);
    }

  private:
    // Compared as integers: -ffast-math would let a compiler drop what only makes a NaN.
    template <class V> KURAMOTO_ALWAYS_INLINE static V positive(const V& value) noexcept {
        typename V::Bits bits;
        to_bits(value, bits);
        return blend(typename V::Mask(bits > 0), value, V(__builtin_nan("")));
    }
    template <class V> KURAMOTO_ALWAYS_INLINE static V not_negative(const V& value) noexcept {
        typename V::Bits bits;
        typename V::Bits size;
        to_bits(value, bits);
        to_bits(magnitude_of(value), size); // −0 is not negative
        return blend(typename V::Mask(bits >= 0) | typename V::Mask(size == 0), value, V(__builtin_nan("")));
    }
};

/// rate = (rate − γ velocity)/m, for views of any strides. The arguments have been checked.
template <class P, class T>
void accelerate(const P& policy, const Execution& execution, const InertiaFields<T>& inertia,
                const Grid<const T>& velocity, const Grid<T>& rate) {
    constexpr std::ptrdiff_t most = 256; // cells that are copied at a time
    if (rate.empty()) return;
    const auto function = cell_function<T, Acceleration<T>>(execution.isa);
    const Acceleration<T> operation{.mass = static_cast<T>(inertia.mass.number()),
                                    .damping = static_cast<T>(inertia.damping.number())};
    for_blocks(policy, execution, rate.size(), [&](std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
        T copies[4][most];
        std::ptrdiff_t count = 0;
        // Cells [begin, begin + count) of a field as consecutive cells.
        const auto packed = [&](const Grid<const T>& field, T* copy) -> const T* {
            if (is_consecutive(field)) return field.data() + begin;
            visit_cells(field, begin, count, [&](const T& cell, std::ptrdiff_t k) { copy[k] = cell; });
            return copy;
        };
        for (; begin < end; begin += most) {
            count = end - begin < most ? end - begin : most;
            Acceleration<T> here = operation;
            visit_cells(rate, begin, count, [&](const T& cell, std::ptrdiff_t k) { copies[0][k] = cell; });
            here.rate = copies[0];
            here.velocity = packed(velocity, copies[1]);
            if (!inertia.mass.is_number()) here.masses = packed(inertia.mass.field(), copies[2]);
            if (!inertia.damping.is_number()) here.dampings = packed(inertia.damping.field(), copies[3]);
            function(here, 0, count);
            visit_cells(rate, begin, count, [&](T& cell, std::ptrdiff_t k) { cell = copies[0][k]; });
        }
    });
}

} // namespace detail
KURAMOTO_END_NAMESPACE
