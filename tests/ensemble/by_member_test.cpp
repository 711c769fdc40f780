// Ensembles with mean field, inertia and adaptive steps: each member gets the bits
// that it gets alone.
#include "support/expect_error.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <kuramoto/ensemble.hpp>
#include <kuramoto/kuramoto.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr std::ptrdiff_t members = 19;
constexpr std::size_t member_count = members;

template <class T> km::Ensemble<T> random_ensemble(std::uint64_t first_seed) {
    km::Ensemble<T> cells(members, 5, 9);
    for (std::ptrdiff_t k = 0; k < members; ++k)
        km::uniform_phases(cells.member(k), first_seed + static_cast<std::uint64_t>(k));
    return cells;
}

template <class T> void expect_same(const km::Grid<const T>& a, const km::Grid<const T>& b) {
    const std::vector<T> values = test::values_of(a);
    EXPECT_EQ(values, test::values_of(b));
    for (const T value : values) EXPECT_TRUE(std::isfinite(value));
}

/// use(policy) for policies of one thread and of several.
template <class Use> void for_policies(const Use& use) {
    use(km::AnyPolicy(km::Fused{}));
    use(km::AnyPolicy(test::Pool{.workers = 3, .on_threads = true}));
}

template <class T> class ByMember : public ::testing::Test {
  protected:
    km::Ensemble<T> theta = random_ensemble<T>(1);
    km::Ensemble<T> omega = random_ensemble<T>(100);
    km::Ensemble<T> velocity = random_ensemble<T>(200);
};
using Precisions = ::testing::Types<float, double>;
TYPED_TEST_SUITE(ByMember, Precisions, );

TYPED_TEST(ByMember, AdvancesWithMeanField) {
    using T = TypeParam;
    std::vector<km::MeanFieldModel<km::Grid<const T>>> models;
    std::vector<km::LeimkuhlerMatthews> steppers;
    for (int k = 0; k < members; ++k) {
        models.push_back({km::MeanField{.K = 0.5 + 0.25 * k, .lag = 0.125}, this->omega.member(k)});
        steppers.push_back({.dt = 0.05, .D = 0.25 * k, .seed = static_cast<std::uint64_t>(k)});
    }
    for_policies([&](const auto& policy) {
        km::Ensemble<T> together = this->theta;
        km::advance(policy, steppers, models, together, 7, 3);
        for (std::size_t k = 0; k < member_count; ++k) {
            const auto at = static_cast<std::ptrdiff_t>(k);
            km::Field<T> alone(this->theta.member(at));
            km::advance(km::Fused{}, steppers[k], models[k], alone, 7, 3);
            expect_same<T>(together.member(at), alone);
        }
    });
}

TYPED_TEST(ByMember, AdvancesWithMeanFieldOnALattice) {
    using T = TypeParam;
    const km::MeanFieldModel model{km::MeanField{.K = 0.5},
                                   km::Model{km::SineLaplacian{.K = 0.75, .boundary = km::torus}, 0.25}};
    km::Ensemble<T> together = this->theta;
    km::advance(km::Fused{}, km::RungeKutta4{.dt = 0.05}, model, together, 4);
    for (std::ptrdiff_t k = 0; k < members; ++k) {
        km::Field<T> alone(this->theta.member(k));
        km::advance(km::Fused{}, km::RungeKutta4{.dt = 0.05}, model, alone, 4);
        expect_same<T>(together.member(k), alone);
    }
}

TYPED_TEST(ByMember, AdvancesWithInertia) {
    using T = TypeParam;
    const km::Model lattice{km::SineLaplacian{.K = 0.75}, 0.25};
    std::vector<km::InertialModel<decltype(lattice), km::Inertia>> models;
    std::vector<km::BAOAB> steppers;
    for (int k = 0; k < members; ++k) {
        models.push_back({km::Inertia{.mass = 1.0 + k, .damping = 0.125 * k}, lattice});
        steppers.push_back({.dt = 0.05, .temperature = 0.25 * k, .seed = static_cast<std::uint64_t>(k)});
    }
    for_policies([&](const auto& policy) {
        km::Ensemble<T> together = this->theta;
        km::Ensemble<T> velocities = this->velocity;
        km::advance(policy, steppers, models, together, velocities, 7, 3);
        for (std::size_t k = 0; k < member_count; ++k) {
            const auto at = static_cast<std::ptrdiff_t>(k);
            km::Field<T> alone(this->theta.member(at));
            km::Field<T> moving(this->velocity.member(at));
            km::advance(km::Fused{}, steppers[k], models[k], alone, moving, 7, 3);
            expect_same<T>(together.member(at), alone);
            expect_same<T>(velocities.member(at), moving);
        }
    });
}

