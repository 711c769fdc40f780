// What lies beyond the edges: every kind and mixtures of them against the oracle, under every policy, precision, shape
// and layout; the same bits for all of them; exact solutions on rings and tori; and what is refused.

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

#include <array>
#include <cmath>
#include <cstddef>
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

constexpr std::array<Shape, 12> shapes{
    {{1, 1}, {1, 2}, {2, 1}, {2, 2}, {1, 50}, {50, 1}, {3, 5}, {5, 3}, {17, 16}, {20, 33}, {3, 300}, {60, 7}}};

/// Numbers along the edges of a lattice, all different, exact in float, none of them symmetric about a middle.
struct Numbers {
    explicit Numbers(Shape shape) {
        const std::ptrdiff_t lengths[4] = {shape.cols, shape.cols, shape.rows, shape.rows};
        for (std::size_t edge = 0; edge < 4; ++edge)
            for (std::ptrdiff_t k = 0; k < lengths[edge]; ++k)
                along[edge].push_back(
                    static_cast<double>(test::distinct_value<float>(k, 1000 + static_cast<std::uint32_t>(edge))) / 2);
    }
    std::vector<double> along[4];
};

struct NamedBoundary {
    std::string name;
    km::Boundary boundary;
};

/// Every kind at every edge at least once, alone and with others.
std::vector<NamedBoundary> boundaries(const Numbers& numbers) {
    const auto& [north, south, west, east] = numbers.along;
    const auto phase = [](const std::vector<double>& values) { return km::fixed_phase(values); };
    const auto flux = [](const std::vector<double>& values) { return km::fixed_flux(values); };
    return {
        {"torus", km::torus},
        {"rows go round",
         {.north = km::periodic, .south = km::periodic, .west = km::fixed_flux(0.75), .east = phase(east)}},
        {"columns go round", {.north = phase(north), .south = flux(south), .west = km::periodic, .east = km::periodic}},
        {"rows go round, zero flux", {.north = km::periodic, .south = km::periodic, .west = {}, .east = {}}},
        {"columns go round, zero flux", {.north = {}, .south = {}, .west = km::periodic, .east = km::periodic}},
        {"one phase all round",
         {km::fixed_phase(0.5), km::fixed_phase(0.5), km::fixed_phase(0.5), km::fixed_phase(0.5)}},
        {"phases", {.north = phase(north), .south = phase(south), .west = phase(west), .east = phase(east)}},
        {"fluxes", {.north = flux(north), .south = flux(south), .west = flux(west), .east = flux(east)}},
        {"all four", {.north = flux(north), .south = km::fixed_phase(-1.25), .west = phase(west), .east = {}}},
        {"the other way", {.north = {}, .south = phase(south), .west = km::fixed_flux(-0.5), .east = flux(east)}},
    };
}

using test::Problem;

template <class T> struct Result {
    std::vector<T> rate;  // at the beginning
    std::vector<T> theta; // after the steps
};

constexpr int steps = 3;
constexpr double dt = 0.05;

template <class T, class C, class P>
Result<T> run_under(const P& policy, const C& coupling, const km::Boundary& boundary, const Problem<T>& problem,
                    int count, test::Layout layout) {
    test::Cells<T> theta(layout, problem.rows, problem.cols);
    test::Cells<T> omega(test::Layout::padded, problem.rows, problem.cols);
    test::Cells<T> rate(layout, problem.rows, problem.cols);
    test::assign(theta.view(), problem.theta);
    test::assign(omega.view(), problem.omega);
    const km::Model model{km::Laplacian<C>{.K = 1.25, .coupling = coupling, .boundary = boundary}, omega.view()};
    km::rate(policy, model, theta.view(), rate.view());
    km::advance(policy, km::Euler{.dt = dt}, model, theta.view(), count);
    EXPECT_TRUE(theta.canaries_alive() && omega.canaries_alive() && rate.canaries_alive());
    return {test::values_of(rate.view()), test::values_of(theta.view())};
}

