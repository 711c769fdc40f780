// The structure factor and its circular average: plane waves and phases at random, sum rules, a transform in long
// double on odd and thin lattices, missing cells, the same bits for any policy and layout, and what has to be refused.

#include <kuramoto/fftw.hpp>
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cfenv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

using Shape = std::pair<std::ptrdiff_t, std::ptrdiff_t>;
constexpr long double turn = 6.28318530717958647692528676655900577L;

template <class T> km::Field<double> structure_factor(const km::Field<T>& theta) {
    km::Field<double> s(theta.rows(), theta.cols());
    km::structure_factor(theta, s);
    return s;
}

template <class T> std::vector<T> values_of(const km::Field<T>& field) { return test::values_of(field.view()); }

double sum_of(const km::Field<double>& field) {
    long double sum = 0;
    for (const double value : values_of(field)) sum += static_cast<long double>(value);
    return static_cast<double>(sum);
}

/// A mask without the cells for which a hash is divisible by 3.
template <class T> km::Field<T> holes(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    km::Field<T> present(rows, cols);
    for (std::ptrdiff_t k = 0; k < present.size(); ++k)
        present.data()[k] = test::scrambled(static_cast<std::uint32_t>(k) + 5) % 3 == 0 ? T(0) : T(1);
    return present;
}

/// S of element (p, q), one cell after the other.
template <class T, class Present>
double definition(const km::Field<T>& theta, const Present& present, std::ptrdiff_t p, std::ptrdiff_t q) {
    long double real = 0;
    long double imaginary = 0;
    long double cells = 0;
    for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < theta.cols(); ++j) {
            if (!present(i, j)) continue;
            const auto down = static_cast<long double>(p * i % theta.rows()) / static_cast<long double>(theta.rows());
            const auto across = static_cast<long double>(q * j % theta.cols()) / static_cast<long double>(theta.cols());
            const long double angle = static_cast<long double>(theta(i, j)) - turn * (down + across);
            real += std::cos(angle);
            imaginary += std::sin(angle);
            cells += 1;
        }
    return cells > 0 ? static_cast<double>((real * real + imaginary * imaginary) / cells) : 0;
}

constexpr auto everywhere = [](std::ptrdiff_t, std::ptrdiff_t) { return true; };

/// The error that the header states.
double bound(double s) { return 1e-14 * (s + std::sqrt(s)) + 1e-29; }

template <class T> class StructureFactor : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(StructureFactor, Precisions);

constexpr std::array<Shape, 9> odd_shapes{Shape{1, 1},  Shape{1, 9},   Shape{8, 1},   Shape{5, 7},  Shape{2, 3},
                                          Shape{13, 4}, Shape{16, 32}, Shape{17, 31}, Shape{1, 101}};

TYPED_TEST(StructureFactor, IsThatOfItsDefinition) {
    using T = TypeParam;
    for (const auto& [rows, cols] : odd_shapes) {
        km::Field<T> theta(rows, cols);
        test::fill_distinct(theta.view(), 3, T(5));
        const km::Field<double> s = structure_factor(theta);
        km::Field<float> in_float(rows, cols);
        km::structure_factor(theta, in_float);
        for (std::ptrdiff_t p = 0; p < rows; ++p)
            for (std::ptrdiff_t q = 0; q < cols; ++q) {
                const double expected = definition(theta, everywhere, p, q);
                EXPECT_NEAR(s(p, q), expected, bound(expected)) << rows << " x " << cols << ": " << p << ", " << q;
                EXPECT_EQ(in_float(p, q), static_cast<float>(s(p, q)));
            }
    }
}

TYPED_TEST(StructureFactor, LeavesOutMissingCells) {
    using T = TypeParam;
    for (const auto& [rows, cols] : odd_shapes) {
        km::Field<T> theta(rows, cols);
        test::fill_distinct(theta.view(), 4, T(5));
        const auto mask = holes<T>(rows, cols);
        for (std::ptrdiff_t k = 0; k < theta.size(); ++k)
            if (mask.data()[k] == 0) theta.data()[k] = test::number<T>("nan");
        const auto present = [&](std::ptrdiff_t i, std::ptrdiff_t j) { return mask(i, j) != 0; };
        km::Field<double> s(rows, cols);
        km::structure_factor(theta, mask, s);
        for (std::ptrdiff_t p = 0; p < rows; ++p)
            for (std::ptrdiff_t q = 0; q < cols; ++q) {
                const double expected = definition(theta, present, p, q);
                EXPECT_NEAR(s(p, q), expected, bound(expected)) << rows << " x " << cols << ": " << p << ", " << q;
            }
    }
}

