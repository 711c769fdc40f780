// Inertia with VelocityVerlet and BAOAB: the recurrence in long double, the exact solution of linear modes, the second
// order, reversibility, the energy that it keeps, and its limit without mass.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/couplings.hpp"
#include "support/expect_error.hpp"
#include "support/inertia_oracle.hpp"
#include "support/layouts.hpp"
#include "support/oracle.hpp"
#include "support/policies.hpp"
#include "support/problem.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

using test::Exact;
using test::Problem;

constexpr double pi = 3.14159265358979323846;

const km::Boundary some_boundaries[] = {
    {},
    km::torus,
    {.north = km::fixed_phase(0.5), .south = km::fixed_flux(0.75), .west = km::periodic, .east = km::periodic}};

constexpr km::Inertia some_inertias[] = {
    {.mass = 1.5, .damping = 0}, {.mass = 0.75, .damping = 0.5}, {.mass = 0.1, .damping = 4}};

template <class T> struct State {
    std::vector<T> theta;
    std::vector<T> velocity;
};

/// Velocities that are all different, and not the phases.
template <class T> State<T> start_of(const Problem<T>& problem) {
    test::Cells<T> velocity(test::Layout::contiguous, problem.rows, problem.cols);
    test::fill_distinct(velocity.view(), 55, T{0.5});
    return {problem.theta, test::values_of(velocity.view())};
}

constexpr km::BAOAB stepper{.dt = 0.0625, .temperature = 0.75, .seed = 11};
constexpr std::int64_t first_step = 5;

template <class T, class P, class Lattice>
State<T> run_under(const P& policy, const Problem<T>& problem, const State<T>& start, const Lattice& lattice,
                   const km::Inertia& inertia, int steps, test::Layout layout) {
    test::Cells<T> theta(layout, problem.rows, problem.cols);
    test::Cells<T> velocity(layout, problem.rows, problem.cols);
    test::Cells<T> omega(test::Layout::padded, problem.rows, problem.cols);
    test::assign(theta.view(), start.theta);
    test::assign(velocity.view(), start.velocity);
    test::assign(omega.view(), problem.omega);
    const km::InertialModel model{inertia, km::Model{lattice, omega.view()}};
    km::advance(policy, stepper, model, theta.view(), velocity.view(), steps, first_step);
    EXPECT_TRUE(theta.canaries_alive() && velocity.canaries_alive() && omega.canaries_alive());
    return {test::values_of(theta.view()), test::values_of(velocity.view())};
}

template <class T, class P, class Lattice>
State<T> run(const P& policy, const Problem<T>& problem, const State<T>& start, const Lattice& lattice,
             const km::Inertia& inertia, int steps, test::Layout layout = test::Layout::contiguous) {
    return run_under(test::erased(policy), problem, start, lattice, inertia, steps, layout);
}

// --- against long double --------------------------------------------------------------------------------------------

template <class T> class Inertia : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Inertia, Precisions);

/// The numbers of `inertia` in every cell.
test::ExactInertia exact_inertia(const km::Inertia& inertia, std::size_t cells) {
    return {static_cast<long double>(stepper.dt), Exact(cells, static_cast<long double>(inertia.mass)),
            Exact(cells, static_cast<long double>(inertia.damping)), static_cast<long double>(stepper.temperature),
            stepper.seed};
}