template <class T, class C, class P>
Result<T> run(const P& policy, const C& coupling, const km::Boundary& boundary, const Problem<T>& problem,
              int count = steps, test::Layout layout = test::Layout::contiguous) {
    return run_under<T>(test::erased(policy), coupling, boundary, problem, count, layout);
}

template <class T>
void expect_near(const std::vector<T>& values, const test::Exact& exact, long double tolerance,
                 const std::string& what) {
    ASSERT_EQ(values.size(), exact.size());
    for (std::size_t k = 0; k < values.size(); ++k)
        ASSERT_LE(std::fabs(static_cast<long double>(values[k]) - exact[k]), tolerance) << what << ", cell " << k;
}

template <class T, class C> void check_against_the_oracle(const C& coupling) {
    for (const Shape shape : shapes) {
        const Numbers numbers(shape);
        const Problem<T> problem(shape.rows, shape.cols);
        for (const auto& [name, boundary] : boundaries(numbers)) {
            const test::Lattice<> lattice{shape.rows, shape.cols, test::ExactCoupling(coupling), 1.25L, boundary};
            const test::Exact theta = test::exact(problem.theta);
            const test::Exact omega = test::exact(problem.omega);
            const test::Exact rate = lattice.rate(theta, omega);
            const long double tolerance = test::rate_tolerance<T>(lattice, theta, omega);
            const auto exact =
                test::exact_run<T>(lattice, theta, omega, static_cast<long double>(static_cast<T>(dt)), steps);
            const auto check = [&, &of = name, &edges = boundary](const auto& policy, const char* policy_name) {
                const std::string what =
                    of + ", " + policy_name + ", " + std::to_string(shape.rows) + " x " + std::to_string(shape.cols);
                const Result<T> result = run<T>(policy, coupling, edges, problem);
                expect_near(result.rate, rate, tolerance, "rate: " + what);
                expect_near(result.theta, exact.theta, exact.tolerance, "advance: " + what);
            };
            check(km::Serial{}, "Serial");
            check(km::Fused{}, "Fused");
            check(km::Fused{.depth = 1}, "Fused, depth 1");
            check(km::Fused{.depth = 3}, "Fused, depth 3");
            check(km::OpenMP{.threads = 2, .min_cells_per_thread = 1}, "OpenMP");
            check(test::Pool{.workers = 7}, "Pool");
        }
    }
}

template <class CellType, class CouplingType> struct Setting {
    using T = CellType;
    using Coupling = CouplingType;
};
template <class S> class Boundary : public testing::Test {};
using Settings =
    testing::Types<Setting<float, km::Sine>, Setting<double, km::Sine>, Setting<float, km::Linear>,
                   Setting<double, km::Linear>, Setting<float, test::Skewed>, Setting<double, test::Skewed>,
                   Setting<float, test::Lagging>, Setting<double, test::Lagging>, Setting<float, test::ThreeHarmonics>,
                   Setting<double, test::ThreeHarmonics>>;
TYPED_TEST_SUITE(Boundary, Settings);

// Where a number comes from does not depend on what is made of it: for the bits a few couplings are enough.
template <class S> class BitsAtEdges : public testing::Test {};
using BitsSettings = testing::Types<Setting<float, km::Sine>, Setting<double, test::Skewed>,
                                    Setting<float, test::Lagging>, Setting<double, test::ThreeHarmonics>>;
TYPED_TEST_SUITE(BitsAtEdges, BitsSettings);

TYPED_TEST(Boundary, IsThatOfTheOracle) {
    check_against_the_oracle<typename TypeParam::T>(typename TypeParam::Coupling{});
}

#if defined __FAST_MATH__
#define SKIP_UNDER_FAST_MATH GTEST_SKIP() << "bits are not promised under -ffast-math"
#else
#define SKIP_UNDER_FAST_MATH static_cast<void>(0)
#endif

template <class T> void expect_same(const Result<T>& result, const Result<T>& reference, const std::string& what) {
    EXPECT_EQ(test::first_difference(result.rate, reference.rate), -1) << "rate: " << what;
    EXPECT_EQ(test::first_difference(result.theta, reference.theta), -1) << "advance: " << what;
}

