// Measures the largest error of the vector sine and cosine, alone and both at once, in units in the last place (ULP) of
// the exact value: over every float, over random doubles, and over the doubles beside multiples of π/2. Minutes; not
// one of the quick tests.
//
// Usage: sine_accuracy [--isa NAME] [--function sin|cos|sincos.sin|sincos.cos] [--floats STRIDE] [--doubles COUNT]
// [--most ULP]
//     STRIDE 1 (the default) takes every float, n every n-th, 0 none; COUNT (10000000) doubles a range
//
// Floats are compared with the C library's double functions, which are wrong by less than 10^-8 of a float's last
// place. Doubles are compared with its long double functions; the worst argument of every 4096 is compared with MPFR
// once more, and the largest difference of the two comparisons is shown. A NaN or an infinity is infinitely wrong.
// Exits with 1 if a result is not odd (sine) or even (cosine) to the bit, or if an error is larger than --most.
#include "support/sine_levels.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#if KURAMOTO_HAS_MPFR
#include <mpfr.h>
#endif

namespace {

using test::Function;
namespace km = kuramoto;

constexpr std::size_t block = 4096;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// |computed − exact| in units of the last place of `exact` as a T.
template <class T, class Exact> double error_in_ulp(T computed, Exact exact) {
    if (!std::isfinite(computed)) return infinity;
    const int exponent = exact == 0 ? std::numeric_limits<T>::min_exponent - 1 : std::ilogb(exact);
    const int unit = std::max(exponent, std::numeric_limits<T>::min_exponent - 1) + 1 - std::numeric_limits<T>::digits;
    return static_cast<double>(std::fabs(static_cast<Exact>(computed) - exact) * std::ldexp(Exact{1}, -unit));
}

#if KURAMOTO_HAS_MPFR
/// The same against MPFR, with 200 bits.
double error_against_mpfr(Function function, double x, double computed) {
    if (!std::isfinite(computed)) return infinity;
    mpfr_t exact;
    mpfr_t error;
    mpfr_inits2(200, exact, error, static_cast<mpfr_ptr>(nullptr));
    mpfr_set_d(exact, x, MPFR_RNDN);
    if (test::is_sine(function))
        mpfr_sin(exact, exact, MPFR_RNDN);
    else
        mpfr_cos(exact, exact, MPFR_RNDN);
    double result = computed == 0 ? 0 : infinity;
    if (mpfr_zero_p(exact) == 0) {
        mpfr_d_sub(error, computed, exact, MPFR_RNDN);
        mpfr_abs(error, error, MPFR_RNDN);
        const auto unit = std::max<mpfr_exp_t>(mpfr_get_exp(exact), std::numeric_limits<double>::min_exponent) -
                          std::numeric_limits<double>::digits;
        mpfr_mul_2si(error, error, -unit, MPFR_RNDN);
        result = mpfr_get_d(error, MPFR_RNDN);
    }
    mpfr_clears(exact, error, static_cast<mpfr_ptr>(nullptr));
    return result;
}
#endif

/// The largest error so far, and where; how far two measures of one error differ; broken symmetries.
struct Worst {
    double error = -1;
    double at = 0;
    double doubt = 0;
    std::int64_t asymmetric = 0;

    void note(double candidate, double x) {
        if (candidate <= error) return;
        error = candidate;
        at = x;
    }
    void merge(const Worst& other) {
        note(other.error, other.at);
        doubt = std::max(doubt, other.doubt);
        asymmetric += other.asymmetric;
    }
};

/// The largest error in one block of arguments.
template <class Exact, class T> Worst worst_of(km::Isa isa, Function function, const std::vector<T>& x) {
    std::vector<T> minus(x.size());
    for (std::size_t k = 0; k < x.size(); ++k) minus[k] = -x[k];
    const std::vector<T> y = test::evaluate(isa, function, x);
    const std::vector<T> mirrored = test::evaluate(isa, function, minus);
    Worst worst;
    std::size_t worst_index = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        const auto argument = static_cast<Exact>(x[k]);
        const Exact exact = test::is_sine(function) ? std::sin(argument) : std::cos(argument);
        const double error = error_in_ulp(y[k], exact);
        if (error > worst.error) worst_index = k;
        worst.note(error, static_cast<double>(x[k]));
        if (!test::same_bits(mirrored[k], test::is_sine(function) ? -y[k] : y[k])) ++worst.asymmetric;
    }
#if KURAMOTO_HAS_MPFR
    if constexpr (sizeof(T) == 8) {
        const double error = error_against_mpfr(function, x[worst_index], y[worst_index]);
        worst.doubt = error == worst.error ? 0 : std::fabs(error - worst.error);
        worst.error = error;
    }
#else
    static_cast<void>(worst_index);
#endif
    return worst;
}

/// The largest error in blocks [0, count), which `make` fills, on all threads.
template <class Exact, class T, class Make>
Worst worst_of_blocks(km::Isa isa, Function function, std::int64_t count, const Make& make) {
    Worst worst;
#pragma omp parallel
    {
        Worst mine;
        std::vector<T> x(block);
#pragma omp for schedule(dynamic, 16)
        for (std::int64_t b = 0; b < count; ++b) {
            make(b, x);
            mine.merge(worst_of<Exact>(isa, function, x));
        }
#pragma omp critical
        worst.merge(mine);
    }
    return worst;
}

