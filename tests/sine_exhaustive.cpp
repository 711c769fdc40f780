// Measures the largest error of the vector sine and cosine: over every float, and over random doubles. Takes minutes;
// not one of the quick tests.
//
// Usage: sine_exhaustive [doubles a range, default 10000000]
//
// Floats are compared with the C library's double functions (wrong by less than 10^-8 of a float's last place), doubles
// with its long double ones. Also counts floats for which oddness or evenness fails in a bit; exits with 1 if there are
// any.
#include "support/sine_levels.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace {

using test::Function;
namespace km = kuramoto;

template <class Exact> double error_in_ulp(Exact computed, Exact exact, int lowest_exponent, int digits) {
    int exponent = 0;
    std::frexp(exact, &exponent);
    const int scale = (exponent < lowest_exponent ? lowest_exponent : exponent) - digits;
    return static_cast<double>(std::fabs(computed - exact) / std::ldexp(Exact{1}, scale));
}

struct Worst {
    double error = 0;
    double at = 0;
    void note(double candidate, double x) {
        if (std::isnan(error)) return; // a NaN where there should be none is the worst of all, and stays
        if (!(candidate <= error)) {
            error = candidate;
            at = x;
        }
    }
};

const char* name(Function function) { return function == Function::sine ? "sin" : "cos"; }

/// Every finite float of either sign. Returns how many break the symmetry.
std::int64_t all_floats(km::Isa isa, Function function) {
    constexpr std::uint32_t block = 1U << 16;
    constexpr std::uint32_t infinity = 0x7f800000U;
    Worst worst;
    std::int64_t asymmetric = 0;
    std::vector<float> x(block);
    std::vector<float> minus(block);
    for (std::uint32_t first = 0; first < infinity; first += block) {
        for (std::uint32_t k = 0; k < block; ++k) {
            const std::uint32_t bits = first + k < infinity ? first + k : infinity - 1;
            std::memcpy(&x[k], &bits, sizeof bits);
            minus[k] = -x[k];
        }
        const std::vector<float> y = test::evaluate(isa, function, x);
        const std::vector<float> mirrored = test::evaluate(isa, function, minus);
        for (std::uint32_t k = 0; k < block; ++k) {
            const auto argument = static_cast<double>(x[k]);
            const double exact = function == Function::sine ? std::sin(argument) : std::cos(argument);
            worst.note(error_in_ulp(static_cast<double>(y[k]), exact, std::numeric_limits<float>::min_exponent,
                                    std::numeric_limits<float>::digits),
                       argument);
            if (!test::same_bits(mirrored[k], function == Function::sine ? -y[k] : y[k])) ++asymmetric;
        }
    }
    std::printf("%-9s %s  every float               %.4f ulp at %.9g, %lld asymmetric\n", km::name(isa), name(function),
                worst.error, worst.at, static_cast<long long>(asymmetric));
    std::fflush(stdout);
    return asymmetric;
}

void random_doubles(km::Isa isa, Function function, double reach, long samples) {
    constexpr std::size_t block = 1 << 16;
    std::mt19937_64 random(99);
    Worst worst;
    std::vector<double> x(block);
    for (long done = 0; done < samples; done += static_cast<long>(block)) {
        for (double& value : x) value = (static_cast<double>(random() >> 11) * 0x1p-52 - 1.0) * reach;
        const std::vector<double> y = test::evaluate(isa, function, x);
        for (std::size_t k = 0; k < block; ++k) {
            const auto argument = static_cast<long double>(x[k]);
            const long double exact = function == Function::sine ? sinl(argument) : cosl(argument);
            worst.note(error_in_ulp(static_cast<long double>(y[k]), exact, std::numeric_limits<double>::min_exponent,
                                    std::numeric_limits<double>::digits),
                       x[k]);
        }
    }
    std::printf("%-9s %s  doubles within %-10.7g  %.4f ulp at %.17g\n", km::name(isa), name(function), reach,
                worst.error, worst.at);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    const long samples = argc > 1 ? std::atol(argv[1]) : 10000000;
    std::int64_t asymmetric = 0;
    for (const km::Isa isa : test::supported_isas()) {
        if (isa == km::Isa::avx2 && km::is_supported(km::Isa::avx512)) continue; // the same bits
        for (const Function function : {Function::sine, Function::cosine}) {
            for (const double reach : {3e-8, 1.5707963267948966, 6.283185307179586, 3000.0, 1048576.0})
                random_doubles(isa, function, reach, samples);
            asymmetric += all_floats(isa, function);
        }
    }
    return asymmetric == 0 ? 0 : 1;
}
