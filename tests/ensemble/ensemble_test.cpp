// Ensembles: their members as views, stopping, observers, and invalid arguments.
#include "support/expect_error.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <kuramoto/ensemble.hpp>
#include <kuramoto/kuramoto.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

const km::Model model{km::SineLaplacian{.K = 1, .boundary = km::torus}, 0.5};
const km::Euler stepper{.dt = 0.125};

km::Ensemble<float> random_ensemble(std::ptrdiff_t members, std::ptrdiff_t rows = 5, std::ptrdiff_t cols = 7) {
    km::Ensemble<float> theta(members, rows, cols);
    for (std::ptrdiff_t k = 0; k < members; ++k) km::uniform_phases(theta.member(k), 1 + static_cast<std::uint64_t>(k));
    return theta;
}

void expect_same(const km::Grid<const float>& a, const km::Grid<const float>& b) {
    EXPECT_EQ(test::values_of(a), test::values_of(b));
}

TEST(Ensemble, HasMembersThatAreZeroAndShareNoCell) {
    km::Ensemble<double> theta(19, 2, 3);
    EXPECT_EQ(theta.members(), 19);
    EXPECT_EQ(theta.rows(), 2);
    EXPECT_EQ(theta.cols(), 3);
    EXPECT_EQ(theta.size(), 19 * 2 * 3);
    double value = 0;
    for (std::ptrdiff_t k = 0; k < 19; ++k)
        for (std::ptrdiff_t i = 0; i < 2; ++i)
            for (std::ptrdiff_t j = 0; j < 3; ++j) {
                EXPECT_EQ(theta.member(k)(i, j), 0);
                theta.member(k)(i, j) = ++value;
            }
    value = 0;
    const km::Ensemble<double>& read_only = theta;
    for (std::ptrdiff_t k = 0; k < 19; ++k)
        for (std::ptrdiff_t i = 0; i < 2; ++i)
            for (std::ptrdiff_t j = 0; j < 3; ++j) EXPECT_EQ(read_only.member(k)(i, j), ++value);
}

TEST(Ensemble, LaysAGroupSideBySide) {
    km::Ensemble<float> theta(17, 2, 3);
    EXPECT_EQ(theta.member(1).data(), theta.member(0).data() + 1);
    EXPECT_EQ(theta.member(15).data(), theta.member(0).data() + 15);
    EXPECT_EQ(&theta.member(0)(0, 1), theta.member(0).data() + 16);
    EXPECT_EQ(&theta.member(0)(1, 0), theta.member(0).data() + 48);
    EXPECT_EQ(theta.member(16).data(), theta.member(0).data() + 96);
    EXPECT_EQ(theta.storage().rows(), 4);
    EXPECT_EQ(theta.storage().cols(), 48);
    EXPECT_EQ(theta.storage().data(), theta.member(0).data());
}

TEST(Ensemble, CopiesMovesAndSwaps) {
    km::Ensemble<float> a = random_ensemble(3);
    const km::Ensemble<float> b = a;
    a.member(1)(0, 0) = 100;
    EXPECT_NE(b.member(1)(0, 0), 100);
    km::Ensemble<float> c = std::move(a);
    EXPECT_EQ(c.member(1)(0, 0), 100);
    EXPECT_EQ(a.members(), 0); // NOLINT: what a moved-from ensemble is
    EXPECT_TRUE(a.empty());
    c = b;
    expect_same(c.member(1), b.member(1));
    a.swap(c);
    EXPECT_EQ(a.members(), 3);
    EXPECT_EQ(c.members(), 0);
    a = km::Ensemble<float>();
    EXPECT_EQ(a.members(), 0);
}

TEST(Ensemble, MayBeEmpty) {
    for (const auto& [members, rows, cols] :
         {std::array<std::ptrdiff_t, 3>{0, 5, 5}, {3, 0, 5}, {3, 5, 0}, {0, 0, 0}, {17, 0, 0}}) {
        km::Ensemble<float> theta(members, rows, cols);
        EXPECT_TRUE(theta.empty());
        EXPECT_EQ(theta.members(), members);
        for (std::ptrdiff_t k = 0; k < members; ++k) EXPECT_EQ(theta.member(k).rows(), rows);
        km::advance(km::Fused{}, stepper, model, theta, 10);
        km::advance(km::Fused{}, stepper, std::vector(static_cast<std::size_t>(members), model), theta, 10);
    }
    km::Ensemble<float> many(std::ptrdiff_t{1} << 60, 8, 0);
    EXPECT_EQ(many.size(), 0);
    km::advance(km::Fused{}, stepper, model, many, 10);
}

