// Every member of an ensemble gets the bits that it gets alone: model, stepper, policy, instruction set, precision,
// boundary, shape and number of members are drawn at random.
#include "support/couplings.hpp"
#include "support/draw.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <kuramoto/ensemble.hpp>
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace km = kuramoto;

namespace {

using test::Draw;

template <class T> bool has_bits_of(const km::Grid<const T>& a, const km::Field<T>& b) {
    for (std::ptrdiff_t i = 0; i < a.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < a.cols(); ++j)
            if (!std::isfinite(a(i, j)) || test::bits_of(a(i, j)) != test::bits_of(b(i, j))) return false;
    return true;
}

/// Distinct values for every member.
template <class T> km::Ensemble<T> filled(const km::Ensemble<T>& like, std::uint32_t seed, T scale, T offset) {
    km::Ensemble<T> result(like.members(), like.rows(), like.cols());
    for (std::ptrdiff_t k = 0; k < result.members(); ++k) {
        const km::Grid<T> member = result.member(k);
        test::fill_distinct(member, seed + 100 * static_cast<std::uint32_t>(k), scale);
        for (std::ptrdiff_t i = 0; i < member.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < member.cols(); ++j) member(i, j) += offset;
    }
    return result;
}

/// Numbers along the edges, which differ from member to member.
struct Edges {
    km::BoundaryCondition edge(int kind, std::ptrdiff_t cells, int member) {
        if (kind == 0) return km::zero_flux;
        if (kind == 1) return km::fixed_phase(0.5 + 0.25 * member);
        if (kind == 2) return km::fixed_flux(-0.25 * member);
        numbers.emplace_back();
        for (std::ptrdiff_t k = 0; k < cells; ++k) numbers.back().push_back(0.25 * static_cast<double>(k) - member);
        const std::vector<double>& last = numbers.back();
        return kind == 3 ? km::fixed_phase(last) : km::fixed_flux(last);
    }
    std::vector<std::vector<double>> numbers;
};

/// One case: all that is drawn.
template <class T> struct Case {
    explicit Case(std::uint32_t seed)
        : draw(seed), theta(draw.one_of({1, 2, 7, 8, 15, 16, 17, 33}), draw.one_of({1, 2, 3, 8, 17}),
                            draw.one_of({1, 2, 3, 16, 33})) {
        theta = filled(theta, seed, T(2), T(0));
        steps = draw.one_of({1, 2, 7});
        const std::vector<km::Isa> isas = test::supported_isas();
        isa = isas[static_cast<std::size_t>(draw.below(static_cast<int>(isas.size())))];
        const int threads = draw.one_of({0, 1, 2, 3});
        policy = threads == 0 ? km::AnyPolicy(km::Fused{.isa = isa})
                              : km::AnyPolicy(km::OpenMP{.threads = threads, .isa = isa, .min_cells_per_thread = 1});
        rows_wrap = draw.is_heads();
        cols_wrap = draw.is_heads();
        for (int& kind : kinds) kind = draw.below(5);
    }
    km::Boundary boundary(int member) {
        const auto at = [&](int k, bool wraps, std::ptrdiff_t cells) {
            return wraps ? km::periodic : edges.edge(kinds[k], cells, member);
        };
        return {at(0, rows_wrap, theta.cols()), at(1, rows_wrap, theta.cols()), at(2, cols_wrap, theta.rows()),
                at(3, cols_wrap, theta.rows())};
    }
    [[nodiscard]] std::string text() const {
        return std::to_string(theta.members()) + " members of " + std::to_string(theta.rows()) + " x " +
               std::to_string(theta.cols()) + ", " + std::to_string(steps) + " steps, isa " +
               std::to_string(static_cast<int>(isa));
    }

    Draw draw;
    km::Ensemble<T> theta;
    std::int64_t steps = 1;
    km::Isa isa = km::Isa::automatic;
    km::AnyPolicy policy = km::Fused{};
    bool rows_wrap = false;
    bool cols_wrap = false;
    int kinds[4] = {};
    Edges edges;
};

template <class T, class S, class M>
void expect_bits_of_each_alone(Case<T>& of, const std::vector<S>& steppers, const std::vector<M>& models) {
    constexpr std::int64_t first_step = 5;
    std::vector<km::Field<T>> alone;
    for (std::ptrdiff_t k = 0; k < of.theta.members(); ++k) {
        const auto at = static_cast<std::size_t>(k);
        alone.emplace_back(of.theta.member(k));
        km::advance(km::AnyPolicy(km::Fused{.isa = of.isa}), steppers[at], models[at], alone.back(), of.steps,
                    first_step);
    }
    km::advance(of.policy, steppers, models, of.theta, of.steps, first_step);
    for (std::ptrdiff_t k = 0; k < of.theta.members(); ++k)
        EXPECT_TRUE(has_bits_of<T>(of.theta.member(k), alone[static_cast<std::size_t>(k)]))
            << "member " << k << " of " << of.text();
}

/// `stepper_of(k)` is the stepper of member k, `bonds_of(k)` has its bonds.
template <class T, class C, class StepperOf, class BondsOf>
void run(Case<T>& of, const C& coupling, const StepperOf& stepper_of, const BondsOf& bonds_of) {
    using S = decltype(stepper_of(0));
    using Bonds = decltype(bonds_of(0));
    std::vector<S> steppers;
    std::vector<km::Model<C, km::NumberOrField<T>, Bonds>> models;
    const km::Ensemble<T> omega = filled(of.theta, 7, T(1), T(0));
    const km::Field<T> alone(omega.member(0));
    // Frequencies: numbers, those of an ensemble, one field, a mixture, an ensemble in another order, one shifted by
    // one.
    const int kind = of.draw.below(6);
    const int count = static_cast<int>(of.theta.members());
    for (int k = 0; k < of.theta.members(); ++k) {
        steppers.push_back(stepper_of(k));
        const km::Laplacian<C, Bonds> laplacian{0.5 + 0.125 * k, coupling, of.boundary(k), bonds_of(k)};
        if (kind == 0 || (kind == 3 && k % 2 == 0))
            models.push_back({laplacian, km::NumberOrField<T>(0.25 * k)});
        else
            models.push_back({laplacian, km::NumberOrField<T>(kind == 2   ? alone.view()
                                                              : kind == 4 ? omega.member(count - 1 - k)
                                                              : kind == 5 ? omega.member((k + 1) % count)
                                                                          : omega.member(k))});
    }
    expect_bits_of_each_alone(of, steppers, models);
}

template <class T, class C, class StepperOf>
void run_with_bonds(Case<T>& of, const C& coupling, const StepperOf& stepper_of) {
    if (of.draw.is_heads()) return run(of, coupling, stepper_of, [](int) { return km::EqualBonds{}; });
    km::Ensemble<T> east = filled(of.theta, 3, T(0.5), T(0.75));
    const km::Ensemble<T> south = filled(of.theta, 4, T(0.5), T(0.75));
    east.member(0)(0, 0) = 0; // no bond
    const int last = static_cast<int>(of.theta.members()) - 1;
    const bool is_reversed = of.draw.is_heads();
    run(of, coupling, stepper_of,
        [&](int k) { return km::BondStrengths<T>{east.member(is_reversed ? last - k : k), south.member(k)}; });
}

template <class T, class C> void run_runge_kutta(Case<T>& of, const C& coupling) {
    run_with_bonds(of, coupling, [](int k) { return km::RungeKutta4{.dt = 0.03125 * (1 + k % 3)}; });
}

/// Any stepper.
template <class T> void run_steppers(Case<T>& of) {
    const km::Sine coupling;
    const km::Ensemble<T> D = filled(of.theta, 6, T(0.125), T(0.5));
    const auto seed = [](int k) { return static_cast<std::uint64_t>(1000 + k); };
    switch (of.draw.below(7)) {
    case 0:
        return run_with_bonds(of, coupling, [](int k) { return km::Euler{.dt = 0.03125 * (1 + k % 3)}; });
    case 1:
        return run_with_bonds(of, coupling, [](int k) { return km::Heun{.dt = 0.03125 * (1 + k % 3)}; });
    case 2:
        return run_runge_kutta(of, coupling);
    case 3:
        return run_with_bonds(of, coupling,
                              [&](int k) { return km::EulerMaruyama{.dt = 0.03125, .D = 0.125 * k, .seed = seed(k)}; });
    case 4:
        return run_with_bonds(of, coupling, [&](int k) {
            return km::LeimkuhlerMatthews{.dt = 0.03125, .D = 0.125 * k, .seed = seed(k)};
        });
    case 5:
        return run_with_bonds(of, coupling, [&](int k) {
            return km::EulerMaruyamaField<T>{.dt = 0.03125, .D = D.member(k), .seed = seed(k)};
        });
    default:
        return run_with_bonds(of, coupling, [&](int k) {
            return km::LeimkuhlerMatthewsField<T>{.dt = 0.03125, .D = D.member(k), .seed = seed(k)};
        });
    }
}

/// Inertia: masses and dampings are numbers or fields.
template <class T, class StepperOf, class BondsOf>
void run_inertia(Case<T>& of, const StepperOf& stepper_of, const BondsOf& bonds_of) {
    using Lattice = km::Model<km::Sine, double, decltype(bonds_of(0))>;
    constexpr std::int64_t first_step = 5;
    const km::Ensemble<T> mass = filled(of.theta, 8, T(0.25), T(1.5));
    const km::Ensemble<T> damping = filled(of.theta, 9, T(0.125), T(0.5));
    km::Ensemble<T> velocity = filled(of.theta, 10, T(0.5), T(0));
    const int kind = of.draw.below(3);
    std::vector<decltype(stepper_of(0))> steppers;
    std::vector<km::InertialModel<Lattice, km::InertiaFields<T>>> models;
    std::vector<km::Field<T>> phases, velocities;
    for (int k = 0; k < of.theta.members(); ++k) {
        steppers.push_back(stepper_of(k));
        km::InertiaFields<T> inertia{.mass = 1.0 + k, .damping = 0.125 * k};
        if (kind != 0) inertia.mass = mass.member(k);
        if (kind == 2) inertia.damping = damping.member(k);
        models.push_back({inertia, Lattice{{0.5 + 0.125 * k, {}, of.boundary(k), bonds_of(k)}, 0.25 * k}});
        phases.emplace_back(of.theta.member(k));
        velocities.emplace_back(velocity.member(k));
        km::advance(km::AnyPolicy(km::Fused{.isa = of.isa}), steppers.back(), models.back(), phases.back(),
                    velocities.back(), of.steps, first_step);
    }
    km::advance(of.policy, steppers, models, of.theta, velocity, of.steps, first_step);
    for (std::ptrdiff_t k = 0; k < of.theta.members(); ++k) {
        const auto at = static_cast<std::size_t>(k);
        EXPECT_TRUE(has_bits_of<T>(of.theta.member(k), phases[at])) << "member " << k << " of " << of.text();
        EXPECT_TRUE(has_bits_of<T>(velocity.member(k), velocities[at])) << "velocity " << k << " of " << of.text();
    }
}

/// run(case) for 100 cases of each precision.
template <class Run> void run_cases(std::uint32_t first_seed, const Run& run_case) {
    for (std::uint32_t seed = first_seed; seed < first_seed + 100; ++seed) {
        Case<float> floats(seed);
        run_case(floats);
        Case<double> doubles(seed);
        run_case(doubles);
    }
}

TEST(Ensemble, AdvancesItsMembersAsEachAlone) {
    run_cases(100, [](auto& of) { run_steppers(of); });
}
TEST(Ensemble, AdvancesItsMembersAsEachAloneWithALag) {
    run_cases(200, [](auto& of) { run_runge_kutta(of, km::SakaguchiSine{.lag = 0.25}); });
}
TEST(Ensemble, AdvancesItsMembersAsEachAloneWithInertia) {
    run_cases(400, []<class T>(Case<T>& of) {
        if (of.draw.is_heads())
            return run_inertia(
                of, [](int k) { return km::VelocityVerlet{.dt = 0.03125 * (1 + k % 3)}; },
                [](int) { return km::EqualBonds{}; });
        const auto east = filled(of.theta, 3, T(0.5), T(0.75));
        const auto south = filled(of.theta, 4, T(0.5), T(0.75));
        run_inertia(
            of,
            [](int k) {
                return km::BAOAB{.dt = 0.03125, .temperature = 0.125 * k, .seed = static_cast<std::uint64_t>(k)};
            },
            [&](int k) { return km::BondStrengths<T>{east.member(k), south.member(k)}; });
    });
}

// Noise is drawn for 512 cells at a time.
TEST(Ensemble, HasTheNoiseOfLongRows) {
    for (const std::ptrdiff_t cols : {511, 512, 513, 1100}) {
        km::Ensemble<float> theta(17, 2, cols);
        std::vector<km::EulerMaruyama> steppers;
        for (std::uint64_t seed = 0; seed < 17; ++seed) steppers.push_back({.dt = 0.125, .D = 1, .seed = seed});
        const km::Model model{km::SineLaplacian{.K = 1, .boundary = km::torus}, 0.5};
        km::advance(km::Fused{}, steppers, model, theta, 3, 0);
        km::Field<float> alone(2, cols);
        km::advance(km::Fused{}, steppers[16], model, alone, 3, 0);
        EXPECT_TRUE(has_bits_of<float>(theta.member(16), alone)) << cols;
    }
}

#if !defined KURAMOTO_FEW_COUPLINGS

/// Couplings with parameters, which the members of an ensemble compare.
struct Skewed : test::Skewed {
    friend bool operator==(const Skewed& a, const Skewed& b) { return test::bits_of(a.lag) == test::bits_of(b.lag); }
};

TEST(Ensemble, AdvancesItsMembersAsEachAloneWithACouplingOfAUsers) {
    run_cases(300, [](auto& of) {
        if (of.draw.is_heads()) return run_runge_kutta(of, Skewed{});
        run_with_bonds(of, Skewed{}, [](int k) {
            return km::LeimkuhlerMatthews{.dt = 0.03125, .D = 0.125 * k, .seed = static_cast<std::uint64_t>(k)};
        });
    });
}

#endif

} // namespace