TYPED_TEST(ByMember, IntegratesEachWithItsOwnSteps) {
    using T = TypeParam;
    std::vector<km::Model<km::Sine, double>> models;
    for (int k = 0; k < members; ++k) models.push_back({km::SineLaplacian{.K = 0.5 + k}, 0.25});
    const km::DormandPrince54 method{.relative_tolerance = 1e-4, .absolute_tolerance = 1e-5};
    for_policies([&](const auto& policy) {
        km::Ensemble<T> together = this->theta;
        const std::vector<km::IntegrationReport> reports = km::integrate(policy, method, models, together, 1.5);
        ASSERT_EQ(reports.size(), member_count);
        EXPECT_LT(reports.front().accepted, reports.back().accepted);
        for (std::size_t k = 0; k < member_count; ++k) {
            const auto at = static_cast<std::ptrdiff_t>(k);
            km::Field<T> alone(this->theta.member(at));
            const km::IntegrationReport report = km::integrate(km::Fused{}, method, models[k], alone, 1.5);
            EXPECT_EQ(report.accepted, reports[k].accepted);
            EXPECT_EQ(report.next_dt, reports[k].next_dt);
            expect_same<T>(together.member(at), alone);
        }
    });
}

TYPED_TEST(ByMember, IntegratesWithInertia) {
    using T = TypeParam;
    const km::InertialModel model{km::Inertia{.mass = 2, .damping = 0.5}, km::Model{km::SineLaplacian{.K = 1}, 0.25}};
    km::Ensemble<T> together = this->theta;
    km::Ensemble<T> velocities = this->velocity;
    const auto reports = km::integrate(km::Fused{}, km::DormandPrince54{}, model, together, velocities, 0.5);
    for (std::ptrdiff_t k = 0; k < members; ++k) {
        km::Field<T> alone(this->theta.member(k));
        km::Field<T> moving(this->velocity.member(k));
        const auto report = km::integrate(km::Fused{}, km::DormandPrince54{}, model, alone, moving, 0.5);
        EXPECT_EQ(report.accepted, reports[static_cast<std::size_t>(k)].accepted);
        expect_same<T>(together.member(k), alone);
        expect_same<T>(velocities.member(k), moving);
    }
}

TYPED_TEST(ByMember, WorksOnEachOnce) {
    using T = TypeParam;
    for_policies([&](const auto& policy) {
        std::vector<double> r(member_count, -1);
        std::vector<int> calls(member_count, 0);
        km::for_each_member(policy, this->theta, [&](std::ptrdiff_t k) {
            ++calls[static_cast<std::size_t>(k)];
            r[static_cast<std::size_t>(k)] = km::order_parameter(this->theta.member(k)).r;
        });
        EXPECT_EQ(calls, std::vector<int>(member_count, 1));
        for (std::ptrdiff_t k = 0; k < members; ++k)
            EXPECT_EQ(r[static_cast<std::size_t>(k)], km::order_parameter(km::Field<T>(this->theta.member(k))).r);
        km::Ensemble<T> without_cells(3, 0, 5);
        calls.assign(3, 0);
        km::for_each_member(policy, without_cells, [&](std::ptrdiff_t k) { ++calls[static_cast<std::size_t>(k)]; });
        EXPECT_EQ(calls, std::vector<int>(3, 1));
        km::for_each_member(policy, km::Ensemble<T>(0, 3, 5), [](std::ptrdiff_t) { FAIL() << "no member"; });
    });
}

/// A policy of three workers that remembers the most tasks of a run.
struct CountsTasks {
    int* tasks;
    std::ptrdiff_t min_cells_per_thread = 4096;
    void run(int count, const auto& task) const {
        *tasks = std::max(*tasks, count);
        for (int k = 0; k < count; ++k) task(k);
    }
    static int concurrency() { return 3; }
};

// Few members that run may take long: what counts is the size of the ensemble.
TEST(ByMemberWorkers, AreThoseOfTheWholeEnsemble) {
    km::Ensemble<float> theta(100, 16, 16);
    const km::MeanFieldModel model{km::MeanField{}, 0.5};
    int tasks = 0;
    km::advance_observed(CountsTasks{&tasks}, km::Euler{.dt = 0.1}, model, theta, {.steps = 3},
                         [](std::ptrdiff_t k, std::int64_t, const auto&) { return k % 40 == 0; });
    EXPECT_EQ(tasks, 3);
}

using ByMemberErrors = ByMember<double>;

TEST_F(ByMemberErrors, OfWorkAreThoseOfTheFirstMember) {
    for_policies([&](const auto& policy) {
        try {
            km::for_each_member(policy, theta, [](std::ptrdiff_t k) {
                if (k % 16 == 2) throw std::range_error("bad: " + std::to_string(k));
            });
            ADD_FAILURE() << "no error";
        } catch (const std::range_error& error) {
            EXPECT_STREQ(error.what(), "bad: 2");
        }
        EXPECT_THROW(km::for_each_member(policy, theta,
                                         [](std::ptrdiff_t k) {
                                             if (k == 7) throw k;
                                         }),
                     std::ptrdiff_t);
    });
}