template <class T, class C> void check_against_the_oracle(const C& coupling) {
    for (const auto& [rows, cols] :
         {std::pair{1, 1}, std::pair{1, 40}, std::pair{40, 1}, std::pair{2, 3}, std::pair{17, 33}, std::pair{60, 5}}) {
        const Problem<T> problem(rows, cols);
        const State<T> start = start_of(problem);
        for (const km::Boundary& boundary : some_boundaries)
            for (const km::Inertia& inertia : some_inertias) {
                const test::Lattice<> lattice{rows, cols, test::ExactCoupling(coupling), 1.25L, boundary};
                test::ExactInertialRun<T> exact{test::exact(start.theta), test::exact(start.velocity)};
                for (int step = 0; step < 4; ++step)
                    exact.step(lattice, test::exact(problem.omega), exact_inertia(inertia, start.theta.size()),
                               static_cast<std::uint64_t>(first_step + step));
                const auto check = [&](const auto& policy, test::Layout layout, const char* name) {
                    const km::Laplacian<C> laplacian{.K = 1.25, .coupling = coupling, .boundary = boundary};
                    const State<T> found = run(policy, problem, start, laplacian, inertia, 4, layout);
                    for (std::size_t k = 0; k < found.theta.size(); ++k) {
                        ASSERT_LE(std::fabs(static_cast<long double>(found.theta[k]) - exact.theta[k]),
                                  exact.theta_error)
                            << name << ", " << problem.rows << " x " << problem.cols << ", m " << inertia.mass;
                        ASSERT_LE(std::fabs(static_cast<long double>(found.velocity[k]) - exact.velocity[k]),
                                  exact.velocity_error)
                            << name << ", " << problem.rows << " x " << problem.cols << ", m " << inertia.mass;
                    }
                };
                for (const test::Layout layout : test::all_layouts) check(km::Fused{}, layout, test::name(layout));
                check(km::Serial{}, test::Layout::window, "Serial");
                check(km::OpenMP{.threads = 2, .min_cells_per_thread = 1}, test::Layout::contiguous, "OpenMP");
                check(test::Pool{.workers = 3}, test::Layout::contiguous, "Pool");
            }
    }
}

TYPED_TEST(Inertia, IsThatOfTheOracle) {
    check_against_the_oracle<TypeParam>(km::Sine{});
    check_against_the_oracle<TypeParam>(km::SakaguchiSine{.lag = 0.4});
}

// --- linear modes ---------------------------------------------------------------------------------------------------

double eigenvalue(int p, int q, std::ptrdiff_t rows, std::ptrdiff_t cols) {
    const double sine_p = std::sin(pi * p / (2 * static_cast<double>(rows)));
    const double sine_q = std::sin(pi * q / (2 * static_cast<double>(cols)));
    return 4 * (sine_p * sine_p + sine_q * sine_q);
}

// A cosine mode of the zero-flux Laplacian has one amplitude for the phases and one for the velocities.
km::Field<double> mode(std::ptrdiff_t rows, std::ptrdiff_t cols, int p, int q, double amplitude) {
    km::Field<double> field(rows, cols);
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j)
            field(i, j) = amplitude * std::cos(pi * p * (static_cast<double>(i) + 0.5) / static_cast<double>(rows)) *
                          std::cos(pi * q * (static_cast<double>(j) + 0.5) / static_cast<double>(cols));
    return field;
}

TEST(VelocityVerlet, MultipliesLinearModesExactly) {
    const std::ptrdiff_t rows = 9;
    const std::ptrdiff_t cols = 14;
    const double K = 0.9;
    const double dt = 0.2;
    const int steps = 37;
    for (const km::Inertia& inertia : some_inertias)
        for (const std::pair<int, int>& wave : {std::pair{0, 1}, std::pair{3, 5}, std::pair{8, 13}}) {
            const km::Field<double> shape = mode(rows, cols, wave.first, wave.second, 1);
            km::Field<double> theta = shape;
            km::Field<double> velocity = mode(rows, cols, wave.first, wave.second, -0.5);
            const km::InertialModel model{inertia, km::Model{km::LinearLaplacian{.K = K}, 0.0}};
            km::advance(km::Fused{}, km::VelocityVerlet{.dt = dt}, model, theta, velocity, steps);
            const double c = std::exp(-inertia.damping * dt / inertia.mass);
            const double push = dt / (2 * inertia.mass) * K * eigenvalue(wave.first, wave.second, rows, cols);
            double phase = 1;
            double speed = -0.5;
            double largest = 1;
            for (int step = 0; step < steps; ++step) {
                speed -= push * phase;
                phase += dt / 2 * speed;
                speed *= c;
                phase += dt / 2 * speed;
                speed -= push * phase;
                largest = std::fmax(largest, std::fabs(phase) + std::fabs(speed));
            }
            for (std::ptrdiff_t k = 0; k < theta.size(); ++k) {
                ASSERT_NEAR(theta.data()[k], phase * shape.data()[k], 2e-13 * largest) << wave.first;
                ASSERT_NEAR(velocity.data()[k], speed * shape.data()[k], 2e-13 * largest) << wave.first;
            }
        }
}