TYPED_TEST(BitsAtEdges, AreTheSameUnderEveryPolicyDepthAndLayout) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    const typename TypeParam::Coupling coupling{};
    const int count = 13;
    for (const Shape shape : {Shape{23, 37}, Shape{1, 67}, Shape{67, 1}, Shape{150, 7}}) {
        const Numbers numbers(shape);
        const Problem<T> problem(shape.rows, shape.cols);
        for (const auto& [name, boundary] : boundaries(numbers))
            for (const km::Isa isa : test::supported_isas()) {
                const auto reference = run<T>(km::Fused{.depth = 1, .isa = isa}, coupling, boundary, problem, count);
                const std::string what = name + ", " + km::name(isa) + ", " + std::to_string(shape.rows) + " x " +
                                         std::to_string(shape.cols);
                for (const int depth : {0, 3, 40}) {
                    const std::string with_depth = what + ", depth " + std::to_string(depth);
                    const auto with = [&, &edges = boundary](const test::AnyPolicy& policy, test::Layout layout) {
                        return run<T>(policy, coupling, edges, problem, count, layout);
                    };
                    const km::Fused fused{.depth = depth, .isa = isa};
                    expect_same(with(fused, test::Layout::contiguous), reference, "Fused, " + with_depth);
                    expect_same(with(fused, test::Layout::window), reference, "Fused, strided, " + with_depth);
                    const test::Pool pool{.workers = 3, .depth = depth, .isa = isa};
                    expect_same(with(pool, test::Layout::contiguous), reference, "Pool, " + with_depth);
                    expect_same(with(pool, test::Layout::column_major), reference, "Pool, turned, " + with_depth);
                    const km::OpenMP threads{.threads = 2, .depth = depth, .isa = isa, .min_cells_per_thread = 1};
                    expect_same(with(threads, test::Layout::mirrored), reference, "OpenMP, " + with_depth);
                }
            }
    }
}

// More workers than bands: tiles are narrower than the grid, and halo cells come from the other side of it.
TYPED_TEST(BitsAtEdges, AreTheSameInColumns) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    const typename TypeParam::Coupling coupling{};
    const int count = 17;
    for (const auto& [shape, depth] : {std::pair{Shape{3, 1539}, 16}, std::pair{Shape{22, 331}, 5},
                                       std::pair{Shape{13, 401}, 3}, std::pair{Shape{5, 333}, 1}}) {
        const km::detail::Tiling tiling = km::detail::tiling_for_steps(
            {.extent = {shape.rows, shape.cols}, .cell_size = sizeof(T), .steps = count, .workers = 7, .depth = depth});
        ASSERT_GT(tiling.tiles_per_band, 1);
        const Numbers numbers(shape);
        const Problem<T> problem(shape.rows, shape.cols);
        for (const auto& [name, boundary] : boundaries(numbers)) {
            const auto reference = run<T>(km::Fused{.depth = 1}, coupling, boundary, problem, count);
            const test::Pool pool{.workers = 7, .depth = depth};
            const std::string what = name + ", " + std::to_string(shape.rows) + " x " + std::to_string(shape.cols);
            expect_same(run<T>(pool, coupling, boundary, problem, count), reference, what);
            expect_same(run<T>(pool, coupling, boundary, problem, count, test::Layout::column_major), reference,
                        "column-major, " + what);
        }
    }
}

// m + n steps are m steps and then n.
TYPED_TEST(BitsAtEdges, LetARunBeSplit) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    const typename TypeParam::Coupling coupling{};
    const Shape shape{23, 29};
    const Numbers numbers(shape);
    const Problem<T> problem(shape.rows, shape.cols);
    for (const auto& [name, boundary] : boundaries(numbers)) {
        const Result<T> whole = run<T>(km::Fused{}, coupling, boundary, problem, 31);
        Problem<T> rest = problem;
        rest.theta = run<T>(km::Fused{}, coupling, boundary, problem, 12).theta;
        const Result<T> second = run<T>(km::Fused{}, coupling, boundary, rest, 19);
        EXPECT_EQ(test::first_difference(second.theta, whole.theta), -1) << name;
    }
}

