// Seeded initial fields: the random numbers, their quantiles, the statistics, and the bits, which no platform,
// compiler or flag may change.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/random.hpp>
#include <kuramoto/openmp.hpp>

#include "support/policies.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr std::uint64_t seed = 0x0123456789abcdefU;
constexpr std::uint64_t half = std::uint64_t{1} << 52;
constexpr std::uint64_t most = km::detail::most_bits;

enum class Kind { phases, uniform, normal, lorentzian, normal_phases, truncated, mixed };
constexpr Kind kinds[] = {Kind::phases,        Kind::uniform,   Kind::normal, Kind::lorentzian,
                          Kind::normal_phases, Kind::truncated, Kind::mixed};
/// Those whose cells are all different.
constexpr Kind continuous_kinds[] = {Kind::phases,     Kind::uniform,       Kind::normal,
                                     Kind::lorentzian, Kind::normal_phases, Kind::truncated};

bool are_phases(Kind kind) { return kind == Kind::phases || kind == Kind::normal_phases; }

/// Fills any grid with one of the kinds, with parameters that are no round numbers.
template <class G> void fill(Kind kind, G&& grid, std::uint64_t with_seed) {
    switch (kind) {
    case Kind::phases:
        return km::uniform_phases(grid, with_seed);
    case Kind::uniform:
        return km::uniform_frequencies(grid, -1.3, 2.1, with_seed);
    case Kind::normal:
        return km::normal_frequencies(grid, 0.7, 1.9, with_seed);
    case Kind::lorentzian:
        return km::lorentzian_frequencies(grid, -0.4, 0.6, with_seed);
    case Kind::normal_phases:
        return km::normal_phases(grid, -2.3, 0.8, with_seed);
    case Kind::truncated:
        return km::truncated_lorentzian_frequencies(grid, 0.3, 0.7, 2.2, with_seed);
    case Kind::mixed:
        return km::mixed_frequencies(grid, -0.9, 1.7, 0.37, with_seed);
    }
}

/// The same on the workers of a policy.
template <class P, class G> void fill(const P& policy, Kind kind, G&& grid, std::uint64_t with_seed) {
    switch (kind) {
    case Kind::phases:
        return km::uniform_phases(policy, grid, with_seed);
    case Kind::uniform:
        return km::uniform_frequencies(policy, grid, -1.3, 2.1, with_seed);
    case Kind::normal:
        return km::normal_frequencies(policy, grid, 0.7, 1.9, with_seed);
    case Kind::lorentzian:
        return km::lorentzian_frequencies(policy, grid, -0.4, 0.6, with_seed);
    case Kind::normal_phases:
        return km::normal_phases(policy, grid, -2.3, 0.8, with_seed);
    case Kind::truncated:
        return km::truncated_lorentzian_frequencies(policy, grid, 0.3, 0.7, 2.2, with_seed);
    case Kind::mixed:
        return km::mixed_frequencies(policy, grid, -0.9, 1.7, 0.37, with_seed);
    }
}

/// The distribution functions of the fields above: a right field becomes uniform in [0, 1].
double probability(Kind kind, double x) {
    switch (kind) {
    case Kind::phases:
        return x / 6.283185307179586;
    case Kind::uniform:
        return (x + 1.3) / 3.4;
    case Kind::normal:
        return 0.5 * std::erfc((0.7 - x) / 1.9 * 0.7071067811865476);
    case Kind::lorentzian:
        return 0.5 + std::atan((x + 0.4) / 0.6) / 3.141592653589793;
    case Kind::normal_phases:
        return 0.5 * std::erfc((-2.3 - x) / 0.8 * 0.7071067811865476);
    case Kind::truncated:
        return 0.5 + 0.5 * std::atan((x - 0.3) / 0.7) / std::atan(2.2 / 0.7);
    case Kind::mixed:
        break; // has no density
    }
    return -1;
}

template <class T> km::Field<T> made(Kind kind, std::ptrdiff_t rows, std::ptrdiff_t cols, std::uint64_t with_seed) {
    km::Field<T> field(rows, cols);
    fill(kind, field, with_seed);
    return field;
}

