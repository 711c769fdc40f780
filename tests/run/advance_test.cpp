// apply, rate and advance against the oracle: one test body for every policy, precision, instruction set, shape,
// layout, coupling and kind of ω; and what NaN and infinite phases do.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>
#include <kuramoto/threads.hpp>

#include "support/couplings.hpp"
#include "support/layouts.hpp"
#include "support/oracle.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace km = kuramoto;

namespace {

// Array passes, and all other policies as one type.
struct ArrayPasses {
    static std::vector<km::Serial> with(km::Isa isa) { return {{.isa = isa}}; }
};
struct Loops {
    static std::vector<test::AnyPolicy> with(km::Isa isa) {
        return {km::Fused{.isa = isa},
                km::Fused{.depth = 3, .isa = isa},
                km::OpenMP{.threads = 1, .isa = isa},
                km::OpenMP{.threads = 2, .isa = isa},
                km::OpenMP{.threads = 3, .isa = isa},
                km::Threads{.threads = 3, .isa = isa, .min_cells_per_thread = 1},
                test::Pool{.workers = 1, .isa = isa},
                test::Pool{.workers = 2, .depth = 2, .isa = isa, .on_threads = true},
                test::Pool{.workers = 7, .isa = isa}};
    }
};

template <class CellType, class PoliciesType> struct Setting {
    using T = CellType;
    using Policies = PoliciesType;
};

template <class S> class Algorithm : public ::testing::Test {};

using Settings = ::testing::Types<Setting<float, ArrayPasses>, Setting<double, ArrayPasses>, Setting<float, Loops>,
                                  Setting<double, Loops>>;
TYPED_TEST_SUITE(Algorithm, Settings);

struct Shape {
    std::ptrdiff_t rows;
    std::ptrdiff_t cols;
};

constexpr std::array<Shape, 15> shapes{{{1, 1},
                                        {1, 2},
                                        {2, 1},
                                        {1, 50},
                                        {50, 1},
                                        {0, 5},
                                        {5, 0},
                                        {3, 5},
                                        {17, 16},
                                        {16, 17},
                                        {13, 33},
                                        {40, 61},
                                        {64, 64},
                                        {5, 700},
                                        {101, 37}}};

constexpr int steps = 5;
constexpr double dt = 0.05;

// One problem: its inputs, and what comes out. Depends on nothing that a policy, an instruction set or a layout could
// change, so that it is computed once.
template <class T> struct Problem {
    Shape shape{};
    double K = 1;
    bool omega_is_number = false;
    double omega_number = 0;
    std::vector<T> theta;
    std::vector<T> omega;
    std::vector<T> rate_before;

    test::Exact applied;
    test::Exact rate;
    test::ExactRun run;
    long double applied_tolerance = 0;
    long double rate_tolerance = 0;
};

template <class T> std::vector<T> distinct_values(Shape shape, std::uint32_t seed, T scale) {
    test::Cells<T> cells(test::Layout::contiguous, shape.rows, shape.cols);
    test::fill_distinct(cells.view(), seed, scale);
    return test::values_of(cells.view());
}

template <class T, class C> Problem<T> make_problem(Shape shape, const C& coupling, bool omega_is_number, T scale) {
    Problem<T> problem;
    problem.shape = shape;
    problem.omega_is_number = omega_is_number;
    problem.K = omega_is_number ? -0.7 : 1.3;
    problem.omega_number = 0.6;
    problem.theta = distinct_values<T>(shape, 1, scale);
    problem.omega = distinct_values<T>(shape, 77, T{0.25});
    if (omega_is_number) problem.omega.assign(problem.theta.size(), static_cast<T>(problem.omega_number));
    problem.rate_before = distinct_values<T>(shape, 12345, T{1});

    const test::Lattice<> lattice{shape.rows, shape.cols, test::ExactCoupling(coupling),
                                  static_cast<long double>(static_cast<T>(problem.K))};
    const test::Exact theta = test::exact(problem.theta);
    const test::Exact omega = test::exact(problem.omega);
    const test::Exact before = test::exact(problem.rate_before);
    problem.applied = lattice.rate(theta, before);
    problem.applied_tolerance = test::rate_tolerance<T>(lattice, theta, before);
    problem.rate = lattice.rate(theta, omega);
    problem.rate_tolerance = test::rate_tolerance<T>(lattice, theta, omega);
    problem.run = test::exact_run<T>(lattice, theta, omega, static_cast<long double>(static_cast<T>(dt)), steps);
    return problem;
}

template <class T, class C> const Problem<T>& problem_of(std::size_t shape, const C& coupling, bool omega_is_number) {
    static std::map<std::tuple<std::size_t, bool>, Problem<T>> known;
    const auto key = std::make_tuple(shape, omega_is_number);
    auto found = known.find(key);
    if (found == known.end())
        found = known.emplace(key, make_problem<T>(shapes[shape], coupling, omega_is_number, T{1})).first;
    return found->second;
}

template <class T>
void expect_near(const km::Grid<T>& computed, const test::Exact& exact, long double tolerance, const char* what) {
    const std::vector<T> values = test::values_of(computed);
    ASSERT_EQ(values.size(), exact.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
        // A NaN would pass a comparison under -ffast-math, so its bits are looked at.
        const bool is_number = km::detail::is_finite(static_cast<double>(values[k]));
        const long double error = std::fabs(static_cast<long double>(values[k]) - exact[k]);
        ASSERT_TRUE(is_number && error <= tolerance)
            << what << ": cell (" << static_cast<std::ptrdiff_t>(k) / computed.cols() << ", "
            << static_cast<std::ptrdiff_t>(k) % computed.cols() << ") is " << values[k] << ", should be " << exact[k]
            << "; error " << error << ", tolerance " << tolerance;
    }
}

template <class T> void expect_same(const km::Grid<T>& cells, const std::vector<T>& values, const char* what) {
    ASSERT_EQ(test::first_difference(test::values_of(cells), values), -1) << what << " was changed";
}

// Where the three arrays of a problem lie.
struct Layouts {
    test::Layout theta;
    test::Layout omega;
    test::Layout rate;
};

template <class T, class P, class C>
void check_problem(const P& policy, const C& coupling, const Problem<T>& problem, const Layouts& layouts) {
    const auto [rows, cols] = problem.shape;
    test::Cells<T> theta(layouts.theta, rows, cols);
    test::Cells<T> omega(layouts.omega, rows, cols);
    test::Cells<T> rate(layouts.rate, rows, cols);
    test::assign(theta.view(), problem.theta);
    test::assign(omega.view(), problem.omega);
    test::assign(rate.view(), problem.rate_before);
    const km::Laplacian<C> laplacian{.K = problem.K, .coupling = coupling};
    const km::Model field_model{laplacian, omega.view()};
    const km::Model number_model{laplacian, problem.omega_number};

    km::apply(policy, laplacian, theta.view(), rate.view());
    expect_near(rate.view(), problem.applied, problem.applied_tolerance, "apply");
    expect_same(theta.view(), problem.theta, "theta");

    if (problem.omega_is_number)
        km::rate(policy, number_model, theta.view(), rate.view());
    else
        km::rate(policy, field_model, theta.view(), rate.view());
    expect_near(rate.view(), problem.rate, problem.rate_tolerance, "rate");
    expect_same(theta.view(), problem.theta, "theta");

    if (problem.omega_is_number)
        km::advance(policy, km::Euler{.dt = dt}, number_model, theta.view(), steps);
    else
        km::advance(policy, km::Euler{.dt = dt}, field_model, theta.view(), steps);
    expect_near(theta.view(), problem.run.theta, problem.run.tolerance, "advance");
    expect_same(omega.view(), problem.omega, "omega");

    ASSERT_TRUE(theta.canaries_alive()) << "written around theta";
    ASSERT_TRUE(omega.canaries_alive()) << "written around omega";
    ASSERT_TRUE(rate.canaries_alive()) << "written around rate";
}

// Calls function(policy) with each policy of a setting, for every instruction set.
template <class S, class Function> void for_each_policy(const Function& function) {
    for (const km::Isa isa : test::supported_isas())
        for (const auto& policy : S::Policies::with(isa)) function(policy);
}

// Calls function(coupling) with each coupling.
template <class Function> void for_each_coupling(const Function& function) {
    function(km::Sine{});
    function(km::Linear{});
    function(test::Skewed{.lag = 0.3F});
}

template <class P> std::string describe(const P& policy) {
    std::string text = std::string(km::name(policy.isa)) + ", concurrency " + std::to_string(policy.concurrency());
    if constexpr (requires { policy.depth; }) text += ", depth " + std::to_string(policy.depth);
    return text;
}
template <class P> std::string describe(const P& policy, Shape shape, const Layouts& layouts, bool omega_is_number) {
    return describe(policy) + ", " + std::to_string(shape.rows) + " x " + std::to_string(shape.cols) + ", theta " +
           name(layouts.theta) + ", omega " + (omega_is_number ? "a number" : name(layouts.omega)) + ", rate " +
           name(layouts.rate);
}

} // namespace

