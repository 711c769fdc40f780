// Ensembles whose couplings, models and steppers are chosen at run time: each member gets the bits that it gets alone,
// side by side and one by one.

#include "support/expect_error.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <kuramoto/ensemble.hpp>
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>
#include <kuramoto/runtime/ensembles_compiled_elsewhere.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace km = kuramoto;
namespace rt = km::runtime;

namespace {

constexpr std::ptrdiff_t members = 19;
constexpr std::int64_t steps = 5;
constexpr std::int64_t first_step = 3;

template <class T> km::Ensemble<T> cells(std::uint32_t seed, T scale, T offset = 0) {
    km::Ensemble<T> made(members, 5, 7);
    for (std::ptrdiff_t k = 0; k < members; ++k) {
        test::fill_distinct(made.member(k), seed + static_cast<std::uint32_t>(k), scale);
        for (std::ptrdiff_t i = 0; i < 5; ++i)
            for (std::ptrdiff_t j = 0; j < 7; ++j) made.member(k)(i, j) += offset;
    }
    return made;
}

/// What the models view.
template <class T> struct Fields {
    km::Ensemble<T> theta = cells<T>(1, 1);
    km::Ensemble<T> velocity = cells<T>(101, T(0.5));
    km::Ensemble<T> omega = cells<T>(201, T(0.25));
    km::Ensemble<T> east = cells<T>(301, T(0.5));
    km::Ensemble<T> south = cells<T>(401, T(0.5));
    km::Ensemble<T> D = cells<T>(501, T(0.125), T(0.5));
};

/// Chooses the parts of member k.
struct Parts {
    rt::CouplingKind coupling = rt::CouplingKind::sine;
    rt::StepperKind stepper = rt::StepperKind::euler;
    bool is_periodic = false;
    bool has_bonds = false;
    bool has_fields = true; ///< of ω and D
};

rt::NamedCoupling named(rt::CouplingKind kind) {
    if (kind == rt::CouplingKind::sakaguchi) return {kind, {0.375}};
    if (kind == rt::CouplingKind::harmonics) return {kind, {1, -0.5, 0.25}};
    return {kind, {}};
}

template <class T> rt::ModelChoice<T> model_of(const Fields<T>& fields, const Parts& parts, std::ptrdiff_t k) {
    const double number = static_cast<double>(k);
    rt::ModelChoice<T> model{.K = 0.5 + 0.0625 * number};
    model.coupling = rt::any_ensemble_coupling<T>(named(parts.coupling));
    if (parts.is_periodic)
        model.boundary = km::torus;
    else
        model.boundary = {.north = km::fixed_phase(0.25 * number),
                          .south = km::zero_flux,
                          .west = km::fixed_flux(0.125 * number),
                          .east = km::fixed_phase(1.0)};
    if (parts.has_bonds) model.bonds = km::BondStrengths<T>{fields.east.member(k), fields.south.member(k)};
    model.omega = 0.125 * number;
    if (parts.has_fields) model.omega = fields.omega.member(k);
    if (rt::is_inertial(parts.stepper)) model.inertia = km::InertiaFields<T>{.mass = 1 + number, .damping = 0.5};
    return model;
}

template <class T> rt::StepperChoice<T> stepper_of(const Fields<T>& fields, const Parts& parts, std::ptrdiff_t k) {
    rt::StepperChoice<T> stepper{.kind = parts.stepper,
                                 .dt = 0.0625 + 0.001 * static_cast<double>(k),
                                 .temperature = 0.25 * static_cast<double>(k),
                                 .seed = static_cast<std::uint64_t>(k)};
    stepper.D = 0.125 * static_cast<double>(k);
    if (parts.has_fields) stepper.D = fields.D.member(k);
    return stepper;
}

template <class T> void expect_same(const km::Grid<const T>& found, const km::Grid<const T>& expected) {
    EXPECT_EQ(test::first_difference(test::values_of(found), test::values_of(expected)), -1);
}

template <class T> class RuntimeEnsembles : public ::testing::Test {
  protected:
    /// Advances the members together and alone; those that do not run stay as they are.
    void compare(const rt::Policy& policy, const std::vector<bool>& runs = {}) {
        const bool has_inertia = models.front().inertia.has_value();
        km::Ensemble<T> together = fields.theta;
        km::Ensemble<T> velocities = fields.velocity;
        if (has_inertia)
            rt::advance(policy, steppers, models, together, velocities, steps, first_step, runs);
        else
            rt::advance(policy, steppers, models, together, steps, first_step, runs);
        const auto* workers = std::get_if<km::AnyPolicy>(&policy);
        const rt::Policy alone = workers == nullptr ? policy : km::AnyPolicy(km::Fused{.isa = workers->isa});
        for (std::ptrdiff_t k = 0; k < members; ++k) {
            const auto at = static_cast<std::size_t>(k);
            if (!runs.empty() && !runs[at]) {
                expect_same<T>(together.member(k), fields.theta.member(k));
                expect_same<T>(velocities.member(k), fields.velocity.member(k));
                continue;
            }
            km::Field<T> theta(fields.theta.member(k));
            km::Field<T> velocity(fields.velocity.member(k));
            if (has_inertia)
                rt::advance(alone, steppers[at], models[at], theta.view(), velocity.view(), steps, first_step);
            else
                rt::advance(alone, steppers[at], models[at], theta.view(), steps, first_step);
            expect_same<T>(together.member(k), theta);
            if (has_inertia) expect_same<T>(velocities.member(k), velocity);
            EXPECT_NE(test::first_difference(test::values_of(theta.view()),
                                             test::values_of(km::Grid<const T>(fields.theta.member(k)))),
                      -1);
        }
    }
    /// parts(k) are those of member k.
    template <class PartsOf> void choose(const PartsOf& parts) {
        steppers.clear();
        models.clear();
        for (std::ptrdiff_t k = 0; k < members; ++k) {
            steppers.push_back(stepper_of(fields, parts(k), k));
            models.push_back(model_of(fields, parts(k), k));
        }
    }

    Fields<T> fields;
    std::vector<rt::StepperChoice<T>> steppers;
    std::vector<rt::ModelChoice<T>> models;
};
using Precisions = ::testing::Types<float, double>;
TYPED_TEST_SUITE(RuntimeEnsembles, Precisions, );

TYPED_TEST(RuntimeEnsembles, HaveTheBitsOfTheirMembers) {
    const rt::Policy threads = rt::policy_of(rt::PolicyKind::openmp, {.threads = 2, .min_cells_per_thread = 1});
    for (const auto coupling :
         {rt::CouplingKind::sine, rt::CouplingKind::linear, rt::CouplingKind::sakaguchi, rt::CouplingKind::harmonics})
        for (int stepper = 0; stepper < 7; ++stepper)
            for (int variant = 0; variant < 8; ++variant) {
                const Parts parts{coupling, static_cast<rt::StepperKind>(stepper), (variant & 1) != 0,
                                  (variant & 2) != 0, (variant & 4) != 0};
                SCOPED_TRACE(std::string(rt::name_of(coupling)) + " " + std::string(rt::name_of(parts.stepper)) + " " +
                             std::to_string(variant));
                this->choose([&](std::ptrdiff_t) { return parts; });
                this->compare(threads);
            }
}

TYPED_TEST(RuntimeEnsembles, HaveThemForEveryInstructionSet) {
    for (const km::Isa isa : test::supported_isas())
        for (const auto coupling : {rt::CouplingKind::sine, rt::CouplingKind::linear}) {
            this->choose([&](std::ptrdiff_t) { return Parts{.coupling = coupling, .has_bonds = true}; });
            this->compare(rt::policy_of(rt::PolicyKind::fused, {.isa = isa}));
        }
}

TYPED_TEST(RuntimeEnsembles, MixAnyChoices) {
    const rt::Policy fused = rt::policy_of(rt::PolicyKind::fused);
    const auto mix = [&](const auto& parts) {
        this->choose(parts);
        this->compare(fused);
        this->compare(rt::policy_of(rt::PolicyKind::openmp, {.threads = 3, .min_cells_per_thread = 1}));
        this->compare(rt::policy_of(rt::PolicyKind::serial));
    };
    const auto kinds = [](std::ptrdiff_t k, std::ptrdiff_t count) { return static_cast<int>(k % count); };
    mix([&](std::ptrdiff_t k) { return Parts{.stepper = static_cast<rt::StepperKind>(kinds(k, 5))}; });
    mix([&](std::ptrdiff_t k) { return Parts{.coupling = static_cast<rt::CouplingKind>(kinds(k, 4))}; });
    mix([&](std::ptrdiff_t k) { return Parts{.is_periodic = k % 2 == 0, .has_bonds = k % 3 == 0}; });
    mix([&](std::ptrdiff_t k) {
        return Parts{.stepper = k % 2 == 0 ? rt::StepperKind::velocity_verlet : rt::StepperKind::baoab};
    });
    // A mean field, with a lattice and alone.
    this->choose([](std::ptrdiff_t) { return Parts{}; });
    for (std::size_t k = 0; k < this->models.size(); ++k) {
        this->models[k].mean_field = km::MeanField{.K = 1.5, .lag = 0.125};
        if (k % 2 == 0) this->models[k].coupling.reset();
    }
    this->compare(fused);
}

TYPED_TEST(RuntimeEnsembles, AdvanceTheMembersThatRun) {
    // Members that do not advance have negative zero and NaN.
    this->fields.velocity.member(1)(2, 3) = -TypeParam(0);
    this->fields.theta.member(4)(1, 1) = std::numeric_limits<TypeParam>::quiet_NaN();
    std::vector<bool> a_third_rests, one_runs(members, false), none_runs(members, false);
    for (std::ptrdiff_t k = 0; k < members; ++k) a_third_rests.push_back(k % 3 != 1);
    one_runs.back() = true; // of the second or third group
    const rt::Policy fused = rt::policy_of(rt::PolicyKind::fused);
    const auto compare_all = [&] {
        for (const std::vector<bool>& runs : {a_third_rests, one_runs, none_runs})
            for (const rt::Policy& policy : {fused, rt::policy_of(rt::PolicyKind::serial)}) this->compare(policy, runs);
    };
    for (int stepper = 0; stepper < 7; ++stepper) {
        SCOPED_TRACE(stepper);
        this->choose([&](std::ptrdiff_t) { return Parts{.stepper = static_cast<rt::StepperKind>(stepper)}; });
        compare_all();
    }
    this->choose([&](std::ptrdiff_t k) {
        return Parts{.stepper = k % 2 == 0 ? rt::StepperKind::velocity_verlet : rt::StepperKind::baoab};
    });
    compare_all();
    for (const std::size_t wrong : {std::size_t{members} - 1, std::size_t{members} + 1})
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("runs", std::to_string(wrong), "19"),
                     rt::advance(fused, this->steppers, this->models, this->fields.theta, this->fields.velocity, steps,
                                 first_step, std::vector<bool>(wrong, true)));
}

