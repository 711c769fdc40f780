// Every combination of what is chosen at run time: it runs, and gives the bits of the templates it stands for; or it is
// refused with an error that names both sides.

#include "support/expect_error.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>
#include <kuramoto/runtime/compiled_elsewhere.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace km = kuramoto;
namespace rt = km::runtime;

namespace {

constexpr std::ptrdiff_t rows = 7;
constexpr std::ptrdiff_t cols = 19;
constexpr std::int64_t steps = 5;
constexpr std::int64_t first_step = 3;

template <class T> km::Field<T> field(std::uint32_t seed, T scale, T offset = 0) {
    km::Field<T> made(rows, cols);
    test::fill_distinct(made.view(), seed, scale);
    for (std::ptrdiff_t k = 0; k < made.size(); ++k) made.data()[k] += offset;
    return made;
}

/// What the models view.
template <class T> struct Fields {
    km::Field<T> theta = field<T>(1, 1);
    km::Field<T> velocity = field<T>(2, T(0.5));
    km::Field<T> omega = field<T>(3, T(0.25));
    km::Field<T> east = field<T>(4, T(0.5));
    km::Field<T> south = field<T>(5, T(0.5));
    km::Field<T> D = field<T>(6, T(0.25), T(0.5));
    km::Field<T> mass = field<T>(7, T(0.25), T(1.5));
    std::vector<double> along_rows = std::vector<double>(cols, 0.75);
};

/// Which parts a model has.
struct Parts {
    bool has_lattice = true;
    bool has_bonds = false;
    bool has_omega_field = false;
    bool has_mean_field = false;
    bool has_inertia = false;
};

std::vector<Parts> all_parts() {
    std::vector<Parts> all;
    for (int bits = 0; bits < 32; ++bits) {
        const Parts parts{(bits & 1) == 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0};
        if (parts.has_lattice || (parts.has_mean_field && !parts.has_bonds)) all.push_back(parts);
    }
    return all;
}

template <class T>
rt::ModelChoice<T> model_of(const Parts& parts, const Fields<T>& fields, const rt::NamedCoupling& coupling,
                            const km::Boundary& boundary) {
    rt::ModelChoice<T> model{.K = 0.5, .boundary = boundary, .omega = 0.25};
    if (parts.has_lattice) model.coupling = rt::any_coupling<T>(coupling);
    if (parts.has_bonds) model.bonds = km::BondStrengths<T>{fields.east, fields.south};
    if (parts.has_omega_field) model.omega = fields.omega;
    if (parts.has_mean_field) model.mean_field = km::MeanField{.K = 0.75, .lag = 0.125};
    if (parts.has_inertia) model.inertia = km::InertiaFields<T>{.mass = fields.mass, .damping = 0.5};
    return model;
}

/// Calls use(model) with the same model, without inertia, as a template of the library, with sine coupling.
template <class T, class Use>
void with_template(const Parts& parts, const Fields<T>& fields, const km::Boundary& boundary, const Use& use) {
    const km::MeanField mean_field{.K = 0.75, .lag = 0.125};
    const auto with_omega = [&](const auto& omega) {
        if (!parts.has_lattice) return use(km::MeanFieldModel{mean_field, omega});
        const auto with_lattice = [&](const auto& laplacian) {
            const km::Model lattice{laplacian, omega};
            if (parts.has_mean_field)
                use(km::MeanFieldModel{mean_field, lattice});
            else
                use(lattice);
        };
        const km::SineLaplacian laplacian{.K = 0.5, .boundary = boundary};
        if (parts.has_bonds)
            with_lattice(km::with_bonds(laplacian, fields.east, fields.south));
        else
            with_lattice(laplacian);
    };
    if (parts.has_omega_field)
        with_omega(fields.omega.view());
    else
        with_omega(0.25);
}

template <class T> bool are_same(const km::Field<T>& a, const km::Field<T>& b) {
    return test::first_difference(test::values_of(a.view()), test::values_of(b.view())) == -1;
}

/// The phases, and the velocities beside them.
template <class T> struct State {
    km::Field<T> theta;
    km::Field<T> velocity;
    bool operator==(const State& other) const {
        return are_same(theta, other.theta) && are_same(velocity, other.velocity);
    }
};

template <class T>
State<T> advanced(const rt::Policy& policy, const rt::StepperChoice<T>& stepper, const rt::ModelChoice<T>& model,
                  const Fields<T>& fields) {
    State<T> state{fields.theta, fields.velocity};
    if (model.inertia)
        rt::advance(policy, stepper, model, state.theta.view(), state.velocity.view(), steps, first_step);
    else
        rt::advance(policy, stepper, model, state.theta.view(), steps, first_step);
    return state;
}

/// The steppers that a model takes, with D as a number and as a field.
template <class T> std::vector<rt::StepperChoice<T>> steppers_of(const Parts& parts, const Fields<T>& fields) {
    std::vector<rt::StepperChoice<T>> all;
    for (const std::string_view name : rt::Names<rt::StepperKind>::words) {
        const rt::StepperChoice<T> stepper{
            .kind = rt::named<rt::StepperKind>(name), .dt = 0.125, .D = 0.25, .temperature = 0.25, .seed = 11};
        if (rt::is_inertial(stepper.kind) != parts.has_inertia) continue;
        all.push_back(stepper);
        if (!rt::is_noisy(stepper.kind) || parts.has_inertia) continue;
        all.push_back(stepper);
        all.back().D = fields.D;
    }
    return all;
}

const std::vector<rt::NamedCoupling> couplings = {{rt::CouplingKind::sine, {}},
                                                  {rt::CouplingKind::linear, {}},
                                                  {rt::CouplingKind::sakaguchi, {0.375}},
                                                  {rt::CouplingKind::harmonics, {1}},
                                                  {rt::CouplingKind::harmonics, {1, 0.5, 0.25}},
                                                  {rt::CouplingKind::harmonics, {1, 0.5, 0.25, 0.125, -0.25}}};

/// Some policies: the same bits for all but the first.
std::vector<rt::Policy> policies() {
    return {rt::policy_of(rt::PolicyKind::serial), rt::policy_of(rt::PolicyKind::fused, {.depth = 2}),
            rt::policy_of(rt::PolicyKind::openmp, {.threads = 2, .min_cells_per_thread = 1}),
            rt::policy_of(rt::PolicyKind::threads, {.threads = 2, .min_cells_per_thread = 1})};
}

template <class T> class Combinations : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Combinations, Precisions);