// Undamped, a mode turns by a known angle per step: sin(angle / 2) = dt/2 · √(Kλ/m). Its amplitude stays.
TEST(VelocityVerlet, TurnsAnUndampedModeByAKnownAngle) {
    const double K = 0.9;
    const double mass = 2.0;
    const double dt = 0.3;
    const double angle = 2 * std::asin(dt / 2 * std::sqrt(K * eigenvalue(0, 5, 1, 12) / mass));
    const km::Field<double> shape = mode(1, 12, 0, 5, 1);
    km::Field<double> theta = shape, velocity(1, 12); // at rest
    const km::InertialModel model{km::Inertia{.mass = mass}, km::Model{km::LinearLaplacian{.K = K}, 0.0}};
    km::advance(km::Fused{}, km::VelocityVerlet{.dt = dt}, model, theta, velocity, 10007);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k)
        EXPECT_NEAR(theta.data()[k], std::cos(10007 * angle) * shape.data()[k], 1e-9);
}

// Without a force a velocity decays as e^(−γ t/m), exactly at any time step.
TEST(VelocityVerlet, DampsAFreeVelocityExactly) {
    const km::Model free{km::SineLaplacian{.K = 0}, 0.0};
    for (const double damping : {1e-9, 0.01, 0.3, 1.0, 30.0, 1e4}) {
        km::Field<double> theta(1, 3), velocity(1, 3);
        velocity.fill(2);
        const km::InertialModel model{km::Inertia{.mass = 0.5, .damping = damping}, free};
        km::advance(km::Fused{}, km::VelocityVerlet{.dt = 0.125}, model, theta, velocity, 8);
        EXPECT_NEAR(velocity(0, 1) / 2, std::exp(-damping * 2), 1e-14);
        EXPECT_NEAR((2 - velocity(0, 1)) / 2, -std::expm1(-damping * 2), 4e-15 + 1e-14 * damping);
    }
}

// With the velocity turned round, the undamped method goes back to where it came from.
TEST(VelocityVerlet, IsReversibleWithoutDamping) {
    km::Field<double> theta(9, 13), velocity(9, 13);
    test::fill_distinct(theta.view(), 3);
    test::fill_distinct(velocity.view(), 4);
    const km::Field<double> start = theta, speeds = velocity;
    const km::InertialModel model{km::Inertia{.mass = 1.5}, km::Model{km::SineLaplacian{.K = 0.75}, 0.25}};
    const km::VelocityVerlet method{.dt = 0.125};
    km::advance(km::Fused{}, method, model, theta, velocity, 40);
    EXPECT_GT(std::fabs(theta(4, 5) - start(4, 5)), 0.1);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) velocity.data()[k] = -velocity.data()[k];
    km::advance(km::Fused{}, method, model, theta, velocity, 40);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) {
        EXPECT_NEAR(theta.data()[k], start.data()[k], 1e-9);
        EXPECT_NEAR(velocity.data()[k], -speeds.data()[k], 1e-9);
    }
}

// --- two cells: a pendulum, φ̈ = [Δ − γ φ̇ − 2K sin φ] / m ------------------------------------------------------------

struct Pendulum {
    double phi;
    double speed;
};

constexpr double pendulum_K = 0.75;
constexpr double pendulum_delta = 0.25;

/// The pendulum after the time t, by a method of order 4 with far shorter steps.
Pendulum exact_pendulum(const km::Inertia& inertia, Pendulum at, double t) {
    const int steps = 20000;
    const double dt = t / steps;
    const auto flow = [&](const Pendulum& p) {
        return Pendulum{p.speed,
                        (pendulum_delta - inertia.damping * p.speed - 2 * pendulum_K * std::sin(p.phi)) / inertia.mass};
    };
    const auto moved = [](const Pendulum& p, double by, const Pendulum& k) {
        return Pendulum{p.phi + by * k.phi, p.speed + by * k.speed};
    };
    for (int step = 0; step < steps; ++step) {
        const Pendulum k1 = flow(at);
        const Pendulum k2 = flow(moved(at, dt / 2, k1));
        const Pendulum k3 = flow(moved(at, dt / 2, k2));
        const Pendulum k4 = flow(moved(at, dt, k3));
        at = moved(moved(moved(moved(at, dt / 6, k1), dt / 3, k2), dt / 3, k3), dt / 6, k4);
    }
    return at;
}

