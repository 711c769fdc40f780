// Lanes<T, Twice<Level>>: two vectors that a coupling sees as one.
//
// A kernel calls the coupling with the differences of two bonds at once. The sine then tests its range once for both. A
// row is also advanced by two vectors at once, and then both bonds are two vectors each. The arithmetic of a lane is
// the same.
#pragma once

#include <kuramoto/detail/simd/primitives.hpp>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The level of two vectors of Level.
template <class Level> struct Twice {
    static constexpr std::size_t bytes = 2 * Level::bytes;
    static constexpr bool fused = Level::fused;
};

} // namespace detail

/// See LaneMask.
template <class T, class Level> struct LaneMask<T, detail::Twice<Level>> {
    using Half = LaneMask<T, Level>;
    Half first;
    Half second;

    KURAMOTO_ALWAYS_INLINE LaneMask(const Half& a, const Half& b) : first(a), second(b) {}
    KURAMOTO_ALWAYS_INLINE LaneMask(const LaneMask& other) : first(other.first), second(other.second) {}
    KURAMOTO_ALWAYS_INLINE LaneMask& operator=(const LaneMask& other) {
        first = other.first;
        second = other.second;
        return *this;
    }

    KURAMOTO_ALWAYS_INLINE friend LaneMask operator&(const LaneMask& a, const LaneMask& b) {
        return {a.first & b.first, a.second & b.second};
    }
    KURAMOTO_ALWAYS_INLINE friend LaneMask operator|(const LaneMask& a, const LaneMask& b) {
        return {a.first | b.first, a.second | b.second};
    }
    KURAMOTO_ALWAYS_INLINE friend LaneMask operator!(const LaneMask& a) { return {!a.first, !a.second}; }
};

/// See Lanes.
template <class T, class Level> struct Lanes<T, detail::Twice<Level>> {
    using value_type = T;
    using Half = Lanes<T, Level>;
    using LevelType = detail::Twice<Level>;
    using Mask = LaneMask<T, LevelType>;
    static constexpr bool fused = Level::fused;
    static constexpr int count = 2 * Half::count;

    Half first;
    Half second;

    KURAMOTO_ALWAYS_INLINE Lanes() : first(), second() {}
    KURAMOTO_ALWAYS_INLINE Lanes(const Half& a, const Half& b) : first(a), second(b) {}
    KURAMOTO_ALWAYS_INLINE Lanes(const Lanes& other) : first(other.first), second(other.second) {}
    KURAMOTO_ALWAYS_INLINE Lanes& operator=(const Lanes& other) {
        first = other.first;
        second = other.second;
        return *this;
    }
    /// The same number in every lane.
    template <class Number, class = std::enable_if_t<std::is_arithmetic_v<Number>>>
    KURAMOTO_ALWAYS_INLINE Lanes(Number number) : first(number), second(first) {}

    KURAMOTO_ALWAYS_INLINE static Lanes load(const T* from) {
        return {Half::load(from), Half::load(from + Half::count)};
    }
    KURAMOTO_ALWAYS_INLINE void store(T* to) const {
        first.store(to);
        second.store(to + Half::count);
    }

    KURAMOTO_ALWAYS_INLINE T operator[](int lane) const {
        return lane < Half::count ? first[lane] : second[lane - Half::count];
    }

    KURAMOTO_ALWAYS_INLINE friend Lanes operator+(const Lanes& a, const Lanes& b) {
        return {a.first + b.first, a.second + b.second};
    }
    KURAMOTO_ALWAYS_INLINE friend Lanes operator-(const Lanes& a, const Lanes& b) {
        return {a.first - b.first, a.second - b.second};
    }
    KURAMOTO_ALWAYS_INLINE friend Lanes operator*(const Lanes& a, const Lanes& b) {
        return {a.first * b.first, a.second * b.second};
    }
    KURAMOTO_ALWAYS_INLINE friend Lanes operator/(const Lanes& a, const Lanes& b) {
        return {a.first / b.first, a.second / b.second};
    }
    KURAMOTO_ALWAYS_INLINE friend Lanes operator-(const Lanes& a) { return {-a.first, -a.second}; }
    KURAMOTO_ALWAYS_INLINE friend Lanes operator+(const Lanes& a) { return a; }
    KURAMOTO_ALWAYS_INLINE Lanes& operator+=(const Lanes& b) { return *this = *this + b; }
    KURAMOTO_ALWAYS_INLINE Lanes& operator-=(const Lanes& b) { return *this = *this - b; }
    KURAMOTO_ALWAYS_INLINE Lanes& operator*=(const Lanes& b) { return *this = *this * b; }
    KURAMOTO_ALWAYS_INLINE Lanes& operator/=(const Lanes& b) { return *this = *this / b; }

    KURAMOTO_ALWAYS_INLINE friend Mask operator<(const Lanes& a, const Lanes& b) {
        return {a.first < b.first, a.second < b.second};
    }
    KURAMOTO_ALWAYS_INLINE friend Mask operator<=(const Lanes& a, const Lanes& b) {
        return {a.first <= b.first, a.second <= b.second};
    }
    KURAMOTO_ALWAYS_INLINE friend Mask operator>(const Lanes& a, const Lanes& b) {
        return {a.first > b.first, a.second > b.second};
    }
    KURAMOTO_ALWAYS_INLINE friend Mask operator>=(const Lanes& a, const Lanes& b) {
        return {a.first >= b.first, a.second >= b.second};
    }
    KURAMOTO_ALWAYS_INLINE friend Mask operator==(const Lanes& a, const Lanes& b) {
        return {a.first == b.first, a.second == b.second};
    }
    KURAMOTO_ALWAYS_INLINE friend Mask operator!=(const Lanes& a, const Lanes& b) {
        return {a.first != b.first, a.second != b.second};
    }
};