TYPED_TEST(StructureFactor, WithoutHolesIsThatOfAllCells) {
    using T = TypeParam;
    km::Field<T> theta(31, 70);
    test::fill_distinct(theta.view(), 6);
    km::Field<T> present(31, 70);
    present.fill(T(-0.5)); // whatever is not 0
    km::Field<double> s(31, 70);
    km::structure_factor(theta, present, s);
    const auto expected = values_of(structure_factor(theta));
    EXPECT_EQ(test::first_difference(values_of(s), expected), -1);
    present.fill(T(0));
    km::structure_factor(theta, present, s);
    for (const double value : values_of(s)) EXPECT_EQ(value, 0);
}

// Equal phases: cos 0 = 1 and sin 0 = 0 exactly, and so all sums.
TYPED_TEST(StructureFactor, OfEqualPhasesIsTheNumberOfCells) {
    const km::Field<TypeParam> theta(16, 32);
    const km::Field<double> s = structure_factor(theta);
    EXPECT_EQ(s(0, 0), 512);
    EXPECT_EQ(sum_of(s), 512);
}

// θ = 2π (p i / rows + q j / cols): all of S is at (p, q), whose sign matters.
TEST(PlaneWaves, HaveTheirWaveVectorAlone) {
    for (const auto& [rows, cols] : {Shape{5, 7}, Shape{12, 9}, Shape{1, 10}, Shape{11, 1}})
        for (const auto& [p, q] : {Shape{0, 0}, Shape{1, 0}, Shape{2, 3}, Shape{-2, 1}, Shape{1, -3}}) {
            km::Field<double> theta(rows, cols);
            for (std::ptrdiff_t i = 0; i < rows; ++i)
                for (std::ptrdiff_t j = 0; j < cols; ++j)
                    theta(i, j) = static_cast<double>(
                        turn * (static_cast<long double>(p * i) / rows + static_cast<long double>(q * j) / cols) +
                        0.3L);
            const km::Field<double> s = structure_factor(theta);
            const std::ptrdiff_t peak_row = (p % rows + rows) % rows;
            const std::ptrdiff_t peak_col = (q % cols + cols) % cols;
            const auto cells = static_cast<double>(rows * cols);
            EXPECT_NEAR(s(peak_row, peak_col), cells, 1e-14 * cells);
            EXPECT_NEAR(sum_of(s), s(peak_row, peak_col), 1e-27) << rows << " x " << cols << ": " << p << ", " << q;
        }
}

// Σ |Σ e^{iθ} e^{−ik·r}|² over all k = rows · cols · N, with and without missing cells (Parseval's theorem).
TYPED_TEST(StructureFactor, HasTheMeanOne) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {Shape{64, 64}, Shape{61, 37}, Shape{1, 97}, Shape{97, 1}, Shape{3, 2}}) {
        km::Field<T> theta(rows, cols);
        test::fill_distinct(theta.view(), 7, T(3));
        km::Field<double> s(rows, cols);
        km::structure_factor(theta, s);
        const auto cells = static_cast<double>(rows * cols);
        EXPECT_NEAR(sum_of(s) / cells, 1, 4e-15) << rows << " x " << cols;
        km::structure_factor(theta, holes<T>(rows, cols), s);
        EXPECT_NEAR(sum_of(s) / cells, 1, 4e-15) << rows << " x " << cols;
    }
}

TYPED_TEST(StructureFactor, BeginsWithTheOrderParameter) {
    km::Field<TypeParam> theta(30, 41);
    km::normal_phases(theta, 0.5, 0.8, 3);
    const double r = km::order_parameter(theta).r;
    EXPECT_GT(r, 0.5);
    EXPECT_NEAR(structure_factor(theta)(0, 0), 30 * 41 * r * r, 1e-14 * 30 * 41);
}

