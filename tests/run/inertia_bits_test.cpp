// Runs with inertia have the same bits under every policy, depth, tiling, boundary, layout and splitting, with numbers
// and with fields; and those of one step at a time.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/couplings.hpp"
#include "support/fast_math.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/problem.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

using test::Problem;

template <class T> class InertiaBits : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(InertiaBits, Precisions);

template <class T> struct State {
    std::vector<T> theta;
    std::vector<T> velocity;
};

/// What a run depends on, except for its state.
struct Setting {
    km::Boundary boundary = {};
    bool has_fields = false;
    bool has_noise = true;
    bool has_bonds = false;
    std::int64_t first_step = 3;
};

/// Positive numbers, all different.
template <class T> test::Cells<T> positive(test::Layout layout, const Problem<T>& like, std::uint32_t seed) {
    test::Cells<T> cells(layout, like.rows, like.cols);
    for (std::ptrdiff_t i = 0; i < like.rows; ++i)
        for (std::ptrdiff_t j = 0; j < like.cols; ++j)
            cells.view()(i, j) = (T(5) + test::distinct_value<T>(i * like.cols + j, seed)) / T(8);
    return cells;
}

template <class T>
State<T> run(const test::AnyPolicy& policy, const Problem<T>& problem, const State<T>& start, const Setting& setting,
             int steps, test::Layout layout = test::Layout::contiguous) {
    const test::Layout other = layout == test::Layout::window ? test::Layout::contiguous : test::Layout::window;
    test::Cells<T> theta(layout, problem.rows, problem.cols);
    test::Cells<T> velocity(other, problem.rows, problem.cols);
    test::Cells<T> omega(test::Layout::padded, problem.rows, problem.cols);
    test::assign(theta.view(), start.theta);
    test::assign(velocity.view(), start.velocity);
    test::assign(omega.view(), problem.omega);
    test::Cells<T> mass = positive(layout, problem, 91);
    test::Cells<T> damping = positive(other, problem, 92);
    test::Cells<T> east = positive(layout, problem, 93);
    test::Cells<T> south = positive(other, problem, 94);
    const auto advance = [&](const auto& inertia, const auto& lattice) {
        const km::InertialModel model{inertia, km::Model{lattice, omega.view()}};
        if (setting.has_noise)
            km::advance(policy, km::BAOAB{.dt = 0.125, .temperature = 0.5, .seed = 7}, model, theta.view(),
                        velocity.view(), steps, setting.first_step);
        else
            km::advance(policy, km::VelocityVerlet{.dt = 0.125}, model, theta.view(), velocity.view(), steps);
    };
    const auto with_inertia = [&](const auto& lattice) {
        if (setting.has_fields)
            advance(km::InertiaFields<T>{.mass = mass.view(), .damping = damping.view()}, lattice);
        else
            advance(km::Inertia{.mass = 0.75, .damping = 0.5}, lattice);
    };
    const km::Laplacian<test::Skewed> equal{.K = 0.5, .boundary = setting.boundary};
    if (setting.has_bonds)
        with_inertia(km::with_bonds(equal, east.view(), south.view()));
    else
        with_inertia(equal);
    EXPECT_TRUE(theta.canaries_alive() && velocity.canaries_alive() && omega.canaries_alive());
    return {test::values_of(theta.view()), test::values_of(velocity.view())};
}

template <class T> State<T> start_of(const Problem<T>& problem) {
    test::Cells<T> velocity(test::Layout::contiguous, problem.rows, problem.cols);
    test::fill_distinct(velocity.view(), 55, T{0.5});
    return {problem.theta, test::values_of(velocity.view())};
}

template <class T> void expect_same(const State<T>& found, const State<T>& expected, const std::string& name) {
    EXPECT_EQ(test::first_difference(found.theta, expected.theta), -1) << name;
    EXPECT_EQ(test::first_difference(found.velocity, expected.velocity), -1) << name;
}

const km::Boundary mixed{
    .north = km::fixed_phase(0.5), .south = km::fixed_flux(0.75), .west = km::periodic, .east = km::periodic};
const Setting settings[] = {{.boundary = km::torus},
                            {.has_noise = false},
                            {.boundary = mixed, .has_fields = true},
                            {.boundary = km::torus, .has_fields = true, .has_noise = false, .has_bonds = true},
                            {.boundary = mixed, .has_bonds = true}};
constexpr std::pair<int, int> shapes[] = {{37, 61}, {1, 97}, {97, 1}, {5, 3}, {200, 7}, {95, 173}, {3, 701}, {20, 701}};