TYPED_TEST(Algorithm, AgreesWithTheOracle) {
    using T = typename TypeParam::T;
    // The kind of ω and the layouts of ω and rate turn with the case; shape, layout of θ, coupling and instruction set
    // meet in every combination.
    std::size_t turn = 0;
    for_each_policy<TypeParam>([&](const auto& policy) {
        for (std::size_t shape = 0; shape < shapes.size(); ++shape)
            for (const test::Layout layout : test::all_layouts)
                for_each_coupling([&](const auto& coupling) {
                    ++turn;
                    const bool omega_is_number = turn % 2 == 0;
                    const Layouts layouts{layout, test::all_layouts[turn % 5], test::all_layouts[turn / 5 % 5]};
                    SCOPED_TRACE(describe(policy, shapes[shape], layouts, omega_is_number));
                    if (!this->HasFatalFailure())
                        check_problem(policy, coupling, problem_of<T>(shape, coupling, omega_is_number), layouts);
                });
    });
}

// Differences of 10^5 rad: beyond the range of the polynomial in float.
TYPED_TEST(Algorithm, AgreesWithTheOracleForLargePhases) {
    using T = typename TypeParam::T;
    const Shape shape{13, 33};
    for_each_coupling([&](const auto& coupling) {
        const Problem<T> problem = make_problem<T>(shape, coupling, false, T{25000});
        for_each_policy<TypeParam>([&](const auto& policy) {
            SCOPED_TRACE(describe(policy));
            check_problem(policy, coupling, problem,
                          {test::Layout::padded, test::Layout::window, test::Layout::mirrored});
        });
    });
}