/// The bits of a cell, so that comparisons hold under -ffast-math and tell 0 from -0.
std::uint64_t bits_of(double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}
std::uint64_t bits_of(float value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

/// A double made of bits at run time, which -ffast-math cannot reason about.
double number_of(std::uint64_t bits) {
    volatile std::uint64_t kept = bits;
    bits = kept;
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}
double nan_value() { return number_of(0x7ff8000000000000U); }
double infinity() { return number_of(0x7ff0000000000000U); }

/// FNV-1a over the bytes of all cells in logical order, least significant byte first.
template <class T> std::uint64_t hash(const km::Field<T>& field) {
    std::uint64_t sum = 0xcbf29ce484222325U;
    for (std::ptrdiff_t i = 0; i < field.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < field.cols(); ++j)
            for (std::size_t k = 0; k < sizeof(T); ++k)
                sum = (sum ^ (bits_of(field(i, j)) >> (8 * k) & 0xffU)) * 0x100000001b3U;
    return sum;
}

template <class A, class B>::testing::AssertionResult same_bits(const A& a, const B& b) {
    if (a.rows() != b.rows() || a.cols() != b.cols()) return ::testing::AssertionFailure() << "shapes differ";
    for (std::ptrdiff_t i = 0; i < a.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < a.cols(); ++j)
            if (bits_of(a(i, j)) != bits_of(b(i, j)))
                return ::testing::AssertionFailure()
                       << "cell (" << i << ", " << j << "): " << static_cast<double>(a(i, j)) << " and "
                       << static_cast<double>(b(i, j));
    return ::testing::AssertionSuccess();
}

// --- Philox ---------------------------------------------------------------------------------------------------------

struct KnownBlock {
    km::detail::PhiloxBlock counter;
    km::detail::PhiloxKey key;
    km::detail::PhiloxBlock random;
};

// The known answers of the Random123 distribution (file kat_vectors, philox4x32 10): zeros, ones, digits of π.
constexpr KnownBlock known_blocks[] = {
    {{{0, 0, 0, 0}}, {{0, 0}}, {{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}}},
    {{{0xffffffffU, 0xffffffffU, 0xffffffffU, 0xffffffffU}},
     {{0xffffffffU, 0xffffffffU}},
     {{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}}},
    {{{0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}},
     {{0xa4093822U, 0x299f31d0U}},
     {{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}}},
};

TEST(Philox, GivesTheKnownAnswersOfRandom123) {
    for (const KnownBlock& known : known_blocks) {
        const km::detail::PhiloxBlock random = km::detail::philox(known.counter, known.key);
        for (int k = 0; k < 4; ++k) EXPECT_EQ(random.words[k], known.random.words[k]) << "word " << k;
    }
}

TEST(Philox, IsAConstantExpression) {
    static_assert(km::detail::philox({{0, 0, 0, 0}}, {{0, 0}}).words[3] == 0x9b00dbd8U);
    static_assert(km::detail::philox_key(0x0123456789abcdefU).words[0] == 0x89abcdefU);
    static_assert(km::detail::philox_key(0x0123456789abcdefU).words[1] == 0x01234567U);
}

TEST(Philox, CountersKeepEveryBitOfRowGroupAndStream) {
    const auto counter =
        km::detail::philox_counter(km::detail::Stream::normal_frequencies, 0x1122334455667788U, 0x00aabbccddeeff01U);
    EXPECT_EQ(counter.words[0], 0x55667788U);
    EXPECT_EQ(counter.words[1], 0x11223344U);
    EXPECT_EQ(counter.words[2], 0xddeeff01U);
    EXPECT_EQ(counter.words[3], 0x03aabbccU);
}

// --- The same bits everywhere ---------------------------------------------------------------------------------------

struct KnownHash {
    Kind kind;
    std::uint64_t single;
    std::uint64_t twice;
};

constexpr KnownHash known_hashes[] = {
    {Kind::phases, 0x5b799b7b0a905a28U, 0x5044dd32d70990aaU},
    {Kind::uniform, 0x1225b782586fecd5U, 0x6902771cbc64ba7bU},
    {Kind::normal, 0x6dc86493ace363a8U, 0x5be6ae5ce325d4deU},
    {Kind::lorentzian, 0xa4ee3487801f48bbU, 0x86fcd6ad8a4a26c5U},
    {Kind::normal_phases, 0x6c95b95da5bd8859U, 0xc57c766098efc30fU},
    {Kind::truncated, 0x162771b10ac2669eU, 0x524e9d109f5dfca9U},
    {Kind::mixed, 0x1d181764af1ce04eU, 0xf54eb909914290adU},
};

TEST(InitialFields, HaveTheCommittedBits) {
    for (const KnownHash& known : known_hashes) {
        EXPECT_EQ(hash(made<float>(known.kind, 67, 41, seed)), known.single) << "kind " << int(known.kind);
        EXPECT_EQ(hash(made<double>(known.kind, 67, 41, seed)), known.twice) << "kind " << int(known.kind);
    }
}

// The first cell by hand: block (row 0, group 0) of stream 1 or 2, its first two words as one number, 53 bits of it.
TEST(InitialFields, CellsAreWhatTheDocumentationSays) {
    const auto block = [](km::detail::Stream stream, std::uint64_t row, std::uint64_t group) {
        return km::detail::philox(km::detail::philox_counter(stream, row, group), km::detail::philox_key(seed));
    };
    const auto number = [](std::uint32_t low, std::uint32_t high) {
        return static_cast<double>((std::uint64_t{high} << 32 | low) >> 11) * 0x1p-53;
    };
    const auto phases = made<double>(Kind::phases, 5, 8, seed);
    const auto first = block(km::detail::Stream::phases, 3, 2);
    EXPECT_DOUBLE_EQ(phases(3, 4), 6.283185307179586 * number(first.words[0], first.words[1]));
    EXPECT_DOUBLE_EQ(phases(3, 5), 6.283185307179586 * number(first.words[2], first.words[3]));

    const auto omega = made<double>(Kind::uniform, 5, 8, seed);
    const auto second = block(km::detail::Stream::uniform_frequencies, 4, 3);
    EXPECT_NEAR(omega(4, 6), -1.3 + 3.4 * number(second.words[0], second.words[1]), 1e-15);
    EXPECT_NEAR(omega(4, 7), -1.3 + 3.4 * number(second.words[2], second.words[3]), 1e-15);

    const auto truncated = made<double>(Kind::truncated, 5, 8, seed);
    const auto third = block(km::detail::Stream::truncated_lorentzian_frequencies, 2, 1);
    const double p = number(third.words[2], third.words[3]) + 0x1p-54;
    EXPECT_NEAR(truncated(2, 3), 0.3 + 0.7 * std::tan((2 * p - 1) * std::atan(2.2 / 0.7)), 1e-15);
}

template <class T> class InitialFieldsOf : public ::testing::Test {};
using CellTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(InitialFieldsOf, CellTypes);

TYPED_TEST(InitialFieldsOf, DoNotDependOnStrides) {
    using T = TypeParam;
    constexpr std::ptrdiff_t rows = 13;
    constexpr std::ptrdiff_t cols = 17;
    for (const Kind kind : kinds) {
        const auto expected = made<T>(kind, rows, cols, seed);
        std::vector<T> memory(4000, T(-7));
        T* const middle = memory.data() + 2000;
        const km::Grid<T> views[] = {
            {memory.data(), rows, cols, 1, rows},     // column-major
            {memory.data(), rows, cols, 100, 5},      // gaps
            {memory.data() + 3, rows, cols, cols, 1}, // misaligned
            {middle, rows, cols, -cols, -1},          // mirrored both ways
            {middle, rows, cols, 50, -2},             // mirrored one way
        };
        for (const km::Grid<T>& view : views) {
            std::fill(memory.begin(), memory.end(), T(-7));
            fill(kind, view, seed);
            EXPECT_TRUE(same_bits(view, expected));
        }
        km::Field<T> transposed(cols, rows);
        fill(kind, transposed.transposed(), seed);
        EXPECT_TRUE(same_bits(transposed.transposed(), expected));
    }
}

TYPED_TEST(InitialFieldsOf, DoNotDependOnThePolicy) {
    using T = TypeParam;
    for (const auto& shape : {std::pair{37, 61}, {3, 101}, {1, 8}, {1, 1}, {8, 1}, {0, 5}, {5, 0}})
        for (const Kind kind : kinds) {
            const auto expected = made<T>(kind, shape.first, shape.second, seed);
            const auto check = [&](const auto& policy) {
                km::Field<T> field(shape.first, shape.second);
                fill(policy, kind, field, seed);
                EXPECT_TRUE(same_bits(field.view(), expected)) << shape.first << " x " << shape.second;
            };
            for (const int workers : {1, 2, 7}) {
                check(test::Pool{.workers = workers, .on_threads = true});
                check(km::OpenMP{.threads = workers, .min_cells_per_thread = 1});
            }
            check(km::OpenMP{.threads = 3});
            check(km::Serial{});
        }
}

TYPED_TEST(InitialFieldsOf, RefuseAPolicyThatCannotBe) {
    km::Field<TypeParam> field(3, 5);
    for (const Kind kind : kinds) {
        EXPECT_THROW(fill(km::OpenMP{.threads = -1}, kind, field, seed), std::invalid_argument);
        EXPECT_THROW(fill(km::OpenMP{.min_cells_per_thread = 0}, kind, field, seed), std::invalid_argument);
    }
    for (std::ptrdiff_t i = 0; i < 3; ++i)
        for (std::ptrdiff_t j = 0; j < 5; ++j) EXPECT_EQ(field(i, j), 0);
}

TYPED_TEST(InitialFieldsOf, DoNotDependOnTheShape) {
    using T = TypeParam;
    for (const Kind kind : kinds) {
        km::Field<T> large = made<T>(kind, 23, 31, seed);
        for (const std::ptrdiff_t rows : {1, 2, 22})
            for (const std::ptrdiff_t cols : {1, 2, 3, 30})
                EXPECT_TRUE(same_bits(made<T>(kind, rows, cols, seed), large.subgrid(0, 0, rows, cols)));
    }
}

TYPED_TEST(InitialFieldsOf, FillAWindowLikeAFieldOfItsShapeAndNothingElse) {
    using T = TypeParam;
    for (const Kind kind : kinds) {
        km::Field<T> large(9, 11);
        large.fill(T(-7));
        fill(kind, large.subgrid(2, 3, 4, 5), seed);
        EXPECT_TRUE(same_bits(large.subgrid(2, 3, 4, 5), made<T>(kind, 4, 5, seed)));
        int untouched = 0;
        for (std::ptrdiff_t i = 0; i < large.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < large.cols(); ++j) untouched += large(i, j) == T(-7);
        EXPECT_EQ(untouched, 9 * 11 - 4 * 5);
    }
}

TYPED_TEST(InitialFieldsOf, EmptyAndThinGridsAreFilled) {
    using T = TypeParam;
    for (const Kind kind : kinds) {
        for (const auto& [rows, cols] : {std::pair{0, 0}, {0, 5}, {5, 0}}) made<T>(kind, rows, cols, 1);
        fill(kind, km::Grid<T>(), 1);
    }
    for (const Kind kind : continuous_kinds) {
        const auto row = made<T>(kind, 1, 9, seed);
        const auto column = made<T>(kind, 9, 1, seed);
        const auto cell = made<T>(kind, 1, 1, seed);
        EXPECT_EQ(bits_of(row(0, 0)), bits_of(cell(0, 0)));
        EXPECT_EQ(bits_of(column(0, 0)), bits_of(cell(0, 0)));
        for (std::ptrdiff_t k = 1; k < 9; ++k) {
            EXPECT_NE(row(0, k), row(0, k - 1));
            EXPECT_NE(column(k, 0), column(k - 1, 0));
            EXPECT_NE(column(k, 0), row(0, k));
        }
    }
}

TEST(InitialFields, InFloatAreTheDoublesRounded) {
    for (const Kind kind : kinds) {
        const auto twice = made<double>(kind, 61, 53, seed);
        const auto single = made<float>(kind, 61, 53, seed);
        for (std::ptrdiff_t i = 0; i < twice.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < twice.cols(); ++j)
                ASSERT_EQ(bits_of(single(i, j)), bits_of(static_cast<float>(twice(i, j)))) << twice(i, j);
    }
}

// --- Phases and uniform frequencies ---------------------------------------------------------------------------------

TEST(UniformPhases, StayBelowTwoPiForEveryRandomNumber) {
    const km::detail::UniformPhase<float> single;
    const km::detail::UniformPhase<double> twice;
    for (std::uint64_t k = 0; k < 100000; ++k) {
        const std::uint64_t bits = most - k * k; // where a float rounds to 2π or above, and below
        ASSERT_LT(static_cast<double>(single(bits)), 6.283185307179586);
        ASSERT_LT(twice(bits), 6.283185307179586);
        ASSERT_NEAR(static_cast<double>(single(bits)), twice(bits), 4.8e-7);
    }
    // Just below 2π lie 6.28318500518798828125f and the double 6.28318530717958534.
    EXPECT_EQ(bits_of(single(most)), 0x40c90fdaU);
    EXPECT_EQ(bits_of(twice(most)), 0x401921fb54442d17U);
    EXPECT_EQ(bits_of(single(0)), 0U);
    EXPECT_EQ(bits_of(twice(0)), 0U);
    EXPECT_DOUBLE_EQ(twice(half), 3.141592653589793);
    EXPECT_FLOAT_EQ(single(1), 6.9757370e-16F);
}

TEST(UniformFrequencies, StayWithinTheirBounds) {
    const double bounds[][2] = {{-1, 1},          {0, 1},       {-3, -2.9},        {1e300, 1.5e300}, {-8e307, 8e307},
                                {0.1, 0.1000001}, {-1e-3, 1e5}, {-1 - 0x1p-52, 1}, {-1.3, 1 + 1e-15}};
    for (const auto& [low, high] : bounds) {
        const km::detail::UniformFrequency<double> value(low, high);
        EXPECT_EQ(bits_of(value(0)), bits_of(low));
        for (std::uint64_t k = 0; k < 1000; ++k) {
            ASSERT_GE(value(k), low);
            ASSERT_LE(value(k), high);
            ASSERT_GE(value(most - k), low);
            ASSERT_LE(value(most - k), high);
        }
        EXPECT_NEAR(value(half), low / 2 + high / 2, 1e-15 * (std::fabs(low) + std::fabs(high)));
    }
}

TEST(UniformFrequencies, AreConstantWhereTheBoundsAreEqual) {
    for (const double bound : {0.1, 0.0, -3.7e20}) {
        km::Field<double> omega(4, 5);
        km::uniform_frequencies(omega, bound, bound, seed);
        for (std::ptrdiff_t k = 0; k < omega.size(); ++k) EXPECT_EQ(bits_of(omega.data()[k]), bits_of(bound));
    }
}

TEST(InitialFields, AreConstantWhereTheScaleIsZero) {
    km::Field<float> omega(4, 5);
    km::normal_frequencies(omega, 0.1, 0, seed);
    for (std::ptrdiff_t k = 0; k < omega.size(); ++k) EXPECT_EQ(bits_of(omega.data()[k]), bits_of(0.1F));
    km::lorentzian_frequencies(omega, -2.5, 0, seed);
    for (std::ptrdiff_t k = 0; k < omega.size(); ++k) EXPECT_EQ(bits_of(omega.data()[k]), bits_of(-2.5F));
    km::normal_phases(omega, 3.1, 0, seed);
    for (std::ptrdiff_t k = 0; k < omega.size(); ++k) EXPECT_EQ(bits_of(omega.data()[k]), bits_of(3.1F));
    for (const auto& [half_width, cut] : {std::pair{0.0, 2.0}, {2.0, 0.0}, {0.0, 0.0}}) {
        km::truncated_lorentzian_frequencies(omega, 0.7, half_width, cut, seed);
        for (std::ptrdiff_t k = 0; k < omega.size(); ++k) EXPECT_EQ(bits_of(omega.data()[k]), bits_of(0.7F));
    }
}

// --- Truncated Lorentzian and mixed frequencies ---------------------------------------------------------------------

/// Pairs (half_width, cut): alike, far apart both ways, and as large as doubles are.
constexpr double truncations[][2] = {{1, 1},     {0.7, 2.2},     {1, 0.1},       {3, 1e-9},     {1e-9, 3},
                                     {0.3, 1e6}, {1e-200, 1e20}, {1e20, 1e-200}, {1e308, 1e308}};

TEST(TruncatedLorentzianFrequencies, ReachTheirCutAndStayWithin) {
    for (const auto& [half_width, cut] : truncations) {
        const km::detail::TruncatedLorentzianFrequency<double> value(0, half_width, cut);
        double previous = -cut;
        for (std::uint64_t k = 0; k < 1000; ++k) {
            ASSERT_LE(std::fabs(value(k)), cut);
            ASSERT_LE(std::fabs(value(half + k)), cut);
            ASSERT_GE(value(k), previous - 2e-15 * cut);
            ASSERT_EQ(bits_of(value(k)), bits_of(-value(most - k)));
            previous = value(k);
        }
        // p = 2^-54, where the quantiles lie 1 / density = 2 A (γ + cut² / γ) apart, A < π/2 the angle of the cut.
        const double slack = cut > half_width ? 1.8e-16 * cut / half_width : 0;
        if (slack < 1) {
            EXPECT_NEAR(value(0) / cut, -1, 1e-15 + slack);
        }
        EXPECT_LE(std::fabs(value(half)), 2e-16 * half_width);
    }
}

TEST(TruncatedLorentzianFrequencies, AreNotCarriedBeyondTheirCutByRounding) {
    int at_the_cut = 0;
    for (int k = 1; k < 5000; ++k) {
        const double cut = k / 1000.0;
        const km::detail::TruncatedLorentzianFrequency<double> value(0, 1, cut);
        ASSERT_LE(value(most), cut);
        ASSERT_GE(value(0), -cut);
        at_the_cut += value(most) == cut;
    }
    EXPECT_GT(at_the_cut, 100);
}

#if LDBL_MANT_DIG >= 64
TEST(TruncatedLorentzianFrequencies, AgreeWithLongDouble) {
    for (const auto& [half_width, cut] : truncations) {
        const km::detail::TruncatedLorentzianFrequency<double> value(0, half_width, cut);
        const long double width = static_cast<long double>(half_width);
        const long double most_angle = std::atan(static_cast<long double>(cut) / width);
        const long double rest_angle = std::atan(width / static_cast<long double>(cut));
        long double worst = 0;
        for (std::uint32_t k = 0; k < 20000; ++k) {
            const auto random = km::detail::philox({{k, 6, 2, 3}}, {{4, 5}});
            const std::uint64_t any = (std::uint64_t{random.words[0]} << 32 | random.words[1]) >> 11;
            const std::uint64_t bits = k % 2 == 0 ? any : any >> (random.words[2] % 50);
            const km::detail::Probability p(bits);
            const long double middle = 2 * static_cast<long double>(p.from_middle().value());
            const long double end = 2 * static_cast<long double>(p.from_end().value());
            const long double angle = most_angle * middle;
            const long double size = angle < 0.78L ? std::tan(angle) : 1 / std::tan(rest_angle + most_angle * end);
            const long double found = std::fabs(static_cast<long double>(value(bits)));
            worst = std::max(worst, std::fabs(found / width / size - 1));
        }
        EXPECT_LT(worst, 2e-15L) << half_width << ' ' << cut;
    }
}
#endif

TEST(TruncatedLorentzianFrequencies, AreLorentzianWhereTheCutIsFar) {
    const km::detail::TruncatedLorentzianFrequency<double> cut_far(0.5, 1.5, 1e200);
    const km::detail::LorentzianFrequency<double> whole(0.5, 1.5);
    for (std::uint64_t k = 0; k < 1000; ++k) {
        const std::uint64_t bits = k * (most / 1000);
        EXPECT_EQ(bits_of(cut_far(bits)), bits_of(whole(bits)));
    }
}

TEST(MixedFrequencies, HaveExactlyTheirShareOfTheRandomNumbers) {
    const km::detail::MixedFrequency<double> value(-0.9, 1.7, 0.3125);
    const std::uint64_t first_of_first = std::uint64_t{5} << 49; // 0.3125 · 2^53
    EXPECT_EQ(bits_of(value(0)), bits_of(1.7));
    EXPECT_EQ(bits_of(value(first_of_first - 1)), bits_of(1.7));
    EXPECT_EQ(bits_of(value(first_of_first)), bits_of(-0.9));
    EXPECT_EQ(bits_of(value(most)), bits_of(-0.9));
    for (const std::uint64_t bits : {std::uint64_t{0}, most}) {
        EXPECT_EQ(bits_of(km::detail::MixedFrequency<float>(-0.9, 1.7, 0)(bits)), bits_of(-0.9F));
        EXPECT_EQ(bits_of(km::detail::MixedFrequency<float>(-0.9, 1.7, 1)(bits)), bits_of(1.7F));
        EXPECT_EQ(bits_of(km::detail::MixedFrequency<float>(-0.9, 1.7, number_of(7))(bits)), bits_of(-0.9F));
    }
}

// -Ofast turns subnormal numbers into zeros; the fields hold zeros whatever the flags.
TYPED_TEST(InitialFieldsOf, HoldNoSubnormalNumbers) {
    using T = TypeParam;
    const bool single = sizeof(T) == 4;
    const std::uint64_t least = bits_of(std::numeric_limits<T>::min());
    const double scale = single ? 0x1p-127 : 0x1p-1021;
    const double scale_below = number_of(1);
    km::Field<T> omega(32, 33);
    int zeros = 0;
    int others = 0;
    const auto count = [&] {
        zeros = others = 0;
        for (std::ptrdiff_t k = 0; k < omega.size(); ++k) {
            const std::uint64_t size = bits_of(omega.data()[k]) << 1 << (single ? 32 : 0) >> 1 >> (single ? 32 : 0);
            zeros += size == 0;
            others += size >= least;
        }
        return zeros + others;
    };
    km::normal_frequencies(omega, 0, scale, seed);
    EXPECT_EQ(count(), omega.size());
    EXPECT_GT(zeros, 300);
    EXPECT_GT(others, 10);
    km::uniform_frequencies(omega, -2 * scale, 4 * scale, seed);
    EXPECT_EQ(count(), omega.size());
    EXPECT_GT(zeros, 100);
    EXPECT_GT(others, 100);
    km::lorentzian_frequencies(omega, 0, scale_below, seed);
    EXPECT_EQ(count(), omega.size());
    EXPECT_EQ(zeros, omega.size());
}

// --- Quantiles ------------------------------------------------------------------------------------------------------

struct KnownQuantile {
    std::uint64_t bits;
    double normal;
    double lorentzian;
};

// By mpmath, 200 bits: the ends, the middle, both joins of the normal quantile and that of the Lorentzian's.
constexpr KnownQuantile known_quantiles[] = {
    {0U, -8.29236107581359553823, -5734161139222658.6455},
    {1U, -8.16070784085858317554, -1911387046407552.88183},
    {9007199254740991U, 8.29236107581359553823, 5734161139222658.6455},
    {4503599627370496U, 1.39145821233588346112e-16, 1.74393424900431594974e-16},
    {4503599627370495U, -1.39145821233588346112e-16, -1.74393424900431594974e-16},
    {4503599627370499U, 9.74020748635118422782e-16, 1.22075397430302116482e-15},
    {125093U, -6.65790226669496231161, -22919500770.3144393813},
    {125101U, -6.65789286499930889978, -22918035112.3793825234},
    {675539944105573U, -1.43953147093845662121, -4.165299770090422964},
    {675539944105575U, -1.43953147093845505261, -4.16529977009041016371},
    {2251799813685247U, -0.674489750196081917888, -1.00000000000000034879},
    {2251799813685248U, -0.674489750196081568516, -0.999999999999999651213},
    {12345678901234U, -2.99535106069551486554, -232.232092890028923696},
    {6755399441055751U, 0.674489750196084363494, 1.0000000000000052318},
    {9000000000000000U, 3.15617017088441543085, 398.246019479622103507},
    {1000000000U, -5.17986662281407212021, -2867080.56817767277638},
    {1000000U, -6.34526374068573234925, -2867079136.07176128675},
    {9006199254740991U, 3.69251801664824620825, 2867.08045334761157255},
};

TEST(Quantiles, AgreeWithMultiplePrecision) {
    for (const KnownQuantile& known : known_quantiles) {
        const km::detail::Probability p(known.bits);
        EXPECT_NEAR(km::detail::normal_quantile(p).value() / known.normal, 1, 1e-15) << known.bits;
        EXPECT_NEAR(km::detail::lorentzian_quantile(p).value() / known.lorentzian, 1, 7e-16) << known.bits;
    }
}

/// 53-bit numbers over all scales of distance from both ends and from the middle, from Philox itself.
std::vector<std::uint64_t> sample_of_bits() {
    std::vector<std::uint64_t> sample;
    for (std::uint32_t k = 0; k < 20000; ++k) {
        const auto random = km::detail::philox({{k, 1, 2, 3}}, {{4, 5}});
        const std::uint64_t any = (std::uint64_t{random.words[0]} << 32 | random.words[1]) >> 11;
        const std::uint64_t small = any >> (1 + random.words[2] % 50);
        sample.insert(sample.end(), {any, small, most - small, half + small / 2, half - 1 - small / 2});
    }
    return sample;
}

TEST(Quantiles, AreSymmetricToTheBit) {
    for (const std::uint64_t bits : sample_of_bits()) {
        const km::detail::Probability p(bits);
        const km::detail::Probability mirrored(most - bits);
        ASSERT_NE(p.upper(), mirrored.upper());
        ASSERT_EQ(bits_of(km::detail::normal_quantile(p).value()),
                  bits_of(-km::detail::normal_quantile(mirrored).value()));
        ASSERT_EQ(bits_of(km::detail::lorentzian_quantile(p).value()),
                  bits_of(-km::detail::lorentzian_quantile(mirrored).value()));
    }
}

TEST(Quantiles, GrowWithTheProbability) {
    std::vector<std::uint64_t> sample = sample_of_bits();
    std::sort(sample.begin(), sample.end());
    double normal = -9;
    double lorentzian = -6e15;
    for (const std::uint64_t bits : sample) {
        const km::detail::Probability p(bits);
        const double next_normal = km::detail::normal_quantile(p).value();
        const double next_lorentzian = km::detail::lorentzian_quantile(p).value();
        ASSERT_GE(next_normal, normal - 1e-15 * std::fabs(normal)) << bits;
        ASSERT_GE(next_lorentzian, lorentzian - 1e-15 * std::fabs(lorentzian)) << bits;
        normal = next_normal;
        lorentzian = next_lorentzian;
    }
}

TEST(Arctangent, IsExactOnTheAxesAndOddElsewhere) {
    const auto angle = [](double y, double x) {
        return km::detail::atan2(km::detail::Rounded(y), km::detail::Rounded(x)).value();
    };
    constexpr double pi = 3.141592653589793;
    EXPECT_EQ(bits_of(angle(0, 0)), bits_of(0.0));
    EXPECT_EQ(bits_of(angle(0, 2)), bits_of(0.0));
    EXPECT_EQ(bits_of(angle(3, 0)), bits_of(pi / 2));
    EXPECT_EQ(bits_of(angle(-3, 0)), bits_of(-pi / 2));
    EXPECT_EQ(bits_of(angle(0, -5)), bits_of(pi));
    EXPECT_EQ(bits_of(angle(7, 7)), bits_of(pi / 4));
    EXPECT_EQ(bits_of(angle(-7, -7)), bits_of(-3 * pi / 4));
    EXPECT_EQ(bits_of(angle(1e-300, 1e300)), bits_of(0.0));
    EXPECT_EQ(bits_of(angle(1e300, 1e-300)), bits_of(pi / 2));
    for (int y = 1; y < 40; ++y)
        for (int x = -40; x < 40; ++x) EXPECT_EQ(bits_of(angle(-y, x)), bits_of(-angle(y, x)));
}

#if LDBL_MANT_DIG >= 64
TEST(Arctangent, IsAsAccurateAsDocumented) {
    long double worst = 0;
    for (std::uint32_t k = 0; k < 200000; ++k) {
        const auto random = km::detail::philox({{k, 7, 8, 9}}, {{1, 2}});
        const double y = (random.words[0] - 0x1p31) * std::ldexp(1.0, static_cast<int>(random.words[2] % 41) - 20);
        const double x = random.words[1] - 0x1p31;
        if (y == 0) continue;
        const long double expected = std::atan2(static_cast<long double>(y), static_cast<long double>(x));
        const double found = km::detail::atan2(km::detail::Rounded(y), km::detail::Rounded(x)).value();
        worst = std::max(worst, std::fabs(static_cast<long double>(found) / expected - 1));
    }
    EXPECT_LT(worst, 6e-16L);
}

/// The relative error of x as the lower quantile of min(p, 1 − p), by one step of Newton's method in long double.
long double normal_error(std::uint64_t bits) {
    const km::detail::Probability p(bits);
    const long double x = std::fabs(static_cast<long double>(km::detail::normal_quantile(p).value()));
    constexpr long double root_half = 0.707106781186547524400844362104849039L;
    constexpr long double density_at_zero = 0.398942280401432677939946059934381868L;
    const long double off = p.from_end().value() < 0.25
                                ? std::erfc(x * root_half) / 2 - static_cast<long double>(p.from_end().value())
                                : static_cast<long double>(p.from_middle().value()) - std::erf(x * root_half) / 2;
    return off / (density_at_zero * std::exp(-x * x / 2)) / x;
}

long double lorentzian_error(std::uint64_t bits) {
    const km::detail::Probability p(bits);
    constexpr long double pi = 3.14159265358979323846264338327950288L;
    const long double end = static_cast<long double>(p.from_end().value());
    const long double middle = static_cast<long double>(p.from_middle().value());
    const long double expected = end < 0.25L ? 1 / std::tan(pi * end) : std::tan(pi * middle);
    return std::fabs(static_cast<long double>(km::detail::lorentzian_quantile(p).value())) / expected - 1;
}

TEST(Quantiles, AreAsAccurateAsDocumented) {
    long double worst_normal = 0;
    long double worst_lorentzian = 0;
    long double worst_log = 0;
    for (const std::uint64_t bits : sample_of_bits()) {
        worst_normal = std::max(worst_normal, std::fabs(normal_error(bits)));
        worst_lorentzian = std::max(worst_lorentzian, std::fabs(lorentzian_error(bits)));
        const km::detail::Rounded end = km::detail::Probability(bits).from_end();
        const long double expected = std::log(static_cast<long double>(end.value()));
        worst_log = std::max(worst_log, std::fabs(static_cast<long double>(log(end).value()) / expected - 1));
    }
    EXPECT_LT(worst_normal, 1e-15L);
    EXPECT_LT(worst_lorentzian, 6e-16L);
    EXPECT_LT(worst_log, 3e-16L);
}
#endif

// --- Statistics -----------------------------------------------------------------------------------------------------
// Fixed seeds, so each of these either always passes or never does. The bounds are those of a test at a level of 1e-3
// or below for each number looked at.

constexpr std::ptrdiff_t stat_rows = 301;
constexpr std::ptrdiff_t stat_cols = 407;
constexpr double stat_count = double(stat_rows * stat_cols);

/// The field as probabilities: uniform in [0, 1] if it has the distribution it should have.
km::Field<double> probabilities(Kind kind, std::uint64_t with_seed) {
    auto field = made<double>(kind, stat_rows, stat_cols, with_seed);
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) field.data()[k] = probability(kind, field.data()[k]);
    return field;
}

