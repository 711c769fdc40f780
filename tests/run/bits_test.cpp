// The promise of same bits: Fused = OpenMP = any policy, for any threads, depth, tiling, layout and splitting of a run,
// per class of instruction set (with or without a fused multiply-add); and committed hashes.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/couplings.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace km = kuramoto;

// -ffast-math lets a compiler reorder sums, and so promises no bits.
#if defined(__FAST_MATH__)
#define SKIP_UNDER_FAST_MATH GTEST_SKIP() << "bits are not promised under -ffast-math"
#else
#define SKIP_UNDER_FAST_MATH static_cast<void>(0)
#endif

namespace {

template <class CellType, class CouplingType> struct Setting {
    using T = CellType;
    using Coupling = CouplingType;
};

template <class S> class Bits : public ::testing::Test {};

using Settings =
    ::testing::Types<Setting<float, km::Sine>, Setting<double, km::Sine>, Setting<float, km::Linear>,
                     Setting<double, km::Linear>, Setting<float, test::Skewed>, Setting<double, test::Skewed>>;
TYPED_TEST_SUITE(Bits, Settings);

// K dt is small enough for every coupling to stay tame for the longest run here; both are exact in float.
constexpr double K = 1.5;
constexpr km::Euler euler{.dt = 0.0625};

template <class T> struct Start {
    std::ptrdiff_t rows;
    std::ptrdiff_t cols;
    std::vector<T> theta;
    std::vector<T> omega;

    Start(std::ptrdiff_t r, std::ptrdiff_t c) : rows(r), cols(c) {
        km::Field<T> field(rows, cols);
        test::fill_distinct(field.view(), 1);
        theta = test::values_of(field.view());
        test::fill_distinct(field.view(), 0x5a5a5);
        omega = test::values_of(field.view());
    }
};

template <class C> km::Laplacian<C> laplacian() { return {.K = K, .coupling = {}}; }

// The state after a run, and the rate there, in row-major order.
template <class T> struct Result {
    std::vector<T> theta;
    std::vector<T> rate;
};

template <class C, class T, class P>
Result<T> run(const P& policy, const Start<T>& start, int steps, test::Layout layout = test::Layout::contiguous,
              test::Layout layout_of_omega = test::Layout::contiguous) {
    test::Cells<T> theta(layout, start.rows, start.cols);
    test::Cells<T> omega(layout_of_omega, start.rows, start.cols);
    test::Cells<T> rate(layout_of_omega, start.rows, start.cols);
    test::assign(theta.view(), start.theta);
    test::assign(omega.view(), start.omega);
    const km::Model model{laplacian<C>(), omega.view()};
    km::advance(policy, euler, model, theta.view(), steps);
    km::rate(policy, model, theta.view(), rate.view());
    km::apply(policy, model.laplacian, theta.view(), rate.view());
    EXPECT_TRUE(theta.canaries_alive() && omega.canaries_alive() && rate.canaries_alive());
    return {test::values_of(theta.view()), test::values_of(rate.view())};
}

template <class T> void expect_same(const Result<T>& result, const Result<T>& reference, const std::string& what) {
    EXPECT_EQ(test::first_difference(result.theta, reference.theta), -1) << "advance: " << what;
    EXPECT_EQ(test::first_difference(result.rate, reference.rate), -1) << "rate, apply: " << what;
}

// One step at a time, on one thread, row-major: what everything else is compared with.
km::Fused plain(km::Isa isa) { return {.depth = 1, .isa = isa}; }

// As many threads as asked for, however small the grid.
km::OpenMP threads(int n, int depth, km::Isa isa = km::Isa::automatic) {
    return {.threads = n, .depth = depth, .isa = isa, .min_cells_per_thread = 1};
}

// Whether the kernels of a level have a fused multiply-add.
template <class T> bool is_fused(km::Isa isa) {
    if (isa == km::Isa::baseline) return km::Lanes<T, km::detail::Baseline>::fused;
    return true;
}

std::string describe(const char* policy, km::Isa isa, int workers, int depth) {
    return std::string(policy) + ", " + name(isa) + ", " + std::to_string(workers) + " at once, depth " +
           std::to_string(depth);
}

template <class C, class T>
void check_policies(const Start<T>& start, int steps, const std::vector<int>& depths, const std::vector<int>& workers) {
    for (const km::Isa isa : test::supported_isas()) {
        const Result<T> reference = run<C>(plain(isa), start, steps);
        for (const int depth : depths) {
            expect_same(run<C>(km::Fused{.depth = depth, .isa = isa}, start, steps), reference,
                        describe("Fused", isa, 1, depth));
            for (const int n : workers) {
                // Seven threads on few cores take long and show nothing that seven tiles in turn do not.
                if (n < 7)
                    expect_same(run<C>(threads(n, depth, isa), start, steps), reference,
                                describe("OpenMP", isa, n, depth));
                const test::Pool pool{.workers = n, .depth = depth, .isa = isa, .on_threads = n == 3 && depth != 1};
                expect_same(run<C>(pool, start, steps), reference, describe("Pool", isa, n, depth));
            }
        }
    }
}

} // namespace

