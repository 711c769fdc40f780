// What all initial patterns have in common: the same bits for any layout and policy, and the arguments that they
// refuse.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/frequency_patterns.hpp>
#include <kuramoto/initial/phase_patterns.hpp>
#include <kuramoto/initial/vortex_phases.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/hidden.hpp"
#include "support/layouts.hpp"
#include "support/patterns.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

using test::cells_made;

const std::vector<km::Vortex> three_vortices{{1.5, 2.5, 1}, {4.25, 7.5, -2}, {-3.0, 20.1, 3}};

template <class Make> struct Pattern {
    const char* argument; ///< the name of the grid in the messages of errors
    std::uint64_t hash;   ///< of 13 x 23 cells in double
    Make make;            ///< make(policy…, grid) fills a grid
};
template <class Make> Pattern(const char*, std::uint64_t, Make) -> Pattern<Make>;

/// check(pattern) for every pattern, with parameters that are no round numbers.
template <class Check> void for_each_pattern(const Check& check) {
    using km::Axis;
    const auto phases = [&](std::uint64_t hash, const auto& make) { check(Pattern{"theta", hash, make}); };
    const auto frequencies = [&](std::uint64_t hash, const auto& make) { check(Pattern{"omega", hash, make}); };
    phases(0x00a4c1f0d3349729U, [](auto&&... to) { km::equal_phases(to..., 0.3); });
    phases(0xf847d2dff74cfaecU,
           [](auto&&... to) { km::plane_wave_phases(to..., {.rows = 0.17, .cols = -0.41, .phase = 0.6}); });
    phases(0x3db8eb71e2df1324U,
           [](auto&&... to) { km::twisted_phases(to..., {.rows = -2, .cols = 3, .phase = -0.7}); });
    phases(0x96cf49f41466150cU, [](auto&&... to) { km::vortex_phases(to..., three_vortices); });
    phases(0x0fbb026a03a5d39dU,
           [](auto&&... to) { km::target_phases(to..., {.row = 2.3, .col = 4.1, .wavelength = 3.7, .phase = 0.4}); });
    phases(0x4a91d6688ac7e8bcU, [](auto&&... to) {
        km::spiral_phases(to..., {.row = 2.3, .col = 4.1, .arms = -2, .wavelength = 3.7, .phase = 0.4});
    });
    frequencies(0x8c8befff7fffd841U, [](auto&&... to) { km::equal_frequencies(to..., -1.7); });
    frequencies(0x7f6c0ce6dbf6fbafU, [](auto&&... to) { km::gradient_frequencies(to..., -0.3, 1.9, Axis::rows); });
    frequencies(0xcff533d4d7abf10aU, [](auto&&... to) { km::gradient_frequencies(to..., 0.7, 0.1, Axis::cols); });
    frequencies(0xd5b6ba0665578e99U, [](auto&&... to) { km::halved_frequencies(to..., 0.3, -0.9, Axis::rows); });
    frequencies(0xa3503407c9ceb75dU, [](auto&&... to) { km::halved_frequencies(to..., 0.3, -0.9, Axis::cols); });
    frequencies(0xc5926521ee39de9dU, [](auto&&... to) { km::checkerboard_frequencies(to..., 0.3, -0.9); });
    frequencies(0xc062d4c7452762dcU, [](auto&&... to) {
        km::defect_frequencies(to..., {.row = 2.5, .col = 3, .radius = 2.6, .inside = 0.9, .outside = 0.1});
    });
}

template <class T> class Patterns : public ::testing::Test {};
using CellTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Patterns, CellTypes);

constexpr std::pair<std::ptrdiff_t, std::ptrdiff_t> shapes[] = {{7, 11}, {12, 5}, {1, 9}, {9, 1}, {1, 1}};
constexpr std::pair<std::ptrdiff_t, std::ptrdiff_t> empty_shapes[] = {{0, 0}, {0, 5}, {5, 0}, {PTRDIFF_MAX / 16, 0}};