// On a torus nothing tells one cell from another: the lattice moved round by some rows and columns does the same.
TEST(Torus, IsTheSameFromEveryCell) {
    SKIP_UNDER_FAST_MATH;
    const Shape shape{19, 45};
    const Problem<float> problem(shape.rows, shape.cols);
    const Result<float> reference = run<float>(km::Fused{}, km::Sine{}, km::torus, problem, 25);
    const auto moved = [&](const std::vector<float>& values) {
        std::vector<float> result(values.size());
        for (std::ptrdiff_t i = 0; i < shape.rows; ++i)
            for (std::ptrdiff_t j = 0; j < shape.cols; ++j)
                result[static_cast<std::size_t>(i * shape.cols + j)] =
                    values[static_cast<std::size_t>((i + 7) % shape.rows * shape.cols + (j + 20) % shape.cols)];
        return result;
    };
    Problem<float> other = problem;
    other.theta = moved(problem.theta);
    other.omega = moved(problem.omega);
    const Result<float> result = run<float>(km::Fused{}, km::Sine{}, km::torus, other, 25);
    EXPECT_EQ(test::first_difference(result.theta, moved(reference.theta)), -1);
}

// The linear operator on a torus: Fourier modes are its eigenvectors, λ = −4 [sin²(πp/R) + sin²(πq/C)], and n steps of
// Euler's method multiply a mode by (1 + K dt λ)^n.
TEST(Torus, MultipliesFourierModesByTheirFactor) {
    const std::ptrdiff_t rows = 12;
    const std::ptrdiff_t cols = 35;
    const double pi = 3.14159265358979323846;
    for (const std::pair<int, int>& wave : {std::pair{0, 1}, std::pair{3, 0}, std::pair{2, 5}, std::pair{6, 17}}) {
        const int p = wave.first; // a lambda cannot capture a structured binding under Clang 14
        const int q = wave.second;
        const auto mode = [&](std::ptrdiff_t i, std::ptrdiff_t j) {
            return std::cos(2 * pi * (p * static_cast<double>(i) / rows + q * static_cast<double>(j) / cols) + 0.3);
        };
        km::Field<double> theta(rows, cols);
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j) theta(i, j) = mode(i, j);
        const double K = 0.9;
        const km::LinearLaplacian linear{.K = K, .boundary = km::torus};
        km::advance(km::Fused{}, km::Euler{.dt = 0.1}, km::Model{linear, 0.0}, theta, 20);
        const double sine_p = std::sin(pi * p / rows);
        const double sine_q = std::sin(pi * q / cols);
        const double factor = std::pow(1 - 0.1 * K * 4 * (sine_p * sine_p + sine_q * sine_q), 20);
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j)
                ASSERT_NEAR(theta(i, j), factor * mode(i, j), 1e-13) << p << ", " << q << ": " << i << ", " << j;
    }
}

// d/dt Σθ = Σω on a torus: what leaves one cell enters another.
TEST(Torus, KeepsTheSumOfPhases) {
    const Shape shape{31, 50};
    const Problem<double> problem(shape.rows, shape.cols);
    const Result<double> result = run<double>(km::Fused{}, km::Sine{}, km::torus, problem, 200);
    long double before = 0;
    long double after = 0;
    long double omega = 0;
    for (std::size_t k = 0; k < problem.theta.size(); ++k) {
        before += static_cast<long double>(problem.theta[k]);
        after += static_cast<long double>(result.theta[k]);
        omega += static_cast<long double>(problem.omega[k]);
    }
    // A step rounds each phase, of at most 16, and its rate; the roundings add up at worst.
    const long double tolerance = 200 * 1550 * 16 * 4e-16L;
    EXPECT_NEAR(static_cast<double>(after), static_cast<double>(before + 200 * 0.05L * omega),
                static_cast<double>(tolerance));
}

