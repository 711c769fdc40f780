// Lanes<T, Level>: a vector of float or double, as wide as the registers of one instruction set, and what can be done
// with it through the compiler's vector extensions alone: one text for every width.
//
// How one text becomes code for several instruction sets in a plain -O2 build: these operators are always_inline and
// carry no target, so they take the target of whoever they end up in. (What needs an instruction by name is in
// primitives.hpp.) A Lanes has a user-provided copy constructor, so that it is passed by address in every calling
// convention: a user's functor, which carries no target, then agrees with an AVX-512 caller even where nothing is
// inlined.
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The levels: one tag type for each value of Isa but `automatic`. `fused` says whether fma rounds once.
struct Baseline {
    static constexpr std::size_t bytes = 16;
#if !KURAMOTO_X86 && defined(__FP_FAST_FMA) && defined(__FP_FAST_FMAF)
    static constexpr bool fused = true;
#else
    static constexpr bool fused = false;
#endif
};
struct Avx2 {
    static constexpr std::size_t bytes = 32;
    static constexpr bool fused = true;
};
struct Avx512 {
    static constexpr std::size_t bytes = 64;
    static constexpr bool fused = true;
};

template <class T> using BitsOf = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

template <class T, class Level> struct VectorOf {
    typedef T Values [[__gnu__::__vector_size__(Level::bytes)]];
    typedef BitsOf<T> Bits [[__gnu__::__vector_size__(Level::bytes)]];
    typedef std::make_unsigned_t<BitsOf<T>> UnsignedBits [[__gnu__::__vector_size__(Level::bytes)]];
};

} // namespace detail

/// The result of comparing Lanes: one truth value a lane, for `select`.
template <class T, class Level> struct LaneMask {
    using Bits = typename detail::VectorOf<T, Level>::Bits;
    Bits bits;

    KURAMOTO_ALWAYS_INLINE explicit LaneMask(const Bits& b) : bits(b) {}
    KURAMOTO_ALWAYS_INLINE LaneMask(const LaneMask& other) : bits(other.bits) {}
    KURAMOTO_ALWAYS_INLINE LaneMask& operator=(const LaneMask& other) {
        bits = other.bits;
        return *this;
    }

    KURAMOTO_ALWAYS_INLINE friend LaneMask operator&(const LaneMask& a, const LaneMask& b) {
        return LaneMask(a.bits & b.bits);
    }
    KURAMOTO_ALWAYS_INLINE friend LaneMask operator|(const LaneMask& a, const LaneMask& b) {
        return LaneMask(a.bits | b.bits);
    }
    KURAMOTO_ALWAYS_INLINE friend LaneMask operator!(const LaneMask& a) { return LaneMask(~a.bits); }
};