// A grid-like object may be given as it is: an owner, a view, or a temporary view.
TYPED_TEST(Algorithm, TakesOwnersAndViews) {
    using T = typename TypeParam::T;
    for (const auto& policy : TypeParam::Policies::with(km::Isa::automatic)) {
        km::Field<T> theta(6, 9);
        test::fill_distinct(theta.view(), 4);
        const km::Field<T> start = theta;
        const km::Model model{km::SineLaplacian{.K = 0.5}, 0.25};
        km::Field<T> by_field(6, 9);
        km::Field<T> by_view(6, 9);
        km::rate(policy, model, start, by_field);
        km::rate(policy, model, km::Grid<const T>(start), by_view.view());
        EXPECT_EQ(test::first_difference(test::values_of(by_field.view()), test::values_of(by_view.view())), -1);

        km::Field<T> other = start;
        km::advance(policy, km::Euler{.dt = 0.1}, model, theta, 3);
        km::advance(policy, km::Euler{.dt = 0.1}, model, other.view(), 3);
        EXPECT_EQ(test::first_difference(test::values_of(theta.view()), test::values_of(other.view())), -1);
        EXPECT_NE(test::first_difference(test::values_of(theta.view()), test::values_of(start.view())), -1);
    }
}

TYPED_TEST(Algorithm, ZeroStepsChangeNothing) {
    using T = typename TypeParam::T;
    for (const auto& policy : TypeParam::Policies::with(km::Isa::automatic)) {
        km::Field<T> theta(5, 8);
        test::fill_distinct(theta.view(), 4);
        const std::vector<T> before = test::values_of(theta.view());
        km::advance(policy, km::Euler{.dt = 0.1}, km::Model{km::SineLaplacian{}, 1.0}, theta, 0);
        EXPECT_EQ(test::first_difference(test::values_of(theta.view()), before), -1);
        km::advance(policy, km::Euler{.dt = 0.1}, km::Model{km::SineLaplacian{}, 1.0}, theta, 0, 12);
        EXPECT_EQ(test::first_difference(test::values_of(theta.view()), before), -1);
    }
}