/// Kolmogorov's statistic √n sup |F_n − F| of n numbers that should be uniform in [0, 1].
double kolmogorov(const km::Field<double>& field) {
    std::vector<double> sorted(field.data(), field.data() + field.size());
    std::sort(sorted.begin(), sorted.end());
    const double n = static_cast<double>(sorted.size());
    double most_off = 0;
    for (std::size_t k = 0; k < sorted.size(); ++k) {
        const double above = static_cast<double>(k + 1) / n - sorted[k];
        const double below = sorted[k] - static_cast<double>(k) / n;
        most_off = std::max({most_off, above, below});
    }
    return std::sqrt(n) * most_off;
}

/// √n times the correlation of cell (i, j) of a with cell (i + down, j + right) of b; both uniform in [0, 1].
double correlation(const km::Field<double>& a, const km::Field<double>& b, std::ptrdiff_t down, std::ptrdiff_t right) {
    double sum = 0;
    double count = 0;
    for (std::ptrdiff_t i = 0; i + down < a.rows(); ++i)
        for (std::ptrdiff_t j = 0; j + right < a.cols(); ++j, ++count)
            sum += 12 * (a(i, j) - 0.5) * (b(i + down, j + right) - 0.5);
    return sum / std::sqrt(count);
}

TEST(Statistics, DistributionsPassKolmogorovsTest) {
    // P(√n D > x) ≈ 2 exp(−2 x²) = 1e-3 at x = 1.95; and a D that is far too small, 2e-4 below 0.33, is wrong too.
    for (const Kind kind : continuous_kinds)
        for (const std::uint64_t with_seed : {std::uint64_t{0}, std::uint64_t{1}, seed}) {
            const double statistic = kolmogorov(probabilities(kind, with_seed));
            EXPECT_LT(statistic, 1.95) << "kind " << int(kind) << " seed " << with_seed;
            EXPECT_GT(statistic, 0.33) << "kind " << int(kind) << " seed " << with_seed;
        }
}

