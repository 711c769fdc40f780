// The noise of a run has the same bits under every policy, depth, boundary, layout, instruction set and splitting, for
// both methods with noise and for a D that is a number or a field.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/fast_math.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/problem.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

/// A precision and a method: its stepper with a number, and with a field.
template <class Precision> struct Independent {
    using T = Precision;
    using Number = km::EulerMaruyama;
    using Field = km::EulerMaruyamaField<T>;
};
template <class Precision> struct Averaged {
    using T = Precision;
    using Number = km::LeimkuhlerMatthews;
    using Field = km::LeimkuhlerMatthewsField<T>;
};

template <class Method> class NoiseBits : public testing::Test {};
using Methods = testing::Types<Independent<float>, Independent<double>, Averaged<float>, Averaged<double>>;
TYPED_TEST_SUITE(NoiseBits, Methods);

template <class Method> struct Run {
    using T = typename Method::T;
    km::Boundary boundary = {};
    bool has_field = false;
    std::int64_t first_step = 0;

    template <class P>
    std::vector<T> operator()(const P& policy, const test::Problem<T>& problem, int steps,
                              test::Layout layout = test::Layout::contiguous) const {
        return under(test::erased(policy), problem, steps, layout);
    }

  private:
    template <class P>
    std::vector<T> under(const P& policy, const test::Problem<T>& problem, int steps, test::Layout layout) const {
        test::Cells<T> theta(layout, problem.rows, problem.cols);
        test::Cells<T> omega(test::Layout::padded, problem.rows, problem.cols);
        test::Cells<T> D(layout == test::Layout::window ? test::Layout::contiguous : test::Layout::window, problem.rows,
                         problem.cols);
        test::assign(theta.view(), problem.theta);
        test::assign(omega.view(), problem.omega);
        for (std::ptrdiff_t i = 0; i < problem.rows; ++i)
            for (std::ptrdiff_t j = 0; j < problem.cols; ++j)
                D.view()(i, j) = (T(4) + test::distinct_value<T>(i * problem.cols + j, 91)) / T(8);
        const km::Model model{km::SineLaplacian{.K = 1.25, .boundary = boundary}, omega.view()};
        if (has_field)
            km::advance(policy, typename Method::Field{.dt = 0.05, .D = D.view(), .seed = 3}, model, theta.view(),
                        steps, first_step);
        else
            km::advance(policy, typename Method::Number{.dt = 0.05, .D = 0.3, .seed = 3}, model, theta.view(), steps,
                        first_step);
        EXPECT_TRUE(theta.canaries_alive() && omega.canaries_alive() && D.canaries_alive());
        return test::values_of(theta.view());
    }
};

const km::Boundary boundaries[] = {
    {},
    km::torus,
    {.north = km::periodic, .south = km::periodic, .west = km::fixed_phase(0.5), .east = km::fixed_flux(0.25)},
    {.north = km::fixed_flux(0.75), .south = km::fixed_phase(-1.25), .west = km::periodic, .east = km::periodic}};

TYPED_TEST(NoiseBits, HasTheSameBitsUnderEveryPolicyDepthAndLayout) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    const int steps = 11;
    const std::pair<std::ptrdiff_t, std::ptrdiff_t> shapes[] = {{23, 37}, {1, 67},   {67, 1},   {150, 7},
                                                                {5, 333}, {3, 1539}, {31, 1030}};
    for (const auto& [rows, cols] : shapes)
        for (const km::Boundary& boundary : boundaries)
            for (const bool has_field : {false, true}) {
                const test::Problem<T> problem(rows, cols);
                const Run<TypeParam> run{boundary, has_field};
                const auto reference = run(km::Fused{.depth = 1}, problem, steps);
                const std::string shape = std::to_string(rows) + " x " + std::to_string(cols);
                for (const int depth : {0, 4, 16})
                    for (const test::Layout layout : test::all_layouts)
                        for (const int workers : {1, 2, 7}) {
                            const auto result =
                                run(test::Pool{.workers = workers, .depth = depth}, problem, steps, layout);
                            ASSERT_EQ(test::first_difference(result, reference), -1)
                                << shape << ", " << test::name(layout) << ", depth " << depth << ", workers "
                                << workers;
                        }
                const auto threads = run(km::OpenMP{.threads = 3, .min_cells_per_thread = 1}, problem, steps);
                ASSERT_EQ(test::first_difference(threads, reference), -1) << shape;
            }
}

// With fused arithmetic one class of bits; the widths of vectors do not matter.
TYPED_TEST(NoiseBits, HasTheSameBitsInEveryInstructionSetWithFusedArithmetic) {
    SKIP_UNDER_FAST_MATH;
    if (!km::is_supported(km::Isa::avx512)) GTEST_SKIP() << "this processor has no AVX-512";
    const test::Problem<typename TypeParam::T> problem(40, 133);
    for (const bool has_field : {false, true}) {
        const Run<TypeParam> run{km::torus, has_field};
        EXPECT_EQ(test::first_difference(run(km::Fused{.isa = km::Isa::avx2}, problem, 20),
                                         run(km::Fused{.isa = km::Isa::avx512}, problem, 20)),
                  -1);
    }
}

// m + n steps are m steps and then n, if the second run knows where the first one ended.
TYPED_TEST(NoiseBits, LetsARunBeSplit) {
    SKIP_UNDER_FAST_MATH;
    test::Problem<typename TypeParam::T> problem(23, 29);
    const auto whole = Run<TypeParam>{km::torus, false, 100}(km::Fused{}, problem, 31);
    problem.theta = Run<TypeParam>{km::torus, false, 100}(km::Fused{}, problem, 12);
    const auto second = Run<TypeParam>{km::torus, false, 112}(km::Fused{}, problem, 19);
    EXPECT_EQ(test::first_difference(second, whole), -1);
    const auto wrong = Run<TypeParam>{km::torus, false, 0}(km::Fused{}, problem, 19);
    EXPECT_NE(test::first_difference(wrong, whole), -1);
}

// Serial takes the same noise, and differs by roundings.
TYPED_TEST(NoiseBits, IsThatOfSerialToo) {
    using T = typename TypeParam::T;
    for (const km::Boundary& boundary : boundaries)
        for (const bool has_field : {false, true}) {
            const test::Problem<T> problem(12, 45);
            const Run<TypeParam> run{boundary, has_field};
            const auto fused = run(km::Fused{}, problem, 5);
            const auto serial = run(km::Serial{}, problem, 5, test::Layout::window);
            const double tolerance = 200 * static_cast<double>(std::numeric_limits<T>::epsilon());
            for (std::size_t k = 0; k < fused.size(); ++k)
                ASSERT_NEAR(static_cast<double>(serial[k]), static_cast<double>(fused[k]), tolerance) << k;
        }
}

// No noise is Euler's method, to the bit except for the sign of zero.
TYPED_TEST(NoiseBits, OfZeroIsNone) {
    using T = typename TypeParam::T;
    const test::Problem<T> problem(12, 45);
    km::Field<T> theta(12, 45);
    km::Field<T> other(12, 45);
    km::Field<T> omega(12, 45);
    test::assign(theta.view(), problem.theta);
    test::assign(other.view(), problem.theta);
    test::assign(omega.view(), problem.omega);
    const km::Model model{km::SineLaplacian{.K = 1}, omega};
    km::advance(km::Fused{}, typename TypeParam::Number{.dt = 0.1}, model, theta, 20, 0);
    km::advance(km::Fused{}, km::Euler{.dt = 0.1}, model, other, 20);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) ASSERT_EQ(theta.data()[k], other.data()[k]) << k;
}

} // namespace
