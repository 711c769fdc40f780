// Boost.odeint on fields: its classical Runge–Kutta method against the library's, its others against the adaptive
// integration and the exact solution of two cells, the same bits under every policy, and what has to be refused.

#include "support/baseline_kernels.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/odeint.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <boost/numeric/odeint.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

namespace km = kuramoto;
namespace odeint = boost::numeric::odeint;

namespace {

template <class T> double largest_difference(const km::Field<T>& a, const km::Field<T>& b) {
    double largest = 0;
    for (std::ptrdiff_t i = 0; i < a.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < a.cols(); ++j)
            largest = std::fmax(largest, std::fabs(static_cast<double>(a(i, j)) - static_cast<double>(b(i, j))));
    return largest;
}

template <class T> struct Lattice {
    km::Field<T> omega;
    km::Field<T> start;

    explicit Lattice(std::ptrdiff_t rows = 13, std::ptrdiff_t cols = 22) : omega(rows, cols), start(rows, cols) {
        km::normal_frequencies(omega, 0.5, 0.3, 7);
        test::fill_distinct(start.view(), 4);
    }
    [[nodiscard]] auto model() const {
        return km::Model{km::Laplacian<km::SakaguchiSine>{.K = 0.75, .coupling = {.lag = 0.3}, .boundary = km::torus},
                         omega};
    }
    [[nodiscard]] auto system() const { return km::odeint_system(km::Fused{}, model()); }
    /// The phases later, by the library's own method.
    [[nodiscard]] km::Field<T> later(double duration) const {
        km::Field<T> theta = start;
        const double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-12;
        km::integrate(km::Fused{}, {.relative_tolerance = 0, .absolute_tolerance = tolerance}, model(), theta,
                      duration);
        return theta;
    }
};

template <class T> class Odeint : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Odeint, Precisions);

TYPED_TEST(Odeint, TakesAFieldForAState) {
    using State = km::Field<TypeParam>;
    static_assert(odeint::is_resizeable<State>::value);
    static_assert(
        std::is_same_v<typename odeint::algebra_dispatcher<State>::algebra_type, km::OdeintAlgebra<km::Fused>>);
    State a(3, 4);
    const State b(4, 3);
    EXPECT_FALSE(odeint::same_size(a, b)); // as many cells, but another shape
    odeint::resize(a, b);
    EXPECT_TRUE(odeint::same_size(a, b));
    EXPECT_EQ(a.rows(), 4);
    EXPECT_EQ(a.cols(), 3);
}

// The same method, so that nothing but the order of sums differs.
TYPED_TEST(Odeint, ClassicalRungeKuttaIsTheLibrarys) {
    using T = TypeParam;
    using State = km::Field<T>;
    const Lattice<T> lattice;
    State theirs = lattice.start;
    State ours = lattice.start;
    odeint::integrate_n_steps(odeint::runge_kutta4<State>(), lattice.system(), theirs, 0.0, 0.125, 40);
    km::advance(km::Fused{}, km::RungeKutta4{.dt = 0.125}, lattice.model(), ours, 40);
    EXPECT_LE(largest_difference(theirs, ours), 40 * 16 * static_cast<double>(std::numeric_limits<T>::epsilon()));
    EXPECT_GT(largest_difference(theirs, lattice.start), 1);
}

TYPED_TEST(Odeint, MethodsAgreeWithTheAdaptiveIntegration) {
    using T = TypeParam;
    using State = km::Field<T>;
    const Lattice<T> lattice;
    const State expected = lattice.later(4);
    const bool is_float = sizeof(T) == 4;
    const double tolerance = is_float ? 1e-6 : 1e-11;
    const double bound = is_float ? 5e-4 : 1e-8; // interpolation takes differences of floats
    const auto check = [&](const char* name, auto stepper, double dt) {
        State theta = lattice.start;
        odeint::integrate_const(stepper, lattice.system(), theta, 0.0, 4.0, dt);
        EXPECT_LE(largest_difference(theta, expected), bound) << name;
    };
    // (Adams & Bashforth's method without Moulton's is of first order in Boost 1.74, whatever the state: the integrate
    // functions do not count the steps it starts with.)
    check("Adams-Bashforth-Moulton", odeint::adams_bashforth_moulton<6, State>(), 1.0 / 256);
    check("Fehlberg 7(8)", odeint::runge_kutta_fehlberg78<State>(), 1.0 / 16);
    check("Cash-Karp", odeint::make_controlled<odeint::runge_kutta_cash_karp54<State>>(tolerance, tolerance), 0.125);
    check("Dormand-Prince, dense", odeint::make_dense_output<odeint::runge_kutta_dopri5<State>>(tolerance, tolerance),
          0.125);
    check("Bulirsch-Stoer", odeint::bulirsch_stoer<State>(tolerance, tolerance), 0.125);
    check("Bulirsch-Stoer, dense", odeint::bulirsch_stoer_dense_out<State>(tolerance, tolerance), 0.125);
}