TEST(Statistics, TailsAreAsHeavyAsTheyShouldBe) {
    for (const Kind kind : continuous_kinds) {
        const auto field = probabilities(kind, seed);
        for (const double p : {1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999}) {
            double below = 0;
            for (std::ptrdiff_t k = 0; k < field.size(); ++k) below += field.data()[k] < p;
            EXPECT_NEAR(below, p * stat_count, 4 * std::sqrt(p * (1 - p) * stat_count)) << "kind " << int(kind);
        }
    }
}

struct Moments {
    double mean = 0;
    double variance = 0;
    double fourth = 0; // of (x − mean) / deviation
};

Moments moments(const km::Field<double>& field) {
    Moments found;
    const double n = static_cast<double>(field.size());
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) found.mean += field.data()[k] / n;
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) {
        const double square = (field.data()[k] - found.mean) * (field.data()[k] - found.mean);
        found.variance += square / n;
        found.fourth += square * square / n;
    }
    found.fourth /= found.variance * found.variance;
    return found;
}

TEST(Statistics, MomentsAreThoseOfTheDistributions) {
    const double root = std::sqrt(stat_count);
    // Spread of a mean: σ/√n; of a variance: σ² √((κ − 1)/n) with κ the normalised fourth moment.
    const Moments normal = moments(made<double>(Kind::normal, stat_rows, stat_cols, seed));
    EXPECT_NEAR(normal.mean, 0.7, 4 * 1.9 / root);
    EXPECT_NEAR(normal.variance, 3.61, 4 * 3.61 * std::sqrt(2.0) / root);
    EXPECT_NEAR(normal.fourth, 3, 4 * std::sqrt(24.0) / root);

    const Moments phases_near_one = moments(made<double>(Kind::normal_phases, stat_rows, stat_cols, seed));
    EXPECT_NEAR(phases_near_one.mean, -2.3, 4 * 0.8 / root);
    EXPECT_NEAR(phases_near_one.variance, 0.64, 4 * 0.64 * std::sqrt(2.0) / root);
    EXPECT_NEAR(phases_near_one.fourth, 3, 4 * std::sqrt(24.0) / root);

    // With A = atan(cut / γ): the variance is γ cut / A − γ². The fourth moment is below cut² times it.
    const Moments truncated = moments(made<double>(Kind::truncated, stat_rows, stat_cols, seed));
    const double variance = 0.7 * 2.2 / std::atan(2.2 / 0.7) - 0.49;
    EXPECT_NEAR(truncated.mean, 0.3, 4 * std::sqrt(variance) / root);
    EXPECT_NEAR(truncated.variance, variance, 4 * 2.2 * std::sqrt(variance) / root);

    const Moments uniform = moments(made<double>(Kind::uniform, stat_rows, stat_cols, seed));
    const double width = 3.4;
    EXPECT_NEAR(uniform.mean, 0.4, 4 * width / std::sqrt(12.0) / root);
    EXPECT_NEAR(uniform.variance, width * width / 12, 4 * width * width / 12 * std::sqrt(0.8) / root);

    const Moments phases = moments(made<double>(Kind::phases, stat_rows, stat_cols, seed));
    const double turn = 6.283185307179586;
    EXPECT_NEAR(phases.mean, turn / 2, 4 * turn / std::sqrt(12.0) / root);
    EXPECT_NEAR(phases.variance, turn * turn / 12, 4 * turn * turn / 12 * std::sqrt(0.8) / root);
}