// On a torus C(d) along rows is the mean of S(k) cos(k d) over all wave vectors (Wiener & Khinchin).
TYPED_TEST(StructureFactor, IsTheTransformOfTheCorrelation) {
    const std::ptrdiff_t rows = 12;
    const std::ptrdiff_t cols = 17;
    km::Field<TypeParam> theta(rows, cols);
    km::normal_phases(theta, 0.5, 1.2, 3);
    const km::Field<double> s = structure_factor(theta);
    std::vector<double> correlation(10);
    km::correlation(km::torus, theta, correlation, km::Pairs::cols);
    for (std::size_t d = 0; d < correlation.size(); ++d) {
        long double mean = 0;
        for (std::ptrdiff_t p = 0; p < rows; ++p)
            for (std::ptrdiff_t q = 0; q < cols; ++q)
                mean += static_cast<long double>(s(p, q)) *
                        std::cos(turn * static_cast<long double>(q * static_cast<std::ptrdiff_t>(d)) / cols) /
                        (rows * cols);
        EXPECT_NEAR(correlation[d], static_cast<double>(mean), 1e-14) << d;
    }
}

// Independent uniform phases: S of one wave vector has mean 1 and variance 1 − 1/N.
TYPED_TEST(StructureFactor, OfPhasesAtRandomIsOneOnAverage) {
    const int seeds = 400;
    const std::ptrdiff_t rows = 12;
    const std::ptrdiff_t cols = 10;
    km::Field<TypeParam> theta(rows, cols);
    for (const auto& [p, q] : {Shape{0, 0}, Shape{1, 0}, Shape{5, 7}, Shape{6, 5}}) {
        double mean = 0;
        double square = 0;
        for (int seed = 1; seed <= seeds; ++seed) {
            km::uniform_phases(theta, static_cast<std::uint64_t>(seed));
            const double value = structure_factor(theta)(p, q);
            mean += value / seeds;
            square += value * value / seeds;
        }
        EXPECT_NEAR(mean, 1, 5 / std::sqrt(seeds)) << p << ", " << q;
        EXPECT_NEAR(square, 2, 5 * std::sqrt(20.0 / seeds)) << p << ", " << q; // variance of S²: 4! − 2²
    }
}

#if !defined(__FAST_MATH__)
TYPED_TEST(StructureFactor, HasTheSameBitsUnderEveryPolicyAndLayout) {
    using T = TypeParam;
    km::Field<T> phases(61, 173);
    test::fill_distinct(phases.view(), 2);
    const std::vector<T> values = values_of(phases);
    const std::vector<T> there = values_of(holes<T>(61, 173));
    for (const km::Isa isa : test::supported_isas()) {
        km::Field<double> expected(61, 173);
        km::structure_factor(km::Fused{.isa = isa}, phases, holes<T>(61, 173), expected);
        for (const test::Layout layout : test::all_layouts) {
            test::Cells<T> theta(layout, 61, 173);
            test::Cells<T> present(layout, 61, 173);
            test::assign(theta.view(), values);
            test::assign(present.view(), there);
            const auto check = [&](const auto& policy) {
                test::Cells<double> s(layout, 61, 173);
                km::structure_factor(policy, theta.view(), present.view(), s.view());
                EXPECT_EQ(test::first_difference(test::values_of(s.view()), values_of(expected)), -1)
                    << test::name(layout);
                EXPECT_TRUE(s.canaries_alive()) << test::name(layout);
            };
            check(km::Serial{.isa = isa});
            check(km::OpenMP{.threads = 2, .isa = isa, .min_cells_per_thread = 1});
            check(test::Pool{.workers = 7, .isa = isa, .on_threads = true});
            check(test::Pool{.workers = 100, .isa = isa});
        }
    }
}

TYPED_TEST(StructureFactor, DoesNotDependOnTheRoundingOfTheCaller) {
    km::Field<TypeParam> theta(15, 44);
    test::fill_distinct(theta.view(), 2);
    const auto compute = [&] {
        const km::Field<double> s = structure_factor(theta);
        std::array<km::StructureFactorShell, 20> shells;
        km::structure_factor_shells(s, shells);
        std::vector<double> numbers = values_of(s);
        for (const km::StructureFactorShell& shell : shells) numbers.insert(numbers.end(), {shell.k, shell.mean});
        return numbers;
    };
    const std::vector<double> expected = compute();
    for (const int rounding : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        std::fesetround(rounding);
        const std::vector<double> found = compute();
        const int left = std::fegetround();
        std::fesetround(FE_TONEAREST);
        EXPECT_EQ(left, rounding);
        EXPECT_EQ(test::first_difference(found, expected), -1) << rounding;
    }
}