TYPED_TEST(Bits, DoNotDependOnPolicyThreadsOrDepth) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    const std::vector<int> depths{0, 1, 2, 3, 5, 16, 40};
    for (const auto& [rows, cols] : {std::pair{37, 61}, std::pair{1, 97}, std::pair{97, 1}, std::pair{2, 33}})
        check_policies<typename TypeParam::Coupling>(Start<T>(rows, cols), 18, depths, {1, 2, 3, 7});
}

// Many bands: rows enough for every worker to have its own even at depth 16.
TYPED_TEST(Bits, DoNotDependOnBands) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    const std::ptrdiff_t rows = 230;
    const std::ptrdiff_t cols = 23;
    const km::detail::Tiling tiling = km::detail::tiling_for_steps(
        {.extent = {rows, cols}, .cell_size = sizeof(T), .steps = 33, .workers = 7, .depth = 16});
    ASSERT_EQ(tiling.bands, 7);
    ASSERT_EQ(tiling.depth, 16);
    check_policies<typename TypeParam::Coupling>(Start<T>(rows, cols), 33, {0, 1, 5, 16}, {2, 7});
}

// More workers than bands: tiles are narrower than the grid.
TYPED_TEST(Bits, DoNotDependOnColumns) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    using C = typename TypeParam::Coupling;
    const int steps = 18;
    for (const auto& [rows, cols, depth] :
         {std::tuple{3, 1539, 16}, std::tuple{65, 1029, 16}, std::tuple{13, 701, 3}, std::tuple{5, 333, 1}}) {
        const km::detail::Tiling tiling = km::detail::tiling_for_steps(
            {.extent = {rows, cols}, .cell_size = sizeof(T), .steps = steps, .workers = 7, .depth = depth});
        ASSERT_GT(tiling.tiles_per_band, 1);
        ASSERT_EQ(tiling.bands > 1, rows > 3);
        const Start<T> start(rows, cols);
        for (const km::Isa isa : test::supported_isas()) {
            const std::string what = std::to_string(rows) + " x " + std::to_string(cols) + ", " + name(isa);
            const Result<T> reference = run<C>(plain(isa), start, steps);
            const test::Pool pool{.workers = 7, .depth = depth, .isa = isa};
            expect_same(run<C>(pool, start, steps), reference, "Pool, " + what);
            expect_same(run<C>(pool, start, steps, test::Layout::window, test::Layout::mirrored), reference,
                        "Pool, strided, " + what);
            expect_same(run<C>(pool, start, steps, test::Layout::column_major, test::Layout::padded), reference,
                        "Pool, column-major, " + what);
            expect_same(run<C>(threads(7, depth, isa), start, steps), reference, "OpenMP, " + what);
        }
    }
}