TEST(Statistics, MixedFrequenciesHaveTheirShare) {
    const auto field = made<double>(Kind::mixed, stat_rows, stat_cols, seed);
    double count = 0;
    double alike = 0; // neighbours of the same group: share² + (1 − share)² if they are independent
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) {
        ASSERT_TRUE(field.data()[k] == -0.9 || field.data()[k] == 1.7);
        count += field.data()[k] == 1.7;
        alike += k > 0 && field.data()[k] == field.data()[k - 1];
    }
    EXPECT_NEAR(count, 0.37 * stat_count, 4 * std::sqrt(0.37 * 0.63 * stat_count));
    EXPECT_NEAR(alike, 0.5338 * stat_count, 4 * std::sqrt(0.25 * stat_count));
}

TEST(Statistics, LorentzianHasItsCentreAndHalfWidth) {
    const auto field = made<double>(Kind::lorentzian, stat_rows, stat_cols, seed);
    std::vector<double> sorted(field.data(), field.data() + field.size());
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](double p) { return sorted[static_cast<std::size_t>(p * stat_count)]; };
    // Spread of a quantile: √(p (1 − p) / n) / density; the quartiles lie one half-width off the centre.
    const double root = std::sqrt(stat_count);
    const double pi = 3.141592653589793;
    EXPECT_NEAR(at(0.5), -0.4, 4 * 0.5 * pi * 0.6 / root);
    EXPECT_NEAR(at(0.25), -1.0, 4 * std::sqrt(0.1875) * 2 * pi * 0.6 / root);
    EXPECT_NEAR(at(0.75), 0.2, 4 * std::sqrt(0.1875) * 2 * pi * 0.6 / root);
}