TYPED_TEST(Combinations, RunAndDoNotDependOnThreads) {
    using T = TypeParam;
    const Fields<T> fields;
    const std::vector<km::Boundary> boundaries = {
        {}, km::torus, {.north = km::fixed_phase(fields.along_rows), .east = km::fixed_flux(0.25)}};
    for (const rt::NamedCoupling& coupling : couplings)
        for (const km::Boundary& boundary : boundaries)
            for (const Parts& parts : all_parts()) {
                const rt::ModelChoice<T> model = model_of(parts, fields, coupling, boundary);
                for (const rt::StepperChoice<T>& stepper : steppers_of(parts, fields)) {
                    const std::vector<rt::Policy> all = policies();
                    const State<T> start{fields.theta, fields.velocity};
                    EXPECT_NE(advanced(all[0], stepper, model, fields), start);
                    EXPECT_EQ(advanced(all[1], stepper, model, fields), advanced(all[2], stepper, model, fields));
                }
            }
}

/// The library's algorithms on its own types: what the run-time layer has to agree with.
template <class T> struct Reference {
    const Fields<T>& fields;
    const Parts& parts;
    const km::Boundary& boundary;

    State<T> advanced(const auto& policy, const rt::StepperChoice<T>& stepper) const {
        State<T> state{fields.theta, fields.velocity};
        with_template(parts, fields, boundary, [&](const auto& model) {
            const auto with = [&](const auto& typed) {
                km::advance(policy, typed, model, state.theta, steps, first_step);
            };
            const auto heavy = [&](const auto& typed) {
                const km::InertialModel inertial{km::InertiaFields<T>{.mass = fields.mass, .damping = 0.5}, model};
                km::advance(policy, typed, inertial, state.theta, state.velocity, steps, first_step);
            };
            const double dt = stepper.dt;
            switch (stepper.kind) {
            case rt::StepperKind::euler:
                return with(km::Euler{dt});
            case rt::StepperKind::heun:
                return with(km::Heun{dt});
            case rt::StepperKind::runge_kutta4:
                return with(km::RungeKutta4{dt});
            case rt::StepperKind::euler_maruyama:
                if (stepper.D.is_number()) return with(km::EulerMaruyama{.dt = dt, .D = 0.25, .seed = 11});
                return with(km::EulerMaruyamaField<T>{.dt = dt, .D = fields.D, .seed = 11});
            case rt::StepperKind::leimkuhler_matthews:
                if (stepper.D.is_number()) return with(km::LeimkuhlerMatthews{.dt = dt, .D = 0.25, .seed = 11});
                return with(km::LeimkuhlerMatthewsField<T>{.dt = dt, .D = fields.D, .seed = 11});
            case rt::StepperKind::velocity_verlet:
                return heavy(km::VelocityVerlet{dt});
            case rt::StepperKind::baoab:
                return heavy(km::BAOAB{.dt = dt, .temperature = 0.25, .seed = 11});
            }
        });
        return state;
    }
    State<T> integrated(const auto& policy) const {
        State<T> state{fields.theta, fields.velocity};
        with_template(parts, fields, boundary, [&](const auto& model) {
            if (!parts.has_inertia) return void(km::integrate(policy, km::DormandPrince54{}, model, state.theta, 1.0));
            const km::InertialModel inertial{km::InertiaFields<T>{.mass = fields.mass, .damping = 0.5}, model};
            km::integrate(policy, km::DormandPrince54{}, inertial, state.theta, state.velocity, 1.0);
        });
        return state;
    }
    km::Field<T> rate(const auto& policy) const {
        km::Field<T> rates(parts.has_inertia ? 2 * rows : rows, cols);
        with_template(parts, fields, boundary, [&](const auto& model) {
            if (!parts.has_inertia) return km::rate(policy, model, fields.theta, rates);
            const km::InertialModel inertial{km::InertiaFields<T>{.mass = fields.mass, .damping = 0.5}, model};
            km::rate(policy, inertial, km::phase_space_state(fields.theta, fields.velocity), rates);
        });
        return rates;
    }
};

