// sin, cos and sincos of a whole array in a chosen instruction set, through the lanes themselves.
#pragma once

#include "support/policies.hpp"
#include "support/values.hpp"

#include <kuramoto/math.hpp>

#include <cstddef>
#include <cstring>
#include <type_traits>
#include <vector>

namespace test {

namespace km = kuramoto;

enum class Function { sine, cosine, sine_of_both, cosine_of_both };
inline constexpr Function all_functions[] = {Function::sine, Function::cosine, Function::sine_of_both,
                                             Function::cosine_of_both};

inline const char* name(Function function) {
    switch (function) {
    case Function::sine:
        return "sin";
    case Function::cosine:
        return "cos";
    case Function::sine_of_both:
        return "sincos.sin";
    case Function::cosine_of_both:
        return "sincos.cos";
    }
    return "?";
}

/// Whether it is a sine: odd, and not a cosine.
inline bool is_sine(Function function) { return function == Function::sine || function == Function::sine_of_both; }

/// How many vectors a function gets at once.
enum class Vectors { one, two, four };

template <Vectors vectors, class T, class Level> struct ArgumentOf {
    using Type = km::Lanes<T, Level>;
};
template <class T, class Level> struct ArgumentOf<Vectors::two, T, Level> {
    using Type = km::Lanes<T, km::detail::Twice<Level>>;
};
template <class T, class Level> struct ArgumentOf<Vectors::four, T, Level> {
    using Type = km::Lanes<T, km::detail::Twice<km::detail::Twice<Level>>>;
};
/// As many vectors as one.
template <Vectors vectors, class T, class Level> using Argument = typename ArgumentOf<vectors, T, Level>::Type;

template <class V>
KURAMOTO_ALWAYS_INLINE void fill(Function function, const typename V::value_type* x, typename V::value_type* y,
                                 std::size_t count) {
    for (std::size_t k = 0; k < count; k += static_cast<std::size_t>(V::count)) {
        const V argument = V::load(x + k);
        if (function == Function::sine)
            km::sin(argument).store(y + k);
        else if (function == Function::cosine)
            km::cos(argument).store(y + k);
        else if (function == Function::sine_of_both)
            km::sincos(argument).sin.store(y + k);
        else
            km::sincos(argument).cos.store(y + k);
    }
}

template <Vectors vectors, class T>
[[gnu::flatten]] void fill_baseline(Function function, const T* x, T* y, std::size_t count) {
    fill<Argument<vectors, T, km::detail::Baseline>>(function, x, y, count);
}
#if KURAMOTO_X86
template <Vectors vectors, class T>
KURAMOTO_TARGET_AVX2 [[gnu::flatten]] void fill_avx2(Function function, const T* x, T* y, std::size_t count) {
    fill<Argument<vectors, T, km::detail::Avx2>>(function, x, y, count);
}
template <Vectors vectors, class T>
KURAMOTO_TARGET_AVX512 [[gnu::flatten]] void fill_avx512(Function function, const T* x, T* y, std::size_t count) {
    fill<Argument<vectors, T, km::detail::Avx512>>(function, x, y, count);
}
#endif

/// function(x) of every element; `isa` is one that this processor has.
template <Vectors vectors = Vectors::one, class T>
std::vector<T> evaluate([[maybe_unused]] km::Isa isa, Function function, const std::vector<T>& x) {
    constexpr std::size_t widest = 4 * 64 / sizeof(T);
    const std::size_t padded = (x.size() + widest - 1) / widest * widest;
    std::vector<T> argument(padded, T{0});
    std::vector<T> result(padded);
    if (!x.empty()) std::memcpy(argument.data(), x.data(), x.size() * sizeof(T));
#if KURAMOTO_X86
    if (isa == km::Isa::avx512)
        fill_avx512<vectors>(function, argument.data(), result.data(), padded);
    else if (isa == km::Isa::avx2)
        fill_avx2<vectors>(function, argument.data(), result.data(), padded);
    else
#endif
        fill_baseline<vectors>(function, argument.data(), result.data(), padded);
    result.resize(x.size());
    return result;
}

/// Whether two arrays hold the same bits.
template <class T> bool all_same_bits(const std::vector<T>& a, const std::vector<T>& b) {
    return first_difference(a, b) < 0;
}

} // namespace test
