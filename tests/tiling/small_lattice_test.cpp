// A small lattice that takes its steps as a whole: it reads no memory that nobody has written. The bits are tested with
// those of tiles, in run/bits_test.cpp and run/combinations_test.cpp.

#include <kuramoto/kuramoto.hpp>

#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cfenv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>

namespace km = kuramoto;

namespace {

std::uint64_t pattern = 0; // of fresh memory

void* filled(std::size_t bytes, std::size_t alignment) {
    void* const memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    if (memory == nullptr) throw std::bad_alloc();
    for (std::size_t k = 0; k + sizeof pattern <= bytes; k += sizeof pattern)
        std::memcpy(static_cast<char*>(memory) + k, &pattern, sizeof pattern);
    return memory;
}

} // namespace

void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return filled(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace {

template <class T> class SmallLattice : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(SmallLattice, Precisions);

constexpr std::ptrdiff_t rows = 9;
constexpr std::ptrdiff_t cols = 21;

template <class T, class S> void expect_no_invalid_operation(const S& stepper, const km::Boundary& boundary) {
    km::Field<T> theta(rows, cols), omega(rows, cols);
    test::fill_distinct(theta.view(), 1);
    test::fill_distinct(omega.view(), 2);
    const km::Model model{km::SineLaplacian{.K = 0.5, .boundary = boundary}, omega};
    std::feclearexcept(FE_ALL_EXCEPT);
    km::advance(km::Fused{}, stepper, model, theta, 20, 0);
    EXPECT_EQ(std::fetestexcept(FE_INVALID), 0);
}

// Arithmetic with a signalling NaN is an invalid operation.
TYPED_TEST(SmallLattice, ReadsNoMemoryThatNobodyHasWritten) {
    using T = TypeParam;
    pattern = std::is_same_v<T, float> ? 0x7fa000007fa00000U : 0x7ff4000000000000U;
    const km::Boundary given{km::fixed_phase(0.3), km::fixed_flux(0.1), km::zero_flux, km::fixed_phase(1.0)};
    const km::Boundary sides{km::zero_flux, km::zero_flux, km::periodic, km::periodic};
    for (const km::Boundary& boundary : {km::torus, given, sides}) {
        expect_no_invalid_operation<T>(km::Euler{.dt = 0.1}, boundary);
        expect_no_invalid_operation<T>(km::RungeKutta4{.dt = 0.1}, boundary);
        expect_no_invalid_operation<T>(km::EulerMaruyama{.dt = 0.1, .D = 0.1, .seed = 1}, boundary);
        expect_no_invalid_operation<T>(km::LeimkuhlerMatthews{.dt = 0.1, .D = 0.1, .seed = 1}, boundary);
    }
    pattern = 0;
}

// What `is_small` says of sizes whose products are large.
TYPED_TEST(SmallLattice, IsOnlyWhatFitsACache) {
    using T = TypeParam;
    constexpr std::int64_t many = std::numeric_limits<std::int64_t>::max();
    km::detail::Sweep<T> sweep;
    T cell = 0;
    const auto is_small = [&](std::ptrdiff_t n, std::ptrdiff_t m, std::int64_t passes) {
        sweep.in = km::Grid<const T>(&cell, n, m, 0, 0);
        return km::detail::SmallLattice<T>::is_small(sweep, passes);
    };
    EXPECT_TRUE(is_small(16, 16, many));
    EXPECT_TRUE(is_small(16, 16, 2));
    EXPECT_FALSE(is_small(16, 16, 1));
    EXPECT_FALSE(is_small(200, 16, 2));
    EXPECT_FALSE(is_small(257, 1, many));
    EXPECT_FALSE(is_small(1, std::ptrdiff_t{1} << 59, many));
    EXPECT_FALSE(is_small(std::ptrdiff_t{1} << 59, 1, many));
}

} // namespace