template <class T>
State<T> integrated(const rt::Policy& policy, const rt::ModelChoice<T>& model, const Fields<T>& fields) {
    State<T> state{fields.theta, fields.velocity};
    if (model.inertia)
        rt::integrate(policy, km::DormandPrince54{}, model, state.theta.view(), state.velocity.view(), 1.0);
    else
        rt::integrate(policy, km::DormandPrince54{}, model, state.theta.view(), 1.0);
    return state;
}

template <class T>
km::Field<T> rate(const rt::Policy& policy, const rt::ModelChoice<T>& model, const Fields<T>& fields) {
    km::Field<T> rates(model.inertia ? 2 * rows : rows, cols);
    const km::Field<T> state = km::phase_space_state(fields.theta, fields.velocity);
    rt::rate(policy, model, model.inertia ? state.view() : fields.theta.view(), rates.view());
    return rates;
}

TYPED_TEST(Combinations, HaveTheBitsOfTheTemplates) {
    using T = TypeParam;
    const Fields<T> fields;
    const km::Boundary boundary{
        .north = km::fixed_phase(0.5), .south = km::fixed_flux(0.25), .west = km::periodic, .east = km::periodic};
    for (const Parts& parts : all_parts()) {
        // Halves of the types, so that the compiler has less to do: a field of frequencies in one precision each.
        if (parts.has_omega_field != std::is_same_v<T, float>) continue;
        const rt::ModelChoice<T> model = model_of(parts, fields, couplings[0], boundary);
        const Reference<T> reference{fields, parts, boundary};
        for (const rt::Policy& policy : policies()) {
            std::visit(
                [&](const auto& workers) {
                    for (const rt::StepperChoice<T>& stepper : steppers_of(parts, fields))
                        EXPECT_EQ(advanced(policy, stepper, model, fields), reference.advanced(workers, stepper))
                            << rt::name_of(stepper.kind);
                    EXPECT_EQ(integrated(policy, model, fields), reference.integrated(workers));
                    EXPECT_TRUE(are_same(rate(policy, model, fields), reference.rate(workers)));
                },
                policy);
        }
    }
}