TEST(Ensemble, RefusesExtents) {
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("members", "-1"), km::Ensemble<float>(-1, 2, 2));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rows", "-1"), km::Ensemble<float>(1, -1, 2));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("cols", "-1"), km::Ensemble<float>(1, 2, -1));
    constexpr std::ptrdiff_t many = std::numeric_limits<std::ptrdiff_t>::max();
    EXPECT_ERROR(std::length_error, TEST_PARTS("address space"), km::Ensemble<float>(many, 2, 2));
    EXPECT_ERROR(std::length_error, TEST_PARTS("address space"), km::Ensemble<float>(many, 64, 2));
    EXPECT_ERROR(std::length_error, TEST_PARTS("address space"), km::Ensemble<float>(2, 1, many / 8));
    km::Ensemble<float> theta(3, 2, 2);
    EXPECT_ERROR(std::out_of_range, TEST_PARTS("member", "3"), static_cast<void>(theta.member(3)));
    EXPECT_ERROR(std::out_of_range, TEST_PARTS("member", "-1"), static_cast<void>(std::as_const(theta).member(-1)));
}

TEST(AdvanceOfEnsemble, IsTheSameInPieces) {
    std::vector<km::LeimkuhlerMatthews> noisy;
    for (std::uint64_t seed = 0; seed < 18; ++seed) noisy.push_back({.dt = 0.125, .D = 0.5, .seed = seed});
    km::Ensemble<float> whole = random_ensemble(18);
    km::Ensemble<float> pieces = whole;
    km::advance(km::Fused{}, noisy, model, whole, 9, 100);
    km::advance(km::Fused{}, noisy, model, pieces, 4, 100);
    km::advance(km::Fused{}, noisy, model, pieces, 0, 104);
    km::advance(km::Fused{}, noisy, model, pieces, 5, 104);
    for (std::ptrdiff_t k = 0; k < 18; ++k) expect_same(whole.member(k), pieces.member(k));
}

TEST(AdvanceOfEnsemble, KeepsMembersApart) {
    km::Ensemble<float> theta = random_ensemble(16);
    km::Field<float> alone(theta.member(4));
    theta.member(3)(2, 2) = std::numeric_limits<float>::quiet_NaN();
    theta.member(5)(2, 2) = 1e30F;
    km::advance(km::Fused{}, stepper, model, theta, 20);
    km::advance(km::Fused{}, stepper, model, alone, 20);
    expect_same(theta.member(4), alone);
}

TEST(AdvanceOfEnsemble, NamesTheMemberThatIsInvalid) {
    km::Ensemble<float> theta = random_ensemble(3);
    const km::Ensemble<float> before = theta;
    std::vector models(3, model);
    models[2].laplacian.K = std::numeric_limits<double>::infinity();
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 2: K"), km::advance(km::Fused{}, stepper, models, theta, 1));
    models[2] = model;
    std::vector steppers(3, stepper);
    steppers[1].dt = -1;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 1: dt", "-1"),
                 km::advance(km::Fused{}, steppers, model, theta, 1));
    models[1].laplacian.boundary = {};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 1: boundary.north", "member 0"),
                 km::advance(km::Fused{}, stepper, models, theta, 1));
    const km::Field<float> small(4, 7);
    std::vector fields(3, km::Model{km::SineLaplacian{}, small});
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: theta", "omega", "4 x 7"),
                 km::advance(km::Fused{}, stepper, fields, theta, 1));
    std::vector lags(3, km::Model{km::Laplacian<km::SakaguchiSine>{}, 0.0});
    lags[1].laplacian.coupling.lag = 0.5;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 1: coupling", "member 0"),
                 km::advance(km::Fused{}, stepper, lags, theta, 1));
    const std::vector noise(3, km::EulerMaruyama{.dt = 0.1, .D = -1});
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: D", "-1"),
                 km::advance(km::Fused{}, noise, model, theta, 1, 0));
    for (std::ptrdiff_t k = 0; k < 3; ++k) expect_same(theta.member(k), before.member(k));
}