TEST(Statistics, NeighboursAreNotCorrelated) {
    for (const Kind kind : continuous_kinds) {
        const auto field = probabilities(kind, seed);
        for (const auto& [down, right] : {std::pair{0, 1}, {0, 2}, {0, 3}, {1, 0}, {2, 0}, {1, 1}, {0, 64}, {64, 0}})
            EXPECT_LT(std::fabs(correlation(field, field, down, right)), 4) << "lag " << down << ", " << right;
        EXPECT_GT(correlation(field, field, 0, 0), 300); // a field is itself
    }
}

TEST(Statistics, KindsAndSeedsAreIndependentStreams) {
    for (const Kind kind : continuous_kinds) {
        const auto field = probabilities(kind, seed);
        for (const Kind other : continuous_kinds)
            if (other != kind) {
                EXPECT_LT(std::fabs(correlation(field, probabilities(other, seed), 0, 0)), 4);
            }
        for (const std::uint64_t other : {seed + 1, seed ^ (std::uint64_t{1} << 63), ~seed, std::uint64_t{0}})
            EXPECT_LT(std::fabs(correlation(field, probabilities(kind, other), 0, 0)), 4);
    }
}

/// Number of plaquettes, of the lattice with open edges, round which the phases wind once.
int vortices(const km::Field<double>& theta) {
    const double turn = 6.283185307179586;
    const auto wrapped = [turn](double d) { return d - turn * std::nearbyint(d / turn); };
    int count = 0;
    for (std::ptrdiff_t i = 0; i + 1 < theta.rows(); ++i)
        for (std::ptrdiff_t j = 0; j + 1 < theta.cols(); ++j) {
            const double winding =
                wrapped(theta(i, j + 1) - theta(i, j)) + wrapped(theta(i + 1, j + 1) - theta(i, j + 1)) +
                wrapped(theta(i + 1, j) - theta(i + 1, j + 1)) + wrapped(theta(i, j) - theta(i + 1, j));
            count += std::fabs(winding) > 3;
        }
    return count;
}

