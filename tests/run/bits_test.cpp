// The promise of same bits: Fused = OpenMP = any policy, for any threads, depth, tiling, layout and splitting of a run,
// per class of instruction set (with or without a fused multiply-add); and committed hashes.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/bits.hpp"
#include "support/couplings.hpp"
#include "support/fast_math.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace km = kuramoto;

namespace {

using namespace test::bits;

template <class CellType, class CouplingType> struct Setting {
    using T = CellType;
    using Coupling = CouplingType;
};

template <class S> class Bits : public ::testing::Test {};

using Settings =
    ::testing::Types<Setting<float, km::Sine>, Setting<double, km::Sine>, Setting<float, km::Linear>,
                     Setting<double, km::Linear>, Setting<float, test::Skewed>, Setting<double, test::Skewed>>;
TYPED_TEST_SUITE(Bits, Settings);

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

// Many bands: rows enough for every worker to have its own even at depth 16, and several at less.
TYPED_TEST(Bits, DoNotDependOnBands) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    const std::ptrdiff_t rows = 230;
    const std::ptrdiff_t cols = 23;
    const km::detail::Tiling tiling = km::detail::tiling_for_steps(
        {.extent = {rows, cols}, .cell_size = sizeof(T), .steps = 33, .workers = 7, .depth = 16});
    ASSERT_EQ(tiling.bands, 7);
    ASSERT_EQ(tiling.depth, 16);
    ASSERT_EQ(km::detail::tiling_for_steps(
                  {.extent = {rows, cols}, .cell_size = sizeof(T), .steps = 33, .workers = 2, .depth = 5})
                  .bands,
              6);
    ASSERT_GT(km::detail::tiling_for_one_pass({.extent = {rows, cols}, .workers = 2}).bands, 2);
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