TEST(AdvanceOfEnsemble, RefusesOtherArguments) {
    km::Ensemble<float> theta = random_ensemble(3);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("models", "2", "3"),
                 km::advance(km::Fused{}, stepper, std::vector(2, model), theta, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("steppers", "4", "3"),
                 km::advance(km::Fused{}, std::vector(4, stepper), model, theta, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("steps", "-1"), km::advance(km::Fused{}, stepper, model, theta, -1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("first_step", "-1"),
                 km::advance(km::Fused{}, stepper, model, theta, 1, -1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("depth"),
                 km::advance(km::Fused{.depth = -1}, stepper, model, theta, 1));
    const km::Model own{km::SineLaplacian{}, theta.member(1)};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "overlap", "omega"),
                 km::advance(km::Fused{}, stepper, own, theta, 1));
}

TEST(AdvanceOfEnsemble, TakesArraysAndSpans) {
    km::Ensemble<float> a = random_ensemble(3);
    km::Ensemble<float> b = a;
    km::Ensemble<float> c = a;
    const std::array<km::Euler, 3> steppers{km::Euler{.dt = 0.1}, km::Euler{.dt = 0.2}, km::Euler{.dt = 0.3}};
    const std::vector models(3, model);
    km::advance(km::Fused{}, steppers, models, a, 3);
    km::advance(km::Fused{}, std::span(steppers), std::span(models), b, 3);
    km::advance(km::Fused{}, std::vector(steppers.begin(), steppers.end()), model, c, 3);
    for (std::ptrdiff_t k = 0; k < 3; ++k) {
        expect_same(a.member(k), b.member(k));
        expect_same(a.member(k), c.member(k));
    }
}

TEST(AdvanceOfEnsemble, RefusesWhatOverlapsAnyMember) {
    km::Ensemble<double> theta(3, 5, 7);
    const km::Ensemble<double> other(3, 5, 7);
    const km::Grid<const double> own = theta.member(2);
    const km::Model east{km::with_bonds(model.laplacian, own, other.member(0)), 0.5};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: theta", "overlap", "bonds.east"),
                 km::advance(km::Fused{}, stepper, east, theta, 1));
    const km::Model south{km::with_bonds(model.laplacian, other.member(0), own), 0.5};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: theta", "overlap", "bonds.south"),
                 km::advance(km::Fused{}, stepper, south, theta, 1));
    const std::vector noise(3, km::EulerMaruyamaField<double>{.dt = 0.1, .D = own});
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: theta", "overlap", "D"),
                 km::advance(km::Fused{}, noise, model, theta, 1, 0));
    const std::span<const double> numbers(theta.storage().data(), 7);
    const km::Model edge{km::SineLaplacian{.boundary = {.north = km::fixed_phase(numbers)}}, 0.5};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: theta", "overlap", "boundary.north"),
                 km::advance(km::Fused{}, stepper, edge, theta, 1));
}

TEST(AdvanceOfEnsemble, RefusesOtherKindsOfEdgesThanThoseOfTheFirstMember) {
    km::Ensemble<float> theta = random_ensemble(2);
    const km::BoundaryCondition given = km::fixed_phase(0.5);
    const auto check = [&](const char* name, const km::Boundary& boundary) {
        const std::vector models{km::Model{km::SineLaplacian{}, 0.5},
                                 km::Model{km::SineLaplacian{.boundary = boundary}, 0.5}};
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 1: boundary", name),
                     km::advance(km::Fused{}, stepper, models, theta, 1));
    };
    check("north", {.north = given});
    check("south", {.south = given});
    check("west", {.west = given});
    check("east", {.east = given});
}

/// A coupling that cannot be compared.
struct Doubled {
    static constexpr bool odd = true;
    double factor = 2;
    template <class V> V operator()(const V& difference) const { return km::sin(difference + difference); }
};

TEST(AdvanceOfEnsemble, TakesOneModelWithACouplingThatCannotBeCompared) {
    km::Ensemble<float> theta = random_ensemble(2);
    km::Field<float> alone(theta.member(1));
    const km::Model doubled{km::Laplacian<Doubled>{}, 0.5};
    km::advance(km::Fused{}, stepper, doubled, theta, 3);
    km::advance(km::Fused{}, stepper, doubled, alone, 3);
    expect_same(theta.member(1), alone);
}