// Member k stops at its first observation after k steps.
TYPED_TEST(RuntimeEnsembles, AreObservedAndStopOneByOne) {
    using T = TypeParam;
    const km::ObservedSteps run{.steps = 14, .every = 4, .first_step = first_step};
    for (const rt::StepperKind stepper : {rt::StepperKind::leimkuhler_matthews, rt::StepperKind::baoab})
        for (const bool are_mixed : {false, true}) {
            this->choose([&](std::ptrdiff_t k) {
                return Parts{.coupling = are_mixed && k % 2 == 1 ? rt::CouplingKind::linear : rt::CouplingKind::sine,
                             .stepper = stepper};
            });
            const bool has_inertia = rt::is_inertial(stepper);
            const rt::Policy policy = rt::policy_of(rt::PolicyKind::fused);
            km::Ensemble<T> together = this->fields.theta;
            km::Ensemble<T> velocities = this->fields.velocity;
            std::vector<int> calls(members, 0);
            const auto goes_on = [&](std::ptrdiff_t k, std::int64_t step) {
                ++calls[static_cast<std::size_t>(k)];
                return step - first_step < k;
            };
            const std::vector<std::int64_t> done =
                has_inertia ? rt::advance_observed(
                                  policy, this->steppers, this->models, together, velocities, run,
                                  [&](std::ptrdiff_t k, std::int64_t step, const auto& phases, const auto& moving) {
                                      if (phases.data() != together.member(k).data()) return false;
                                      if (moving.data() != velocities.member(k).data()) return false;
                                      return goes_on(k, step);
                                  })
                            : rt::advance_observed(
                                  policy, this->steppers, this->models, together, run,
                                  [&](std::ptrdiff_t k, std::int64_t step, const auto&) { return goes_on(k, step); });
            for (std::ptrdiff_t k = 0; k < members; ++k) {
                const auto at = static_cast<std::size_t>(k);
                EXPECT_EQ(done[at], k > 12 ? 14 : (k + 3) / 4 * 4);
                EXPECT_EQ(calls[at], k > 12 ? 5 : 1 + (k + 3) / 4);
                km::Field<T> theta(this->fields.theta.member(k));
                km::Field<T> velocity(this->fields.velocity.member(k));
                if (has_inertia)
                    rt::advance(policy, this->steppers[at], this->models[at], theta.view(), velocity.view(), done[at],
                                first_step);
                else
                    rt::advance(policy, this->steppers[at], this->models[at], theta.view(), done[at], first_step);
                expect_same<T>(together.member(k), theta);
                expect_same<T>(velocities.member(k), velocity);
            }
        }
}