TYPED_TEST(Patterns, DoNotDependOnTheLayoutAndWriteNothingElse) {
    using T = TypeParam;
    for_each_pattern([](const auto& pattern) {
        for (const auto& [rows, cols] : shapes) {
            const auto expected = cells_made<T>(pattern.make, rows, cols);
            for (const test::Layout layout : test::all_layouts) {
                test::Cells<T> cells(layout, rows, cols);
                pattern.make(cells.view());
                EXPECT_EQ(test::first_difference(test::values_of(cells.view()), expected), -1) << test::name(layout);
                EXPECT_TRUE(cells.canaries_alive()) << test::name(layout);
            }
        }
    });
}

TYPED_TEST(Patterns, DoNotDependOnThePolicy) {
    using T = TypeParam;
    for_each_pattern([](const auto& pattern) {
        for (const auto& [rows, cols] : shapes) {
            const auto expected = cells_made<T>(pattern.make, rows, cols);
            const auto check = [&, height = rows, width = cols](const auto& policy) {
                km::Field<T> field(height, width);
                pattern.make(policy, field);
                EXPECT_EQ(test::first_difference(test::values_of(field.view()), expected), -1)
                    << height << " x " << width;
            };
            if constexpr (sizeof(T) == 4) check(km::Serial{}); // a pattern takes it as any other policy
            for (const test::AnyPolicy& policy :
                 {test::AnyPolicy(km::Fused{}), test::AnyPolicy(km::OpenMP{.threads = 3, .min_cells_per_thread = 1})})
                check(policy);
            for (const int workers : {1, 2, 7})
                check(test::AnyPolicy(test::Pool{.workers = workers, .on_threads = true}));
        }
    });
}

TYPED_TEST(Patterns, AcceptFieldsWithoutCells) {
    using T = TypeParam;
    for_each_pattern([](const auto& pattern) {
        for (const auto& [rows, cols] : empty_shapes) {
            km::Grid<T> nothing(nullptr, rows, cols);
            pattern.make(nothing);
            pattern.make(test::AnyPolicy(test::Pool{.workers = 3}), nothing);
        }
    });
}

TYPED_TEST(Patterns, RefuseAPolicyThatCannotBeAndAFieldThatOverlapsItself) {
    using T = TypeParam;
    for_each_pattern([](const auto& pattern) {
        T cells[4] = {-7, -7, -7, -7};
        const km::Grid<T> overlapping(cells, 2, 2, 1, 1);
        const km::Grid<T> field(cells, 2, 2);
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(pattern.argument, "row_stride = 1"), pattern.make(overlapping));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads", "-1"),
                     pattern.make(km::OpenMP{.threads = -1}, field));
        for (const T cell : cells) EXPECT_EQ(cell, T(-7));
    });
}

TEST(Patterns, InFloatAreTheDoublesRounded) {
    for_each_pattern([](const auto& pattern) {
        const auto single = cells_made<float>(pattern.make, 37, 53);
        const auto twice = cells_made<double>(pattern.make, 37, 53);
        for (std::size_t k = 0; k < twice.size(); ++k)
            ASSERT_EQ(test::bits_of(single[k]), test::bits_of(static_cast<float>(twice[k]))) << k;
    });
}

TEST(Patterns, HaveTheCommittedBits) {
    int number = 0;
    for_each_pattern([&](const auto& pattern) {
        EXPECT_EQ(test::hash_of(cells_made<double>(pattern.make, 13, 23)), pattern.hash) << pattern.argument << number;
        ++number;
    });
}