// Rows so long that the rows of all levels do not fit the caches: several tiles for one worker.
TYPED_TEST(Bits, DoNotDependOnColumnsOfOneWorker) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    using C = typename TypeParam::Coupling;
    const int depth = 64;
    const int steps = 66;
    const std::ptrdiff_t width =
        2 * km::detail::second_level_cache() / (depth * static_cast<std::ptrdiff_t>(sizeof(T)));
    const std::ptrdiff_t cols = 3 * width + 5;
    for (const int workers : {1, 2}) {
        const km::detail::Tiling tiling = km::detail::tiling_for_steps(
            {.extent = {3, cols}, .cell_size = sizeof(T), .steps = steps, .workers = workers, .depth = depth});
        ASSERT_GT(tiling.tiles_per_band, workers);
        ASSERT_EQ(tiling.workers, workers);
    }
    const Start<T> start(3, cols);
    const Result<T> reference = run<C>(plain(km::best_isa()), start, steps);
    expect_same(run<C>(km::Fused{.depth = depth}, start, steps), reference, "Fused");
    expect_same(run<C>(threads(2, depth), start, steps), reference, "OpenMP");
    expect_same(run<C>(test::Pool{.workers = 2, .depth = depth, .on_threads = true}, start, steps,
                       test::Layout::column_major, test::Layout::padded),
                reference, "Pool, column-major");
}

TYPED_TEST(Bits, DoNotDependOnTheLayout) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    const Start<T> start(43, 57);
    for (const km::Isa isa : test::supported_isas()) {
        const Result<T> reference = run<typename TypeParam::Coupling>(plain(isa), start, 9);
        for (const test::Layout theta : test::all_layouts)
            for (const test::Layout omega : test::all_layouts) {
                const std::string what = std::string(name(isa)) + ", " + name(theta) + ", omega " + name(omega);
                expect_same(
                    run<typename TypeParam::Coupling>(km::Fused{.depth = 4, .isa = isa}, start, 9, theta, omega),
                    reference, "Fused, " + what);
                const test::Pool pool{.workers = 5, .depth = 4, .isa = isa};
                expect_same(run<typename TypeParam::Coupling>(pool, start, 9, theta, omega), reference,
                            "Pool, " + what);
            }
    }
}

TYPED_TEST(Bits, OfATransposedProblemAreTransposed) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    const Start<T> start(29, 71);
    Start<T> turned(71, 29);
    for (std::ptrdiff_t i = 0; i < 29; ++i)
        for (std::ptrdiff_t j = 0; j < 71; ++j) {
            const auto from = static_cast<std::size_t>(i * 71 + j);
            const auto to = static_cast<std::size_t>(j * 29 + i);
            turned.theta[to] = start.theta[from];
            turned.omega[to] = start.omega[from];
        }
    const auto turn_back = [](const std::vector<T>& values) {
        std::vector<T> result(values.size());
        for (std::size_t i = 0; i < 29; ++i)
            for (std::size_t j = 0; j < 71; ++j) result[i * 71 + j] = values[j * 29 + i];
        return result;
    };
    for (const km::Isa isa : test::supported_isas())
        for (const int depth : {1, 3}) {
            const km::Fused policy{.depth = depth, .isa = isa};
            const Result<T> reference = run<typename TypeParam::Coupling>(policy, start, 11);
            const Result<T> result = run<typename TypeParam::Coupling>(policy, turned, 11);
            expect_same({turn_back(result.theta), turn_back(result.rate)}, reference, name(isa));
        }
}

// Many short rows are turned into few long ones; a run of fewer than eight steps is not, and tells the bits.
TYPED_TEST(Bits, OfManyShortRowsAreThoseOfSingleSteps) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    using C = typename TypeParam::Coupling;
    const Start<T> start(331, 7);
    for (const km::Isa isa : test::supported_isas()) {
        km::Field<T> theta(start.rows, start.cols);
        test::assign(theta.view(), start.theta);
        const km::Grid<const T> omega(start.omega.data(), start.rows, start.cols);
        for (int step = 0; step < 17; ++step)
            km::advance(km::Fused{.isa = isa}, euler, km::Model{laplacian<C>(), omega}, theta, 1);
        const std::vector<T> reference = test::values_of(theta.view());
        for (const test::Layout layout : test::all_layouts)
            for (const int workers : {1, 3}) {
                const test::Pool pool{.workers = workers, .isa = isa};
                EXPECT_EQ(test::first_difference(run<C>(pool, start, 17, layout, layout).theta, reference), -1)
                    << name(isa) << ", " << name(layout) << ", " << workers << " workers";
            }
    }
}