// Every kind of model, in turn; some members rest.
TYPED_TEST(RuntimeEnsembles, AreIntegratedAsEachAlone) {
    using T = TypeParam;
    std::vector<km::DormandPrince54> methods;
    std::vector<bool> runs;
    for (int k = 0; k < members; ++k) {
        methods.push_back({.relative_tolerance = 1e-3 / (1 + k), .absolute_tolerance = 1e-4});
        runs.push_back(k % 4 != 2);
    }
    for (const rt::StepperKind stepper : {rt::StepperKind::euler, rt::StepperKind::velocity_verlet}) {
        const bool has_inertia = rt::is_inertial(stepper);
        this->choose([&](std::ptrdiff_t k) {
            return Parts{.coupling = static_cast<rt::CouplingKind>(k % 4),
                         .stepper = stepper,
                         .is_periodic = k % 3 == 0,
                         .has_bonds = k % 5 == 0};
        });
        this->models[3].mean_field = km::MeanField{.K = 1.5};
        this->models[3].coupling.reset();
        for (const rt::PolicyKind kind : {rt::PolicyKind::serial, rt::PolicyKind::fused, rt::PolicyKind::openmp}) {
            const rt::Policy policy = rt::policy_of(kind, {.threads = 3, .min_cells_per_thread = 1});
            km::Ensemble<T> together = this->fields.theta;
            km::Ensemble<T> velocities = this->fields.velocity;
            const std::vector<km::IntegrationReport> reports =
                has_inertia ? rt::integrate(policy, methods, this->models, together, velocities, 0.75, runs)
                            : rt::integrate(policy, methods, this->models, together, 0.75, runs);
            ASSERT_EQ(reports.size(), std::size_t{members});
            const rt::Policy alone =
                rt::policy_of(kind == rt::PolicyKind::serial ? rt::PolicyKind::serial : rt::PolicyKind::fused);
            for (std::ptrdiff_t k = 0; k < members; ++k) {
                const auto at = static_cast<std::size_t>(k);
                km::Field<T> theta(this->fields.theta.member(k));
                km::Field<T> velocity(this->fields.velocity.member(k));
                km::IntegrationReport report;
                if (runs[at])
                    report = has_inertia ? rt::integrate(alone, methods[at], this->models[at], theta.view(),
                                                         velocity.view(), 0.75)
                                         : rt::integrate(alone, methods[at], this->models[at], theta.view(), 0.75);
                EXPECT_EQ(reports[at].accepted, report.accepted);
                EXPECT_EQ(reports[at].accepted > 0, runs[at]);
                EXPECT_EQ(reports[at].next_dt, report.next_dt);
                expect_same<T>(together.member(k), theta);
                expect_same<T>(velocities.member(k), velocity);
            }
        }
    }
}