template <class P>
Pendulum pendulum_after(const P& policy, const km::Inertia& inertia, Pendulum at, double t, int steps) {
    km::Field<double> theta(2, 1), velocity(2, 1), omega(2, 1);
    theta(1, 0) = at.phi;
    velocity(1, 0) = at.speed;
    omega(0, 0) = 0.5;
    omega(1, 0) = 0.5 + pendulum_delta;
    const km::InertialModel model{inertia, km::Model{km::SineLaplacian{.K = pendulum_K}, omega}};
    km::advance(policy, km::VelocityVerlet{.dt = t / steps}, model, theta, velocity, steps);
    return {theta(1, 0) - theta(0, 0), velocity(1, 0) - velocity(0, 0)};
}

TEST(VelocityVerlet, ConvergesWithOrderTwo) {
    const Pendulum start{2.0, 0.5};
    const auto check = [&](const auto& policy, const km::Inertia& inertia) {
        const Pendulum exact = exact_pendulum(inertia, start, 4.0);
        Pendulum last{};
        for (const int steps : {40, 80, 160, 320}) {
            const Pendulum found = pendulum_after(policy, inertia, start, 4.0, steps);
            const Pendulum error{std::fabs(found.phi - exact.phi), std::fabs(found.speed - exact.speed)};
            if (steps > 40) {
                EXPECT_NEAR(std::log2(last.phi / error.phi), 2.0, 0.1) << steps << ", damping " << inertia.damping;
                EXPECT_NEAR(std::log2(last.speed / error.speed), 2.0, 0.1) << steps << ", damping " << inertia.damping;
            }
            last = error;
        }
        EXPECT_LT(last.phi, 1e-3);
    };
    check(km::Fused{}, {.mass = 1.25, .damping = 0});
    check(km::Fused{}, {.mass = 1.25, .damping = 0.75});
    check(km::Serial{}, {.mass = 0.5, .damping = 2});
}

// As m → 0 what is left is the model of first order, γ θ̇ = ω + K ∇·sin(∇θ): the difference is proportional to m.
TEST(Inertia, OfASmallMassIsTheModelOfFirstOrder) {
    km::Field<double> start(5, 7), omega(5, 7);
    test::fill_distinct(start.view(), 3, 0.25);
    test::fill_distinct(omega.view(), 4, 0.25);
    const double damping = 2;
    const double time = 1.5;
    // γ θ̇ = rate: the same rate over a time that is shorter by γ.
    km::Field<double> limit = start;
    const km::Model first_order{km::SineLaplacian{.K = 1.25}, omega};
    km::advance(km::Fused{}, km::RungeKutta4{.dt = time / damping / 400}, first_order, limit, 400);
    std::vector<double> distances;
    for (const double mass : {0.04, 0.02, 0.01}) {
        km::Field<double> theta = start, velocity(5, 7);
        km::rate(km::Fused{}, first_order, theta, velocity); // the velocity of first order at the beginning
        for (std::ptrdiff_t k = 0; k < velocity.size(); ++k) velocity.data()[k] /= damping;
        const km::InertialModel model{km::Inertia{.mass = mass, .damping = damping}, first_order};
        km::advance(km::Fused{}, km::VelocityVerlet{.dt = time / 6000}, model, theta, velocity, 6000);
        double largest = 0;
        for (std::ptrdiff_t k = 0; k < theta.size(); ++k)
            largest = std::fmax(largest, std::fabs(theta.data()[k] - limit.data()[k]));
        distances.push_back(largest);
    }
    EXPECT_LT(distances[2], 0.02);
    for (std::size_t k = 1; k < distances.size(); ++k) EXPECT_NEAR(distances[k - 1] / distances[k], 2.0, 0.2);
}

// --- energy and stability -------------------------------------------------------------------------------------------

double energy_of(const km::Laplacian<km::Sine>& lattice, double mass, const km::Field<double>& theta,
                 const km::Field<double>& velocity) {
    double kinetic = 0;
    for (std::ptrdiff_t k = 0; k < velocity.size(); ++k) kinetic += velocity.data()[k] * velocity.data()[k];
    return km::energy(lattice, theta) + mass / 2 * kinetic;
}