TYPED_TEST(Bits, DoNotDependOnTheSplittingOfARun) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    const Start<T> start(40, 53);
    const auto advance = [&](const auto& policy, std::initializer_list<int> parts) {
        km::Field<T> theta(start.rows, start.cols);
        test::assign(theta.view(), start.theta);
        const km::Grid<const T> omega(start.omega.data(), start.rows, start.cols);
        std::int64_t done = 0;
        for (const int part : parts) {
            km::advance(policy, euler, km::Model{laplacian<typename TypeParam::Coupling>(), omega}, theta, part, done);
            done += part;
        }
        return test::values_of(theta.view());
    };
    for (const km::Isa isa : test::supported_isas()) {
        const std::vector<T> whole = advance(km::Fused{.isa = isa}, {24});
        const auto check = [&](const auto& policy, const char* what) {
            EXPECT_EQ(test::first_difference(advance(policy, {24}), whole), -1) << what;
            EXPECT_EQ(test::first_difference(advance(policy, {17, 7}), whole), -1) << what;
            EXPECT_EQ(test::first_difference(advance(policy, {1, 0, 22, 1}), whole), -1) << what;
        };
        check(km::Fused{.isa = isa}, "Fused");
        check(km::Fused{.depth = 5, .isa = isa}, "Fused, depth 5");
        check(threads(2, 0, isa), "OpenMP");
        check(test::Pool{.workers = 4, .depth = 3, .isa = isa}, "Pool");
        const auto serial = [&](std::initializer_list<int> parts) { return advance(km::Serial{.isa = isa}, parts); };
        EXPECT_EQ(test::first_difference(serial({9, 15}), serial({24})), -1) << "Serial";
    }
}

// A depth far beyond the steps, and one far beyond the rows.
TYPED_TEST(Bits, DoNotDependOnAbsurdDepths) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    using C = typename TypeParam::Coupling;
    const Start<T> start(5, 12);
    const Result<T> reference = run<C>(plain(km::Isa::automatic), start, 50);
    for (const int depth : {49, 50, 51, 1000, 0x40000000, 0x7fffffff}) {
        expect_same(run<C>(km::Fused{.depth = depth}, start, 50), reference, describe("Fused", {}, 1, depth));
        expect_same(run<C>(test::Pool{.workers = 3, .depth = depth}, start, 50), reference,
                    describe("Pool", {}, 3, depth));
    }
}

// So deep that not one column of all levels fits half of any second-level cache.
TYPED_TEST(Bits, DoNotDependOnADepthThatNoCacheHolds) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    using C = typename TypeParam::Coupling;
    const auto steps =
        static_cast<int>(km::detail::second_level_cache() / (8 * static_cast<std::ptrdiff_t>(sizeof(T))) + 1);
    const Start<T> start(2, 3);
    expect_same(run<C>(km::Fused{.depth = steps}, start, steps), run<C>(plain(km::Isa::automatic), start, steps),
                "depth = steps = " + std::to_string(steps));
}

TYPED_TEST(Bits, AreTheSameInEveryInstructionSetWithFusedMultiplyAdd) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    if (!km::is_supported(km::Isa::avx512)) GTEST_SKIP() << "this processor has one such instruction set at most";
    for (const auto& [rows, cols] : {std::pair{37, 61}, std::pair{1, 15}, std::pair{130, 9}}) {
        const Start<T> start(rows, cols);
        expect_same(run<typename TypeParam::Coupling>(km::Fused{.isa = km::Isa::avx512}, start, 40),
                    run<typename TypeParam::Coupling>(km::Fused{.isa = km::Isa::avx2}, start, 40), "avx512 and avx2");
        expect_same(run<typename TypeParam::Coupling>(km::Serial{.isa = km::Isa::avx512}, start, 40),
                    run<typename TypeParam::Coupling>(km::Serial{.isa = km::Isa::avx2}, start, 40),
                    "avx512 and avx2, Serial");
    }
}