// -Ofast turns subnormal numbers into zeros; the fields hold zeros whatever the flags.
TEST(Patterns, HoldNoSubnormalNumbers) {
    km::Field<float> single(2, 3);
    km::equal_phases(single, 0x1p-127);
    EXPECT_EQ(test::bits_of(single(1, 2)), 0U);
    km::Field<double> twice(2, 3);
    km::equal_frequencies(twice, test::hidden(0x1p-1022) / 2);
    EXPECT_EQ(test::bits_of(twice(1, 2)), 0U);
    km::gradient_frequencies(twice, 0, 0x1p-1022, km::Axis::cols);
    EXPECT_EQ(test::bits_of(twice(0, 1)), 0U);
    EXPECT_EQ(twice(0, 2), 0x1p-1022);
}

// What they refuse.

/// Expects std::invalid_argument with these parts, with and without cells, and no cell written.
template <class T, class Make> void expect_refusal(std::initializer_list<std::string> parts, const Make& make) {
    km::Field<T> field(3, 4);
    field.fill(T(-7));
    EXPECT_TRUE(test::throws<std::invalid_argument>(parts, [&] { make(field); }));
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) EXPECT_EQ(field.data()[k], T(-7)) << *parts.begin();
}

TYPED_TEST(Patterns, RefuseParametersThatAreNotNumbers) {
    using T = TypeParam;
    const std::pair<double, std::string> cases[] = {{std::nan(""), "nan"}, {HUGE_VAL, "inf"}, {-HUGE_VAL, "-inf"}};
    for (const auto& [value, text] : cases) {
        const double x = test::hidden(value);
        expect_refusal<T>({"phase", text}, [x](auto& f) { km::equal_phases(f, x); });
        expect_refusal<T>({"wave.rows", text}, [x](auto& f) { km::plane_wave_phases(f, {.rows = x}); });
        expect_refusal<T>({"wave.cols", text}, [x](auto& f) { km::plane_wave_phases(f, {.cols = x}); });
        expect_refusal<T>({"phase", text}, [x](auto& f) { km::plane_wave_phases(f, {.phase = x}); });
        expect_refusal<T>({"phase", text}, [x](auto& f) { km::twisted_phases(f, {.phase = x}); });
        expect_refusal<T>({"vortices[1].row", text}, [x](auto& f) { km::vortex_phases(f, {{}, {.row = x}}); });
        expect_refusal<T>({"vortices[0].col", text}, [x](auto& f) { km::vortex_phases(f, {{.col = x}, {}}); });
        expect_refusal<T>({"row", text}, [x](auto& f) { km::target_phases(f, {.row = x}); });
        expect_refusal<T>({"col", text}, [x](auto& f) { km::target_phases(f, {.col = x}); });
        expect_refusal<T>({"wavelength", text}, [x](auto& f) { km::target_phases(f, {.wavelength = x}); });
        expect_refusal<T>({"phase", text}, [x](auto& f) { km::target_phases(f, {.phase = x}); });
        expect_refusal<T>({"row", text}, [x](auto& f) { km::spiral_phases(f, {.row = x}); });
        expect_refusal<T>({"col", text}, [x](auto& f) { km::spiral_phases(f, {.col = x}); });
        expect_refusal<T>({"wavelength", text}, [x](auto& f) { km::spiral_phases(f, {.wavelength = x}); });
        expect_refusal<T>({"phase", text}, [x](auto& f) { km::spiral_phases(f, {.phase = x}); });
        expect_refusal<T>({"frequency", text}, [x](auto& f) { km::equal_frequencies(f, x); });
        for (const km::Axis along : {km::Axis::rows, km::Axis::cols}) {
            expect_refusal<T>({"from", text}, [=](auto& f) { km::gradient_frequencies(f, x, 0, along); });
            expect_refusal<T>({"to", text}, [=](auto& f) { km::gradient_frequencies(f, 0, x, along); });
            expect_refusal<T>({"first", text}, [=](auto& f) { km::halved_frequencies(f, x, 0, along); });
            expect_refusal<T>({"second", text}, [=](auto& f) { km::halved_frequencies(f, 0, x, along); });
        }
        expect_refusal<T>({"first", text}, [x](auto& f) { km::checkerboard_frequencies(f, x, 0); });
        expect_refusal<T>({"second", text}, [x](auto& f) { km::checkerboard_frequencies(f, 0, x); });
        expect_refusal<T>({"row", text}, [x](auto& f) { km::defect_frequencies(f, {.row = x}); });
        expect_refusal<T>({"col", text}, [x](auto& f) { km::defect_frequencies(f, {.col = x}); });
        expect_refusal<T>({"radius", text}, [x](auto& f) { km::defect_frequencies(f, {.radius = x}); });
        expect_refusal<T>({"inside", text}, [x](auto& f) { km::defect_frequencies(f, {.inside = x}); });
        expect_refusal<T>({"outside", text}, [x](auto& f) { km::defect_frequencies(f, {.outside = x}); });
    }
}

