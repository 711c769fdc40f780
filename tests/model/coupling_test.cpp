// The couplings by themselves: their values against long double, their symmetries, the slopes that bound a time step,
// and the parameters that are refused. Under policies and edges they are tested with the rest
// (model/boundary_test.cpp).

#include <kuramoto/kuramoto.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace km = kuramoto;

namespace {

// By pointers that the compiler cannot see through: under -ffast-math GCC would put the fsin of the x87 in place of the
// C library's functions, and that is far off.
long double (*const volatile sine)(long double) = sinl;
long double (*const volatile cosine)(long double) = cosl;

template <class T> class Couplings : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Couplings, Precisions);

/// Phase differences: dense near zero, over some turns, and far out where the C library takes over.
template <class T> std::vector<T> differences() {
    std::vector<T> found;
    for (int k = 0; k < 4000; ++k) found.push_back(test::distinct_value<T>(k, 99) * T{2.5});
    for (int k = 0; k < 200; ++k) found.push_back(test::distinct_value<T>(k, 7) * T{1000});
    for (const double value : {0.0, 1e-20, 3e5, -4e6}) found.push_back(static_cast<T>(value));
    return found;
}

/// What a lattice of pairs makes of a coupling: row k holds two cells of difference d[k], K = 1; the rates of the first
/// are f(d), those of the second f(−d).
template <class T, class C> struct Pairs {
    std::vector<T> forward;
    std::vector<T> backward;

    template <class P> Pairs(const P& policy, const C& coupling, const std::vector<T>& d) {
        const auto n = static_cast<std::ptrdiff_t>(d.size());
        for (std::ptrdiff_t k = 0; k < n; ++k) {
            km::Field<T> theta(1, 2), rate(1, 2);
            theta(0, 1) = d[static_cast<std::size_t>(k)];
            km::apply(policy, km::Laplacian<C>{.K = 1, .coupling = coupling}, theta, rate);
            forward.push_back(rate(0, 0));
            backward.push_back(rate(0, 1));
        }
    }
};

TYPED_TEST(Couplings, OfALagAreSinesOfTheShiftedDifference) {
    using T = TypeParam;
    const std::vector<T> d = differences<T>();
    const long double unit = static_cast<long double>(std::numeric_limits<T>::epsilon());
    for (const double lag : {0.0, 0.4, -1.3, 1.5707963, 3.0, 40.0})
        for (const km::Isa isa : test::supported_isas()) {
            const Pairs<T, km::SakaguchiSine> pairs(km::Fused{.isa = isa}, {.lag = lag}, d);
            for (std::size_t k = 0; k < d.size(); ++k) {
                const auto difference = static_cast<long double>(d[k]);
                const auto shift = static_cast<long double>(lag);
                // Not sin(d − α), which would round d − α.
                const long double part = sine(difference) * cosine(shift);
                const long double rest = cosine(difference) * sine(shift);
                EXPECT_NEAR(static_cast<double>(pairs.forward[k]), static_cast<double>(part - rest),
                            static_cast<double>(3 * unit))
                    << difference << ", " << lag;
                EXPECT_NEAR(static_cast<double>(pairs.backward[k]), static_cast<double>(-part - rest),
                            static_cast<double>(3 * unit))
                    << difference << ", " << lag;
            }
        }
}

TYPED_TEST(Couplings, OfHarmonicsAreTheirSum) {
    using T = TypeParam;
    const std::vector<T> d = differences<T>();
    const long double unit = static_cast<long double>(std::numeric_limits<T>::epsilon());
    const km::Harmonics<4> four{{1.0, -0.5, 0.25, 2.0}};
    const km::Harmonics<1> one{{-1.5}};
    for (const km::Isa isa : test::supported_isas()) {
        const Pairs<T, km::Harmonics<4>> pairs(km::Fused{.isa = isa}, four, d);
        const Pairs<T, km::Harmonics<1>> single(km::Fused{.isa = isa}, one, d);
        for (std::size_t k = 0; k < d.size(); ++k) {
            const auto x = static_cast<long double>(d[k]);
            const long double sum = sine(x) - 0.5L * sine(2 * x) + 0.25L * sine(3 * x) + 2 * sine(4 * x);
            // Errors of 2 cos d and of the sums grow like Σ k |aₖ| ‖U‖, where |U| ≤ k.
            EXPECT_NEAR(static_cast<double>(pairs.forward[k]), static_cast<double>(sum), static_cast<double>(40 * unit))
                << d[k];
            EXPECT_NEAR(static_cast<double>(single.forward[k]), static_cast<double>(-1.5L * sine(x)),
                        static_cast<double>(3 * unit));
#if !defined(__FAST_MATH__)
            EXPECT_EQ(pairs.backward[k], -pairs.forward[k]) << d[k];
#endif
        }
    }
}