namespace {

// The canonical arithmetic, one cell at a time: rate = ω + K ((f_E − f_W) + (f_S − f_N)), a bond of an odd coupling
// evaluated from the lower to the higher index.
template <class C, class T> T flux(const C& coupling, T low, T high, bool as_higher_cell) {
    if (C::odd || !as_higher_cell) return coupling(high - low);
    return -coupling(low - high);
}

template <class T> T multiply_add(T a, T b, T c, bool fused) {
    if (fused) return std::fma(a, b, c);
    const volatile T product = a * b; // rounded, whatever the flags
    return product + c;
}

template <class C, class T> std::vector<T> canonical_rate(const Start<T>& at, const C& coupling, bool fused) {
    std::vector<T> result(at.theta.size());
    const auto phase = [&](std::ptrdiff_t i, std::ptrdiff_t j) {
        return at.theta[static_cast<std::size_t>(i * at.cols + j)];
    };
    for (std::ptrdiff_t i = 0; i < at.rows; ++i)
        for (std::ptrdiff_t j = 0; j < at.cols; ++j) {
            const T here = phase(i, j);
            const T east = j + 1 < at.cols ? flux(coupling, here, phase(i, j + 1), false) : T{0};
            const T west = j > 0 ? flux(coupling, phase(i, j - 1), here, true) : T{0};
            const T south = i + 1 < at.rows ? flux(coupling, here, phase(i + 1, j), false) : T{0};
            const T north = i > 0 ? flux(coupling, phase(i - 1, j), here, true) : T{0};
            const auto k = static_cast<std::size_t>(i * at.cols + j);
            result[k] = multiply_add(static_cast<T>(K), (east - west) + (south - north), at.omega[k], fused);
        }
    return result;
}

template <class C, class T> std::vector<T> canonical_run(Start<T> start, const C& coupling, int steps, bool fused) {
    for (int step = 0; step < steps; ++step) {
        const std::vector<T> rate = canonical_rate(start, coupling, fused);
        for (std::size_t k = 0; k < rate.size(); ++k)
            start.theta[k] = multiply_add(static_cast<T>(euler.dt), rate[k], start.theta[k], fused);
    }
    return start.theta;
}

} // namespace

// A second implementation of the same arithmetic, on numbers. km::sin of a number has the bits of the best instruction
// set, so that the others can be compared for Linear only.
TYPED_TEST(Bits, AreThoseOfTheCanonicalArithmetic) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    using C = typename TypeParam::Coupling;
    for (const auto& [rows, cols] : {std::pair{19, 47}, std::pair{1, 20}, std::pair{20, 1}, std::pair{1, 1}})
        for (const km::Isa isa : test::supported_isas()) {
            if (!std::is_same_v<C, km::Linear> && (isa == km::Isa::baseline) != (km::best_isa() == km::Isa::baseline))
                continue;
            const Start<T> start(rows, cols);
            const std::vector<T> expected = canonical_run(start, C{}, 12, is_fused<T>(isa));
            EXPECT_EQ(test::first_difference(run<C>(km::Fused{.isa = isa}, start, 12).theta, expected), -1)
                << name(isa) << ", " << rows << " x " << cols;
        }
}

// Every result above rests on this.
TEST(OpenMPThreads, RunEveryTaskOnceHoweverManyThereAre) {
    for (const int n : {0, 1, 2, 3})
        for (const int count : {0, 1, 2, 5, 64}) {
            std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
            std::atomic<int> elsewhere = 0;
            const auto here = std::this_thread::get_id();
            km::OpenMP{.threads = n}.run(count, [&](int task) {
                ++runs[static_cast<std::size_t>(task)];
                elsewhere += std::this_thread::get_id() != here;
            });
            for (int task = 0; task < count; ++task)
                EXPECT_EQ(runs[static_cast<std::size_t>(task)], 1) << "task " << task << " of " << count;
            if (n == 1 || count < 2) {
                EXPECT_EQ(elsewhere, 0) << count << " tasks, " << n << " threads";
            }
        }
}