// The error of the energy is of the order dt², and does not grow in ten times the time.
TEST(VelocityVerlet, KeepsTheEnergyToSecondOrder) {
    const double mass = 1.5;
    const km::SineLaplacian lattice{.K = 0.8, .boundary = km::torus};
    const km::InertialModel model{km::Inertia{.mass = mass}, km::Model{lattice, 0.0}};
    const auto largest_error = [&](double dt, double time) {
        km::Field<double> theta(11, 16), velocity(11, 16);
        test::fill_distinct(theta.view(), 7, 0.25);
        test::fill_distinct(velocity.view(), 8, 0.25);
        const double first = energy_of(lattice, mass, theta, velocity);
        double largest = 0;
        for (int k = 0; k < static_cast<int>(time / 0.8 + 0.5); ++k) {
            const auto steps = static_cast<std::int64_t>(0.8 / dt + 0.5);
            km::advance(km::Fused{}, km::VelocityVerlet{.dt = dt}, model, theta, velocity, steps);
            largest = std::fmax(largest, std::fabs(energy_of(lattice, mass, theta, velocity) - first));
        }
        return largest;
    };
    const double coarse = largest_error(0.2, 40);
    const double fine = largest_error(0.1, 40);
    EXPECT_GT(coarse, 1e-3);
    EXPECT_NEAR(std::log2(coarse / fine), 2.0, 0.25);
    EXPECT_LT(largest_error(0.1, 400), 1.5 * fine);
}

// A linear mode keeps m/2 v² + (Kλ/2) (1 − dt² Kλ/4m) θ² exactly.
TEST(VelocityVerlet, KeepsTheShiftedEnergyOfALinearMode) {
    const double mass = 1.5;
    const double K = 0.8;
    const km::InertialModel model{km::Inertia{.mass = mass}, km::Model{km::LinearLaplacian{.K = K}, 0.0}};
    const double dt = 0.9 * km::max_stable_dt(km::VelocityVerlet{}, model);
    const double stiffness = K * eigenvalue(0, 7, 1, 8);
    km::Field<double> theta = mode(1, 8, 0, 7, 0.5);
    km::Field<double> velocity = mode(1, 8, 0, 7, -0.25);
    const auto energy = [&] {
        const double phase = theta(0, 0);
        const double speed = velocity(0, 0);
        return mass * speed * speed + stiffness * (1 - dt * dt * stiffness / (4 * mass)) * phase * phase;
    };
    const double first = energy();
    for (int step = 0; step < 3000; ++step) {
        km::advance(km::Fused{}, km::VelocityVerlet{.dt = dt}, model, theta, velocity, 1);
        ASSERT_NEAR(energy(), first, 1e-10 * first) << step;
    }
}

// Just below the largest stable step the steepest mode stays where it is, just above it grows; the damping does not
// matter.
TEST(VelocityVerlet, IsStableUpToItsLargestStep) {
    const auto check = [](const auto& of, double stiffness) {
        for (const double damping : {0.0, 0.5}) {
            const km::InertialModel model{km::Inertia{.mass = 0.7, .damping = damping}, of};
            const double most = km::max_stable_dt(km::VelocityVerlet{}, model);
            EXPECT_NEAR(most, 2 * std::sqrt(0.7 / stiffness), 1e-14);
            for (const double share : {0.99, 1.01}) {
                km::Field<double> theta(6, 8), velocity(6, 8);
                for (std::ptrdiff_t i = 0; i < 6; ++i)
                    for (std::ptrdiff_t j = 0; j < 8; ++j) theta(i, j) = (i + j) % 2 == 0 ? 1e-6 : -1e-6;
                double largest = 0; // past the small differences of a linear mode it comes back
                for (int k = 0; k < 100; ++k) {
                    km::advance(km::Fused{}, km::VelocityVerlet{.dt = share * most}, model, theta, velocity, 20);
                    largest = std::fmax(largest, std::fabs(theta(2, 3)));
                }
                if (share < 1)
                    EXPECT_LT(largest, 2e-5) << damping;
                else
                    EXPECT_GT(largest, 1e-2) << damping;
            }
        }
    };
    const km::Model lattice{km::SineLaplacian{.K = 1.5, .boundary = km::torus}, 0.0};
    check(lattice, 12);
    check(km::MeanFieldModel{km::MeanField{.K = 2.5}, 0.0}, 2.5);
    check(km::MeanFieldModel{km::MeanField{.K = 2.5}, lattice}, 14.5);
    const km::Model free{km::SineLaplacian{.K = 0}, 0.0};
#if !defined __FAST_MATH__ // which knows no infinities
    EXPECT_EQ(km::max_stable_dt(km::VelocityVerlet{}, km::InertialModel{km::Inertia{}, free}), HUGE_VAL);
#else
    static_cast<void>(free);
#endif
}