TYPED_TEST(Couplings, AreCallableWithNumbers) {
    using T = TypeParam;
    const T d = T{0.75};
    const T unit = std::numeric_limits<T>::epsilon();
    EXPECT_NEAR(km::SakaguchiSine{.lag = 0.5}(d), std::sin(T{0.25}), unit);
    EXPECT_NEAR((km::Harmonics<3>{{1, 2, 3}}(d)), std::sin(d) + 2 * std::sin(2 * d) + 3 * std::sin(3 * d), 16 * unit);
    EXPECT_EQ(km::Linear{}(d), d);
}

// A lag of zero is the sine, and one harmonic is a factor.
TYPED_TEST(Couplings, ContainTheSine) {
    using T = TypeParam;
    km::Field<T> theta(9, 31), rate(9, 31), expected(9, 31);
    test::fill_distinct(theta.view(), 3);
    km::apply(km::Fused{}, km::SineLaplacian{.K = 1}, theta, expected);
    const auto check = [&](const auto& laplacian, T tolerance) {
        for (std::ptrdiff_t k = 0; k < rate.size(); ++k) rate.data()[k] = 0;
        km::apply(km::Fused{}, laplacian, theta, rate);
        for (std::ptrdiff_t i = 0; i < 9; ++i)
            for (std::ptrdiff_t j = 0; j < 31; ++j) ASSERT_NEAR(rate(i, j), expected(i, j), tolerance);
    };
    check(km::Laplacian<km::SakaguchiSine>{.K = 1, .coupling = {.lag = 0}}, 16 * std::numeric_limits<T>::epsilon());
    check(km::Laplacian<km::Harmonics<1>>{.K = 1, .coupling = {{1.0}}}, 2 * std::numeric_limits<T>::epsilon());
    check(km::Laplacian<km::Harmonics<3>>{.K = 1, .coupling = {{1.0, 0.0, 0.0}}},
          16 * std::numeric_limits<T>::epsilon());
}

// A lattice without edges in the synchronous state turns at ω − 4 K sin α; with zero-flux edges the outer cells, which
// have fewer neighbours, turn slower: the lag drives waves inwards or outwards.
TEST(SakaguchiSine, DrivesASynchronousLattice) {
    km::Field<double> theta(5, 8), rate(5, 8);
    const double lag = 0.3;
    const km::Laplacian<km::SakaguchiSine> torus{.K = 2, .coupling = {.lag = lag}, .boundary = km::torus};
    km::rate(km::Fused{}, km::Model{torus, 1.0}, theta, rate);
    for (std::ptrdiff_t i = 0; i < 5; ++i)
        for (std::ptrdiff_t j = 0; j < 8; ++j) EXPECT_NEAR(rate(i, j), 1 - 8 * std::sin(lag), 1e-14);
    const km::Laplacian<km::SakaguchiSine> open{.K = 2, .coupling = {.lag = lag}};
    km::rate(km::Fused{}, km::Model{open, 1.0}, theta, rate);
    EXPECT_NEAR(rate(0, 0), 1 - 4 * std::sin(lag), 1e-14);
    EXPECT_NEAR(rate(0, 3), 1 - 6 * std::sin(lag), 1e-14);
    EXPECT_NEAR(rate(2, 3), 1 - 8 * std::sin(lag), 1e-14);
}

TEST(Slopes, BoundTheStableStep) {
    const km::Laplacian<km::SakaguchiSine> lagging{.K = 2, .coupling = {.lag = 1}};
    EXPECT_EQ(km::max_stable_dt(km::Euler{}, lagging), 0.125);
    const km::Laplacian<km::Harmonics<3>> harmonics{.K = 1, .coupling = {{1, -0.5, 0.25}}};
    EXPECT_EQ(km::max_stable_dt(km::Euler{}, harmonics), 0.25 / 2.75);
    const km::Field<float> theta(2, 2);
    EXPECT_THROW(km::Simulation(km::Model{harmonics, 0.0}, theta, km::Euler{.dt = 0.1}), std::invalid_argument);
}

TEST(Parameters, ThatCannotBeAreRefused) {
    km::Field<float> theta(2, 3), rate(2, 3);
    const km::Laplacian<km::SakaguchiSine> lagging{.K = 1, .coupling = {.lag = HUGE_VAL}};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("lag must be finite, but is inf"),
                 km::apply(km::Fused{}, lagging, theta, rate));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("lag must be finite"),
                 km::advance(km::Serial{}, km::Heun{}, km::Model{lagging, 0.0}, theta, 1));
    const km::Laplacian<km::Harmonics<2>> harmonics{.K = 1, .coupling = {{1, 1e300}}};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("a[1] = 1e+300 is too large"),
                 km::apply(km::Fused{}, harmonics, theta, rate));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("a[1] = 1e+300 is too large"),
                 km::Simulation(km::Model{harmonics, 0.0}, theta, km::Euler{}, km::Stability::unchecked));
}