TYPED_TEST(InertiaBits, AreTheSameUnderEveryPolicyAndLayout) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    for (const auto& [rows, cols] : shapes)
        for (const Setting& setting : settings) {
            const Problem<T> problem(rows, cols);
            const State<T> start = start_of(problem);
            for (const km::Isa isa : test::supported_isas()) {
                SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(cols) + ", " + km::name(isa) + ", setting " +
                             std::to_string(&setting - settings));
                const State<T> reference = run(km::Fused{.isa = isa}, problem, start, setting, 11);
                for (const test::Layout layout : test::all_layouts)
                    expect_same(run(km::Fused{.isa = isa}, problem, start, setting, 11, layout), reference,
                                test::name(layout));
                for (const int depth : {1, 2, 5, 11, 40})
                    expect_same(run(km::Fused{.depth = depth, .isa = isa}, problem, start, setting, 11), reference,
                                "depth " + std::to_string(depth));
                const km::OpenMP threads{.threads = 2, .isa = isa, .min_cells_per_thread = 1};
                expect_same(run(threads, problem, start, setting, 11), reference, "OpenMP");
                for (const int workers : {3, 16})
                    for (const int depth : {0, 2, 4})
                        expect_same(run(test::Pool{.workers = workers, .depth = depth, .isa = isa}, problem, start,
                                        setting, 11),
                                    reference, "Pool");
                expect_same(run(test::Pool{.workers = 3, .isa = isa, .on_threads = true}, problem, start, setting, 11),
                            reference, "Pool on threads");
            }
        }
}

TYPED_TEST(InertiaBits, AreTheSameHoweverARunIsSplit) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    const Problem<T> problem(37, 61);
    for (const Setting& setting : settings)
        for (const int depth : {0, 3}) {
            const auto policy = km::Fused{.depth = depth};
            const State<T> whole = run(policy, problem, start_of(problem), setting, 20);
            for (const int first : {1, 3, 8, 16, 19}) {
                const State<T> half = run(policy, problem, start_of(problem), setting, first);
                Setting rest = setting;
                rest.first_step += first;
                expect_same(run(policy, problem, half, rest, 20 - first), whole, "after " + std::to_string(first));
            }
            State<T> step = start_of(problem);
            for (int k = 0; k < 20; ++k) {
                Setting here = setting;
                here.first_step += k;
                step = run(policy, problem, step, here, 1);
            }
            expect_same(step, whole, "single steps");
        }
}

/// The state after 37 steps of a lattice, and with a mean field of strength 0. That takes another way: one step at a
/// time, with two passes each.
template <class T, class Coefficients>
void expect_same_one_step_at_a_time(const Problem<T>& problem, const Coefficients& inertia, double temperature) {
    km::Field<T> theta(problem.rows, problem.cols), velocity(problem.rows, problem.cols);
    km::Field<T> omega(problem.rows, problem.cols);
    test::assign(theta.view(), problem.theta);
    test::assign(velocity.view(), start_of(problem).velocity);
    test::assign(omega.view(), problem.omega);
    km::Field<T> same = theta, speeds = velocity;
    const km::Model lattice{km::SineLaplacian{.K = 0.5, .boundary = mixed}, omega};
    const km::MeanFieldModel pulled{km::MeanField{.K = 0}, lattice};
    const km::BAOAB stepper{.dt = 0.125, .temperature = temperature, .seed = 7};
    km::advance(km::Fused{}, stepper, km::InertialModel{inertia, lattice}, theta, velocity, 37, 3);
    km::advance(km::Fused{}, stepper, km::InertialModel{inertia, pulled}, same, speeds, 37, 3);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) { // not bits: the pull may change the sign of a zero
        ASSERT_EQ(theta.data()[k], same.data()[k]) << problem.rows << " x " << problem.cols << ", " << k;
        ASSERT_EQ(velocity.data()[k], speeds.data()[k]) << problem.rows << " x " << problem.cols << ", " << k;
    }
}

TYPED_TEST(InertiaBits, AreThoseOfOneStepAtATime) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    for (const auto& [rows, cols] : shapes) {
        const Problem<T> problem(rows, cols);
        test::Cells<T> mass = positive(test::Layout::window, problem, 91);
        test::Cells<T> damping = positive(test::Layout::padded, problem, 92);
        const km::InertiaFields<T> fields{.mass = mass.view(), .damping = damping.view()};
        expect_same_one_step_at_a_time(problem, km::Inertia{.mass = 0.75, .damping = 0.5}, 0.0);
        expect_same_one_step_at_a_time(problem, km::Inertia{.mass = 0.75, .damping = 0.5}, 0.5);
        expect_same_one_step_at_a_time(problem, fields, 0.5);
    }
}

} // namespace