// --- mean field and errors -------------------------------------------------------------------------------------------

TYPED_TEST(Inertia, OfMeanFieldIsTheRecurrenceOfTheRate) {
    using T = TypeParam;
    km::Field<T> theta(9, 11), velocity(9, 11), before(9, 11), after(9, 11), omega(9, 11);
    test::fill_distinct(theta.view(), 5);
    test::fill_distinct(velocity.view(), 6);
    test::fill_distinct(omega.view(), 7);
    const km::MeanFieldModel pull{km::MeanField{.K = 1.5, .lag = 0.3}, omega};
    km::Field<T> phases = theta, speeds = velocity;
    km::rate(km::Fused{}, pull, theta, before);
    const km::InertialModel model{km::Inertia{.mass = 2, .damping = 0.5}, pull};
    km::advance(km::Fused{}, km::VelocityVerlet{.dt = 0.125}, model, theta, velocity, 1);
    km::rate(km::Fused{}, pull, theta, after);
    const double c = std::exp(-0.5 * 0.125 / 2);
    const double tolerance = 16 * static_cast<double>(std::numeric_limits<T>::epsilon());
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) {
        double speed = static_cast<double>(speeds.data()[k]) + 0.03125 * static_cast<double>(before.data()[k]);
        const double phase = static_cast<double>(phases.data()[k]) + 0.0625 * (1 + c) * speed;
        speed = c * speed + 0.03125 * static_cast<double>(after.data()[k]);
        EXPECT_NEAR(static_cast<double>(velocity.data()[k]), speed, tolerance);
        EXPECT_NEAR(static_cast<double>(theta.data()[k]), phase, tolerance);
    }
}

TYPED_TEST(Inertia, OfNoCellsDoesNothing) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{0, 5}, std::pair{5, 0}, std::pair{0, 0}}) {
        km::Field<T> theta(rows, cols), velocity(rows, cols), omega(rows, cols);
        const km::InertialModel model{km::Inertia{}, km::Model{km::SineLaplacian{}, omega}};
        const km::BAOAB noisy{.temperature = 1};
        km::advance(km::OpenMP{.threads = 2}, km::VelocityVerlet{}, model, theta, velocity, 3);
        km::advance(km::Serial{}, noisy, model, theta, velocity, 3, 0);
        km::advance(km::Fused{}, noisy, km::InertialModel{km::InertiaFields<T>{.damping = omega}, model.model}, theta,
                    velocity, 3, 0);
        const km::InertialModel pull{km::Inertia{}, km::MeanFieldModel{km::MeanField{}, omega}};
        km::advance(km::Fused{}, noisy, pull, theta, velocity, 3, 0);
        EXPECT_TRUE(theta.empty() && velocity.empty());
    }
}

// --- errors ---------------------------------------------------------------------------------------------------------