using RuntimeEnsembleErrors = RuntimeEnsembles<double>;

TEST_F(RuntimeEnsembleErrors, OfObservedRunsComeBeforeTheFirstObservation) {
    const km::Ensemble<double> before = fields.theta;
    const rt::Policy policy = rt::policy_of(rt::PolicyKind::fused);
    choose([](std::ptrdiff_t) { return Parts{}; });
    const auto run = [&](const km::ObservedSteps& of) {
        rt::advance_observed(policy, steppers, models, fields.theta, of,
                             [](std::ptrdiff_t, std::int64_t, const auto&) { FAIL() << "observed"; });
    };
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("steps", "-1"), run({.steps = -1}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("every", "0"), run({.steps = 5, .every = 0}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("first_step + steps", "2^63"),
                 run({.steps = 5, .first_step = std::numeric_limits<std::int64_t>::max()}));
    models[7].K = std::numeric_limits<double>::infinity();
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 7: K"), run({.steps = 5}));
    for (std::ptrdiff_t k = 0; k < members; ++k) expect_same<double>(fields.theta.member(k), before.member(k));
    km::Ensemble<double> nobody(0, 3, 4);
    EXPECT_TRUE(rt::advance_observed(policy, std::vector<rt::StepperChoice<double>>{},
                                     std::vector<rt::ModelChoice<double>>{}, nobody, {.steps = 5},
                                     [](std::ptrdiff_t, std::int64_t, const auto&) {})
                    .empty());
}

TEST_F(RuntimeEnsembleErrors, OfIntegrationsNameTheMemberAndChangeNothing) {
    const km::Ensemble<double> before = fields.theta;
    const km::Ensemble<double> velocities = fields.velocity;
    const rt::Policy policy = rt::policy_of(rt::PolicyKind::openmp, {.threads = 2, .min_cells_per_thread = 1});
    std::vector<km::DormandPrince54> methods(members);
    const auto with = [&](rt::StepperKind stepper) {
        choose([&](std::ptrdiff_t) { return Parts{.stepper = stepper}; });
        methods.assign(members, {});
    };
    const auto run = [&](double duration, const std::vector<bool>& runs = {}) {
        rt::integrate(policy, methods, models, fields.theta, duration, runs);
    };
    const auto run_with_inertia = [&](km::Ensemble<double>& velocity, double duration) {
        rt::integrate(policy, methods, models, fields.theta, velocity, duration);
    };
    with(rt::StepperKind::euler);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("duration", "-1"), run(-1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("runs", "2", "19"), run(1, {true, false}));
    methods[7].max_dt = -1;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 7: max_dt"), run(1));
    methods.pop_back();
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("methods", "18", "19"), run(1));
    with(rt::StepperKind::euler);
    models[5].omega = fields.theta.member(2);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 5: theta", "overlap", "omega"), run(1));
    with(rt::StepperKind::euler);
    models[6].inertia = km::InertiaFields<double>{};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 6: the model has inertia", "integrate"), run(1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: the model has"), run_with_inertia(fields.velocity, 1));
    with(rt::StepperKind::euler);
    methods[11].max_steps = 1;
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("member 11: integration stopped", "max_steps = 1"), run(5));
    models[11].K = std::numeric_limits<double>::infinity();
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 11: K"), run(0));
    run(0, std::vector<bool>(members, false)); // the models of members that rest are not checked
    with(rt::StepperKind::velocity_verlet);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("velocity must not be theta"), run_with_inertia(fields.theta, 1));
    models[4].inertia->mass = fields.velocity.member(3);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 4: velocity", "overlap", "mass"),
                 run_with_inertia(fields.velocity, 1));
    with(rt::StepperKind::velocity_verlet);
    methods[12].max_steps = 1;
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("member 12: integration stopped"),
                 run_with_inertia(fields.velocity, 50));
    for (std::ptrdiff_t k = 0; k < members; ++k) {
        expect_same<double>(fields.theta.member(k), before.member(k));
        expect_same<double>(fields.velocity.member(k), velocities.member(k));
    }
}