Worst every_float(km::Isa isa, Function function, std::int64_t stride) {
    constexpr std::int64_t end = 0x7f800000; // the bits of infinity
    const std::int64_t count = (end + stride - 1) / stride;
    return worst_of_blocks<double, float>(isa, function, (count + std::int64_t{block} - 1) / std::int64_t{block},
                                          [&](std::int64_t b, std::vector<float>& x) {
                                              for (std::size_t k = 0; k < block; ++k) {
                                                  const std::int64_t index =
                                                      b * std::int64_t{block} + static_cast<std::int64_t>(k);
                                                  const auto bits =
                                                      static_cast<std::uint32_t>(std::min(index * stride, end - 1));
                                                  std::memcpy(&x[k], &bits, sizeof bits);
                                              }
                                          });
}

Worst random_doubles(km::Isa isa, Function function, double reach, std::int64_t blocks) {
    return worst_of_blocks<long double, double>(isa, function, blocks, [&](std::int64_t b, std::vector<double>& x) {
        std::mt19937_64 random(static_cast<std::uint64_t>(b));
        for (double& value : x) value = static_cast<double>(random() >> 11) * 0x1p-53 * reach;
    });
}

/// Doubles within a few of their own steps, or within 10^-7, of k π/2 for random k: the sine or the cosine is small or
/// next to one.
Worst doubles_beside_multiples(km::Isa isa, Function function, std::int64_t blocks) {
    constexpr long double half_pi = 1.57079632679489661923132169163975144L;
    return worst_of_blocks<long double, double>(isa, function, blocks, [&](std::int64_t b, std::vector<double>& x) {
        std::mt19937_64 random(static_cast<std::uint64_t>(b));
        for (double& value : x) {
            const std::uint64_t bits = random();
            const auto multiple = static_cast<double>(half_pi * static_cast<long double>(bits >> (44 + bits % 20)));
            const double offset = static_cast<double>(static_cast<std::int64_t>(random()) >> 11) * 0x1p-52;
            const double step = std::nextafter(multiple, infinity) - multiple;
            value = (bits >> 5) % 2 == 0 ? multiple + std::round(4 * offset) * step : multiple + 1e-7 * offset;
        }
    });
}

void print(km::Isa isa, Function function, const std::string& arguments, const Worst& worst) {
    std::printf("%-9s %-10s  %-32s %.4f ULP at %.17g", km::name(isa), test::name(function), arguments.c_str(),
                worst.error, worst.at);
    if (worst.doubt > 0) std::printf(", long double and MPFR differ by %.1g at most", worst.doubt);
    if (worst.asymmetric > 0) std::printf(", %lld ASYMMETRIC", static_cast<long long>(worst.asymmetric));
    std::printf("\n");
    std::fflush(stdout);
}

struct Options {
    std::string isa;
    std::string function;
    std::int64_t stride = 1;
    std::int64_t doubles = 10000000;
    double most = infinity;
};

/// Everything there is to measure of one function in one instruction set. Returns whether all is as it should be.
bool measure(km::Isa isa, Function function, const Options& options) {
    bool is_right = true;
    const auto show = [&](const std::string& arguments, const Worst& worst) {
        print(isa, function, arguments, worst);
        if (worst.asymmetric != 0 || worst.error > options.most) is_right = false;
    };
    if (options.stride == 1) show("every float", every_float(isa, function, 1));
    if (options.stride > 1)
        show("every float / " + std::to_string(options.stride), every_float(isa, function, options.stride));
    const std::int64_t blocks = (options.doubles + std::int64_t{block} - 1) / std::int64_t{block};
    if (blocks == 0) return is_right;
    for (const double reach : {1.5707963267948966, 6.283185307179586, 1000.0, 0x1p20}) {
        char text[40];
        std::snprintf(text, sizeof text, "doubles within %.8g", reach);
        show(text, random_doubles(isa, function, reach, blocks));
    }
    show("doubles beside multiples of pi/2", doubles_beside_multiples(isa, function, blocks));
    return is_right;
}

/// A whole number that is not negative, or the end of the program.
std::int64_t number(const char* option, const char* value) {
    char* end = nullptr;
    const long long result = std::strtoll(value, &end, 10);
    if (*value != '\0' && *end == '\0' && result >= 0) return result;
    std::fprintf(stderr, "sine_accuracy: %s must be a whole number, but is %s\n", option, value);
    std::exit(2);
}

Options parse(int argc, char** argv) {
    Options options;
    for (int k = 1; k < argc; k += 2) {
        const std::string option = argv[k];
        const char* value = k + 1 < argc ? argv[k + 1] : "";
        if (option == "--isa")
            options.isa = value;
        else if (option == "--function")
            options.function = value;
        else if (option == "--floats")
            options.stride = number("--floats", value);
        else if (option == "--doubles")
            options.doubles = number("--doubles", value);
        else if (option == "--most")
            options.most = std::strtod(value, nullptr);
        else {
            std::fprintf(stderr, "sine_accuracy: unknown option %s\n", option.c_str());
            std::exit(2);
        }
    }
    return options;
}

} // namespace

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    bool is_right = true;
    bool is_measured = false;
    for (const km::Isa isa : test::supported_isas()) {
        const bool repeats = isa == km::Isa::avx2 && km::is_supported(km::Isa::avx512); // the same bits
        if (options.isa.empty() ? repeats : options.isa != km::name(isa)) continue;
        for (const Function function : test::all_functions) {
            if (!options.function.empty() && options.function != test::name(function)) continue;
            is_right = measure(isa, function, options) && is_right;
            is_measured = true;
        }
    }
    if (!is_measured) {
        std::fprintf(stderr, "sine_accuracy: nothing to measure with these options\n");
        return 2;
    }
    return is_right ? 0 : 1;
}