TEST(Statistics, OnePlaquetteInThreeCarriesAVortex) {
    // Independent uniform phases: a probability of exactly 1/3. Neighbouring plaquettes are correlated, so the spread
    // is that of the seeds.
    constexpr int seeds = 30;
    std::vector<double> share;
    for (std::uint64_t s = 0; s < seeds; ++s)
        share.push_back(vortices(made<double>(Kind::phases, 61, 71, s)) / (60.0 * 70.0));
    double mean = 0;
    double variance = 0;
    for (const double x : share) mean += x / seeds;
    for (const double x : share) variance += (x - mean) * (x - mean) / (seeds - 1);
    const double spread = std::sqrt(variance / seeds);
    EXPECT_NEAR(mean, 1.0 / 3, 3.7 * spread); // Student's t with 29 degrees of freedom: 1e-3
    EXPECT_LT(spread, 0.003);
}

// --- Errors ---------------------------------------------------------------------------------------------------------

/// Calls `make` on a field and expects std::invalid_argument with these words in it, and no cell written.
template <class T, class Make> void expect_refusal(const Make& make, const std::vector<std::string>& words) {
    km::Field<T> field(3, 4);
    field.fill(T(-7));
    std::string message;
    try {
        make(field);
        ADD_FAILURE() << "nothing thrown; expected " << words.front();
    } catch (const std::invalid_argument& error) {
        message = error.what();
    }
    for (const std::string& word : words)
        EXPECT_NE(message.find(word), std::string::npos) << "no '" << word << "' in '" << message << "'";
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) EXPECT_EQ(field.data()[k], T(-7)) << message;
}

TYPED_TEST(InitialFieldsOf, RefuseParametersThatAreNotFinite) {
    using T = TypeParam;
    const struct {
        double value;
        const char* text;
    } cases[] = {{nan_value(), "nan"}, {infinity(), "inf"}, {-infinity(), "-inf"}};
    for (const auto& wrong : cases) {
        const double x = wrong.value;
        const std::string text = wrong.text;
        expect_refusal<T>([x](auto& f) { km::uniform_frequencies(f, x, 1, seed); }, {"low", text});
        expect_refusal<T>([x](auto& f) { km::uniform_frequencies(f, 0, x, seed); }, {"high", text});
        expect_refusal<T>([x](auto& f) { km::normal_frequencies(f, x, 1, seed); }, {"mean", text});
        expect_refusal<T>([x](auto& f) { km::normal_frequencies(f, 0, x, seed); }, {"deviation", text});
        expect_refusal<T>([x](auto& f) { km::lorentzian_frequencies(f, x, 1, seed); }, {"centre", text});
        expect_refusal<T>([x](auto& f) { km::lorentzian_frequencies(f, 0, x, seed); }, {"half_width", text});
        expect_refusal<T>([x](auto& f) { km::normal_phases(f, x, 1, seed); }, {"mean", text});
        expect_refusal<T>([x](auto& f) { km::normal_phases(f, 0, x, seed); }, {"deviation", text});
        expect_refusal<T>([x](auto& f) { km::truncated_lorentzian_frequencies(f, x, 1, 1, seed); }, {"centre", text});
        expect_refusal<T>([x](auto& f) { km::truncated_lorentzian_frequencies(f, 0, x, 1, seed); },
                          {"half_width", text});
        expect_refusal<T>([x](auto& f) { km::truncated_lorentzian_frequencies(f, 0, 1, x, seed); }, {"cut", text});
        expect_refusal<T>([x](auto& f) { km::mixed_frequencies(f, x, 1, 0.5, seed); }, {"first", text});
        expect_refusal<T>([x](auto& f) { km::mixed_frequencies(f, 0, x, 0.5, seed); }, {"second", text});
        expect_refusal<T>([x](auto& f) { km::mixed_frequencies(f, 0, 1, x, seed); }, {"share", text});
    }
}