TYPED_TEST(Patterns, RefuseWhatCannotBe) {
    using T = TypeParam;
    expect_refusal<T>({"wavelength", "0"}, [](auto& f) { km::target_phases(f, {.wavelength = 0}); });
    expect_refusal<T>({"wavelength", "-2.5"}, [](auto& f) { km::spiral_phases(f, {.wavelength = -2.5}); });
    expect_refusal<T>({"radius", "-1"}, [](auto& f) { km::defect_frequencies(f, {.radius = -1}); });
    expect_refusal<T>({"row", "2^53", "1e+17"}, [](auto& f) { km::defect_frequencies(f, {.row = 1e17}); });
    expect_refusal<T>({"col", "2^53", "-1e+17"}, [](auto& f) { km::target_phases(f, {.col = -1e17}); });
    expect_refusal<T>({"wavelength = 1e-307", "small"}, [](auto& f) { km::target_phases(f, {.wavelength = 1e-307}); });
    expect_refusal<T>({"wavelength"},
                      [](auto& f) { km::target_phases(f, {.wavelength = test::hidden(1e-307) / 1e9}); });
    T cell = -7;
    const km::Grid<T> long_row(&cell, 1, (std::ptrdiff_t{1} << 32) + 1); // never touched: refused first
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "2^32", "1 x 4294967297"),
                 km::twisted_phases(long_row, {}));
    // Parameters are wrong without cells as well.
    const km::Grid<T> nothing;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("radius"), km::defect_frequencies(nothing, {.radius = -1}));
}

TEST(Patterns, RefuseValuesThatTheCellsCannotHold) {
    expect_refusal<float>({"phase", "1e+39"}, [](auto& f) { km::equal_phases(f, 1e39); });
    expect_refusal<float>({"wave.rows = 2e+38", "3 x 4"}, [](auto& f) { km::plane_wave_phases(f, {.rows = 2e38}); });
    expect_refusal<double>({"wave.cols = -1e+308"}, [](auto& f) { km::plane_wave_phases(f, {.cols = -1e308}); });
    expect_refusal<double>({"wave.cols"}, [](auto& f) { km::plane_wave_phases(f, {.rows = 1e308, .cols = -1e308}); });
    expect_refusal<float>({"wavelength = 1e-38"}, [](auto& f) { km::spiral_phases(f, {.wavelength = 1e-38}); });
    expect_refusal<double>({"to - from", "-1e+308", "1e+308"},
                           [](auto& f) { km::gradient_frequencies(f, -1e308, 1e308, km::Axis::rows); });
}

template <class G>
concept CanHoldVortices = requires(G grid) { km::vortex_phases(grid, three_vortices); };

TEST(Patterns, AreForWritableGridsOnly) {
    static_assert(CanHoldVortices<km::Field<float>&> && CanHoldVortices<km::Grid<double>> &&
                  CanHoldVortices<const km::Grid<float>&>);
    static_assert(!CanHoldVortices<const km::Field<float>&> && !CanHoldVortices<km::Grid<const double>> &&
                  !CanHoldVortices<std::vector<float>&>);
}

} // namespace