/// Several values of type T, one a lane, with the arithmetic of T. A coupling written as a template sees it in place of
/// a number; numbers mix with it freely.
template <class T, class Level> struct Lanes {
    using value_type = T;
    using Values = typename detail::VectorOf<T, Level>::Values;
    using Bits = typename detail::VectorOf<T, Level>::Bits;
    using LevelType = Level;
    using Mask = LaneMask<T, Level>;
    static constexpr bool fused = Level::fused;
    static constexpr int count = static_cast<int>(Level::bytes / sizeof(T));

    Values values;

    KURAMOTO_ALWAYS_INLINE Lanes() : values() {}
    KURAMOTO_ALWAYS_INLINE explicit Lanes(const Values& v) : values(v) {}
    KURAMOTO_ALWAYS_INLINE Lanes(const Lanes& other) : values(other.values) {}
    KURAMOTO_ALWAYS_INLINE Lanes& operator=(const Lanes& other) {
        values = other.values;
        return *this;
    }
    /// The same number in every lane.
    template <class Number, class = std::enable_if_t<std::is_arithmetic_v<Number>>>
    KURAMOTO_ALWAYS_INLINE Lanes(Number number)
        // By way of integers, because GCC would insert a floating-point number one lane after the other.
        : values(reinterpret_cast<Values>(__builtin_bit_cast(detail::BitsOf<T>, static_cast<T>(number)) + Bits{})) {}

    KURAMOTO_ALWAYS_INLINE static Lanes load(const T* from) {
        Values v;
        __builtin_memcpy(&v, from, sizeof v);
        return Lanes(v);
    }
    KURAMOTO_ALWAYS_INLINE void store(T* to) const { __builtin_memcpy(to, &values, sizeof values); }

    KURAMOTO_ALWAYS_INLINE T operator[](int lane) const { return values[lane]; }

    KURAMOTO_ALWAYS_INLINE friend Lanes operator+(const Lanes& a, const Lanes& b) { return Lanes(a.values + b.values); }
    KURAMOTO_ALWAYS_INLINE friend Lanes operator-(const Lanes& a, const Lanes& b) { return Lanes(a.values - b.values); }
    /// Rounded on its own: GCC would otherwise contract a product that feeds a sum, in some builds and not in others.
    KURAMOTO_ALWAYS_INLINE friend Lanes operator*(const Lanes& a, const Lanes& b) {
        Lanes product(a.values * b.values);
        value_barrier(product); // primitives.hpp
        return product;
    }
    KURAMOTO_ALWAYS_INLINE friend Lanes operator/(const Lanes& a, const Lanes& b) { return Lanes(a.values / b.values); }
    KURAMOTO_ALWAYS_INLINE friend Lanes operator-(const Lanes& a) { return Lanes(-a.values); }
    KURAMOTO_ALWAYS_INLINE friend Lanes operator+(const Lanes& a) { return a; }
    KURAMOTO_ALWAYS_INLINE Lanes& operator+=(const Lanes& b) { return *this = *this + b; }
    KURAMOTO_ALWAYS_INLINE Lanes& operator-=(const Lanes& b) { return *this = *this - b; }
    KURAMOTO_ALWAYS_INLINE Lanes& operator*=(const Lanes& b) { return *this = *this * b; }
    KURAMOTO_ALWAYS_INLINE Lanes& operator/=(const Lanes& b) { return *this = *this / b; }

    KURAMOTO_ALWAYS_INLINE friend Mask operator<(const Lanes& a, const Lanes& b) { return Mask(a.values < b.values); }
    KURAMOTO_ALWAYS_INLINE friend Mask operator<=(const Lanes& a, const Lanes& b) { return Mask(a.values <= b.values); }
    KURAMOTO_ALWAYS_INLINE friend Mask operator>(const Lanes& a, const Lanes& b) { return Mask(a.values > b.values); }
    KURAMOTO_ALWAYS_INLINE friend Mask operator>=(const Lanes& a, const Lanes& b) { return Mask(a.values >= b.values); }
    KURAMOTO_ALWAYS_INLINE friend Mask operator==(const Lanes& a, const Lanes& b) { return Mask(a.values == b.values); }
    KURAMOTO_ALWAYS_INLINE friend Mask operator!=(const Lanes& a, const Lanes& b) { return Mask(a.values != b.values); }
};

