// The gate of .ci/run: ratios within this process that fall when a kernel is no longer vectorised, or time no longer
// fused. The floors are about half of what is usual, so that no machine and no neighbour makes them fail; a mistake of
// this kind costs more. Two things are timed in turns, nine times; the figure is the median of the ratios.
// Exit status: 0 if all ratios hold, 1 if one is below its floor, 2 if they could not be measured.
#include "by_hand.hpp"
#include "library_sine.hpp"

#include <kuramoto/kuramoto.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace km = kuramoto;

namespace {

using Work = std::function<void()>;

double seconds_of(const Work& work, int times) {
    const auto start = std::chrono::steady_clock::now();
    for (int k = 0; k < times; ++k) work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// How often to do the work for it to take 20 ms.
int times_of(const Work& work) {
    int times = 1;
    while (seconds_of(work, times) < 0.02) times *= 2;
    return times;
}

/// The time of `slow` as a multiple of that of `fast`.
double ratio_of(const Work& slow, const Work& fast) {
    constexpr int pairs = 9;
    const int slow_times = times_of(slow);
    const int fast_times = times_of(fast);
    std::vector<double> ratios;
    for (int pair = 0; pair < pairs; ++pair) {
        const double time = seconds_of(slow, slow_times) / slow_times;
        ratios.push_back(time / (seconds_of(fast, fast_times) / fast_times));
    }
    std::nth_element(ratios.begin(), ratios.begin() + pairs / 2, ratios.end());
    return ratios[pairs / 2];
}

int failures = 0;

void check(const char* what, double ratio, double floor) {
    const bool holds = ratio >= floor;
    failures += holds ? 0 : 1;
    std::printf("%-62s %6.2f  at least %4.2f  %s\n", what, ratio, floor, holds ? "holds" : "FAILS");
    std::fflush(stdout);
}

/// A lattice of the policy's own, and so many steps of it.
template <class T, class C, class P, class S = km::Euler>
Work steps(const P& policy, std::ptrdiff_t n, std::int64_t count, const S& stepper = {}) {
    auto theta = std::make_shared<km::Field<T>>(n, n);
    auto omega = std::make_shared<km::Field<T>>(n, n);
    km::uniform_phases(*theta, 1);
    km::normal_frequencies(*omega, 0.0, 0.5, 2);
    return [=] {
        const km::Model model{km::Laplacian<C>{.K = 1.0}, *omega};
        km::advance(policy, stepper, model, *theta, count, 0);
    };
}

template <class T> Work sines(suite::Sines<T> function) {
    std::vector<T> x(1024);
    for (std::size_t k = 0; k < x.size(); ++k) x[k] = T(0.01) * static_cast<T>(k) - T(5);
    return [x, y = std::vector<T>(x.size()), function]() mutable { function(x.data(), y.data(), x.size()); };
}

void check_all() {
    const bool is_wide = km::best_isa() != km::Isa::baseline;
    const km::Fused baseline{.isa = km::Isa::baseline};
    std::printf("instruction set: %s\n", km::name(km::best_isa()));
    check("array passes ÷ fused, sine, float32, N = 512",
          ratio_of(steps<float, km::Sine>(km::Serial{}, 512, 16), steps<float, km::Sine>(km::Fused{}, 512, 16)), 1.4);
    check("one step at a time ÷ fused in time, linear, float64, N = 3000",
          ratio_of(steps<double, km::Linear>(km::Fused{.depth = 1}, 3000, 16),
                   steps<double, km::Linear>(km::Fused{}, 3000, 16)),
          1.2);
    check("float64 ÷ float32, fused, sine, N = 512",
          ratio_of(steps<double, km::Sine>(km::Fused{}, 512, 16), steps<float, km::Sine>(km::Fused{}, 512, 16)), 1.5);
    check("libm's sine ÷ the library's, float32",
          ratio_of(sines<float>(by_hand::plain::sines<float>), sines<float>(suite::library_sine<float>())),
          is_wide ? 5.0 : 1.2);
    check("libm's sine ÷ the library's, float64",
          ratio_of(sines<double>(by_hand::plain::sines<double>), sines<double>(suite::library_sine<double>())),
          is_wide ? 4.0 : 1.2);
    if (is_wide) {
        check("16-byte vectors ÷ the widest, fused, sine, float32, N = 512",
              ratio_of(steps<float, km::Sine>(baseline, 512, 16), steps<float, km::Sine>(km::Fused{}, 512, 16)), 1.8);
        check("16-byte vectors ÷ the widest, fused, sine, float64, N = 512",
              ratio_of(steps<double, km::Sine>(baseline, 512, 16), steps<double, km::Sine>(km::Fused{}, 512, 16)), 1.8);
        const km::EulerMaruyama noisy{.D = 0.1};
        check("16-byte vectors ÷ the widest, with noise, float32, N = 512",
              ratio_of(steps<float, km::Sine>(baseline, 512, 16, noisy),
                       steps<float, km::Sine>(km::Fused{}, 512, 16, noisy)),
              2.0);
    }
}

constexpr const char* usage = "usage: kuramoto-gate\n"
                              "exit status: 0 if all ratios hold, 1 if one is below its floor, 2 if they could not be "
                              "measured\n";

} // namespace

int main(int count, char** arguments) try {
    if (count > 1) {
        const bool is_asked = std::string_view(arguments[1]) == "--help";
        std::fputs(usage, is_asked ? stdout : stderr);
        return is_asked ? 0 : 2;
    }
    check_all();
    if (std::ferror(stdout) != 0) throw std::runtime_error("cannot write to the standard output");
    return failures == 0 ? 0 : 1;
} catch (const std::exception& error) {
    std::fprintf(stderr, "kuramoto-gate: %s\n", error.what());
    return 2;
}