template <class Level> inline constexpr int vectors_of = 1;
template <class Level> inline constexpr int vectors_of<km::detail::Twice<Level>> = 2 * vectors_of<Level>;

/// A coupling that takes `Most` vectors at once or fewer.
template <class C, int Most> struct AtMost {
    static constexpr bool odd = C::odd;
    template <class T, class Level>
    requires(vectors_of<Level> <= Most)
    km::Lanes<T, Level> operator()(const km::Lanes<T, Level>& d) const {
        return coupling(d);
    }
    template <class T, class Level>
    requires(vectors_of<Level> <= Most && !C::odd)
    km::BothWays<km::Lanes<T, Level>> both_ways(const km::Lanes<T, Level>& d) const {
        return coupling.both_ways(d);
    }

    C coupling = {};
};

/// Both fluxes of a bond, of one vector only: two vectors would get them in another way.
struct BothWaysOfOneVector {
    static constexpr bool odd = false;
    template <class V> V operator()(const V& d) const { return km::sin(d) + V(0.5F); }
    template <class T, class Level>
    requires(!requires(km::Lanes<T, Level> d) { d.second; })
    km::BothWays<km::Lanes<T, Level>> both_ways(const km::Lanes<T, Level>& d) const {
        const km::Lanes<T, Level> of = km::sin(d);
        return {of + km::Lanes<T, Level>(0.5F), km::Lanes<T, Level>(0.5F) - of};
    }
};

/// `algorithm(laplacian, field)` gives the same field for couplings that take one vector at once, two, or any number.
template <class T, class C, class Algorithm>
void expect_same_results(const C& coupling, const Algorithm& algorithm, const std::string& name) {
    constexpr std::ptrdiff_t rows = 7, cols = 95; // for every width: pairs of vectors, one more, and a tail
    const auto result = [&]<class Taken>(const Taken& of_vectors) {
        km::Field<T> field(rows, cols);
        test::fill_distinct(field.view(), 99, T{40000});
        algorithm(km::Laplacian<Taken>{.K = 1.0, .coupling = of_vectors, .boundary = km::torus}, field);
        return test::values_of(field.view());
    };
    const std::vector<T> any = result(coupling);
    EXPECT_EQ(test::first_difference(any, result(AtMost<C, 1>{coupling})), -1) << name << ", one vector";
    EXPECT_EQ(test::first_difference(any, result(AtMost<C, 2>{coupling})), -1) << name << ", two vectors";
}
template <class T, class C> void expect_same_for_any_number_of_vectors(const C& coupling) {
    for (const km::Isa isa : test::supported_isas()) {
        const km::Fused policy{.isa = isa};
        const auto apply = [&](const auto& laplacian, km::Field<T>& field) {
            const km::Field<T> theta = field;
            km::apply(policy, laplacian, theta, field);
        };
        expect_same_results<T>(coupling, apply, std::string("apply, ") + km::name(isa));
        const auto advance = [&](const auto& stepper, const char* name) {
            const auto steps = [&](const auto& laplacian, km::Field<T>& field) {
                km::advance(policy, stepper, km::Model{laplacian, 0.25}, field, 5);
            };
            expect_same_results<T>(coupling, steps, std::string(name) + ", " + km::name(isa));
        };
        advance(km::Euler{.dt = 0.05}, "Euler");
        advance(km::RungeKutta4{.dt = 0.05}, "RungeKutta4");
    }
}

// A kernel calls a coupling with both bonds of a cell at once, and with those of two vectors of cells, if it can.
TYPED_TEST(Couplings, CanTakeOneVectorAtATime) {
    using T = TypeParam;
    using Two = km::Lanes<T, km::detail::Twice<km::detail::Baseline>>;
    using One = typename Two::Half;
    static_assert(km::Coupling<BothWaysOfOneVector, T> && !km::detail::MapsTwo<BothWaysOfOneVector, One, Two> &&
                  km::detail::MapsTwo<km::Sine, One, Two>);
    static_assert(km::detail::MapsTwo<km::detail::PreparedLag<T>, One, Two>);
    static_assert(km::Coupling<AtMost<km::Sine, 1>, T> && !km::MapsLanes<AtMost<km::Sine, 1>, Two> &&
                  km::MapsLanes<km::Sine, Two>);
    static_assert(km::detail::MapsTwo<AtMost<km::Sine, 2>, One, Two> &&
                  !km::detail::MapsFour<AtMost<km::Sine, 2>, One>);
    static_assert(!km::detail::MapsFour<BothWaysOfOneVector, One> && km::detail::MapsFour<km::Sine, One> &&
                  km::detail::MapsFour<km::detail::PreparedLag<T>, One>);
    expect_same_for_any_number_of_vectors<T>(km::Sine{});
    expect_same_for_any_number_of_vectors<T>(km::detail::PreparedLag<T>{T(0.96), T(0.28)});
}

} // namespace