TEST_F(RuntimeEnsembleErrors, NameTheMemberAndChangeNothing) {
    const rt::Policy policy = rt::policy_of(rt::PolicyKind::fused);
    const km::Ensemble<double> before = fields.theta;
    const auto expect = [&](std::initializer_list<std::string> parts) {
        EXPECT_ERROR(std::invalid_argument, parts,
                     rt::advance(policy, steppers, models, fields.theta, steps, first_step));
    };
    for (const auto coupling : {rt::CouplingKind::sine, rt::CouplingKind::sakaguchi}) {
        const auto reset = [&] { choose([&](std::ptrdiff_t) { return Parts{.coupling = coupling}; }); };
        reset();
        models[7].K = std::numeric_limits<double>::infinity();
        expect(TEST_PARTS("member 7: K"));
        reset();
        steppers[17].dt = -1;
        expect(TEST_PARTS("member 17: dt", "-1"));
        reset();
        models[3].omega = fields.theta.member(5);
        expect(TEST_PARTS("member 3: theta", "overlap", "omega"));
        reset();
        models[4].bonds = km::BondStrengths<double>{fields.theta.member(5), fields.south.member(4)};
        expect(TEST_PARTS("member 4: theta", "overlap"));
        reset();
        models[6].coupling.reset();
        expect(TEST_PARTS("member 6: the model has neither"));
        reset();
        steppers.pop_back();
        expect(TEST_PARTS("steppers", "18", "19"));
        reset();
        models.push_back(models[0]);
        expect(TEST_PARTS("models", "20", "19"));
        reset();
        models[2].inertia = km::InertiaFields<double>{};
        expect(TEST_PARTS("the model has inertia"));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("the model has"),
                     rt::advance(policy, steppers, models, fields.theta, fields.velocity, steps, first_step));
        for (rt::ModelChoice<double>& model : models) model.inertia = km::InertiaFields<double>{};
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 0: the model has inertia", "euler"),
                     rt::advance(policy, steppers, models, fields.theta, fields.velocity, steps, first_step));
        choose([&](std::ptrdiff_t) { return Parts{.coupling = coupling, .stepper = rt::StepperKind::euler_maruyama}; });
        steppers[8].D = fields.theta.member(2);
        expect(TEST_PARTS("member 8: theta", "overlap", "D"));
    }
    // Steps that one kind of noise has no numbers for, after members that have been checked.
    constexpr std::int64_t late = (std::int64_t{1} << 56) - 3;
    for (const auto kind : {rt::StepperKind::euler_maruyama, rt::StepperKind::leimkuhler_matthews}) {
        choose([&](std::ptrdiff_t k) {
            return Parts{.stepper = k == 18 ? kind : rt::StepperKind::euler, .has_fields = false};
        });
        for (const rt::Policy& any : {policy, rt::policy_of(rt::PolicyKind::serial)})
            EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 18: first_step + steps", "+ 5"),
                         rt::advance(any, steppers, models, fields.theta, 5, late));
    }
    for (std::ptrdiff_t k = 0; k < members; ++k) expect_same<double>(fields.theta.member(k), before.member(k));
}