TYPED_TEST(InitialFieldsOf, RefuseParametersThatAreOutOfOrder) {
    using T = TypeParam;
    expect_refusal<T>([](auto& f) { km::uniform_frequencies(f, 2.5, 1.5, seed); }, {"low", "2.5", "high", "1.5"});
    expect_refusal<T>([](auto& f) { km::normal_frequencies(f, 0, -0.25, seed); }, {"deviation", "-0.25"});
    expect_refusal<T>([](auto& f) { km::lorentzian_frequencies(f, 0, -0.25, seed); }, {"half_width", "-0.25"});
    expect_refusal<T>([](auto& f) { km::normal_phases(f, 0, -0.25, seed); }, {"deviation", "-0.25"});
    expect_refusal<T>([](auto& f) { km::truncated_lorentzian_frequencies(f, 0, -0.25, 1, seed); },
                      {"half_width", "-0.25"});
    expect_refusal<T>([](auto& f) { km::truncated_lorentzian_frequencies(f, 0, 1, -0.25, seed); }, {"cut", "-0.25"});
    expect_refusal<T>([](auto& f) { km::mixed_frequencies(f, 0, 1, -0.25, seed); }, {"share", "-0.25"});
    expect_refusal<T>([](auto& f) { km::mixed_frequencies(f, 0, 1, 1.25, seed); }, {"share", "1.25"});
}

TEST(InitialFields, RefuseParametersThatTheCellsCannotHold) {
    expect_refusal<float>([](auto& f) { km::uniform_frequencies(f, -1e39, 0, seed); }, {"low", "-1e+39"});
    expect_refusal<float>([](auto& f) { km::uniform_frequencies(f, 0, 1e39, seed); }, {"high", "1e+39"});
    expect_refusal<float>([](auto& f) { km::normal_frequencies(f, 1e39, 1, seed); }, {"mean", "1e+39"});
    expect_refusal<float>([](auto& f) { km::normal_frequencies(f, 0, 1e39, seed); }, {"deviation", "1e+39"});
    expect_refusal<float>([](auto& f) { km::lorentzian_frequencies(f, 1e39, 1, seed); }, {"centre", "1e+39"});
    expect_refusal<float>([](auto& f) { km::lorentzian_frequencies(f, 0, 1e39, seed); }, {"half_width", "1e+39"});
    // Parameters that fit, and values that would not.
    expect_refusal<float>([](auto& f) { km::normal_frequencies(f, 1, 1e38, seed); },
                          {"deviation", "1e+38", "mean", "1"});
    expect_refusal<float>([](auto& f) { km::lorentzian_frequencies(f, 1, 1e23, seed); }, {"half_width", "1e+23"});
    expect_refusal<double>([](auto& f) { km::normal_frequencies(f, 0, 1e308, seed); }, {"deviation", "1e+308"});
    expect_refusal<double>([](auto& f) { km::lorentzian_frequencies(f, 0, 1e300, seed); }, {"half_width", "1e+300"});
    expect_refusal<float>([](auto& f) { km::normal_phases(f, 1, 1e38, seed); }, {"deviation", "1e+38", "mean", "1"});
    expect_refusal<float>([](auto& f) { km::mixed_frequencies(f, 0, 1e39, 0.5, seed); }, {"second", "1e+39"});
    for (const double centre : {3e38, -3e38})
        expect_refusal<float>([=](auto& f) { km::truncated_lorentzian_frequencies(f, centre, 1, 1e38, seed); },
                              {"cut = 1e+38", "3e+38"});
    // Only the largest values would not fit, or only the smallest.
    for (const double sign : {1.0, -1.0}) {
        const auto words = [sign](const char* scale, const char* centre) {
            return std::vector<std::string>{scale, sign < 0 ? std::string("-") + centre : centre};
        };
        expect_refusal<float>([=](auto& f) { km::normal_frequencies(f, sign * 3e38, 1e37, seed); },
                              words("deviation = 1e+37", "3e+38"));
        expect_refusal<float>([=](auto& f) { km::lorentzian_frequencies(f, sign * 3e38, 1e23, seed); },
                              words("half_width = 1e+23", "3e+38"));
        expect_refusal<double>([=](auto& f) { km::normal_frequencies(f, sign * 1.5e308, 1e307, seed); },
                               words("deviation = 1e+307", "1.5e+308"));
        expect_refusal<double>([=](auto& f) { km::lorentzian_frequencies(f, sign * 1.5e308, 1e292, seed); },
                               words("half_width = 1e+292", "1.5e+308"));
    }
    expect_refusal<double>([](auto& f) { km::uniform_frequencies(f, -1e308, 1e308, seed); },
                           {"low", "-1e+308", "high"});
}

TYPED_TEST(InitialFieldsOf, AcceptTheLargestParametersThatFit) {
    using T = TypeParam;
    const double largest = static_cast<double>(std::numeric_limits<T>::max());
    km::Field<T> omega(40, 50);
    const auto all_fit = [&omega] {
        int fitting = 0;
        for (std::ptrdiff_t k = 0; k < omega.size(); ++k)
            fitting += km::detail::fits<T>(static_cast<double>(omega.data()[k]));
        return fitting == omega.size();
    };
    km::normal_frequencies(omega, 0, largest / 8.3, seed);
    EXPECT_TRUE(all_fit());
    km::lorentzian_frequencies(omega, 0, largest / 5.74e15, seed);
    EXPECT_TRUE(all_fit());
    km::truncated_lorentzian_frequencies(omega, 0, largest, largest, seed);
    EXPECT_TRUE(all_fit());
    km::uniform_frequencies(omega, 0, largest, seed);
    EXPECT_TRUE(all_fit());
    km::uniform_frequencies(omega, -largest / 2, largest / 2, seed);
    EXPECT_TRUE(all_fit());
}

TYPED_TEST(InitialFieldsOf, RefuseViewsThatCannotBeFilled) {
    using T = TypeParam;
    T cells[4] = {T(-7), T(-7), T(-7), T(-7)};
    const km::Grid<T> overlapping(cells, 2, 2, 1, 1);
    const km::Grid<T> endless(cells, 1, (std::ptrdiff_t{1} << 57) + 2); // never touched: refused first
    for (const Kind kind : kinds) {
        const std::string name = are_phases(kind) ? "theta" : "omega";
        const auto expect_words = [&](const km::Grid<T>& view, const std::string& value) {
            try {
                fill(kind, view, seed);
                ADD_FAILURE() << "nothing thrown";
            } catch (const std::invalid_argument& error) {
                EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
                EXPECT_NE(std::string(error.what()).find(value), std::string::npos) << error.what();
            }
        };
        expect_words(overlapping, "row_stride = 1");
        expect_words(endless, "144115188075855874");
    }
    for (const T cell : cells) EXPECT_EQ(cell, T(-7));
}

template <class G>
concept CanHoldPhases = requires(G grid) {
    km::uniform_phases(grid, seed);
};

TEST(InitialFields, AreForWritableGridsOnly) {
    static_assert(CanHoldPhases<km::Field<float>&> && CanHoldPhases<km::Grid<double>> &&
                  CanHoldPhases<const km::Grid<float>&>);
    static_assert(!CanHoldPhases<const km::Field<float>&> && !CanHoldPhases<km::Grid<const double>> &&
                  !CanHoldPhases<std::vector<float>&>);
}

} // namespace