TEST(AdvanceObserved, StopsMembersWithNoiseStagesAndThreads) {
    const km::Ensemble<float> begin = random_ensemble(40);
    std::vector<km::LeimkuhlerMatthews> noisy;
    for (std::uint64_t seed = 0; seed < 40; ++seed) noisy.push_back({.dt = 0.125, .D = 0.5, .seed = seed});
    const test::Pool pool{.workers = 3, .on_threads = true};
    const auto stops_at = [](std::ptrdiff_t k) { return k % 3 == 0 ? 12 : 4 * (k % 5); };
    const auto check = [&](const auto& each, const auto& of_member) {
        km::Ensemble<float> theta = begin;
        const auto done = km::advance_observed(
            pool, each, model, theta, {.steps = 12, .every = 4},
            [&](std::ptrdiff_t k, std::int64_t step, km::Grid<const float>) { return step < stops_at(k); });
        for (std::ptrdiff_t k = 0; k < 40; ++k) {
            const auto at = static_cast<std::size_t>(k);
            EXPECT_EQ(done[at], stops_at(k) < 12 ? stops_at(k) : 12);
            km::Field<float> alone(begin.member(k));
            km::advance(km::Fused{}, of_member(at), model, alone, done[at], 0);
            expect_same(theta.member(k), alone);
        }
    };
    check(noisy, [&](std::size_t k) { return noisy[k]; });
    const km::RungeKutta4 stages{.dt = 0.125};
    check(stages, [&](std::size_t) { return stages; });
}

TEST(AdvanceObserved, StopsMembersWithMeanFields) {
    const km::Ensemble<float> begin = random_ensemble(20);
    km::Ensemble<float> theta = begin;
    const km::MeanFieldModel all_to_all{km::MeanField{.K = 1.5}, 0.25};
    const auto done = km::advance_observed(
        test::Pool{.workers = 3, .on_threads = true}, stepper, all_to_all, theta, {.steps = 7, .every = 2},
        [](std::ptrdiff_t k, std::int64_t step, km::Grid<const float>) { return step < k % 5; });
    for (std::ptrdiff_t k = 0; k < 20; ++k) {
        const std::int64_t steps = 2 * ((k % 5 + 1) / 2);
        EXPECT_EQ(done[static_cast<std::size_t>(k)], steps);
        km::Field<float> alone(begin.member(k));
        km::advance(km::Fused{}, stepper, all_to_all, alone, steps);
        expect_same(theta.member(k), alone);
    }
    const auto never = [](std::ptrdiff_t, std::int64_t, km::Grid<const float>) { ADD_FAILURE(); };
    const std::vector noise(20, km::EulerMaruyama{.dt = 0.1, .D = 1});
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: first_step + steps", "+ 10", "2^56"),
                 km::advance_observed(km::Fused{}, noise, all_to_all, theta,
                                      {.steps = 10, .first_step = (std::int64_t{1} << 56) - 5}, never));
}

template <class Model, class Stepper> void check_observed_inertia(const Model& heavy, const std::vector<Stepper>& of) {
    const km::Ensemble<float> begin = random_ensemble(20);
    km::Ensemble<float> theta = begin;
    km::Ensemble<float> velocity = begin;
    std::vector<std::int64_t> seen(20, 0);
    const auto done = km::advance_observed(
        test::Pool{.workers = 3, .on_threads = true}, of, heavy, theta, velocity,
        {.steps = 7, .every = 2, .first_step = 3},
        [&](std::ptrdiff_t k, std::int64_t step, km::Grid<const float> phases, km::Grid<const float> velocities) {
            EXPECT_EQ(phases.data(), theta.member(k).data());
            EXPECT_EQ(velocities.data(), velocity.member(k).data());
            seen[static_cast<std::size_t>(k)] = step;
            return step - 3 < k % 5;
        });
    for (std::ptrdiff_t k = 0; k < 20; ++k) {
        const auto at = static_cast<std::size_t>(k);
        const std::int64_t steps = 2 * ((k % 5 + 1) / 2);
        EXPECT_EQ(done[at], steps);
        EXPECT_EQ(seen[at], 3 + steps);
        km::Field<float> phases(begin.member(k));
        km::Field<float> velocities(begin.member(k));
        km::advance(km::Fused{}, of[at], heavy, phases, velocities, steps, 3);
        expect_same(theta.member(k), phases);
        expect_same(velocity.member(k), velocities);
    }
    const auto never = [](std::ptrdiff_t, std::int64_t, km::Grid<const float>, km::Grid<const float>) {
        ADD_FAILURE();
    };
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("every", "0"),
                 km::advance_observed(km::Fused{}, of, heavy, theta, velocity, {.steps = 1, .every = 0}, never));
    constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("2^63"),
                 km::advance_observed(km::Fused{}, of, heavy, theta, velocity, {.steps = last, .every = last}, never));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("velocity must not be theta"),
                 km::advance_observed(km::Fused{}, of, heavy, theta, theta, {.steps = 1}, never));
}

