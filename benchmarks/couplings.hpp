// Couplings that are not the library's own.
#pragma once

#include <kuramoto/kuramoto.hpp>

#include <cmath>

namespace suite {

/// The C library's sine, one lane after the other: what a loop costs that is not vectorised.
struct LibmSine {
    static constexpr bool odd = true;
    static constexpr double max_slope = 1.0;

    template <class V> KURAMOTO_ALWAYS_INLINE V operator()(const V& difference) const {
        typename V::value_type lanes[V::count];
        difference.store(lanes);
        for (auto& lane : lanes) lane = std::sin(lane);
        return V::load(lanes);
    }
};

/// A user's coupling with a second harmonic, sin d + a sin 2d.
struct TwoHarmonics {
    double a = 0.3;
    static constexpr bool odd = true;

    template <class V> KURAMOTO_ALWAYS_INLINE V operator()(const V& difference) const {
        using T = typename V::value_type;
        return kuramoto::sin(difference) + V(static_cast<T>(a)) * kuramoto::sin(difference + difference);
    }
};

/// sin(d − α): not odd, so that every bond takes a sine for each of its cells.
struct Lagged {
    double lag = 0.5;
    static constexpr bool odd = false;

    template <class V> KURAMOTO_ALWAYS_INLINE V operator()(const V& difference) const {
        using T = typename V::value_type;
        return kuramoto::sin(difference - V(static_cast<T>(lag)));
    }
};

} // namespace suite