// A ring of n oscillators at phases 2πqj/n does not move, and a small disturbance dies out if and only if |q| < n/4
// (Wiley, Strogatz & Girvan 2006).
TEST(Ring, KeepsTwistedStatesOfLessThanAQuarterTurn) {
    const std::ptrdiff_t n = 40;
    const double two_pi = 6.28318530717958647692;
    const km::SineLaplacian sine{.K = 1, .boundary = {.west = km::periodic, .east = km::periodic}};
    for (const int q : {0, 1, -3, 9, -9, 11, 15}) {
        km::Field<double> theta(1, n);
        for (std::ptrdiff_t j = 0; j < n; ++j)
            theta(0, j) =
                two_pi * q * static_cast<double>(j) / n + 1e-6 * static_cast<double>(test::distinct_value<float>(j, 5));
        km::advance(km::Fused{}, km::Euler{.dt = 0.1}, km::Model{sine, 0.0}, theta, 6000);
        double largest = 0; // change of a difference that should be that of the twisted state
        for (std::ptrdiff_t j = 0; j + 1 < n; ++j)
            largest = std::fmax(largest, std::fabs(theta(0, j + 1) - theta(0, j) - two_pi * q / n));
        if (std::abs(q) < n / 4)
            EXPECT_LT(largest, 2e-7) << q;
        else
            EXPECT_GT(largest, 0.1) << q;
    }
}

// Between phases that are held, the linear operator settles on the straight line between them; a flux at one end and a
// held phase at the other give the slope.
TEST(Edges, HoldALine) {
    const std::ptrdiff_t n = 21;
    km::Field<double> theta(1, n);
    const auto settle = [&](const km::BoundaryCondition& west, const km::BoundaryCondition& east) {
        const km::LinearLaplacian linear{.K = 1, .boundary = {.west = west, .east = east}};
        km::advance(km::Fused{}, km::Euler{.dt = 0.25}, km::Model{linear, 0.0}, theta, 40000);
    };
    settle(km::fixed_phase(1.0), km::fixed_phase(12.0)); // at −1 and at n: n + 1 bonds
    for (std::ptrdiff_t j = 0; j < n; ++j)
        EXPECT_NEAR(theta(0, j), 1.0 + 11.0 * static_cast<double>(j + 1) / (n + 1), 1e-12) << j;
    settle(km::fixed_flux(0.25), km::fixed_phase(2.0)); // what flows in at the west leaves through every bond eastwards
    for (std::ptrdiff_t j = 0; j < n; ++j)
        EXPECT_NEAR(theta(0, j), 2.0 + 0.25 * static_cast<double>(n - j), 1e-12) << j;
}

// A flux into every edge cell, and nothing else.
TEST(Edges, FluxIsWhatTheRateGains) {
    km::Field<double> theta(3, 4), rate(3, 4);
    const km::SineLaplacian sine{.K = 2,
                                 .boundary = {.north = km::fixed_flux(1.0),
                                              .south = km::fixed_flux(10.0),
                                              .west = km::fixed_flux(100.0),
                                              .east = km::fixed_flux(1000.0)}};
    km::rate(km::Fused{}, km::Model{sine, 0.0}, theta, rate);
    const double expected[3][4] = {{202, 2, 2, 2002}, {200, 0, 0, 2000}, {220, 20, 20, 2020}};
    for (std::ptrdiff_t i = 0; i < 3; ++i)
        for (std::ptrdiff_t j = 0; j < 4; ++j) EXPECT_EQ(rate(i, j), expected[i][j]) << i << ", " << j;
}