// ω may be the frequencies of many lattices at once, and may be one row for all rows: nothing is written to it.
TYPED_TEST(Algorithm, TakesAnOmegaThatRepeatsOneRow) {
    using T = typename TypeParam::T;
    for (const auto& policy : TypeParam::Policies::with(km::Isa::automatic)) {
        const std::ptrdiff_t rows = 21;
        const std::ptrdiff_t cols = 35;
        const std::vector<T> row = distinct_values<T>({1, cols}, 9, T{0.5});
        const km::Grid<const T> repeated(row.data(), rows, cols, 0, 1);
        const km::Field<T> written_out(repeated);
        km::Field<T> a(rows, cols);
        test::fill_distinct(a.view(), 4);
        km::Field<T> b = a;
        km::advance(policy, km::Euler{.dt = 0.1}, km::Model{km::SineLaplacian{}, repeated}, a, 7);
        km::advance(policy, km::Euler{.dt = 0.1}, km::Model{km::SineLaplacian{}, written_out}, b, 7);
        EXPECT_EQ(test::first_difference(test::values_of(a.view()), test::values_of(b.view())), -1);
    }
}

// The state may be a constant: nobody's own error, but the only field on which every flux is zero.
TYPED_TEST(Algorithm, AddsNothingWhereAllPhasesAreEqual) {
    using T = typename TypeParam::T;
    for (const auto& policy : TypeParam::Policies::with(km::Isa::automatic)) {
        km::Field<T> theta(7, 19);
        theta.fill(T{1.5});
        km::Field<T> rate(7, 19);
        km::rate(policy, km::Model{km::SineLaplacian{.K = 3}, 0.125}, theta, rate);
        for (const T value : test::values_of(rate.view())) EXPECT_EQ(value, T{0.125});
    }
}

#if defined(__FAST_MATH__)
#define SKIP_UNDER_FAST_MATH GTEST_SKIP() << "not promised under -ffast-math"
#else
#define SKIP_UNDER_FAST_MATH static_cast<void>(0)
#endif

namespace {

enum class Kind { number, nan, plus_infinity, minus_infinity };

template <class Float> Kind kind_of(Float value) {
    if (std::isnan(value)) return Kind::nan;
    if (std::isinf(value)) return value > 0 ? Kind::plus_infinity : Kind::minus_infinity;
    return Kind::number;
}

// The bits of a NaN are not promised.
template <class T> bool same_number(T a, T b) { return (std::isnan(a) && std::isnan(b)) || test::same_bits(a, b); }

struct Spot {
    std::ptrdiff_t row;
    std::ptrdiff_t col;
    Kind kind;
};

template <class T> T value_of(Kind kind) {
    if (kind == Kind::nan) return std::numeric_limits<T>::quiet_NaN();
    return kind == Kind::plus_infinity ? std::numeric_limits<T>::infinity() : -std::numeric_limits<T>::infinity();
}

bool is_reached(const std::vector<Spot>& spots, std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t distance) {
    for (const Spot& spot : spots)
        if (std::abs(spot.row - i) + std::abs(spot.col - j) <= distance) return true;
    return false;
}

// Runs with and without the spots: cells further away than `distance` keep their bits, the others are of the same kind
// as the oracle's.
template <class T>
void expect_spread(const km::Grid<T>& with, const km::Grid<T>& without, const test::Exact& exact,
                   const std::vector<Spot>& spots, std::ptrdiff_t distance, const char* what) {
    for (std::ptrdiff_t i = 0; i < with.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < with.cols(); ++j) {
            if (is_reached(spots, i, j, distance)) {
                const auto oracle = kind_of(exact[static_cast<std::size_t>(i * with.cols() + j)]);
                ASSERT_EQ(kind_of(with(i, j)), oracle) << what << " at (" << i << ", " << j << ")";
                ASSERT_NE(oracle, Kind::number);
            } else {
                ASSERT_TRUE(same_number(with(i, j), without(i, j))) << what << " at (" << i << ", " << j << ")";
            }
        }
}

template <class T, class P, class C>
void check_spread(const P& policy, const C& coupling, Shape shape, const std::vector<Spot>& spots) {
    const km::Laplacian<C> laplacian{.K = 1.25, .coupling = coupling};
    km::Field<T> omega(shape.rows, shape.cols);
    km::Field<T> clean(shape.rows, shape.cols);
    test::fill_distinct(omega.view(), 5);
    test::fill_distinct(clean.view(), 6);
    km::Field<T> theta = clean;
    for (const Spot& spot : spots) theta(spot.row, spot.col) = value_of<T>(spot.kind);
    const km::Model model{laplacian, omega};
    const test::Lattice<> lattice{shape.rows, shape.cols, test::ExactCoupling(coupling), 1.25L};
    test::Exact exact = test::exact(test::values_of(theta.view()));
    const test::Exact exact_omega = test::exact(test::values_of(omega.view()));

    km::Field<T> rate_with(shape.rows, shape.cols);
    km::Field<T> rate_without(shape.rows, shape.cols);
    km::rate(policy, model, theta, rate_with);
    km::rate(policy, model, clean, rate_without);
    expect_spread(rate_with.view(), rate_without.view(), lattice.rate(exact, exact_omega), spots, 1, "rate");

    const int count = 4;
    km::advance(policy, km::Euler{.dt = 0.0625}, model, theta, count);
    km::advance(policy, km::Euler{.dt = 0.0625}, model, clean, count);
    for (int step = 0; step < count; ++step) exact = lattice.step(exact, exact_omega, 0.0625L);
    expect_spread(theta.view(), clean.view(), exact, spots, count, "advance");
}

} // namespace

