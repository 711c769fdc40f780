// Everything that advances, on every layout of the ranks, against one process, to the bit: model, stepper, policy,
// precision, boundary, shape and depth are drawn at random, the same on every process.
#include "lattices.hpp"

#include "support/draw.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>
#include <kuramoto/openmp.hpp>
#include <kuramoto/runtime/compiled_elsewhere.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace km = kuramoto;
namespace rt = km::runtime;

namespace {

using test::Draw; // every process draws alike

/// A lattice on one process, and the block of it.
template <class T> struct Twin {
    Twin(const km::mpi::Decomposition& lattice, std::uint32_t seed, T scale, T offset)
        : whole(lattice.rows(), lattice.cols()), cut(lattice) {
        test::fill_distinct(whole.view(), seed, scale);
        for (std::ptrdiff_t k = 0; k < whole.size(); ++k) whole.data()[k] += offset;
        const km::Grid<T> local = cut.local();
        for (std::ptrdiff_t i = 0; i < local.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < local.cols(); ++j)
                local(i, j) = whole(cut.block().row_begin + i, cut.block().col_begin + j);
    }
    /// The first cell in which the two differ, or are not finite; empty if there is none.
    [[nodiscard]] std::string difference() const {
        const km::Grid<const T> local = cut.local();
        for (std::ptrdiff_t i = 0; i < local.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < local.cols(); ++j) {
                const T expected = whole(cut.block().row_begin + i, cut.block().col_begin + j);
                if (std::isfinite(expected) && test::bits_of(local(i, j)) == test::bits_of(expected)) continue;
                return "cell (" + std::to_string(cut.block().row_begin + i) + ", " +
                       std::to_string(cut.block().col_begin + j) + ")";
            }
        return "";
    }
    km::Field<T> whole;
    km::mpi::Field<T> cut;
};

/// One case: all that is drawn.
struct Case {
    explicit Case(std::uint32_t seed, int ranks) : draw(seed) {
        std::vector<km::mpi::RankGrid> layouts;
        for (int down = 1; down <= ranks; ++down)
            if (ranks % down == 0) layouts.push_back({down, ranks / down});
        layout = layouts[static_cast<std::size_t>(draw.below(static_cast<int>(layouts.size())))];
        // Thin blocks of one or two rows or columns, odd sizes, and lattices of several vectors.
        rows = draw.one_of({layout.rows, layout.rows + 1, 2 * layout.rows + 1, 9 * layout.rows - 2, 37 * layout.rows});
        cols = draw.one_of({layout.cols, layout.cols + 1, 3 * layout.cols + 1, 19 * layout.cols - 2, 53 * layout.cols});
        for (int k = 0; k < 2 * rows; ++k) along_cols.push_back(0.25 * k - 3);
        for (int k = 0; k < 2 * cols; ++k) along_rows.push_back(1 - 0.125 * k);
        along_cols.resize(static_cast<std::size_t>(rows));
        along_rows.resize(static_cast<std::size_t>(cols));
        const bool rows_wrap = draw.is_heads();
        const bool cols_wrap = draw.is_heads();
        boundary = {rows_wrap ? km::periodic : edge(along_rows), rows_wrap ? km::periodic : edge(along_rows),
                    cols_wrap ? km::periodic : edge(along_cols), cols_wrap ? km::periodic : edge(along_cols)};
        depth = draw.one_of({0, 0, 1, 3, 16});
        steps = draw.one_of({1, 2, 7, 33});
        is_slow = draw.is_heads();
        threads = 1 + draw.below(3);
    }
    km::BoundaryCondition edge(const std::vector<double>& values) {
        const int kind = draw.below(5);
        if (kind == 0) return km::zero_flux;
        if (kind == 1) return km::fixed_phase(0.5);
        if (kind == 2) return km::fixed_flux(-0.25);
        return kind == 3 ? km::fixed_phase(values) : km::fixed_flux(values);
    }
    [[nodiscard]] std::string text() const {
        return std::to_string(rows) + " x " + std::to_string(cols) + " on " + std::to_string(layout.rows) + " x " +
               std::to_string(layout.cols) + " ranks, depth " + std::to_string(depth) + ", " + std::to_string(steps) +
               " steps, " + std::to_string(threads) + " threads, kinds " +
               std::to_string(static_cast<int>(boundary.north.kind)) +
               std::to_string(static_cast<int>(boundary.south.kind)) +
               std::to_string(static_cast<int>(boundary.west.kind)) +
               std::to_string(static_cast<int>(boundary.east.kind)) + (is_slow ? ", slow network" : "") + parts;
    }
    [[nodiscard]] km::AnyPolicy policy() const {
        if (threads == 1) return km::Fused{.depth = depth};
        return km::OpenMP{.threads = threads, .depth = depth, .min_cells_per_thread = 1};
    }