TYPED_TEST(Inertia, SaysWhatIsWrongBeforeItWrites) {
    using T = TypeParam;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    km::Field<T> theta(4, 5), velocity(4, 5), omega(4, 5), narrow(4, 4);
    test::fill_distinct(theta.view(), 5);
    test::fill_distinct(velocity.view(), 6);
    const std::vector<T> phases = test::values_of(theta.view());
    const std::vector<T> speeds = test::values_of(velocity.view());
    const km::SineLaplacian sine{.K = 2};
    const auto refuses = [&](const km::Inertia& inertia, const auto& of, const km::BAOAB& method,
                             std::initializer_list<std::string> parts) {
        const km::InertialModel model{inertia, of};
        for (const int steps : {0, 2})
            EXPECT_ERROR(std::invalid_argument, parts,
                         km::advance(km::Fused{}, method, model, theta, velocity, steps, 0));
    };
    const km::Model fine{sine, omega};
    refuses({.mass = 0}, fine, {}, {"mass must be positive", "0"});
    refuses({.mass = -1}, fine, {}, {"mass", "-1"});
    refuses({.mass = nan}, fine, {}, {"mass", "nan"});
    refuses({.mass = sizeof(TypeParam) == 4 ? 1e-30 : 1e-300}, fine, {.dt = 1e10}, {"dt / 2 mass"});
    if (sizeof(TypeParam) == 4) refuses({.mass = 1e-300}, fine, {}, {"mass = 1e-300 is too small"});
    refuses({.damping = 1}, fine, {.temperature = -0.25}, {"temperature must not be negative", "-0.25"});
    refuses({.damping = 1}, fine, {.temperature = nan}, {"temperature", "nan"});
    refuses({.damping = -0.5}, fine, {}, {"damping must not be negative", "-0.5"});
    refuses({.damping = HUGE_VAL}, fine, {}, {"damping", "inf"});
    refuses({}, fine, {.dt = 0}, {"dt must be positive", "0"});
    refuses({}, fine, {.dt = nan}, {"dt", "nan"});
    refuses({}, km::Model{sine, narrow}, {}, {"omega", "4 x 4"});
    refuses({}, km::Model{km::SineLaplacian{.K = nan}, omega}, {}, {"K", "nan"});
    refuses({}, km::MeanFieldModel{km::MeanField{.K = nan}, omega}, {}, {"mean_field.K", "nan"});

    const km::InertialModel model{km::Inertia{}, fine};
    const km::VelocityVerlet method;
    const km::Grid<T> flat(theta.data(), 4, 5, 0, 1);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("velocity", "4 x 4"),
                 km::advance(km::Fused{}, method, model, theta, narrow, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("velocity", "theta"),
                 km::advance(km::Fused{}, method, model, theta, theta, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("velocity", "omega"),
                 km::advance(km::Fused{}, method, model, theta, omega, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "omega"),
                 km::advance(km::Fused{}, method, model, omega, velocity, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta overlaps itself"),
                 km::advance(km::Fused{}, method, model, flat, velocity, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("velocity overlaps itself"),
                 km::advance(km::Fused{}, method, model, velocity, flat, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("steps", "-1"),
                 km::advance(km::Fused{}, method, model, theta, velocity, -1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("first_step", "-2"),
                 km::advance(km::Fused{}, method, model, theta, velocity, 1, -2));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads", "-1"),
                 km::advance(km::OpenMP{.threads = -1}, method, model, theta, velocity, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("first_step + steps", "2^56"),
                 km::advance(km::Fused{}, km::BAOAB{}, model, theta, velocity, 2, (std::int64_t{1} << 56) - 1));
    const auto with_fields = [&](const km::InertiaFields<T>& inertia) {
        km::advance(km::Fused{}, method, km::InertialModel{inertia, fine}, theta, velocity, 1);
    };
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("mass", "4 x 4"), with_fields({.mass = narrow}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("damping", "4 x 4"), with_fields({.damping = narrow}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "mass"), with_fields({.mass = theta}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("velocity", "damping"), with_fields({.damping = velocity}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("mass must be positive", "0"),
                 with_fields({.mass = 0, .damping = omega}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("damping must not", "-1"),
                 with_fields({.mass = omega, .damping = -1}));
    km::advance(km::Fused{}, method, model, theta, velocity, 0);
    EXPECT_EQ(test::first_difference(test::values_of(theta.view()), phases), -1);
    EXPECT_EQ(test::first_difference(test::values_of(velocity.view()), speeds), -1);
}

// With x = γ dt / m, a free oscillator turns at (ω/γ) (x/2) coth(x/2): the bias of a constant force.
TEST(FreeOscillator, TurnsAsTheMethodSays) {
    const double omega = 1.5;
    const double dt = 0.5;
    for (const double damping : {0.25, 2.0, 10.0}) {
        km::Field<double> theta(1, 1), velocity(1, 1);
        const km::InertialModel model{km::Inertia{.mass = 0.8, .damping = damping},
                                      km::Model{km::SineLaplacian{.K = 0}, omega}};
        km::advance(km::Fused{}, km::VelocityVerlet{.dt = dt}, model, theta, velocity, 400);
        const double before = theta(0, 0);
        km::advance(km::Fused{}, km::VelocityVerlet{.dt = dt}, model, theta, velocity, 100);
        const double half = damping * dt / 0.8 / 2;
        EXPECT_NEAR((theta(0, 0) - before) / (100 * dt), omega / damping * half / std::tanh(half), 1e-11) << damping;
    }
    km::Field<double> theta(1, 1), velocity(1, 1);
    const km::InertialModel model{km::Inertia{}, km::Model{km::SineLaplacian{}, omega}};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("steps", "2^63 - 1"),
                 km::advance(km::Fused{}, km::VelocityVerlet{}, model, theta, velocity,
                             std::numeric_limits<std::int64_t>::max()));
}

} // namespace