namespace detail {

/// Words of 64 bits, as many as a vector holds, for integers that are not lanes of a field.
template <class Level> struct Words {
    typedef std::uint64_t Values [[__gnu__::__vector_size__(Level::bytes)]];
    static constexpr int count = static_cast<int>(Level::bytes / 8);

    Values values;

    KURAMOTO_ALWAYS_INLINE Words() : values() {}
    KURAMOTO_ALWAYS_INLINE explicit Words(const Values& v) : values(v) {}
    KURAMOTO_ALWAYS_INLINE explicit Words(std::uint64_t number) : values(number + Values{}) {}
    KURAMOTO_ALWAYS_INLINE Words(const Words& other) : values(other.values) {}
    KURAMOTO_ALWAYS_INLINE Words& operator=(const Words& other) {
        values = other.values;
        return *this;
    }

    KURAMOTO_ALWAYS_INLINE static Words load(const std::uint64_t* from) {
        Values v;
        __builtin_memcpy(&v, from, sizeof v);
        return Words(v);
    }
};

template <class V> constexpr bool is_lanes = false;
template <class T, class Level> constexpr bool is_lanes<Lanes<T, Level>> = true;

/// mask ? a : b, lane by lane.
template <class T, class Level>
KURAMOTO_ALWAYS_INLINE Lanes<T, Level> blend(const LaneMask<T, Level>& mask, const Lanes<T, Level>& a,
                                             const Lanes<T, Level>& b) {
    return Lanes<T, Level>(mask.bits ? a.values : b.values);
}

/// The lanes as integers of the same width, and back.
template <class T, class Level>
KURAMOTO_ALWAYS_INLINE void to_bits(const Lanes<T, Level>& a, typename Lanes<T, Level>::Bits& bits) {
    bits = reinterpret_cast<typename Lanes<T, Level>::Bits>(a.values);
}
template <class V> KURAMOTO_ALWAYS_INLINE V from_bits(const typename V::Bits& bits) {
    return V(reinterpret_cast<typename V::Values>(bits));
}

/// |a|, by clearing the sign bit.
template <class T, class Level> KURAMOTO_ALWAYS_INLINE Lanes<T, Level> magnitude_of(const Lanes<T, Level>& a) {
    using Bits = BitsOf<T>;
    typename Lanes<T, Level>::Bits bits;
    to_bits(a, bits);
    constexpr Bits all_but_sign =
        sizeof(T) == 4 ? static_cast<Bits>(0x7fffffff) : static_cast<Bits>(0x7fffffffffffffff);
    return from_bits<Lanes<T, Level>>(bits & all_but_sign);
}

template <class T, class Level, std::size_t... Index>
KURAMOTO_ALWAYS_INLINE LaneMask<T, Level> first_lanes(int n, std::index_sequence<Index...>) {
    using Bits = typename Lanes<T, Level>::Bits;
    return LaneMask<T, Level>(Bits{static_cast<BitsOf<T>>(Index)...} < static_cast<BitsOf<T>>(n));
}
/// True in the first n lanes.
template <class T, class Level> KURAMOTO_ALWAYS_INLINE LaneMask<T, Level> first_lanes(int n) {
    return first_lanes<T, Level>(n, std::make_index_sequence<static_cast<std::size_t>(Lanes<T, Level>::count)>{});
}

/// A vector of the lanes with the numbers `Source`: those of `a` come first, those of `b` are numbered after them.
template <int... Source, class T, class Level>
KURAMOTO_ALWAYS_INLINE Lanes<T, Level> shuffled(const Lanes<T, Level>& a, const Lanes<T, Level>& b) {
#if !KURAMOTO_NVCC
    return Lanes<T, Level>(__builtin_shufflevector(a.values, b.values, Source...));
#elif !defined(__clang__)
    return Lanes<T, Level>(__builtin_shuffle(a.values, b.values, typename Lanes<T, Level>::Bits{Source...}));
#else
    constexpr int count = Lanes<T, Level>::count;
    return Lanes<T, Level>(
        typename Lanes<T, Level>::Values{(Source < count ? a.values[Source] : b.values[Source - count])...});
#endif
}

template <class T, class Level, std::size_t... Index>
KURAMOTO_ALWAYS_INLINE Lanes<T, Level> shift_in(const Lanes<T, Level>& previous, const Lanes<T, Level>& current,
                                                std::index_sequence<Index...>) {
    constexpr int last = Lanes<T, Level>::count - 1;
    return shuffled<(last + static_cast<int>(Index))...>(previous, current);
}
/// `current` moved up by one lane; lane 0 takes the last lane of `previous`.
template <class T, class Level>
KURAMOTO_ALWAYS_INLINE Lanes<T, Level> shift_in(const Lanes<T, Level>& previous, const Lanes<T, Level>& current) {
    return shift_in(previous, current, std::make_index_sequence<static_cast<std::size_t>(Lanes<T, Level>::count)>{});
}

template <int First, class T, class Level, std::size_t... Index>
KURAMOTO_ALWAYS_INLINE Lanes<T, Level> interleave(const Lanes<T, Level>& a, const Lanes<T, Level>& b,
                                                  std::index_sequence<Index...>) {
    constexpr int count = Lanes<T, Level>::count;
    return shuffled<(First + static_cast<int>(Index) / 2 + (static_cast<int>(Index) % 2) * count)...>(a, b);
}
/// a₀ b₀ a₁ b₁ …: `low` begins with lane 0, `high` with the middle one.
template <class T, class Level>
KURAMOTO_ALWAYS_INLINE void interleave(const Lanes<T, Level>& a, const Lanes<T, Level>& b, Lanes<T, Level>& low,
                                       Lanes<T, Level>& high) {
    constexpr int count = Lanes<T, Level>::count;
    low = interleave<0>(a, b, std::make_index_sequence<static_cast<std::size_t>(count)>{});
    high = interleave<count / 2>(a, b, std::make_index_sequence<static_cast<std::size_t>(count)>{});
}

} // namespace detail
KURAMOTO_END_NAMESPACE