// Two cells: tan(φ/2) = tan(φ₀/2) e^(−2Kt) (Adler 1946). The error of Adams, Bashforth & Moulton's method of order 5
// falls as dt⁵ at least: the rate, that is, is called with the right phases.
TEST(OdeintOrder, OfAdamsBashforthMoultonIsFive) {
    using State = km::Field<double>;
    const double K = 0.5;
    const double first = 2.5;
    const double exact = 2 * std::atan(std::tan(first / 2) * std::exp(-2 * K * 2.0));
    const auto error = [&](int steps) {
        State theta(1, 2);
        theta(0, 1) = first;
        const auto system = km::odeint_system(km::Fused{}, km::Model{km::SineLaplacian{.K = K}, 0.0});
        odeint::integrate_n_steps(odeint::adams_bashforth_moulton<5, State>(), system, theta, 0.0, 2.0 / steps,
                                  static_cast<std::size_t>(steps));
        return std::fabs(theta(0, 1) - theta(0, 0) - exact);
    };
    // Its first steps are made by a method of order 4.
    const double ratio = error(64) / error(128);
    EXPECT_GT(ratio, 20);
    EXPECT_LT(ratio, 80);
    EXPECT_LT(error(128), 1e-8);
}

#if !defined(__FAST_MATH__)
TYPED_TEST(Odeint, HasTheSameBitsUnderEveryPolicy) {
    using T = TypeParam;
    using State = km::Field<T>;
    for (const auto& [rows, cols] : {std::pair{61, 401}, {1, 9000}, {9000, 1}, {2, 3}}) {
        const Lattice<T> lattice(rows, cols);
        const auto run = [&](const auto& policy) {
            using Algebra = km::OdeintAlgebra<std::remove_cvref_t<decltype(policy)>>;
            State theta = lattice.start;
            odeint::runge_kutta_cash_karp54<State, double, State, double, Algebra> stepper(Algebra{policy});
            odeint::integrate_n_steps(stepper, km::odeint_system(policy, lattice.model()), theta, 0.0, 0.1, 5);
            return test::values_of(theta.view());
        };
        const auto expected = run(km::Fused{});
        EXPECT_EQ(test::first_difference(run(km::OpenMP{.threads = 3, .min_cells_per_thread = 1}), expected), -1);
        EXPECT_EQ(test::first_difference(run(test::Pool{.workers = 7}), expected), -1);
        EXPECT_EQ(test::first_difference(run(test::Pool{.workers = 4, .on_threads = true}), expected), -1);
        State theta = lattice.start; // the algebra that a Field has by itself
        odeint::integrate_n_steps(odeint::runge_kutta_cash_karp54<State>(), lattice.system(), theta, 0.0, 0.1, 5);
        EXPECT_EQ(test::first_difference(test::values_of(theta.view()), expected), -1);
    }
}
#endif

// On a lattice that rotates as a whole, steps grow until the last one is most of the time. For this time,
// integrate_adaptive with dense output does not return. The alternatives that the header recommends do.
TYPED_TEST(Odeint, EndsWhereTheHeaderSaysThatItDoes) {
    using T = TypeParam;
    using State = km::Field<T>;
    const double time = 0.7 * 11 + 0.037;
    const auto system = km::odeint_system(km::Fused{}, km::Model{km::SineLaplacian{.K = 0.5}, 0.25});
    const auto check = [&](const char* name, const auto& integrate) {
        State theta(1, 2);
        integrate(theta);
        EXPECT_NEAR(static_cast<double>(theta(0, 1)), 0.25 * time, 1e-6) << name;
    };
    const auto controlled = odeint::make_controlled<odeint::runge_kutta_dopri5<State>>(1e-6, 1e-6);
    const auto dense = odeint::make_dense_output<odeint::runge_kutta_dopri5<State>>(1e-6, 1e-6);
    check("integrate_adaptive, controlled",
          [&](State& theta) { odeint::integrate_adaptive(controlled, system, theta, 0.0, time, time / 100); });
    check("integrate_const, dense output",
          [&](State& theta) { odeint::integrate_const(dense, system, theta, 0.0, time, time / 8); });
    check("integrate_times, dense output", [&](State& theta) {
        const double times[] = {0, time / 2, time};
        odeint::integrate_times(dense, system, theta, times, times + 3, time / 100, odeint::null_observer());
    });
    check("integrate", [&](State& theta) { km::integrate(km::Fused{}, {}, system.model, theta, time); });
    // Dense output throws an error if no step is short enough.
    State theta(1, 2);
    theta(0, 1) = std::numeric_limits<T>::quiet_NaN();
    const double times[] = {0, 1, 2};
    EXPECT_THROW(odeint::integrate_times(dense, system, theta, times, times + 3, 0.1, odeint::null_observer()),
                 odeint::step_adjustment_error);
}

