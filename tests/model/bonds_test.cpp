// Bonds with strengths and cells that are missing: against the oracle, under every policy, precision, boundary, shape
// and layout; the same bits for all of them; what nothing flows across; the largest stable step; what is refused.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/couplings.hpp"
#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/oracle.hpp"
#include "support/policies.hpp"
#include "support/problem.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

struct Shape {
    std::ptrdiff_t rows;
    std::ptrdiff_t cols;
};

constexpr Shape shapes[] = {{1, 1}, {1, 2}, {2, 1}, {1, 50}, {50, 1}, {3, 5}, {17, 16}, {20, 33}, {3, 300}, {60, 7}};

struct NamedBoundary {
    const char* name;
    km::Boundary boundary;
};
const NamedBoundary boundaries[] = {
    {"zero flux", {}},
    {"torus", km::torus},
    {"rows go round", {.north = km::periodic, .south = km::periodic, .west = km::fixed_phase(0.5), .east = {}}},
    {"columns go round",
     {.north = km::fixed_flux(0.75), .south = km::fixed_phase(-1.25), .west = km::periodic, .east = km::periodic}},
    {"phases and fluxes",
     {.north = km::fixed_phase(1.5), .south = {}, .west = km::fixed_flux(-0.5), .east = km::fixed_phase(0.25)}},
};

/// A lattice, and strengths of its bonds of which every seventh is 0 and some are negative.
template <class T> struct Problem : test::Problem<T> {
    std::vector<T> east;
    std::vector<T> south;

    explicit Problem(Shape shape) : test::Problem<T>(shape.rows, shape.cols) {
        for (std::ptrdiff_t k = 0; k < shape.rows * shape.cols; ++k) {
            east.push_back(k % 7 == 3 ? T(0) : test::distinct_value<T>(k, 31) / T(2));
            south.push_back(k % 7 == 5 ? T(0) : test::distinct_value<T>(k, 59) / T(2));
        }
    }
};

template <class T> struct Result {
    std::vector<T> rate;
    std::vector<T> theta;
};

constexpr double K = 0.5;
constexpr double dt = 0.05;

template <class T, class C, class S, class P>
Result<T> run_under(const P& policy, const C& coupling, const S& stepper, const km::Boundary& boundary,
                    const Problem<T>& problem, int steps, test::Layout layout, test::Layout bonds_layout) {
    test::Cells<T> theta(layout, problem.rows, problem.cols);
    test::Cells<T> omega(test::Layout::padded, problem.rows, problem.cols);
    test::Cells<T> rate(layout, problem.rows, problem.cols);
    test::Cells<T> east(bonds_layout, problem.rows, problem.cols);
    test::Cells<T> south(bonds_layout, problem.rows, problem.cols);
    test::assign(theta.view(), problem.theta);
    test::assign(omega.view(), problem.omega);
    test::assign(east.view(), problem.east);
    test::assign(south.view(), problem.south);
    const km::Laplacian<C> equal{.K = K, .coupling = coupling, .boundary = boundary};
    const km::Model model{km::with_bonds(equal, east.view(), south.view()), omega.view()};
    km::rate(policy, model, theta.view(), rate.view());
    km::advance(policy, stepper, model, theta.view(), steps);
    EXPECT_TRUE(theta.canaries_alive() && omega.canaries_alive() && rate.canaries_alive());
    EXPECT_TRUE(east.canaries_alive() && south.canaries_alive());
    return {test::values_of(rate.view()), test::values_of(theta.view())};
}

template <class T, class C, class S, class P>
Result<T> run(const P& policy, const C& coupling, const S& stepper, const km::Boundary& boundary,
              const Problem<T>& problem, int steps, test::Layout layout = test::Layout::contiguous,
              test::Layout bonds_layout = test::Layout::padded) {
    return run_under<T>(test::erased(policy), coupling, stepper, boundary, problem, steps, layout, bonds_layout);
}