// A wave vector is a sum over all cells.
TYPED_TEST(StructureFactor, IsNaNIfAPhaseIs) {
    using T = TypeParam;
    for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()})
        for (const auto& [rows, cols] : {Shape{1, 1}, Shape{5, 7}, Shape{16, 16}, Shape{1, 13}, Shape{101, 2}}) {
            km::Field<T> theta(rows, cols);
            theta(rows / 2, cols / 3) = bad;
            for (const double value : values_of(structure_factor(theta)))
                EXPECT_TRUE(std::isnan(value)) << rows << " x " << cols;
        }
}
#endif

// FFTW's planner is not thread-safe.
TEST(StructureFactors, CanBeComputedAtTheSameTime) {
    constexpr std::size_t count = 8;
    std::array<std::vector<double>, count> found;
    const auto compute = [](std::size_t k) {
        km::Field<double> theta(20 + static_cast<std::ptrdiff_t>(k), 33);
        test::fill_distinct(theta.view(), 9);
        std::vector<double> all;
        for (int again = 0; again < 20; ++again) all = values_of(structure_factor(theta));
        return all;
    };
    std::vector<std::thread> threads;
    for (std::size_t k = 0; k < count; ++k) threads.emplace_back([&, k] { found[k] = compute(k); });
    for (std::thread& thread : threads) thread.join();
    for (std::size_t k = 0; k < count; ++k) EXPECT_EQ(found[k], compute(k)) << k;
}

TEST(StructureFactors, OfNoCellsAreNoNumbers) {
    for (const auto& [rows, cols] : {Shape{0, 0}, Shape{0, 5}, Shape{5, 0}}) {
        const km::Field<float> theta(rows, cols);
        km::Field<double> s(rows, cols);
        EXPECT_NO_THROW(km::structure_factor(theta, s));
        EXPECT_NO_THROW(km::structure_factor(theta, theta, s));
        std::array<km::StructureFactorShell, 2> shells{{{1, 2, 3}, {4, 5, 6}}};
        km::structure_factor_shells(s, shells);
        for (const km::StructureFactorShell& shell : shells) {
            EXPECT_EQ(shell.k, 0);
            EXPECT_EQ(shell.mean, 0);
            EXPECT_EQ(shell.count, 0);
        }
    }
}

TEST(StructureFactors, ThatCannotBeAreRefused) {
    const km::Field<double> theta(3, 4);
    km::Field<double> s(3, 4);
    s.fill(-2);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads must not be negative", "-1"),
                 km::structure_factor(km::OpenMP{.threads = -1}, theta, s));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 4 x 3", "s is 3 x 4"),
                 km::structure_factor(km::Field<double>(4, 3), s));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 3 x 4", "present is 3 x 5"),
                 km::structure_factor(theta, km::Field<double>(3, 5), s));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("s is written", "theta"), km::structure_factor(s, s));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("s is written", "present"), km::structure_factor(theta, s, s));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("s overlaps itself"),
                 km::structure_factor(theta, km::Grid<double>(s.data(), 3, 4, 0, 1)));
    for (const double value : values_of(s)) EXPECT_EQ(value, -2);
}

// The 16 wave vectors by their length in units of 2π/4: 0; 1, √2; 2, √5; √8.
TEST(Shells, OfFourByFourAreThoseCountedByHand) {
    const km::Field<double> theta(4, 4);
    km::Field<double> s(4, 4);
    for (std::ptrdiff_t k = 0; k < 16; ++k) s.data()[k] = static_cast<double>(std::int64_t{1} << k);
    std::array<km::StructureFactorShell, 5> shells;
    km::structure_factor_shells(s, shells);
    const double unit = std::acos(0.0);
    EXPECT_EQ(shells[0].count, 1);
    EXPECT_EQ(shells[0].k, 0);
    EXPECT_EQ(shells[0].mean, 1);
    // (0, 1), (0, 3), (1, 0), (3, 0); (1, 1), (1, 3), (3, 1), (3, 3).
    EXPECT_EQ(shells[1].count, 8);
    EXPECT_NEAR(shells[1].k, unit * (4 + 4 * std::sqrt(2.0)) / 8, 1e-15);
    EXPECT_EQ(shells[1].mean, (2 + 8 + 16 + 4096 + 32 + 128 + 8192 + 32768) / 8.0);
    // (0, 2), (2, 0); (1, 2), (2, 1), (2, 3), (3, 2).
    EXPECT_EQ(shells[2].count, 6);
    EXPECT_NEAR(shells[2].k, unit * (2 * 2 + 4 * std::sqrt(5.0)) / 6, 2e-15);
    EXPECT_EQ(shells[2].mean, (4 + 256 + 64 + 512 + 2048 + 16384) / 6.0);
    // (2, 2).
    EXPECT_EQ(shells[3].count, 1);
    EXPECT_NEAR(shells[3].k, unit * std::sqrt(8.0), 2e-15);
    EXPECT_EQ(shells[3].mean, 1024);
    EXPECT_EQ(shells[4].count, 0);
    EXPECT_EQ(shells[4].mean, 0);
}