TEST_F(ByMemberErrors, NameTheMemberAndChangeNothing) {
    const km::Ensemble<double> before = theta;
    const km::Euler euler{.dt = 0.1};
    std::vector models(member_count, km::MeanFieldModel{km::MeanField{}, 0.0});
    models[3].mean_field.K = std::numeric_limits<double>::infinity();
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 3: mean_field.K"),
                 km::advance(km::Fused{}, euler, models, theta, 1));
    const km::MeanFieldModel own{km::MeanField{}, theta.member(2)};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: theta", "overlap", "omega"),
                 km::advance(km::Fused{}, euler, own, theta, 1));
    const std::vector noise(member_count, km::EulerMaruyamaField<double>{.dt = 0.1, .D = theta.member(1)});
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: theta", "overlap", "D"),
                 km::advance(km::Fused{}, noise, km::MeanFieldModel{km::MeanField{}, 0.0}, theta, 1, 0));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("models", "2", "19"),
                 km::advance(km::Fused{}, euler, std::vector(2, models[0]), theta, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("steps"), km::advance(km::Fused{}, euler, models[0], theta, -1));

    const km::Model lattice{km::SineLaplacian{}, 0.0};
    std::vector inertial(member_count, km::InertialModel{km::Inertia{}, lattice});
    const km::VelocityVerlet verlet{.dt = 0.1};
    inertial[5].inertia.mass = -1;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 5: mass", "-1"),
                 km::advance(km::Fused{}, verlet, inertial, theta, velocity, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("velocity must not be theta"),
                 km::advance(km::Fused{}, verlet, inertial[0], theta, theta, 1));
    km::Ensemble<double> other(members, 5, 8), fewer(3, 5, 9);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("5 x 9", "5 x 8"),
                 km::advance(km::Fused{}, verlet, inertial[0], theta, other, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("19", "3"),
                 km::advance(km::Fused{}, verlet, inertial[0], theta, fewer, 1));

    EXPECT_ERROR(
        std::invalid_argument, TEST_PARTS("steps", "2^63 - 1"),
        km::advance(km::Fused{}, verlet, inertial[0], theta, velocity, std::numeric_limits<std::int64_t>::max()));
    const km::InertialModel moved{km::Inertia{}, km::Model{km::SineLaplacian{}, velocity.member(2)}};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: velocity", "overlap", "omega"),
                 km::advance(km::Fused{}, verlet, moved, theta, velocity, 1));
    const km::InertialModel heavy{km::InertiaFields<double>{.mass = velocity.member(2)}, lattice};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: velocity", "overlap", "mass"),
                 km::advance(km::Fused{}, verlet, heavy, theta, velocity, 1));

    std::vector methods(member_count, km::DormandPrince54{});
    methods[7].max_dt = -1;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 7: max_dt"),
                 km::integrate(km::Fused{}, methods, lattice, theta, 1.0));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("duration"),
                 km::integrate(km::Fused{}, methods[0], lattice, theta, -1.0));
    const km::Model field{km::SineLaplacian{}, theta.member(1)};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: theta", "overlap", "omega"),
                 km::integrate(km::Fused{}, methods[0], field, theta, 1.0));
    for (std::ptrdiff_t k = 0; k < members; ++k) expect_same<double>(theta.member(k), before.member(k));
}

TEST_F(ByMemberErrors, OfARunNameTheFirstMemberAndChangeNothing) {
    const km::Ensemble<double> before = theta;
    std::vector methods(member_count, km::DormandPrince54{});
    methods[4].max_steps = 2;
    methods[15].max_steps = 1; // another worker's
    const km::Model model{km::SineLaplacian{.K = 1}, 0.0};
    const km::InertialModel inertial{km::Inertia{}, model};
    // On one thread, the last task is the first to run: it meets member 15 before member 4.
    for (const bool on_threads : {false, true}) {
        const test::Pool pool{.workers = 3, .on_threads = on_threads};
        EXPECT_ERROR(std::runtime_error, TEST_PARTS("member 4: integration stopped", "max_steps = 2"),
                     km::integrate(pool, methods, model, theta, 5.0));
        EXPECT_ERROR(std::runtime_error, TEST_PARTS("member 4: integration stopped", "max_steps = 2"),
                     km::integrate(pool, methods, inertial, theta, velocity, 5.0));
    }
    for (std::ptrdiff_t k = 0; k < members; ++k) expect_same<double>(theta.member(k), before.member(k));
}

} // namespace