template <class T>
void expect_near(const std::vector<T>& values, const test::Exact& exact, long double tolerance,
                 const std::string& what) {
    ASSERT_EQ(values.size(), exact.size());
    for (std::size_t k = 0; k < values.size(); ++k)
        ASSERT_LE(std::fabs(static_cast<long double>(values[k]) - exact[k]), tolerance) << what << ", cell " << k;
}

std::string text(const NamedBoundary& boundary, Shape shape) {
    return std::string(boundary.name) + ", " + std::to_string(shape.rows) + " x " + std::to_string(shape.cols);
}

template <class CellType, class CouplingType, class StepperType> struct Setting {
    using T = CellType;
    using Coupling = CouplingType;
    using Stepper = StepperType;
};
template <class S> class Bonds : public testing::Test {};
using Settings =
    testing::Types<Setting<float, km::Sine, km::Euler>, Setting<double, km::Sine, km::RungeKutta4>,
                   Setting<float, km::Linear, km::Heun>, Setting<double, test::Skewed, km::Euler>,
                   Setting<float, test::Lagging, km::RungeKutta4>, Setting<double, test::ThreeHarmonics, km::Euler>>;
TYPED_TEST_SUITE(Bonds, Settings);

TYPED_TEST(Bonds, AreThoseOfTheOracle) {
    using T = typename TypeParam::T;
    const typename TypeParam::Coupling coupling{};
    const typename TypeParam::Stepper stepper{.dt = dt};
    for (const Shape shape : shapes)
        for (const NamedBoundary& boundary : boundaries) {
            const Problem<T> problem(shape);
            const test::Lattice<> lattice{shape.rows,
                                          shape.cols,
                                          test::ExactCoupling(coupling),
                                          static_cast<long double>(K),
                                          boundary.boundary,
                                          test::exact(problem.east),
                                          test::exact(problem.south)};
            const test::Exact theta = test::exact(problem.theta);
            const test::Exact omega = test::exact(problem.omega);
            const test::Exact rate = lattice.rate(theta, omega);
            const long double tolerance = test::rate_tolerance<T>(lattice, theta, omega);
            const auto exact = test::exact_run_of<T>(stepper, lattice, theta, omega, 3);
            const auto check = [&](const auto& policy, const char* name) {
                const std::string what = text(boundary, shape) + ", " + name;
                const Result<T> result = run<T>(policy, coupling, stepper, boundary.boundary, problem, 3);
                expect_near(result.rate, rate, tolerance, "rate: " + what);
                expect_near(result.theta, exact.theta, exact.tolerance, "advance: " + what);
            };
            check(km::Serial{}, "Serial");
            check(km::Fused{}, "Fused");
            check(km::OpenMP{.threads = 2, .min_cells_per_thread = 1}, "OpenMP");
            check(test::Pool{.workers = 7, .depth = 2}, "Pool");
        }
}

#if defined __FAST_MATH__
#define SKIP_UNDER_FAST_MATH GTEST_SKIP() << "bits are not promised under -ffast-math"
#else
#define SKIP_UNDER_FAST_MATH static_cast<void>(0)
#endif

TYPED_TEST(Bonds, HaveTheSameBitsUnderEveryPolicyDepthAndLayout) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    const typename TypeParam::Coupling coupling{};
    const typename TypeParam::Stepper stepper{.dt = dt};
    const int steps = 9;
    for (const Shape shape : {Shape{23, 37}, Shape{1, 67}, Shape{67, 1}, Shape{150, 7}, Shape{5, 333}, Shape{9, 1200}})
        for (const NamedBoundary& boundary : boundaries) {
            const Problem<T> problem(shape);
            const auto with = [&](const test::AnyPolicy& policy, test::Layout layout, test::Layout bonds) {
                return run<T>(policy, coupling, stepper, boundary.boundary, problem, steps, layout, bonds);
            };
            const auto reference = with(km::Fused{.depth = 1}, test::Layout::contiguous, test::Layout::contiguous);
            for (const int depth : {0, 3, 20})
                for (const test::Layout layout : test::all_layouts)
                    for (const int workers : {1, 2, 7}) {
                        const auto result =
                            with(test::Pool{.workers = workers, .depth = depth}, layout,
                                 layout == test::Layout::window ? test::Layout::contiguous : test::Layout::window);
                        const std::string what = text(boundary, shape) + ", " + test::name(layout) + ", depth " +
                                                 std::to_string(depth) + ", workers " + std::to_string(workers);
                        ASSERT_EQ(test::first_difference(result.rate, reference.rate), -1) << "rate: " << what;
                        ASSERT_EQ(test::first_difference(result.theta, reference.theta), -1) << what;
                    }
            const auto strided = with(km::OpenMP{.threads = 3, .min_cells_per_thread = 1}, test::Layout::column_major,
                                      test::Layout::column_major);
            ASSERT_EQ(test::first_difference(strided.theta, reference.theta), -1) << text(boundary, shape);
        }
}