// A simulation keeps the numbers along its edges; copies of it have their own.
TEST(Edges, AreCopiedByASimulation) {
    const Shape shape{9, 11};
    const Problem<double> problem(shape.rows, shape.cols);
    const km::Grid<const double> start(problem.theta.data(), shape.rows, shape.cols);
    const auto run_with = [&](auto&& use) {
        std::vector<double> west(9, 0.5), north(11, -0.25);
        const km::SineLaplacian sine{.K = 1,
                                     .boundary = {.north = km::fixed_flux(north), .west = km::fixed_phase(west)}};
        km::Simulation simulation(km::Model{sine, 0.0}, start, km::Euler{.dt = dt});
        use(simulation, west, north);
        simulation.run(km::Fused{}, 10);
        return test::values_of(simulation.theta());
    };
    const auto plain = run_with([](auto&, auto&, auto&) {});
    const auto changed = run_with([](auto& simulation, auto& west, auto& north) {
        const auto copy = simulation;
        west.assign(west.size(), 7.0);
        north.assign(north.size(), 7.0);
        simulation = copy;
    });
    EXPECT_EQ(test::first_difference(plain, changed), -1);
}

TEST(Edges, ThatCannotBeAreRefused) {
    km::Field<float> theta(3, 5), rate(3, 5);
    rate(1, 1) = 7;
    const auto refused = [&](const km::Boundary& boundary, const std::string& what) {
        const km::SineLaplacian sine{.K = 1, .boundary = boundary};
        const km::Model model{sine, 0.0};
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(what), km::apply(km::Fused{}, sine, theta, rate));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(what), km::apply(km::Serial{}, sine, theta, rate));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(what), km::advance(km::Fused{}, km::Euler{}, model, theta, 1));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(what), km::Simulation(model, theta, km::Euler{}));
    };
    refused({.north = km::periodic}, "boundary.north and boundary.south must be periodic together");
    refused({.east = km::periodic}, "boundary.west and boundary.east must be periodic together");
    refused({.west = km::fixed_phase(std::nan(""))}, "boundary.west must be finite, but is nan");
    refused({.south = km::fixed_flux(1e300)}, "boundary.south = 1e+300 is too large");
    const std::vector<double> three{1, 2, 3};
    refused({.north = km::fixed_phase(three)}, "boundary.north has 3 numbers for 5 cells");
    refused({.north = {km::BoundaryKind::fixed_phase, 0, three.data()}},
            "boundary.north has numbers, but does not say how");
    const std::vector<double> bad{1, 2, HUGE_VAL};
    refused({.east = km::fixed_flux(bad)}, "boundary.east[2] must be finite, but is inf");
    EXPECT_EQ(rate(1, 1), 7);
}

// Numbers along an edge are read while θ is written: those of θ itself would depend on the depth.
TEST(Edges, MustNotBeWritten) {
    km::Field<double> theta(8, 5);
    km::Field<double> rate(8, 5);
    struct FirstRow {
        const double* first;
        [[nodiscard]] const double* data() const { return first; }
        [[nodiscard]] std::size_t size() const { return 5; }
    };
    const FirstRow of_theta{theta.data()};
    const FirstRow of_rate{rate.data()};
    const km::SineLaplacian sine{.boundary = {.north = km::fixed_phase(of_theta)}};
    const km::Model model{sine, 0.0};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "boundary.north"),
                 km::advance(km::Fused{}, km::Euler{}, model, theta, 3));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "boundary.north"),
                 km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, 1.0));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "boundary.north"),
                 km::advance(km::Fused{}, km::Euler{}, km::MeanFieldModel{km::MeanField{}, model}, theta, 3));
    const km::SineLaplacian other{.boundary = {.south = km::fixed_flux(of_rate)}};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rate", "boundary.south"),
                 km::apply(km::Fused{}, other, theta, rate));
    km::apply(km::Fused{}, sine, theta, rate); // what is read may be read twice
}

// No numbers are not one number.
TEST(Edges, WithoutNumbersAreNotThoseOfZero) {
    km::Field<double> theta(8, 5);
    const std::vector<double> none;
    for (const km::BoundaryCondition& edge : {km::fixed_phase(none), km::fixed_flux(none)}) {
        const km::Model model{km::SineLaplacian{.boundary = {.west = edge}}, 0.0};
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("boundary.west", "0 numbers for 8 cells"),
                     km::advance(km::Fused{}, km::Euler{}, model, theta, 1));
        km::Field<double> no_rows(0, 5);
        km::advance(km::Fused{}, km::Euler{}, model, no_rows, 1);
    }
}

} // namespace
