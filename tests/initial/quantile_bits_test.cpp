// The bits of quiet starts: committed, and the same for all strides and policies.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/mixtures.hpp>
#include <kuramoto/openmp.hpp>

#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr std::uint64_t seed = 0x0123456789abcdefU;

template <class Fill> struct Kind {
    const char* name;
    std::uint64_t hash_of_floats; ///< of 67 x 41 cells
    std::uint64_t hash_of_doubles;
    Fill fill; ///< fill(seed, policy…, grid)
};
template <class Fill> Kind(const char*, std::uint64_t, std::uint64_t, Fill) -> Kind<Fill>;

constexpr Kind uniform{"uniform", 0xbc141b004b9acc6cU, 0xd9a0bb508a657805U,
                       [](std::uint64_t s, auto&&... to) { km::uniform_quantiles(to..., -1.3, 2.1, s); }};
constexpr Kind normal{"normal", 0xce0ab7a78c4dc212U, 0x25063b25c884bd7cU,
                      [](std::uint64_t s, auto&&... to) { km::normal_quantiles(to..., 0.7, 1.9, s); }};
constexpr Kind lorentzian{"Lorentzian", 0x47dfcbeec2bb3be9U, 0xae28d41a427fee50U,
                          [](std::uint64_t s, auto&&... to) { km::lorentzian_quantiles(to..., -0.4, 0.6, s); }};
constexpr Kind mixed{"mixed", 0xa548edfee9458897U, 0xe1b8b3d06598bfcbU, [](std::uint64_t s, auto&&... to) {
                         km::mixed_quantiles(to..., km::Lorentzian{-0.9, 0.3}, km::Normal{1.7, 0.4}, 0.37, s);
                     }};

template <class Use> void for_each_kind(const Use& use) {
    use(uniform);
    use(normal);
    use(lorentzian);
    use(mixed);
}

template <class T, class Fill>
std::vector<T> made(const Kind<Fill>& kind, std::ptrdiff_t rows, std::ptrdiff_t cols, std::uint64_t with_seed = seed) {
    km::Field<T> omega(rows, cols);
    kind.fill(with_seed, omega);
    return test::values_of(omega.view());
}

TEST(QuantileBits, AreTheCommittedOnes) {
    for_each_kind([](const auto& kind) {
        EXPECT_EQ(test::hash_of(made<float>(kind, 67, 41)), kind.hash_of_floats) << kind.name;
        EXPECT_EQ(test::hash_of(made<double>(kind, 67, 41)), kind.hash_of_doubles) << kind.name;
    });
}

template <class T> class QuantileBitsOf : public ::testing::Test {};
using CellTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(QuantileBitsOf, CellTypes);

TYPED_TEST(QuantileBitsOf, DoNotDependOnStrides) {
    using T = TypeParam;
    for_each_kind([](const auto& kind) {
        const std::vector<T> expected = made<T>(kind, 13, 17);
        for (const test::Layout layout : test::all_layouts) {
            test::Cells<T> cells(layout, 13, 17);
            kind.fill(seed, cells.view());
            EXPECT_EQ(test::first_difference(test::values_of(cells.view()), expected), -1) << test::name(layout);
            EXPECT_TRUE(cells.canaries_alive()) << test::name(layout);
        }
    });
}

TYPED_TEST(QuantileBitsOf, DoNotDependOnThePolicy) {
    using T = TypeParam;
    for (const auto& shape : {std::pair{37, 61}, {3, 101}, {1, 8}, {1, 1}, {8, 1}, {0, 5}, {5, 0}})
        for_each_kind([rows = shape.first, cols = shape.second](const auto& kind) {
            const std::vector<T> expected = made<T>(kind, rows, cols);
            const auto check = [&](const auto& policy) {
                km::Field<T> omega(rows, cols);
                kind.fill(seed, policy, omega);
                EXPECT_EQ(test::first_difference(test::values_of(omega.view()), expected), -1) << rows << " x " << cols;
            };
            for (const int workers : {1, 2, 7}) {
                check(test::Pool{.workers = workers, .on_threads = true});
                check(km::OpenMP{.threads = workers, .min_cells_per_thread = 1});
            }
            check(km::Serial{});
        });
}

TYPED_TEST(QuantileBitsOf, DependOnTheNumberOfCellsAndNotOnTheShape) {
    using T = TypeParam;
    for_each_kind([](const auto& kind) {
        const std::vector<T> expected = made<T>(kind, 6, 20);
        for (const auto& [rows, cols] : {std::pair{20, 6}, {1, 120}, {120, 1}})
            EXPECT_EQ(test::first_difference(made<T>(kind, rows, cols), expected), -1) << kind.name;
    });
}

TEST(QuantileBits, InFloatAreTheDoublesRounded) {
    for_each_kind([](const auto& kind) {
        const auto twice = made<double>(kind, 61, 53);
        const auto single = made<float>(kind, 61, 53);
        for (std::size_t k = 0; k < twice.size(); ++k)
            ASSERT_EQ(test::bits_of(single[k]), test::bits_of(static_cast<float>(twice[k]))) << kind.name << ' ' << k;
    });
}

/// √n times the correlation of the ranks of the cells of two fields: normal, with variance 1, if they are independent.
double correlation_of_ranks(const std::vector<double>& a, const std::vector<double>& b) {
    const auto ranks = [](const std::vector<double>& values) {
        std::vector<double> sorted = values;
        std::sort(sorted.begin(), sorted.end());
        std::vector<double> rank;
        for (const double value : values)
            rank.push_back(static_cast<double>(std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin()));
        return rank;
    };
    const auto of_a = ranks(a);
    const auto of_b = ranks(b);
    const double count = static_cast<double>(a.size());
    double sum = 0;
    for (std::size_t k = 0; k < a.size(); ++k)
        sum += (of_a[k] - (count - 1) / 2) * (of_b[k] - (count - 1) / 2) * 12 / (count * count - 1);
    return sum / std::sqrt(count);
}

TEST(QuantileBits, OfDifferentSeedsAndKindsAreIndependent) {
    for_each_kind([](const auto& kind) {
        const auto first = made<double>(kind, 67, 41);
        EXPECT_NEAR(correlation_of_ranks(first, first), std::sqrt(67.0 * 41), 1e-9);
        EXPECT_LT(std::fabs(correlation_of_ranks(first, made<double>(kind, 67, 41, seed + 1))), 3.5) << kind.name;
        for_each_kind([&](const auto& other) {
            if (kind.name == other.name) return;
            EXPECT_LT(std::fabs(correlation_of_ranks(first, made<double>(other, 67, 41))), 3.5)
                << kind.name << ' ' << other.name;
        });
        std::vector<double> next(first.begin() + 1, first.end()); // neighbours
        next.push_back(first.front());
        EXPECT_LT(std::fabs(correlation_of_ranks(first, next)), 3.5) << kind.name;
    });
}

TYPED_TEST(QuantileBitsOf, RefuseAPolicyThatCannotBe) {
    for_each_kind([](const auto& kind) {
        km::Field<TypeParam> omega(3, 5);
        EXPECT_THROW(kind.fill(seed, km::OpenMP{.threads = -1}, omega), std::invalid_argument);
        EXPECT_THROW(kind.fill(seed, km::OpenMP{.min_cells_per_thread = 0}, omega), std::invalid_argument);
        for (std::ptrdiff_t k = 0; k < omega.size(); ++k) EXPECT_EQ(omega.data()[k], 0);
    });
}

} // namespace