// Strengths of 1 change nothing, to the bit.
TEST(EqualBonds, AreStrengthsOfOne) {
    SKIP_UNDER_FAST_MATH;
    for (const NamedBoundary& boundary : boundaries) {
        Problem<float> problem({21, 40});
        problem.east.assign(problem.east.size(), 1.0F);
        problem.south.assign(problem.south.size(), 1.0F);
        const auto with = run<float>(km::Fused{}, km::Sine{}, km::Euler{.dt = dt}, boundary.boundary, problem, 20);
        km::Field<float> theta(21, 40);
        km::Field<float> omega(21, 40);
        test::assign(theta.view(), problem.theta);
        test::assign(omega.view(), problem.omega);
        const km::Model model{km::SineLaplacian{.K = K, .boundary = boundary.boundary}, omega};
        km::advance(km::Fused{}, km::Euler{.dt = dt}, model, theta, 20);
        EXPECT_EQ(test::first_difference(with.theta, test::values_of(theta.view())), -1) << boundary.name;
    }
}

// Where all bonds to a cell have the strength 0 it might as well not be there: its NaN stays where it is, and the
// others move as if the lattice ended.
TEST(MissingCells, HaveNoNeighbours) {
    SKIP_UNDER_FAST_MATH; // NaN
    const std::ptrdiff_t rows = 12;
    const std::ptrdiff_t cols = 35;
    for (const bool is_torus : {false, true}) {
        const km::Boundary boundary = is_torus ? km::torus : km::Boundary{};
        Problem<double> problem({rows, cols});
        km::Field<double> present(rows, cols);
        km::Field<double> east(rows, cols);
        km::Field<double> south(rows, cols);
        km::equal_phases(present, 1.0);
        km::equal_phases(east, 1.0);
        km::equal_phases(south, 1.0);
        const std::pair<std::ptrdiff_t, std::ptrdiff_t> missing[] = {{0, 0},   {5, 17}, {5, 18},
                                                                     {11, 34}, {7, 0},  {0, 9}};
        const auto is_missing = [&](std::ptrdiff_t i, std::ptrdiff_t j) {
            for (const auto& [row, col] : missing)
                if (i == row && j == col) return true;
            return false;
        };
        km::Field<double> theta(rows, cols);
        test::assign(theta.view(), problem.theta);
        for (const auto& [i, j] : missing) {
            present(i, j) = 0;
            theta(i, j) = std::numeric_limits<double>::quiet_NaN();
        }
        km::remove_cells(present, east, south);
        km::Field<double> rate(rows, cols);
        const km::SineLaplacian sine{.K = K, .boundary = boundary};
        km::apply(km::Fused{}, km::with_bonds(sine, east, south), theta, rate);
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j) {
                if (is_missing(i, j)) {
                    EXPECT_EQ(rate(i, j), 0) << i << ", " << j;
                    continue;
                }
                double sum = 0;
                for (const auto& [down, right] :
                     {std::pair{-1, 0}, std::pair{1, 0}, std::pair{0, -1}, std::pair{0, 1}}) {
                    std::ptrdiff_t row = i + down;
                    std::ptrdiff_t col = j + right;
                    if (is_torus) {
                        row = (row + rows) % rows;
                        col = (col + cols) % cols;
                    }
                    if (row < 0 || row >= rows || col < 0 || col >= cols || is_missing(row, col)) continue;
                    sum += std::sin(theta(row, col) - theta(i, j));
                }
                EXPECT_NEAR(rate(i, j), K * sum, 1e-14) << i << ", " << j;
            }
    }
}