// Long double, from the formula in the header; all layouts; fewer shells than there are wave vectors.
TYPED_TEST(StructureFactor, ShellsAreMeansOverNearestLengths) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {Shape{1, 1}, Shape{1, 9}, Shape{8, 1}, Shape{5, 7}, Shape{4, 40}, Shape{33, 16}}) {
        km::Field<T> values(rows, cols);
        test::fill_distinct(values.view(), 3);
        const auto longest = static_cast<long double>(rows > cols ? rows : cols);
        const auto along = [](std::ptrdiff_t i, std::ptrdiff_t n) {
            return static_cast<long double>(2 * i <= n ? i : n - i) / static_cast<long double>(n);
        };
        for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{4}, std::size_t{60}}) {
            std::vector<long double> k(count), mean(count);
            std::vector<std::int64_t> vectors(count);
            for (std::ptrdiff_t p = 0; p < rows; ++p)
                for (std::ptrdiff_t q = 0; q < cols; ++q) {
                    const long double turns = std::hypot(along(p, rows), along(q, cols));
                    const auto n = static_cast<std::size_t>(std::floor(turns * longest + 0.5L));
                    if (n >= count) continue;
                    k[n] += turn * turns;
                    mean[n] += static_cast<long double>(values(p, q));
                    ++vectors[n];
                }
            for (const test::Layout layout : test::all_layouts) {
                test::Cells<T> s(layout, rows, cols);
                test::assign(s.view(), values_of(values));
                std::vector<km::StructureFactorShell> shells(count);
                km::structure_factor_shells(s.view(), shells);
                for (std::size_t n = 0; n < count; ++n) {
                    const long double divisor = vectors[n] > 0 ? static_cast<long double>(vectors[n]) : 1;
                    EXPECT_EQ(shells[n].count, vectors[n]) << rows << " x " << cols << ": " << n;
                    EXPECT_NEAR(shells[n].k, static_cast<double>(k[n] / divisor), 1e-14);
                    EXPECT_NEAR(shells[n].mean, static_cast<double>(mean[n] / divisor), 1e-14);
                }
            }
        }
    }
}

// (3, −4) is 5 wave numbers long: it is in the shell 5, where all of S is.
TEST(Shells, OfAPlaneWaveHaveThatOfItsWaveVector) {
    km::Field<double> theta(40, 40);
    km::twisted_phases(theta, {.rows = 3, .cols = -4});
    std::vector<km::StructureFactorShell> shells(21);
    km::structure_factor_shells(structure_factor(theta), shells);
    for (std::size_t n = 0; n < shells.size(); ++n)
        EXPECT_NEAR(shells[n].mean * static_cast<double>(shells[n].count), n == 5 ? 1600 : 0, 1e-9) << n;
    EXPECT_NEAR(shells[5].k, static_cast<double>(turn) * 5 / 40, 0.05);
}

#if !defined(__FAST_MATH__)
TEST(Shells, AreNaNIfAWaveVectorOfThemIs) {
    km::Field<double> s(6, 6);
    s(0, 2) = std::numeric_limits<double>::quiet_NaN();
    std::array<km::StructureFactorShell, 4> shells;
    km::structure_factor_shells(s, shells);
    for (std::size_t n = 0; n < shells.size(); ++n) EXPECT_EQ(std::isnan(shells[n].mean), n == 2) << n;
}
#endif

} // namespace