    Draw draw;
    km::mpi::RankGrid layout;
    int rows = 0;
    int cols = 0;
    std::vector<double> along_rows;
    std::vector<double> along_cols;
    km::Boundary boundary;
    int depth = 0;
    int steps = 1;
    bool is_slow = false;
    int threads = 1;
    std::string parts; ///< of the model and the stepper, for messages
};

/// The fields that models and steppers view.
template <class T> struct Fields {
    explicit Fields(const km::mpi::Decomposition& lattice)
        : theta(lattice, 1, 1, 0), velocity(lattice, 2, T(0.5), 0), omega(lattice, 3, T(0.25), 0),
          east(lattice, 4, T(0.5), T(0.75)), south(lattice, 5, T(0.5), T(0.75)), D(lattice, 6, T(0.125), T(0.5)),
          mass(lattice, 7, T(0.25), T(1.5)) {}
    Twin<T> theta, velocity, omega, east, south, D, mass;
};

/// The models of one process and of many.
template <class T> struct Models {
    Models(Case& of, const Fields<T>& fields, bool has_inertia) {
        Draw& draw = of.draw;
        const bool has_mean_field = draw.below(4) == 0;
        if (!has_mean_field || draw.is_heads()) {
            const rt::NamedCoupling couplings[] = {{rt::CouplingKind::sine},
                                                   {rt::CouplingKind::linear},
                                                   {rt::CouplingKind::sakaguchi, {0.3}},
                                                   {rt::CouplingKind::harmonics, {1.0, -0.5, 0.25}}};
            const rt::NamedCoupling& coupling = couplings[draw.below(4)];
            of.parts += ", " + std::string(rt::name_of(coupling.kind));
            one.coupling = rt::any_coupling<T>(coupling);
        }
        one.K = 0.75;
        one.boundary = of.boundary;
        one.omega = 0.25;
        if (has_mean_field) of.parts += ", mean field";
        if (has_mean_field) one.mean_field = km::MeanField{.K = 0.5, .lag = 0.125};
        if (has_inertia) one.inertia = km::InertiaFields<T>{.mass = 1.25, .damping = 0.5};
        many = one;
        if (draw.is_heads()) {
            of.parts += ", bonds";
            one.bonds = km::BondStrengths<T>{fields.east.whole, fields.south.whole};
            many.bonds = km::BondStrengths<T>{fields.east.cut.local(), fields.south.cut.local()};
        }
        if (draw.is_heads()) {
            of.parts += ", omega";
            one.omega = fields.omega.whole;
            many.omega = fields.omega.cut.local();
        }
        if (has_inertia && draw.is_heads()) {
            of.parts += ", mass";
            one.inertia->mass = fields.mass.whole;
            many.inertia->mass = fields.mass.cut.local();
        }
    }
    rt::ModelChoice<T> one;
    rt::ModelChoice<T> many;
};

template <class T> void expect_same(const Case& of, const Twin<T>& twin, const std::string& what) {
    const std::string difference = twin.difference();
    EXPECT_EQ(difference, "") << what << ": " << of.text();
}

/// One process: on the calling thread.
const rt::Policy alone = km::AnyPolicy(km::Fused{});

template <class T> void advance_first_order(Case& of, Fields<T>& fields) {
    const Models<T> models(of, fields, false);
    constexpr rt::StepperKind kinds[] = {rt::StepperKind::euler, rt::StepperKind::heun, rt::StepperKind::runge_kutta4,
                                         rt::StepperKind::euler_maruyama, rt::StepperKind::leimkuhler_matthews};
    rt::StepperChoice<T> one{.kind = kinds[of.draw.below(5)], .dt = 0.0625, .D = 0.25, .seed = 9};
    rt::StepperChoice<T> many = one;
    if (of.draw.is_heads()) {
        of.parts += ", D";
        one.D = fields.D.whole;
        many.D = fields.D.cut.local();
    }
    constexpr std::int64_t first = 5;
    rt::advance(alone, one, models.one, fields.theta.whole.view(), of.steps, first);
    rt::with_first_order_stepper(many, [&](const auto& stepper) {
        rt::with_first_order_model(models.many, [&](const auto& model) {
            km::advance(of.policy(), stepper, model, fields.theta.cut, of.steps, first);
        });
    });
    expect_same(of, fields.theta, std::string(rt::name_of(one.kind)));
}

template <class T> void advance_inertial(Case& of, Fields<T>& fields) {
    const Models<T> models(of, fields, true);
    const rt::StepperChoice<T> choice{.kind = of.draw.is_heads() ? rt::StepperKind::velocity_verlet
                                                                 : rt::StepperKind::baoab,
                                      .dt = 0.0625,
                                      .temperature = 0.25,
                                      .seed = 9};
    constexpr std::int64_t first = 5;
    rt::advance(alone, choice, models.one, fields.theta.whole.view(), fields.velocity.whole.view(), of.steps, first);
    rt::with_inertial_stepper(choice, [&](const auto& stepper) {
        rt::with_inertial_model(models.many, [&](const auto& model) {
            km::advance(of.policy(), stepper, model, fields.theta.cut, fields.velocity.cut, of.steps, first);
        });
    });
    expect_same(of, fields.theta, "θ with inertia");
    expect_same(of, fields.velocity, "velocity");
}

template <class T> void integrate(Case& of, Fields<T>& fields) {
    const bool has_inertia = of.draw.is_heads();
    const Models<T> models(of, fields, has_inertia);
    const km::DormandPrince54 method{.relative_tolerance = 1e-4, .absolute_tolerance = 1e-5};
    km::IntegrationReport one;
    km::IntegrationReport many;
    if (has_inertia) {
        one = rt::integrate(alone, method, models.one, fields.theta.whole.view(), fields.velocity.whole.view(), 0.5);
        rt::with_inertial_model(models.many, [&](const auto& model) {
            many = km::integrate(of.policy(), method, model, fields.theta.cut, fields.velocity.cut, 0.5);
        });
        expect_same(of, fields.velocity, "velocity of integrate");
    } else {
        one = rt::integrate(alone, method, models.one, fields.theta.whole.view(), 0.5);
        rt::with_first_order_model(models.many, [&](const auto& model) {
            many = km::integrate(of.policy(), method, model, fields.theta.cut, 0.5);
        });
    }
    expect_same(of, fields.theta, "integrate");
    EXPECT_EQ(one.accepted, many.accepted) << of.text();
    EXPECT_EQ(one.rejected, many.rejected) << of.text();
    EXPECT_EQ(one.next_dt, many.next_dt) << of.text();
}

template <class T> void evaluate(Case& of, Fields<T>& fields) {
    const Models<T> models(of, fields, false);
    rt::rate(alone, models.one, std::as_const(fields.theta.whole).view(), fields.velocity.whole.view());
    rt::with_first_order_model(
        models.many, [&](const auto& model) { km::rate(of.policy(), model, fields.theta.cut, fields.velocity.cut); });
    expect_same(of, fields.velocity, "rate");
    if (!models.one.coupling) return;
    rt::with_laplacian(models.one, [&](const auto& laplacian) {
        km::apply(km::Fused{}, laplacian, fields.theta.whole, fields.velocity.whole);
    });
    rt::with_laplacian(models.many, [&](const auto& laplacian) {
        km::apply(of.policy(), laplacian, fields.theta.cut, fields.velocity.cut);
    });
    expect_same(of, fields.velocity, "apply");
}

template <class Work> void for_cases(std::uint32_t first_seed, const Work& work) {
    for (std::uint32_t seed = first_seed; seed < first_seed + 200; ++seed) {
        Case of(seed, test::rank_count());
        const km::mpi::Decomposition lattice(MPI_COMM_WORLD, of.rows, of.cols, of.layout);
        if (of.is_slow) lattice.set_network({.latency = 0.01, .bandwidth = 1e9}); // so that messages are hidden
        if (of.draw.is_heads()) {
            Fields<float> fields(lattice);
            work(of, fields);
        } else {
            Fields<double> fields(lattice);
            work(of, fields);
        }
    }
}

TEST(Combinations, AdvanceGivesTheBitsOfOneProcess) {
    for_cases(100, [](Case& of, auto& fields) { advance_first_order(of, fields); });
}
TEST(Combinations, AdvanceWithInertiaGivesTheBitsOfOneProcess) {
    for_cases(1200, [](Case& of, auto& fields) { advance_inertial(of, fields); });
}
TEST(Combinations, IntegrateGivesTheBitsOfOneProcess) {
    for_cases(2200, [](Case& of, auto& fields) { integrate(of, fields); });
}
TEST(Combinations, RateAndApplyGiveTheBitsOfOneProcess) {
    for_cases(3200, [](Case& of, auto& fields) { evaluate(of, fields); });
}

TEST(Combinations, EmptyLatticesAreValid) {
    for (const auto& [rows, cols] : {std::pair{0, 5}, std::pair{5, 0}, std::pair{0, 0}}) {
        const km::mpi::Decomposition lattice(MPI_COMM_WORLD, rows, cols);
        km::mpi::Field<float> theta(lattice);
        const km::Model model{km::SineLaplacian{.K = 1, .boundary = km::torus}, 0.5};
        km::advance(km::Fused{}, km::RungeKutta4{.dt = 0.1}, model, theta, 10);
        km::advance(km::Fused{}, km::LeimkuhlerMatthews{.dt = 0.1, .D = 1}, model, theta, 10, 0);
        const km::IntegrationReport report = km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, 1.0);
        EXPECT_EQ(report.accepted, 0);
    }
}

TEST(Combinations, PiecesGiveTheBitsOfOneRun) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 61, 47);
    Twin<double> theta(lattice, 1, 1, 0);
    const km::Model model{km::SineLaplacian{.K = 1, .boundary = km::torus}, 0.5};
    const km::LeimkuhlerMatthews stepper{.dt = 0.1, .D = 0.5, .seed = 3};
    km::advance(km::Fused{}, stepper, model, theta.whole, 40, 0);
    for (int step = 0; step < 40; step += 5) km::advance(km::Fused{}, stepper, model, theta.cut, 5, step);
    EXPECT_EQ(theta.difference(), "");
}

} // namespace