// What leaves one cell enters the other, whatever the strength: the sum of the rates is that of ω.
TEST(Bonds, KeepTheSumOfPhases) {
    const Problem<double> problem({31, 50});
    const auto result = run<double>(km::Fused{}, km::Sine{}, km::Euler{.dt = dt}, km::torus, problem, 1);
    double sum = 0;
    for (std::size_t k = 0; k < problem.theta.size(); ++k) sum += result.rate[k] - problem.omega[k];
    EXPECT_NEAR(sum, 0, 1550 * 16 * 2.3e-16);
}

// Linear, each bond of the strength 4: as if K were four times as large; the bound of dt says so, and Simulation keeps
// it.
TEST(Bonds, BoundTheStableTimeStep) {
    km::Field<float> east(9, 14);
    km::Field<float> south(9, 14);
    km::equal_phases(east, 4.0);
    km::equal_phases(south, -4.0);
    const km::SineLaplacian sine{.K = -0.5};
    EXPECT_DOUBLE_EQ(km::max_stable_dt(km::Euler{}, km::with_bonds(sine, east, south)), 0.125);
    EXPECT_DOUBLE_EQ(km::max_stable_dt(km::RungeKutta4{}, km::with_bonds(sine, east, south)),
                     km::RungeKutta4::stability / 16);
    // A row alone has two bonds a cell, a ring of it too; strengths that are not read do not count.
    km::Field<float> chain(1, 14);
    km::Field<float> unread(1, 14);
    km::equal_phases(chain, 1.0);
    km::equal_phases(unread, 100.0);
    chain(0, 13) = 7;
    EXPECT_DOUBLE_EQ(km::max_stable_dt(km::Euler{}, km::with_bonds(km::SineLaplacian{.K = 1}, chain, unread)), 0.5);
    const km::SineLaplacian ring{.K = 1, .boundary = {.west = km::periodic, .east = km::periodic}};
    EXPECT_DOUBLE_EQ(km::max_stable_dt(km::Euler{}, km::with_bonds(ring, chain, unread)), 1.0 / 8);
    km::equal_phases(chain, 0.0);
    EXPECT_TRUE(std::isinf(km::max_stable_dt(km::Euler{}, km::with_bonds(km::SineLaplacian{.K = 1}, chain, unread))));

    const km::Model model{km::with_bonds(sine, east, south), 0.0};
    const km::Field<float> theta(9, 14);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt = 0.2", "0.125"),
                 km::Simulation(model, theta, km::Euler{.dt = 0.2}));
}

// A simulation owns copies of strengths: it does not notice when they change.
TEST(Bonds, AreCopiedByASimulation) {
    const Problem<float> problem({14, 23});
    km::Field<float> theta(14, 23);
    km::Field<float> east(14, 23);
    km::Field<float> south(14, 23);
    test::assign(theta.view(), problem.theta);
    test::assign(east.view(), problem.east);
    test::assign(south.view(), problem.south);
    const km::Model model{km::with_bonds(km::SineLaplacian{.K = K}, east, south), 0.25};
    km::Simulation simulation(model, theta, km::Euler{.dt = dt});
    km::advance(km::Fused{}, km::Euler{.dt = dt}, model, theta, 30);
    km::equal_phases(east, 9.0);
    km::equal_phases(south, 9.0);
    simulation.run(km::Fused{}, 30);
    const std::vector<float> values(simulation.theta().data(), simulation.theta().data() + 14 * 23);
    EXPECT_EQ(test::first_difference(values, test::values_of(theta.view())), -1);
}