// The hashes of one small run. They are the same for every compiler, optimisation level and processor of a class; a
// change of them is a change of results, and has to be meant.
namespace {

struct Hashes {
    std::uint64_t fused;
    std::uint64_t separate;
};

// θ and then the rate after 40 steps from Start(37, 61), as `run` makes them.
template <class T, class C> constexpr Hashes committed{};
template <> constexpr Hashes committed<float, km::Sine>{0xb94d447a5da1a6f6, 0x5a4b11628a83a877};
template <> constexpr Hashes committed<double, km::Sine>{0x8c77a93c6c6f2f56, 0x3a6b9d8d9897716d};
template <> constexpr Hashes committed<float, km::Linear>{0xd92b5ad19f971669, 0xc15472090d3eceb5};
template <> constexpr Hashes committed<double, km::Linear>{0x30c513354c40164c, 0x675452eb33698ef4};
template <> constexpr Hashes committed<float, test::Skewed>{0x1d9bd25052b3408b, 0x8b33d9b9c84c1bbe};
template <> constexpr Hashes committed<double, test::Skewed>{0x29eea9e2b5fa35c7, 0x93cc1c5a7cc9087f};

} // namespace

TYPED_TEST(Bits, HaveTheCommittedHash) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    using C = typename TypeParam::Coupling;
    const Start<T> start(37, 61);
    for (const km::Isa isa : test::supported_isas()) {
        const Result<T> result = run<C>(km::Fused{.isa = isa}, start, 40);
        std::vector<T> all = result.theta;
        all.insert(all.end(), result.rate.begin(), result.rate.end());
        const Hashes expected = committed<T, C>;
        EXPECT_EQ(test::hash_of(all), is_fused<T>(isa) ? expected.fused : expected.separate)
            << name(isa) << ": 0x" << std::hex << test::hash_of(all);
    }
}

// The input of the hashes is the same everywhere as well.
TEST(BitsOfTheInput, HaveTheCommittedHash) {
    EXPECT_EQ(test::hash_of(Start<float>(37, 61).theta), 0x301b0b37f02bfe5aU);
    EXPECT_EQ(test::hash_of(Start<double>(37, 61).theta), 0x72c35f6e19833f75U);
}

// A hash that does not see one bit, or an exchange of two values, would be no witness.
TEST(Hash, SeesEveryBitAndTheOrder) {
    const std::vector<float> values{1.0F, 2.0F, -0.0F};
    EXPECT_NE(test::hash_of(values), test::hash_of(std::vector<float>{2.0F, 1.0F, -0.0F}));
    EXPECT_NE(test::hash_of(values), test::hash_of(std::vector<float>{1.0F, 2.0F, 0.0F}));
    EXPECT_NE(test::hash_of(values), test::hash_of(std::vector<float>{1.0F, std::nextafter(2.0F, 3.0F), -0.0F}));
    // FNV-1a of the bytes 00 00 80 3f.
    std::uint64_t hash = 14695981039346656037U;
    for (const std::uint64_t byte : {0x00U, 0x00U, 0x80U, 0x3fU}) hash = (hash ^ byte) * 1099511628211U;
    EXPECT_EQ(test::hash_of(std::vector<float>{1.0F}), hash);
}

// Few rows and many columns: the tiles of two tasks meet within a row of `rate`, which apply reads and writes. That
// each reads its own cells alone is seen by the thread sanitizer.
TEST(StridedRates, AreReadByTheTaskThatWritesThem) {
    SKIP_UNDER_FAST_MATH;
    constexpr std::ptrdiff_t rows = 3;
    constexpr std::ptrdiff_t cols = 4000;
    km::Field<float> theta(rows, cols);
    test::fill_distinct(theta.view(), 1);
    const auto applied = [&](const auto& policy) {
        std::vector<float> cells(2 * rows * cols, 0.5F);
        const km::Grid<float> rate(cells.data(), rows, cols, 2 * cols, 2);
        km::apply(policy, km::SineLaplacian{.K = K}, theta, rate);
        return cells;
    };
    const std::vector<float> expected = applied(km::Fused{});
    for (int repeat = 0; repeat < 10; ++repeat) // now and then one thread takes both tasks
        EXPECT_EQ(applied(test::Pool{.workers = 2, .on_threads = true}), expected);
    EXPECT_EQ(applied(test::Pool{.workers = 5}), expected);
}