TEST(RuntimeEnsemble, HasKernelsForCouplingsWithoutParameters) {
    for (const auto kind : {rt::CouplingKind::sine, rt::CouplingKind::linear})
        EXPECT_NE(rt::any_ensemble_coupling<float>(named(kind)).ensemble_kernels(), nullptr);
    for (const auto kind : {rt::CouplingKind::sakaguchi, rt::CouplingKind::harmonics})
        EXPECT_EQ(rt::any_ensemble_coupling<float>(named(kind)).ensemble_kernels(), nullptr);
    EXPECT_EQ(rt::any_coupling<float>({}).ensemble_kernels(), nullptr);
}

TEST(RuntimeEnsemble, MayBeEmpty) {
    const rt::Policy policy = rt::policy_of(rt::PolicyKind::fused);
    km::Ensemble<float> nobody;
    rt::advance(policy, std::vector<rt::StepperChoice<float>>{}, std::vector<rt::ModelChoice<float>>{}, nobody, 3, 0);
    km::Ensemble<float> no_cells(2, 0, 5);
    rt::ModelChoice<float> model;
    model.coupling = rt::any_ensemble_coupling<float>({});
    rt::advance(policy, std::vector<rt::StepperChoice<float>>(2), std::vector(2, model), no_cells, 3, 0);
}

// AnyCoupling in the templates.

#if !defined KURAMOTO_FEW_COUPLINGS
/// A user's own: neither odd nor prepared.
struct Skewed {
    static constexpr bool odd = false;
    template <class V> V operator()(const V& d) const { return km::sin(d) + V(0.25) * km::cos(d); }
};
#endif

template <class T> std::vector<km::AnyCoupling<T>> couplings() {
    std::vector<km::AnyCoupling<T>> all = {km::AnyCoupling<T>(km::Sine{}), km::ensemble_coupling<T>(km::Sine{}),
                                           km::ensemble_coupling<T>(km::Linear{}),
                                           km::AnyCoupling<T>(km::SakaguchiSine{0.375})};
#if !defined KURAMOTO_FEW_COUPLINGS
    if constexpr (std::is_same_v<T, float>) all.push_back(km::ensemble_coupling<T>(Skewed{}));
#endif
    return all;
}