TEST(AdvanceObserved, StopsMembersWithInertia) {
    std::vector<km::BAOAB> noisy;
    for (std::uint64_t seed = 0; seed < 20; ++seed) noisy.push_back({.dt = 0.125, .temperature = 0.5, .seed = seed});
    const std::vector<km::VelocityVerlet> plain(20, {.dt = 0.125});
    const km::Inertia inertia{.mass = 0.75, .damping = 0.5};
    check_observed_inertia(km::InertialModel{inertia, model}, noisy);
    km::Ensemble<float> theta = random_ensemble(20);
    km::Ensemble<float> velocity = theta;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: first_step + steps", "+ 10", "2^56"),
                 km::advance(km::Fused{}, noisy, km::InertialModel{inertia, model}, theta, velocity, 10,
                             (std::int64_t{1} << 56) - 5));
    check_observed_inertia(km::InertialModel{inertia, model}, plain);
    check_observed_inertia(km::InertialModel{inertia, km::MeanFieldModel{km::MeanField{.K = 1.5}, 0.25}}, plain);
}

TEST(AdvanceObserved, KeepsWhateverAStoppedMemberHolds) {
    km::Ensemble<float> theta = random_ensemble(2);
    theta.member(1)(2, 3) = std::numeric_limits<float>::infinity();
    const km::Ensemble<float> begin = theta;
    static_cast<void>(
        km::advance_observed(km::Fused{}, stepper, model, theta, {.steps = 5},
                             [](std::ptrdiff_t k, std::int64_t, km::Grid<const float>) { return k == 0; }));
    expect_same(theta.member(1), begin.member(1));
}

TEST(AdvanceObserved, ShowsEveryMemberAndStopsThoseThatAreToldTo) {
    km::Ensemble<float> theta = random_ensemble(18);
    const km::Ensemble<float> begin = theta;
    std::vector<std::vector<std::int64_t>> seen(18);
    const std::vector<std::int64_t> done =
        km::advance_observed(km::Fused{}, stepper, model, theta, {.steps = 10, .every = 4, .first_step = 7},
                             [&](std::ptrdiff_t k, std::int64_t step, km::Grid<const float> phases) {
                                 EXPECT_EQ(phases.data(), theta.member(k).data());
                                 seen[static_cast<std::size_t>(k)].push_back(step);
                                 return !(k == 3 && step == 7) && !(k == 17 && step == 11);
                             });
    for (std::ptrdiff_t k = 0; k < 18; ++k) {
        const std::int64_t steps = k == 3 ? 0 : k == 17 ? 4 : 10;
        EXPECT_EQ(done[static_cast<std::size_t>(k)], steps);
        std::vector<std::int64_t> expected{7, 11, 15, 17};
        expected.resize(k == 3 ? 1 : k == 17 ? 2 : 4);
        EXPECT_EQ(seen[static_cast<std::size_t>(k)], expected);
        km::Field<float> alone(begin.member(k));
        km::advance(km::Fused{}, stepper, model, alone, steps);
        expect_same(theta.member(k), alone);
    }
}

TEST(AdvanceObserved, TakesObserversThatReturnNothing) {
    km::Ensemble<float> theta = random_ensemble(2);
    int calls = 0;
    const auto done = km::advance_observed(km::Fused{}, stepper, model, theta, {.steps = 3},
                                           [&](std::ptrdiff_t, std::int64_t, km::Grid<const float>) { ++calls; });
    EXPECT_EQ(calls, 2 * 4);
    EXPECT_EQ(done, (std::vector<std::int64_t>{3, 3}));
}

TEST(AdvanceObserved, RefusesBeforeItObserves) {
    km::Ensemble<float> theta = random_ensemble(2);
    const auto never = [](std::ptrdiff_t, std::int64_t, km::Grid<const float>) { ADD_FAILURE(); };
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("steps", "-1"),
                 km::advance_observed(km::Fused{}, stepper, model, theta, {.steps = -1}, never));
    const std::vector noise(2, km::EulerMaruyama{.dt = 0.1, .D = 1});
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: first_step + steps", "2^56"),
                 km::advance_observed(km::Fused{}, noise, model, theta,
                                      {.steps = 10, .every = 1, .first_step = (std::int64_t{1} << 56) - 5}, never));
    constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("first_step + steps", "2^63"),
                 km::advance_observed(km::Fused{}, stepper, model, theta,
                                      {.steps = 10, .every = 4, .first_step = last - 5}, never));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("every", "0"),
                 km::advance_observed(km::Fused{}, stepper, model, theta, {.steps = 1, .every = 0}, never));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt"),
                 km::advance_observed(km::Fused{}, km::Euler{.dt = 0}, model, theta, {.steps = 1}, never));
}

} // namespace