namespace detail {

template <class T, class Level> using TwoLanes = Lanes<T, Twice<Level>>;

template <class T, class Level> KURAMOTO_ALWAYS_INLINE void value_barrier(TwoLanes<T, Level>& a) {
    value_barrier(a.first);
    value_barrier(a.second);
}
template <class T, class Level>
KURAMOTO_ALWAYS_INLINE TwoLanes<T, Level> fma(const TwoLanes<T, Level>& a, const TwoLanes<T, Level>& b,
                                              const TwoLanes<T, Level>& c) {
    return {fma(a.first, b.first, c.first), fma(a.second, b.second, c.second)};
}
template <class T, class Level>
KURAMOTO_ALWAYS_INLINE TwoLanes<T, Level> blend(const LaneMask<T, Twice<Level>>& mask, const TwoLanes<T, Level>& a,
                                                const TwoLanes<T, Level>& b) {
    return {blend(mask.first, a.first, b.first), blend(mask.second, a.second, b.second)};
}
template <class T, class Level> KURAMOTO_ALWAYS_INLINE TwoLanes<T, Level> magnitude_of(const TwoLanes<T, Level>& a) {
    return {magnitude_of(a.first), magnitude_of(a.second)};
}
template <class T, class Level> KURAMOTO_ALWAYS_INLINE bool any_beyond(const TwoLanes<T, Level>& a, T limit) {
    return any_beyond(a.first, a.second, limit);
}
template <class T, class Level>
KURAMOTO_ALWAYS_INLINE bool any_beyond(const TwoLanes<T, Level>& a, const TwoLanes<T, Level>& b, T limit) {
    // Not by ||, which would be one more branch.
    return (static_cast<int>(any_beyond(a, limit)) | static_cast<int>(any_beyond(b, limit))) != 0;
}
/// Only the last lane of the vector before counts.
template <class T, class Level>
KURAMOTO_ALWAYS_INLINE TwoLanes<T, Level> shift_in(const Lanes<T, Level>& previous, const TwoLanes<T, Level>& current) {
    return {shift_in(previous, current.first), shift_in(current.first, current.second)};
}

/// The vector with the last lanes.
template <class T, class Level> KURAMOTO_ALWAYS_INLINE const Lanes<T, Level>& last_vector(const Lanes<T, Level>& a) {
    return a;
}
template <class T, class Level> KURAMOTO_ALWAYS_INLINE const Lanes<T, Level>& last_vector(const TwoLanes<T, Level>& a) {
    return a.second;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
