// The rate of a state of phases and velocities: θ̇, and the acceleration (rate − γ θ̇)/m, cell by cell.
#pragma once

#include <kuramoto/detail/memory/logical_order.hpp>
#include <kuramoto/detail/parallel/cell_blocks.hpp>
#include <kuramoto/detail/run/inertial_factors.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/model/inertia.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// (rate − γ v)/m in place of the rate, and v beside it. NaN for a mass that is not finite and positive, and for a
/// damping that is negative or not finite.
template <class T> struct Acceleration {
    const T* velocity = nullptr;
    T* velocity_out = nullptr;
    T* rate = nullptr;
    const T* masses = nullptr;   ///< null: `mass` in every cell
    const T* dampings = nullptr; ///< null: `damping` in every cell
    T mass = 1;
    T damping = 0;

    template <class Cells> KURAMOTO_ALWAYS_INLINE void operator()(const Cells& at) const noexcept {
        using V = typename Cells::Vector;
        const V m = masses != nullptr ? positive(at.load(masses)) : V(mass);
        const V gamma = dampings != nullptr ? not_negative(at.load(dampings)) : V(damping);
        const V v = at.load(velocity);
        at.store(velocity_out, v);
        at.store(rate, fma(-gamma, v, at.load(rate)) / m);
    }

  private:
    // Compared as integers: -ffast-math would let a compiler drop what only makes a NaN.
    template <class V> KURAMOTO_ALWAYS_INLINE static V positive(const V& value) noexcept {
        typename V::Bits bits;
        typename V::Bits infinite;
        to_bits(value, bits);
        to_bits(V(__builtin_huge_val()), infinite);
        return blend(typename V::Mask(bits > 0) & typename V::Mask(bits < infinite), value, V(__builtin_nan("")));
    }
    template <class V> KURAMOTO_ALWAYS_INLINE static V not_negative(const V& value) noexcept {
        typename V::Bits bits;
        to_bits(magnitude_of(value), bits);
        return blend(typename V::Mask(bits == 0), V(0), positive(value)); // −0 is not negative
    }
};

/// Cells of a view as consecutive ones: where they are, or copied to `copy`.
template <class T>
const T* consecutive(const Grid<const T>& grid, std::ptrdiff_t first, std::ptrdiff_t count, T* copy) {
    if (is_consecutive(grid)) return grid.data() + first;
    visit_cells(grid, first, count, [&](const T& cell, std::ptrdiff_t k) { copy[k] = cell; });
    return copy;
}

/// The rate of a state: `acceleration` holds the rate of the model.
template <class T> struct StateRate {
    Grid<T> velocity;
    Grid<T> acceleration;
};

/// Makes accelerations of rates, and copies the velocities, for views of any strides. The arguments have been checked.
template <class P, class T>
void accelerate(const P& policy, const Execution& execution, const InertiaFields<T>& inertia,
                const Grid<const T>& velocity, const StateRate<T>& out) {
    constexpr std::ptrdiff_t most = 256; // cells that are copied at a time
    const auto function = cell_function<T, Acceleration<T>>(execution.isa);
    Acceleration<T> operation;
    if (inertia.mass.is_number()) operation.mass = checked_mass<T>(inertia.mass.number());
    if (inertia.damping.is_number()) operation.damping = checked_damping<T>(inertia.damping.number());
    const bool are_velocities_in_place = is_consecutive(out.velocity);
    const bool are_rates_in_place = is_consecutive(out.acceleration);
    for_blocks(policy, execution, velocity.size(), [&](std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
        T copies[5][most];
        for (; begin < end; begin += most) {
            const std::ptrdiff_t count = end - begin < most ? end - begin : most;
            Acceleration<T> here = operation;
            here.velocity = consecutive(velocity, begin, count, copies[0]);
            here.velocity_out = are_velocities_in_place ? out.velocity.data() + begin : copies[1];
            here.rate = are_rates_in_place ? out.acceleration.data() + begin : copies[2];
            if (!are_rates_in_place) consecutive(Grid<const T>(out.acceleration), begin, count, copies[2]);
            if (!inertia.mass.is_number()) here.masses = consecutive(inertia.mass.field(), begin, count, copies[3]);
            if (!inertia.damping.is_number())
                here.dampings = consecutive(inertia.damping.field(), begin, count, copies[4]);
            function(here, 0, count);
            const auto unpack = [&](const Grid<T>& to, const T* from) {
                visit_cells(to, begin, count, [&](T& cell, std::ptrdiff_t k) { cell = from[k]; });
            };
            if (!are_velocities_in_place) unpack(out.velocity, copies[1]);
            if (!are_rates_in_place) unpack(out.acceleration, copies[2]);
        }
    });
}

} // namespace detail
KURAMOTO_END_NAMESPACE
