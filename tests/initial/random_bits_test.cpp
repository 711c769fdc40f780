// The bits of seeded initial fields: they depend on the seed and the cell alone, not on strides, policy or shape.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/random.hpp>
#include <kuramoto/openmp.hpp>

#include "support/policies.hpp"
#include "support/random_fields.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

using test::bits_of;

constexpr std::uint64_t seed = test::random_seed;

template <class A, class B>::testing::AssertionResult same_bits(const A& a, const B& b) {
    if (a.rows() != b.rows() || a.cols() != b.cols()) return ::testing::AssertionFailure() << "shapes differ";
    const auto difference = test::first_difference(test::values_of(km::as_grid(a)), test::values_of(km::as_grid(b)));
    if (difference < 0) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << "cell (" << difference / a.cols() << ", " << difference % a.cols() << ")";
}

TEST(RandomFields, HaveTheCommittedBits) {
    test::for_each_random_field([](const auto& kind) {
        const auto floats = test::made<float>(kind, 67, 41);
        const auto doubles = test::made<double>(kind, 67, 41);
        EXPECT_EQ(test::hash_of(test::values_of(floats.view())), kind.hash_of_floats) << kind.name;
        EXPECT_EQ(test::hash_of(test::values_of(doubles.view())), kind.hash_of_doubles) << kind.name;
    });
}

// The first cell by hand: block (row 0, group 0) of stream 1 or 2, its first two words as one number, 53 bits of it.
TEST(RandomFields, CellsAreWhatTheDocumentationSays) {
    const auto block = [](km::detail::Stream stream, std::uint64_t row, std::uint64_t group) {
        return km::detail::philox(km::detail::philox_counter(stream, row, group), km::detail::philox_key(seed));
    };
    const auto number = [](std::uint32_t low, std::uint32_t high) {
        return static_cast<double>((std::uint64_t{high} << 32 | low) >> 11) * 0x1p-53;
    };
    const auto phases = test::made<double>(test::uniform_phases, 5, 8);
    const auto first = block(km::detail::Stream::phases, 3, 2);
    EXPECT_DOUBLE_EQ(phases(3, 4), 6.283185307179586 * number(first.words[0], first.words[1]));
    EXPECT_DOUBLE_EQ(phases(3, 5), 6.283185307179586 * number(first.words[2], first.words[3]));

    const auto omega = test::made<double>(test::uniform_frequencies, 5, 8);
    const auto second = block(km::detail::Stream::uniform_frequencies, 4, 3);
    EXPECT_NEAR(omega(4, 6), -1.3 + 3.4 * number(second.words[0], second.words[1]), 1e-15);
    EXPECT_NEAR(omega(4, 7), -1.3 + 3.4 * number(second.words[2], second.words[3]), 1e-15);

    const auto truncated = test::made<double>(test::truncated_lorentzian_frequencies, 5, 8);
    const auto third = block(km::detail::Stream::truncated_lorentzian_frequencies, 2, 1);
    const double p = number(third.words[2], third.words[3]) + 0x1p-54;
    EXPECT_NEAR(truncated(2, 3), 0.3 + 0.7 * std::tan((2 * p - 1) * std::atan(2.2 / 0.7)), 1e-15);
}

template <class T> class RandomFieldsOf : public ::testing::Test {};
using CellTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(RandomFieldsOf, CellTypes);

TYPED_TEST(RandomFieldsOf, DoNotDependOnStrides) {
    using T = TypeParam;
    constexpr std::ptrdiff_t rows = 13;
    constexpr std::ptrdiff_t cols = 17;
    test::for_each_random_field([&](const auto& kind) {
        const auto expected = test::made<T>(kind, rows, cols);
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
            kind.fill(seed, view);
            EXPECT_TRUE(same_bits(view, expected));
        }
        km::Field<T> transposed(cols, rows);
        kind.fill(seed, transposed.transposed());
        EXPECT_TRUE(same_bits(transposed.transposed(), expected));
    });
}

