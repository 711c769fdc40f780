// The floating-point environment: in any environment of the caller or of a worker, every algorithm gives the bits of
// the default environment, and does not change that of the caller or worker.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/every_algorithm.hpp"
#include "support/policies.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace km = kuramoto;

#if defined(__FAST_MATH__)
#define SKIP_UNDER_FAST_MATH GTEST_SKIP() << "bits are not promised under -ffast-math"
#else
#define SKIP_UNDER_FAST_MATH static_cast<void>(0)
#endif

namespace {

// How a thread treats subnormal numbers; IEEE 754 keeps them.
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
constexpr std::uint64_t flushing = 0x8040U; // FTZ and DAZ of MXCSR
std::uint64_t control() { return __builtin_ia32_stmxcsr(); }
void set_control(std::uint64_t word) { __builtin_ia32_ldmxcsr(static_cast<unsigned>(word)); }
#elif defined(__aarch64__)
constexpr std::uint64_t flushing = std::uint64_t{1} << 24U; // FZ of FPCR
std::uint64_t control() {
    std::uint64_t word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
    return word;
}
void set_control(std::uint64_t word) { __asm__ volatile("msr fpcr, %0" : : "r"(word)); }
#else
constexpr std::uint64_t flushing = 0;
std::uint64_t control() { return 0; }
void set_control(std::uint64_t) {}
#endif

void enter(const Environment& environment) {
    set_control(environment.subnormals == Subnormals::flushed ? control() | flushing : control() & ~flushing);
    std::fesetround(environment.rounding);
}

bool is_in(const Environment& environment) {
    const bool flushes = (control() & flushing) == flushing;
    return std::fegetround() == environment.rounding &&
           (flushing == 0 || flushes == (environment.subnormals == Subnormals::flushed));
}

// Puts the calling thread into an environment, and back into the default one.
class Within {
  public:
    explicit Within(const Environment& environment) { enter(environment); }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;
    ~Within() { enter({}); }
};

std::vector<Environment> every_environment() {
    std::vector<Environment> all;
    for (const int rounding : {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO})
        for (const Subnormals subnormals : {Subnormals::kept, Subnormals::flushed}) {
            if (flushing == 0 && subnormals == Subnormals::flushed) continue;
            all.push_back({rounding, subnormals});
        }
    return all;
}

// A user's own policy, whose threads have another environment.
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

    static inline std::atomic<int> strays = 0; // tasks that left their thread in another environment
};

template <class T, class P> void expect_bits_of_default(const P& policy, const std::string& what) {
    const std::vector<test::Witness> expected = test::witnesses<T>(policy);
    for (const Environment& environment : every_environment()) {
        std::vector<test::Witness> found;
        bool is_left = false;
        {
            const Within within(environment);
            found = test::witnesses<T>(policy);
            is_left = is_in(environment);
        }
        EXPECT_TRUE(is_left) << what << " does not leave " << environment.name();
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t k = 0; k < found.size(); ++k)
            EXPECT_EQ(found[k].hash, expected[k].hash)
                << found[k].algorithm << ", " << what << ", " << environment.name();
    }
}

template <class T> class EnvironmentOf : public ::testing::Test {};
using Precisions = ::testing::Types<float, double>;
TYPED_TEST_SUITE(EnvironmentOf, Precisions);

} // namespace

TYPED_TEST(EnvironmentOf, TheCallerDoesNotChangeBitsOfOneThread) {
    SKIP_UNDER_FAST_MATH;
    for (const km::Isa isa : test::supported_isas())
        expect_bits_of_default<TypeParam>(km::Fused{.isa = isa}, std::string("Fused, ") + km::name(isa));
}

TYPED_TEST(EnvironmentOf, TheCallerDoesNotChangeBitsOfArrayPasses) {
    SKIP_UNDER_FAST_MATH;
    expect_bits_of_default<TypeParam>(km::Serial{}, "Serial");
}

// The workers of OpenMP start before the caller changes its environment, and keep their own.
TYPED_TEST(EnvironmentOf, TheCallerDoesNotChangeBitsOfThreads) {
    SKIP_UNDER_FAST_MATH;
    for (const int threads : {1, 2})
        expect_bits_of_default<TypeParam, test::AnyPolicy>(km::OpenMP{.threads = threads, .min_cells_per_thread = 1},
                                                           "OpenMP, threads = " + std::to_string(threads));
}