TYPED_TEST(Algorithm, NotANumberReachesItsNeighboursAndNothingElse) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    const Shape shape{25, 39};
    const std::vector<std::vector<Spot>> cases{{{12, 20, Kind::nan}},
                                               {{0, 0, Kind::nan}, {24, 38, Kind::nan}},
                                               {{0, 17, Kind::plus_infinity}},
                                               {{13, 0, Kind::minus_infinity}},
                                               {{8, 38, Kind::nan}, {24, 3, Kind::plus_infinity}},
                                               {{11, 15, Kind::plus_infinity}, {11, 16, Kind::plus_infinity}},
                                               {{11, 16, Kind::plus_infinity}, {12, 16, Kind::minus_infinity}}};
    for_each_policy<TypeParam>([&](const auto& policy) {
        for (std::size_t k = 0; k < cases.size(); ++k)
            for_each_coupling([&](const auto& coupling) {
                SCOPED_TRACE(describe(policy) + ", case " + std::to_string(k));
                check_spread<T>(policy, coupling, shape, cases[k]);
            });
    });
}

// A cell without neighbours has no bonds, so that not even inf − inf is computed.
TYPED_TEST(Algorithm, AnInfiniteCellWithoutNeighboursDriftsAlone) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    for (const auto& policy : TypeParam::Policies::with(km::Isa::automatic))
        for_each_coupling([&](const auto& coupling) {
            km::Field<T> theta(1, 1);
            km::Field<T> rate(1, 1);
            theta(0, 0) = std::numeric_limits<T>::infinity();
            const km::Model model{km::Laplacian<std::decay_t<decltype(coupling)>>{.K = 2, .coupling = coupling}, 0.5};
            km::rate(policy, model, theta, rate);
            EXPECT_EQ(rate(0, 0), T{0.5});
            km::advance(policy, km::Euler{.dt = 0.1}, model, theta, 3);
            EXPECT_EQ(kind_of(theta(0, 0)), Kind::plus_infinity);
        });
}

// An infinite frequency is not checked a cell at a time: it is that cell's, and spreads from there.
TYPED_TEST(Algorithm, AnInfiniteFrequencyStaysInItsCellForOneStep) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    km::Field<T> omega(9, 21);
    omega(4, 7) = std::numeric_limits<T>::infinity();
    for (const auto& policy : TypeParam::Policies::with(km::Isa::automatic)) {
        km::Field<T> theta(9, 21);
        test::fill_distinct(theta.view(), 6);
        km::advance(policy, km::Euler{.dt = 0.1}, km::Model{km::SineLaplacian{}, omega}, theta, 1);
        for (std::ptrdiff_t i = 0; i < 9; ++i)
            for (std::ptrdiff_t j = 0; j < 21; ++j)
                EXPECT_EQ(kind_of(theta(i, j)), i == 4 && j == 7 ? Kind::plus_infinity : Kind::number);
    }
}