template <class T> class AnyCouplingOfEnsembles : public ::testing::Test {
  protected:
    using Lattice = km::Model<km::AnyCoupling<T>, km::Grid<const T>>;

    std::vector<Lattice> models_of(const km::AnyCoupling<T>& coupling) const {
        std::vector<Lattice> models;
        for (std::ptrdiff_t k = 0; k < members; ++k)
            models.push_back(km::Model{km::Laplacian<km::AnyCoupling<T>>{.K = 0.5 + 0.125 * static_cast<double>(k),
                                                                         .coupling = coupling,
                                                                         .boundary = km::torus},
                                       fields.omega.member(k)});
        return models;
    }

    Fields<T> fields;
};
TYPED_TEST_SUITE(AnyCouplingOfEnsembles, Precisions, );

TYPED_TEST(AnyCouplingOfEnsembles, HasTheBitsOfTheMembers) {
    using T = TypeParam;
    for (const km::AnyCoupling<T>& coupling : couplings<T>()) {
        const auto models = this->models_of(coupling);
        const km::Heun heun{.dt = 0.0625};
        km::Ensemble<T> together = this->fields.theta;
        km::advance(km::Fused{}, heun, models, together, steps);
        km::Ensemble<T> observed = this->fields.theta;
        const auto made = km::advance_observed(
            km::Fused{}, heun, models, observed, {.steps = steps, .every = 2},
            [](std::ptrdiff_t member, std::int64_t step, const auto&) { return member % 2 == 0 || step < 2; });
        const km::VelocityVerlet verlet{.dt = 0.0625};
        std::vector<km::InertialModel<typename TestFixture::Lattice, km::Inertia>> heavy;
        for (const auto& model : models) heavy.push_back({km::Inertia{.mass = 2, .damping = 0.5}, model});
        km::Ensemble<T> moved = this->fields.theta;
        km::Ensemble<T> velocities = this->fields.velocity;
        km::advance(km::Fused{}, verlet, heavy, moved, velocities, steps);
        for (std::ptrdiff_t k = 0; k < members; ++k) {
            const auto at = static_cast<std::size_t>(k);
            km::Field<T> alone(this->fields.theta.member(k));
            km::advance(km::Fused{}, heun, models[at], alone, steps);
            expect_same<T>(together.member(k), alone);
            EXPECT_EQ(made[at], k % 2 == 0 ? steps : 2);
            alone = km::Field<T>(this->fields.theta.member(k));
            km::advance(km::Fused{}, heun, models[at], alone, made[at]);
            expect_same<T>(observed.member(k), alone);
            alone = km::Field<T>(this->fields.theta.member(k));
            km::Field<T> velocity(this->fields.velocity.member(k));
            km::advance(km::Fused{}, verlet, heavy[at], alone, velocity, steps);
            expect_same<T>(moved.member(k), alone);
            expect_same<T>(velocities.member(k), velocity);
        }
    }
}

TEST(AnyCouplingOfEnsemble, IsTheSameForAllMembers) {
    using Coupling = km::AnyCoupling<double>;
    const Coupling lag(km::SakaguchiSine{0.25});
    const Coupling other(km::SakaguchiSine{0.5});
    EXPECT_EQ(lag, Coupling(km::SakaguchiSine{0.25}));
    EXPECT_NE(lag, other);
    EXPECT_EQ(Coupling(km::Sine{}), km::ensemble_coupling<double>(km::Sine{}));
    EXPECT_NE(Coupling(km::Sine{}), Coupling(km::Linear{}));
    EXPECT_EQ(Coupling(km::Harmonics<3>{{1, 2, 3}}), Coupling(km::Harmonics<3>{{1, 2, 3}}));
    EXPECT_NE(Coupling(km::Harmonics<3>{{1, 2, 3}}), Coupling(km::Harmonics<3>{{1, 2, 4}}));
    km::Ensemble<double> theta(2, 3, 3);
    const auto with = [](const Coupling& coupling) {
        return km::Model{km::Laplacian<Coupling>{.coupling = coupling}, 0.0};
    };
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("member 1: coupling differs"),
                 km::advance(km::Fused{}, km::Euler{}, std::vector{with(lag), with(other)}, theta, 1));
}

} // namespace