TYPED_TEST(EnvironmentOf, AWorkerDoesNotChangeBits) {
    SKIP_UNDER_FAST_MATH;
    const std::vector<test::Witness> expected = test::witnesses<TypeParam>(km::Fused{});
    Strangers::strays = 0;
    for (const Environment& environment : every_environment()) {
        const std::vector<test::Witness> found = test::witnesses<TypeParam>(test::AnyPolicy(Strangers{environment}));
        for (std::size_t k = 0; k < found.size(); ++k)
            EXPECT_EQ(found[k].hash, expected[k].hash) << found[k].algorithm << ", workers " << environment.name();
    }
    EXPECT_EQ(Strangers::strays, 0);
}

// A pulse on a lattice of zeros: its front consists of subnormal numbers, which FTZ would flush to zero.
TYPED_TEST(EnvironmentOf, TheCallerDoesNotFlushSubnormalNumbers) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    const auto pulse = [](const auto& policy) {
        km::Field<T> theta(61, 67);
        theta(30, 33) = sizeof(T) == 4 ? T(1e-30) : T(1e-300);
        km::advance(policy, km::Euler{.dt = 0.1}, km::Model{km::SineLaplacian{.K = 1.0}, 0.0}, theta, 25);
        return test::values_of(theta.view());
    };
    const std::vector<T> expected = pulse(km::Fused{});
    int subnormals = 0;
    for (const T value : expected) subnormals += std::fpclassify(value) == FP_SUBNORMAL ? 1 : 0;
    ASSERT_GT(subnormals, 0);
    for (const Environment& environment : every_environment()) {
        const Within within(environment);
        const std::vector<T> alone = pulse(km::Fused{});
        const std::vector<T> shared = pulse(km::OpenMP{.threads = 2, .min_cells_per_thread = 1});
        EXPECT_EQ(test::first_difference(alone, expected), -1) << environment.name();
        EXPECT_EQ(test::first_difference(shared, expected), -1) << environment.name();
    }
}

// A loop around an algorithm: a compiler may move loop-invariant arithmetic out of it.
TYPED_TEST(EnvironmentOf, TheCallerDoesNotReachArgumentsThatStayTheSame) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    volatile double third = 1.0 / 3;
    const auto run = [&](const Environment& environment) {
        km::Field<T> theta(5, 7);
        km::uniform_phases(theta, 3);
        const km::Euler euler{.dt = third * 0.1};
        const km::Model model{km::SineLaplacian{.K = third}, double{third}};
        const Within within(environment);
        for (int k = 0; k < 20; ++k) km::advance(km::Fused{}, euler, model, theta, 1);
        return test::values_of(theta.view());
    };
    const std::vector<T> expected = run({});
    for (const Environment& environment : every_environment())
        EXPECT_EQ(test::first_difference(run(environment), expected), -1) << environment.name();
}

// The observer of a simulation is the caller's own code, and so is the visitor of vortices.
TEST(Environment, OfACallbackIsTheCallers) {
    const Environment mine{FE_UPWARD, Subnormals::kept};
    km::Field<double> theta(9, 11);
    km::uniform_phases(theta, 3);
    km::Simulation simulation(km::Model{km::SineLaplacian{}, 0.0}, theta, km::Euler{.dt = 0.1});
    km::Simulation adaptive(km::Model{km::SineLaplacian{}, 0.0}, theta, km::DormandPrince54{});
    int calls = 0;
    int strays = 0;
    const auto look = [&](const auto&) {
        ++calls;
        strays += is_in(mine) ? 0 : 1;
    };
    {
        const Within within(mine);
        simulation.run(km::Fused{}, 4, 1, look);
        adaptive.run(km::Fused{}, 0.5, 0.25, look);
        km::for_each_vortex(km::Boundary{}, theta, look);
    }
    EXPECT_GT(calls, 8);
    EXPECT_EQ(strays, 0);
}

// An exception does not change the environment, either.
TEST(Environment, IsTheCallersAfterAnError) {
    const Environment mine{FE_DOWNWARD, Subnormals::flushed};
    km::Field<double> theta(9, 11);
    bool is_left = false;
    {
        const Within within(mine);
        EXPECT_THROW(km::advance(km::Fused{}, km::Euler{.dt = -1}, km::Model{km::SineLaplacian{}, 0.0}, theta, 1),
                     std::invalid_argument);
        is_left = std::fegetround() == FE_DOWNWARD;
    }
    EXPECT_TRUE(is_left);
}

// The caller sees the flags that a computation raises, even if its environment is not the default one.
TEST(Environment, KeepsTheFlagsThatWereRaised) {
    std::feclearexcept(FE_ALL_EXCEPT);
    volatile double x = 0.3;
    {
        const Within within({FE_UPWARD, Subnormals::kept});
        static_cast<void>(km::sin(double{x}));
    }
    EXPECT_NE(std::fetestexcept(FE_INEXACT), 0);
    EXPECT_EQ(std::fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW), 0);
}