TEST(Bonds, AreRefusedWhereTheyDoNotFit) {
    km::Field<float> theta(4, 6);
    km::Field<float> rate(4, 6);
    km::Field<float> east(4, 6);
    km::Field<float> south(4, 6);
    const km::Field<float> small(4, 5);
    const km::SineLaplacian sine{};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("bonds.east", "4 x 5"),
                 km::apply(km::Fused{}, km::with_bonds(sine, small, south), theta, rate));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("bonds.south", "4 x 5"),
                 km::apply(km::Serial{}, km::with_bonds(sine, east, small), theta, rate));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rate", "bonds.south"),
                 km::apply(km::Fused{}, km::with_bonds(sine, east, rate), theta, rate));
    const km::Model model{km::with_bonds(sine, theta, south), 0.0};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "bonds.east"),
                 km::advance(km::Fused{}, km::Euler{}, model, theta, 1));
    const km::MeanFieldModel mean_field{km::MeanField{}, model};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "bonds.east"),
                 km::advance(km::Fused{}, km::Euler{}, mean_field, theta, 1));
    km::Field<float> velocity(4, 6);
    const km::InertialModel inertial{km::Inertia{}, model};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "bonds.east"),
                 km::advance(km::Fused{}, km::VelocityVerlet{}, inertial, theta, velocity, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("velocity", "bonds.south"),
                 km::advance(km::Fused{}, km::VelocityVerlet{}, inertial, rate, south, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "bonds.east"),
                 km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, 1.0));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("present", "east", "4 x 5"), km::remove_cells(small, east, south));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("south", "east"), km::remove_cells(theta, east, east));
}

TEST(Bonds, MayBeOfNoCells) {
    for (const Shape shape : {Shape{0, 7}, Shape{7, 0}, Shape{0, 0}, Shape{std::ptrdiff_t{1} << 40, 0}}) {
        km::Field<double> theta(shape.rows, shape.cols);
        km::Field<double> east(shape.rows, shape.cols);
        km::Field<double> south(shape.rows, shape.cols);
        km::remove_cells(theta, east, south);
        const km::Model model{km::with_bonds(km::SineLaplacian{.boundary = km::torus}, east, south), 0.5};
        km::advance(km::Fused{}, km::Euler{}, model, theta, 3);
        km::advance(km::Serial{}, km::Euler{}, model, theta, 3);
        EXPECT_TRUE(std::isinf(km::max_stable_dt(km::Euler{}, model)));
    }
}

TEST(Bonds, HaveAStableTimeStepOnlyIfTheyFit) {
    km::Field<double> east(8, 8);
    const km::Field<double> small(2, 2);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("bonds.east", "8 x 8", "bonds.south", "2 x 2"),
                 static_cast<void>(km::max_stable_dt(km::Euler{}, km::with_bonds(km::SineLaplacian{}, east, small))));
}

TEST(EqualBonds, OfNaNHaveNoStableTimeStep) {
    SKIP_UNDER_FAST_MATH; // NaN
    const km::SineLaplacian sine{.K = std::nan("")};
    EXPECT_TRUE(std::isnan(km::max_stable_dt(km::Euler{}, sine)));
    EXPECT_TRUE(std::isnan(km::max_stable_dt(km::Euler{}, km::MeanFieldModel{km::MeanField{.K = std::nan("")}, 1.0})));
}

TEST(Bonds, OfNaNHaveNoStableTimeStep) {
    SKIP_UNDER_FAST_MATH; // NaN
    km::Field<double> east(5, 8);
    const km::Field<double> south(5, 8);
    const km::Field<double> theta(5, 8);
    east(3, 4) = std::numeric_limits<double>::quiet_NaN();
    const km::Model model{km::with_bonds(km::SineLaplacian{}, east, south), 0.0};
    EXPECT_TRUE(std::isnan(km::max_stable_dt(km::Euler{}, model)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt = 0.01"), km::Simulation(model, theta, km::Euler{.dt = 0.01}));
}

} // namespace
