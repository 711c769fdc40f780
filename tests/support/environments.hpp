// Floating-point environments for tests: roundings, what becomes of subnormal numbers, and threads that have them.
#pragma once

#include <atomic>
#include <cfenv>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace test {

/// How a thread treats subnormal numbers; IEEE 754 keeps them.
enum class Subnormals { kept, flushed };

struct Environment {
    int rounding = FE_TONEAREST;
    Subnormals subnormals = Subnormals::kept;

    [[nodiscard]] std::string name() const {
        const char* const mode = rounding == FE_UPWARD       ? "upward"
                                 : rounding == FE_DOWNWARD   ? "downward"
                                 : rounding == FE_TOWARDZERO ? "towards zero"
                                                             : "to nearest";
        return std::string("rounding ") + mode + (subnormals == Subnormals::flushed ? ", FTZ and DAZ" : "");
    }
};

#if defined(__SSE__)
inline constexpr std::uint64_t flushing = 0x8040U; // FTZ and DAZ of MXCSR
inline std::uint64_t control() { return __builtin_ia32_stmxcsr(); }
inline void set_control(std::uint64_t word) { __builtin_ia32_ldmxcsr(static_cast<unsigned>(word)); }
#elif defined(__aarch64__)
inline constexpr std::uint64_t flushing = std::uint64_t{1} << 24U; // FZ of FPCR
inline std::uint64_t control() {
    std::uint64_t word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
    return word;
}
inline void set_control(std::uint64_t word) { __asm__ volatile("msr fpcr, %0" : : "r"(word)); }
#else
inline constexpr std::uint64_t flushing = 0;
inline std::uint64_t control() { return 0; }
inline void set_control(std::uint64_t) {}
#endif

inline void enter(const Environment& environment) {
    set_control(environment.subnormals == Subnormals::flushed ? control() | flushing : control() & ~flushing);
    std::fesetround(environment.rounding);
}

inline bool is_in(const Environment& environment) {
    const bool flushes = (control() & flushing) == flushing;
    return std::fegetround() == environment.rounding &&
           (flushing == 0 || flushes == (environment.subnormals == Subnormals::flushed));
}

/// Puts the calling thread into an environment, and back into the default one.
class Within {
  public:
    explicit Within(const Environment& environment) { enter(environment); }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;
    ~Within() { enter({}); }
};

inline std::vector<Environment> every_environment() {
    std::vector<Environment> all;
    for (const int rounding : {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO})
        for (const Subnormals subnormals : {Subnormals::kept, Subnormals::flushed}) {
            if (flushing == 0 && subnormals == Subnormals::flushed) continue;
            all.push_back({rounding, subnormals});
        }
    return all;
}

/// A user's own policy, whose threads have another environment.
struct Strangers {
    Environment environment;

    template <class Task> void run(int count, const Task& task) const {
        std::vector<std::thread> threads;
        for (int i = 0; i < count; ++i)
            threads.emplace_back([&, i] {
                enter(environment);
                task(i);
                strays = strays + (is_in(environment) ? 0 : 1);
            });
        for (std::thread& thread : threads) thread.join();
    }
    [[nodiscard]] int concurrency() const noexcept { return 2; }

    static inline std::atomic<int> strays = 0; ///< tasks that left their thread in another environment
};

} // namespace test