TYPED_TEST(RandomFieldsOf, DoNotDependOnThePolicy) {
    using T = TypeParam;
    for (const auto& shape : {std::pair{37, 61}, {3, 101}, {1, 8}, {1, 1}, {8, 1}, {0, 5}, {5, 0}})
        test::for_each_random_field([&](const auto& kind) {
            const auto expected = test::made<T>(kind, shape.first, shape.second);
            const auto check = [&](const auto& policy) {
                km::Field<T> field(shape.first, shape.second);
                kind.fill(seed, policy, field);
                EXPECT_TRUE(same_bits(field.view(), expected)) << shape.first << " x " << shape.second;
            };
            for (const int workers : {1, 2, 7}) {
                check(test::Pool{.workers = workers, .on_threads = true});
                check(km::OpenMP{.threads = workers, .min_cells_per_thread = 1});
            }
            check(km::OpenMP{.threads = 3});
            check(km::Serial{});
        });
}

TYPED_TEST(RandomFieldsOf, DoNotDependOnTheShape) {
    using T = TypeParam;
    test::for_each_random_field([](const auto& kind) {
        km::Field<T> large = test::made<T>(kind, 23, 31);
        for (const std::ptrdiff_t rows : {1, 2, 22})
            for (const std::ptrdiff_t cols : {1, 2, 3, 30})
                EXPECT_TRUE(same_bits(test::made<T>(kind, rows, cols), large.subgrid(0, 0, rows, cols)));
    });
}

TYPED_TEST(RandomFieldsOf, FillAWindowLikeAFieldOfItsShapeAndNothingElse) {
    using T = TypeParam;
    test::for_each_random_field([](const auto& kind) {
        km::Field<T> large(9, 11);
        large.fill(T(-7));
        kind.fill(seed, large.subgrid(2, 3, 4, 5));
        EXPECT_TRUE(same_bits(large.subgrid(2, 3, 4, 5), test::made<T>(kind, 4, 5)));
        int untouched = 0;
        for (std::ptrdiff_t i = 0; i < large.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < large.cols(); ++j) untouched += large(i, j) == T(-7);
        EXPECT_EQ(untouched, 9 * 11 - 4 * 5);
    });
}

TYPED_TEST(RandomFieldsOf, EmptyAndThinGridsAreFilled) {
    using T = TypeParam;
    test::for_each_random_field([](const auto& kind) {
        for (const auto& [rows, cols] : {std::pair{0, 0}, {0, 5}, {5, 0}}) test::made<T>(kind, rows, cols, 1);
        kind.fill(1, km::Grid<T>());
    });
    test::for_each_continuous_random_field([](const auto& kind) {
        const auto row = test::made<T>(kind, 1, 9);
        const auto column = test::made<T>(kind, 9, 1);
        const auto cell = test::made<T>(kind, 1, 1);
        EXPECT_EQ(bits_of(row(0, 0)), bits_of(cell(0, 0)));
        EXPECT_EQ(bits_of(column(0, 0)), bits_of(cell(0, 0)));
        for (std::ptrdiff_t k = 1; k < 9; ++k) {
            EXPECT_NE(row(0, k), row(0, k - 1));
            EXPECT_NE(column(k, 0), column(k - 1, 0));
            EXPECT_NE(column(k, 0), row(0, k));
        }
    });
}

TEST(RandomFields, InFloatAreTheDoublesRounded) {
    test::for_each_random_field([](const auto& kind) {
        const auto twice = test::made<double>(kind, 61, 53);
        const auto single = test::made<float>(kind, 61, 53);
        for (std::ptrdiff_t i = 0; i < twice.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < twice.cols(); ++j)
                ASSERT_EQ(bits_of(single(i, j)), bits_of(static_cast<float>(twice(i, j)))) << twice(i, j);
    });
}

} // namespace