// With inertia the state is phases and velocities. Two methods agree with the library's, and a policy has no bits of
// its own.
TYPED_TEST(Odeint, AdvancesPhasesAndVelocitiesWithInertia) {
    using T = TypeParam;
    using State = km::Field<T>;
    const Lattice<T> lattice;
    const km::InertialModel model{km::Inertia{.mass = 1.5, .damping = 0.25}, lattice.model()};
    State theta = lattice.start;
    State velocity = lattice.omega;
    const State start = km::phase_space_state(theta, velocity);
    const double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-11;
    km::integrate(km::Fused{}, {.relative_tolerance = 0, .absolute_tolerance = tolerance}, model, theta, velocity, 4.0);
    const State expected = km::phase_space_state(theta, velocity);
    const double bound = sizeof(T) == 4 ? 1e-4 : 1e-8;
    ASSERT_GT(largest_difference(start, expected), 1);

    State state = start;
    odeint::integrate_n_steps(odeint::runge_kutta_fehlberg78<State>(), km::odeint_system(km::Fused{}, model), state,
                              0.0, 0.0625, 64);
    EXPECT_LE(largest_difference(state, expected), bound);
    const auto controlled = odeint::make_controlled<odeint::runge_kutta_cash_karp54<State>>(tolerance, tolerance);
    state = start;
    odeint::integrate_adaptive(controlled, km::odeint_system(km::OpenMP{.threads = 2}, model), state, 0.0, 4.0, 0.1);
    EXPECT_LE(largest_difference(state, expected), bound);
}

// A stepper that controls its error must not take a NaN for a small one.
TYPED_TEST(Odeint, RejectsStepsThatEndInNoNumber) {
    using T = TypeParam;
    using State = km::Field<T>;
    Lattice<T> lattice;
    lattice.start(3, 5) = std::numeric_limits<T>::quiet_NaN();
    auto stepper = odeint::make_controlled<odeint::runge_kutta_cash_karp54<State>>(1e-6, 1e-6);
    double time = 0;
    double dt = 0.1;
    EXPECT_EQ(stepper.try_step(lattice.system(), lattice.start, time, dt), odeint::fail);
    EXPECT_EQ(time, 0);
    EXPECT_LT(dt, 0.1);
    const km::OdeintAlgebra<> algebra;
    EXPECT_GT(algebra.norm_inf(lattice.start), std::numeric_limits<double>::max() / 2);
    lattice.start(3, 5) = T{-9};
    EXPECT_EQ(algebra.norm_inf(lattice.start), 9);
}

TYPED_TEST(Odeint, RefusesFieldsOfDifferentShapes) {
    using T = TypeParam;
    using State = km::Field<T>;
    const Lattice<T> lattice;
    State theta(13, 21);
    odeint::runge_kutta4<State> stepper;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 13 x 21", "omega is 13 x 22"),
                 stepper.do_step(lattice.system(), theta, 0.0, 0.1));
    // A stepper whose fields have got their shape.
    const auto free = km::odeint_system(km::Fused{}, km::Model{km::SineLaplacian{}, 1.0});
    State other(22, 13);
    odeint::runge_kutta4<State> fresh;
    fresh.do_step(free, theta, 0.0, 0.1);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("22 x 13"), fresh.do_step(free, other, 0.0, 0.1));
    fresh.adjust_size(other);
    fresh.do_step(free, other, 0.0, 0.1);
    EXPECT_NEAR(static_cast<double>(other(21, 12)), 0.1, 1e-7);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads"),
                 stepper.do_step(km::odeint_system(km::OpenMP{.threads = -1}, km::Model{km::SineLaplacian{}, 1.0}),
                                 theta, 0.0, 0.1));
}

TYPED_TEST(Odeint, AcceptsEmptyAndThinLattices) {
    using State = km::Field<TypeParam>;
    for (const auto& [rows, cols] : {std::pair{0, 0}, {0, 5}, {5, 0}, {1, 1}, {1, 4}, {4, 1}}) {
        State theta(rows, cols);
        const auto system = km::odeint_system(km::Fused{}, km::Model{km::SineLaplacian{}, 1.0});
        odeint::integrate_const(odeint::adams_bashforth_moulton<4, State>(), system, theta, 0.0, 1.0, 0.125);
        for (const auto phase : test::values_of(theta.view())) EXPECT_NEAR(static_cast<double>(phase), 1, 1e-6);
    }
}

} // namespace