TYPED_TEST(Combinations, HaveTheStableTimeStepOfTheTemplates) {
    using T = TypeParam;
    const Fields<T> fields;
    for (const Parts& parts : all_parts()) {
        const rt::ModelChoice<T> model = model_of(parts, fields, couplings[0], km::torus);
        for (const rt::StepperChoice<T>& stepper : steppers_of(parts, fields)) {
            const double found = rt::max_stable_dt(stepper, model);
            with_template(parts, fields, km::torus, [&](const auto& typed) {
                const km::InertialModel inertial{km::InertiaFields<T>{.mass = fields.mass, .damping = 0.5}, typed};
                if (parts.has_inertia)
                    EXPECT_EQ(found, km::max_stable_dt(km::VelocityVerlet{}, inertial));
                else if (stepper.kind == rt::StepperKind::runge_kutta4)
                    EXPECT_EQ(found, km::max_stable_dt(km::RungeKutta4{}, typed));
                else
                    EXPECT_EQ(found, km::max_stable_dt(km::Euler{}, typed));
            });
        }
    }
}

TYPED_TEST(Combinations, ThatDoNotExistNameBothSides) {
    using T = TypeParam;
    const Fields<T> fields;
    const rt::Policy policy = rt::policy_of(rt::PolicyKind::fused);
    for (const Parts& parts : all_parts()) {
        const rt::ModelChoice<T> model = model_of(parts, fields, couplings[0], {});
        for (const std::string_view name : rt::Names<rt::StepperKind>::words) {
            const rt::StepperChoice<T> stepper{.kind = rt::named<rt::StepperKind>(name)};
            if (rt::is_inertial(stepper.kind) == parts.has_inertia) continue;
            EXPECT_ERROR(std::invalid_argument, TEST_PARTS(std::string(name), "inertia"),
                         advanced(policy, stepper, model, fields));
            EXPECT_ERROR(std::invalid_argument, TEST_PARTS(std::string(name), "inertia"),
                         static_cast<void>(rt::max_stable_dt(stepper, model)));
        }
    }
    km::Field<T> theta = fields.theta;
    km::Field<T> velocity = fields.velocity;
    const rt::ModelChoice<T> heavy = model_of({.has_inertia = true}, fields, couplings[0], {});
    const rt::ModelChoice<T> light = model_of({}, fields, couplings[0], {});
    const rt::StepperChoice<T> euler;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("inertia", "velocity"),
                 rt::advance(policy, euler, heavy, theta.view(), 1, 0));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("inertia"),
                 rt::advance(policy, euler, light, theta.view(), velocity.view(), 1, 0));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("inertia"),
                 rt::integrate(policy, km::DormandPrince54{}, heavy, theta.view(), 1.0));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("neighbours", "mean field"),
                 rt::advance(policy, euler, rt::ModelChoice<T>{}, theta.view(), 1, 0));
    EXPECT_TRUE(are_same(theta, fields.theta));
    EXPECT_TRUE(are_same(velocity, fields.velocity));
}

TEST(Names, AreThoseOfTheEnumerators) {
    for (const std::string_view word : rt::Names<rt::CouplingKind>::words)
        EXPECT_EQ(rt::name_of(rt::named<rt::CouplingKind>(word)), word);
    for (const std::string_view word : rt::Names<km::Isa>::words)
        EXPECT_EQ(std::string(word), km::name(rt::named<km::Isa>(word)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("stepper", "'rk5'", "euler", "baoab"),
                 static_cast<void>(rt::named<rt::StepperKind>("rk5")));
}

TEST(NamedCoupling, ChecksItsNumbers) {
    using rt::CouplingKind;
    const auto made = [](CouplingKind kind, std::vector<double> numbers) {
        return [=] { return rt::any_coupling<float>({kind, numbers}); };
    };
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("sine", "0", "1"), made(CouplingKind::sine, {1})());
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("linear"), made(CouplingKind::linear, {1, 2})());
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("sakaguchi", "1"), made(CouplingKind::sakaguchi, {})());
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("8", "9"),
                 made(CouplingKind::harmonics, std::vector<double>(9, 0.5))());
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("harmonics", "0"), made(CouplingKind::harmonics, {})());
}

TEST(PolicyOf, ChecksItsNumbers) {
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads", "-1"),
                 static_cast<void>(rt::policy_of(rt::PolicyKind::openmp, {.threads = -1})));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("depth", "-1"),
                 static_cast<void>(rt::policy_of(rt::PolicyKind::fused, {.depth = -1})));
}

} // namespace
