// Features together: edges, couplings, bonds, steppers, noise, inertia, policies, precisions, shapes, layouts and
// instruction sets in rows in which every pair of values of every two of them occurs, and by name where three or more
// meet, against the oracle and against single steps of one tile, to the bit.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/all_pairs.hpp"
#include "support/combinations.hpp"
#include "support/fast_math.hpp"
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
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace km = kuramoto;

namespace {

using namespace combined;

/// A factor in a row of the table.
enum Factor : std::size_t { setting, boundary, bonds, policy, shape, layout, fields_layout, isa, factor_count };

const std::vector<test::Row>& rows_of_all_pairs() {
    static const test::AllPairs pairs({setting_count, boundaries.size(), bond_kinds.size(), policies.size(),
                                       shapes.size(), test::all_layouts.size(), test::all_layouts.size(), 3});
    return pairs.rows();
}

std::string describe(const test::Row& row) {
    const Shape size = shapes[row[shape]];
    return std::string(couplings[row[setting] / methods.size()]) + ", " + methods[row[setting] % methods.size()] +
           ", " + boundaries[row[boundary]].name + ", " + bond_kinds[row[bonds]].name + ", " +
           policies[row[policy]].name + ", " + std::to_string(size.rows) + " x " + std::to_string(size.cols) + ", " +
           test::name(test::all_layouts[row[layout]]) + ", fields " +
           test::name(test::all_layouts[row[fields_layout]]) + ", " + km::name(isa_of(row[isa]));
}

// All pairs.

TEST(AllPairs, OccurInTheRows) {
    // The setting counts as what it stands for: its precision, its coupling, and its stepper with or without noise.
    std::vector<std::array<bool, 4>> settings;
    std::vector<test::Row> rows;
    [&]<std::size_t... Number>(std::index_sequence<Number...>) {
        const bool doubles[] = {SettingOf<Number>::is_double...};
        for (test::Row row : rows_of_all_pairs()) {
            row.push_back(doubles[row[setting]] ? 1 : 0);
            row.push_back(row[setting] / methods.size());
            row.push_back(row[setting] % methods.size());
            rows.push_back(std::move(row));
        }
    }(std::make_index_sequence<setting_count>{});
    const std::size_t counts[] = {setting_count,
                                  boundaries.size(),
                                  bond_kinds.size(),
                                  policies.size(),
                                  shapes.size(),
                                  test::all_layouts.size(),
                                  test::all_layouts.size(),
                                  3,
                                  2,
                                  couplings.size(),
                                  methods.size()};
    const std::size_t factors = std::size(counts);
    for (std::size_t f = 0; f < factors; ++f)
        for (std::size_t g = f + 1; g < factors; ++g) {
            if (f == setting && g >= factor_count) continue; // what it stands for
            std::set<std::pair<std::size_t, std::size_t>> pairs;
            for (const test::Row& row : rows) {
                ASSERT_LT(row[f], counts[f]);
                ASSERT_LT(row[g], counts[g]);
                pairs.emplace(row[f], row[g]);
            }
            EXPECT_EQ(pairs.size(), counts[f] * counts[g]) << "factors " << f << " and " << g;
        }
    EXPECT_LT(rows.size(), 500U); // of more than five million
}

template <class S> class Combinations : public testing::Test {};
template <class> struct AllSettings;
template <std::size_t... Number> struct AllSettings<std::index_sequence<Number...>> {
    using Types = testing::Types<SettingOf<Number>...>;
};
struct SettingNames {
    template <class S> static std::string GetName(int) {
        return std::string(couplings[S::coupling]) + "_" + methods[S::method] + (S::is_double ? "_double" : "_float");
    }
};
TYPED_TEST_SUITE(Combinations, AllSettings<std::make_index_sequence<setting_count>>::Types, SettingNames);

template <class S, class Use> void for_rows_of(const Use& use) {
    int count = 0;
    for (const test::Row& row : rows_of_all_pairs()) {
        if (row[setting] != S::coupling * methods.size() + S::method) continue;
        const Problem<typename S::T> problem(shapes[row[shape]], bond_kinds[row[bonds]]);
        use(row, problem, boundaries[row[boundary]].with(problem.edges), describe(row));
        ++count;
    }
    EXPECT_GE(count, static_cast<int>(shapes.size()));
}

TYPED_TEST(Combinations, AgreeWithTheOracle) {
    using T = typename TypeParam::T;
    for_rows_of<TypeParam>([](const test::Row& row, const Problem<T>& problem, const km::Boundary& edges,
                              const std::string& what) {
        const Layouts layouts{test::all_layouts[row[layout]], test::all_layouts[row[fields_layout]]};
        const std::vector<T> values = with_policy(policies[row[policy]], isa_of(row[isa]), [&](const auto& policy_of) {
            return run<TypeParam>(policy_of, edges, problem, layouts, {steps});
        });
        expect_near(values, exact_run<TypeParam>(edges, problem, steps), what);
    });
}

// A row's run, whole and split, and other depths, numbers of workers and layouts: all have the bits of single steps of
// one tile. Serial, which has an order of its own, has those of its own single steps.
TYPED_TEST(Combinations, HaveTheBitsOfSingleSteps) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    for_rows_of<TypeParam>(
        [](const test::Row& row, const Problem<T>& problem, const km::Boundary& edges, const std::string& what) {
            const km::Isa set = isa_of(row[isa]);
            const auto with = [&](const auto& policy_of, const Layouts& layouts, const std::vector<int>& parts) {
                return run<TypeParam>(policy_of, edges, problem, layouts, parts);
            };
            const std::vector<int> single(steps, 1);
            const std::vector<T> reference = with(km::Fused{.depth = 1, .isa = set}, {}, single);
            const Layouts layouts{test::all_layouts[row[layout]], test::all_layouts[row[fields_layout]]};
            const auto check = [&](const std::vector<T>& values, const std::vector<T>& expected, const char* how) {
                ASSERT_EQ(test::first_difference(values, expected), -1) << how << ": " << what;
            };
            with_policy(policies[row[policy]], set, [&](const auto& policy_of) {
                const bool is_serial = std::holds_alternative<km::Serial>(policies[row[policy]].policy);
                const std::vector<T> expected = is_serial ? with(policy_of, {}, single) : reference;
                check(with(policy_of, layouts, {steps}), expected, "whole");
                check(with(policy_of, layouts, {3, 0, steps - 3}), expected, "split");
            });
            check(with(test::Pool{.workers = 2, .depth = 3, .isa = set}, layouts, {steps}), reference, "two workers");
            check(with(test::Pool{.workers = 9, .depth = 1, .isa = set}, layouts, {steps}), reference, "nine workers");
        });
}

// The instruction sets with fused arithmetic have the same bits; the width of vectors does not matter.
TYPED_TEST(Combinations, HaveTheBitsOfOtherInstructionSets) {
    SKIP_UNDER_FAST_MATH;
    using T = typename TypeParam::T;
    if (!km::is_supported(km::Isa::avx512)) GTEST_SKIP() << "this processor has no AVX-512";
    for_rows_of<TypeParam>(
        [](const test::Row& row, const Problem<T>& problem, const km::Boundary& edges, const std::string& what) {
            const auto with = [&](km::Isa set) {
                return with_policy(policies[row[policy]], set, [&](const auto& policy_of) {
                    return run<TypeParam>(policy_of, edges, problem, {}, {steps});
                });
            };
            ASSERT_EQ(test::first_difference(with(km::Isa::avx2), with(km::Isa::avx512)), -1) << what;
        });
}

// By name, where features meet: every depth, number of workers, layout and instruction set, and a run in pieces.

template <class S> void check_meeting(Shape size, const Boundary& boundary_of, const Bonds& bonds_of) {
    using T = typename S::T;
    const Problem<T> problem(size, bonds_of);
    const km::Boundary edges = boundary_of.with(problem.edges);
    const std::string what = std::string(boundary_of.name) + ", " + bonds_of.name + ", " + std::to_string(size.rows) +
                             " x " + std::to_string(size.cols);
    const test::ExactRun exact = exact_run<S>(edges, problem, steps);
    expect_near(run<S>(km::Serial{}, edges, problem, {}, {steps}), exact, "Serial: " + what);
    for (const km::Isa set : test::supported_isas()) {
        expect_near(run<S>(test::Pool{.workers = 3, .isa = set}, edges, problem, {}, {steps}), exact, what);
#if !defined __FAST_MATH__
        const int count = 23;
        const auto reference = run<S>(km::Fused{.depth = 1, .isa = set}, edges, problem, {}, {count});
        const auto check = [&](const test::AnyPolicy& policy_of, const Layouts& layouts,
                               const std::vector<int>& parts) {
            ASSERT_EQ(test::first_difference(run<S>(policy_of, edges, problem, layouts, parts), reference), -1)
                << what << ", " << km::name(set) << ", " << test::name(layouts.phases) << ", fields "
                << test::name(layouts.fields) << ", depth " << policy_of.depth << ", concurrency "
                << policy_of.concurrency();
        };
        for (const test::Layout of : test::all_layouts)
            for (const int depth : {0, 1, 5, 64}) {
                const Layouts alike{of, of};
                const Layouts other{of, of == test::Layout::column_major ? test::Layout::contiguous
                                                                         : test::Layout::column_major};
                check(km::Fused{.depth = depth, .isa = set}, alike, {count});
                check(km::Fused{.depth = depth, .isa = set}, other, {7, count - 7});
                check(test::Pool{.workers = 3, .depth = depth, .isa = set}, other, {count});
                check(test::Pool{.workers = 7, .depth = depth, .isa = set, .on_threads = true}, alike, {1, count - 1});
                check(km::OpenMP{.threads = 2, .depth = depth, .isa = set, .min_cells_per_thread = 1}, other, {count});
            }
#endif
    }
}

TEST(Meeting, OfNoiseEdgesThatGoRoundAndStrengths) {
    check_meeting<Setting<sine, noise_of_a_number>>({31, 43}, torus, strengths);
    check_meeting<Setting<linear, noise_of_a_field>>({9, 530}, torus, strengths);
    check_meeting<Setting<lagging, noise_of_a_field>>({70, 21}, ring_of_rows, strengths);
    check_meeting<Setting<harmonics, noise_of_a_number>>({12, 333}, ring_of_columns, strengths);
}

// Long columns of few cells lie as rows in the run of many steps.
TEST(Meeting, OfNoiseFixedPhasesAndTransposedLayouts) {
    check_meeting<Setting<sine, noise_of_a_field>>({29, 61}, phases, equal);
    check_meeting<Setting<linear, noise_of_a_number>>({200, 6}, phases, strengths);
    check_meeting<Setting<linear, noise_of_a_field>>({211, 5}, all_kinds, equal);
}

TEST(Meeting, OfMissingCellsGivenFluxesAndPhaseLag) {
    check_meeting<Setting<lagging, euler>>({26, 39}, fluxes, mask);
    check_meeting<Setting<lagging, noise_of_a_number>>({7, 610}, fluxes, mask);
    check_meeting<Setting<lagging, runge_kutta>>({180, 9}, all_kinds, mask);
}

TEST(Meeting, OfRungeKuttaEdgesThatGoRoundAndHarmonics) {
    check_meeting<Setting<harmonics, runge_kutta>>({21, 45}, torus, equal);
    check_meeting<Setting<harmonics, heun>>({8, 700}, torus, strengths);
    check_meeting<Setting<harmonics, runge_kutta>>({5, 1100}, ring_of_columns, mask);
}

TEST(Meeting, OfStrengthsEdgesThatGoRoundAndDepthBeyondTheLattice) {
    check_meeting<Setting<sine, euler>>({3, 4}, torus, strengths);
    check_meeting<Setting<sine, euler>>({1, 19}, torus, strengths);
    check_meeting<Setting<lagging, runge_kutta>>({2, 1}, torus, strengths);
    check_meeting<Setting<linear, noise_of_a_field>>({4, 3}, torus, mask);
    check_meeting<Setting<skewed, noise_of_a_number>>({1, 1}, torus, strengths);
}

TEST(Meeting, OfInertiaNoiseStrengthsAndGivenPhases) {
    check_meeting<Setting<sine, langevin>>({31, 43}, torus, strengths);
    check_meeting<Setting<linear, langevin>>({200, 6}, phases, strengths);
    check_meeting<Setting<lagging, verlet>>({9, 530}, all_kinds, mask);
    check_meeting<Setting<skewed, verlet>>({1, 1}, torus, strengths);
}

// Rows enough for several bands per worker, which a worker takes together. (Column-major, they are the columns.)
template <class S> void check_bands(const Boundary& boundary_of, const Bonds& bonds_of) {
    const int depth = 3;
    const Problem<typename S::T> problem({150, 37}, bonds_of);
    const km::Boundary edges = boundary_of.with(problem.edges);
    const auto reference = run<S>(km::Fused{.depth = 1}, edges, problem, {}, {11});
    for (const test::Layout of : test::all_layouts)
        for (const bool on_threads : {false, true})
            ASSERT_EQ(test::first_difference(run<S>(test::Pool{.workers = 2, .depth = depth, .on_threads = on_threads},
                                                    edges, problem, {of, of}, {11}),
                                             reference),
                      -1)
                << boundary_of.name << ", " << test::name(of);
}

TEST(Meeting, OfSeveralBandsPerWorkerWithEverything) {
    SKIP_UNDER_FAST_MATH;
    ASSERT_GE(km::detail::tiling_for_steps(
                  {.extent = {150, 37}, .cell_size = 4, .steps = 11, .stages = 2, .workers = 2, .depth = 3})
                  .bands,
              4);
    check_bands<Setting<linear, noise_of_a_field>>(torus, strengths);
    check_bands<Setting<lagging, noise_of_a_number>>(all_kinds, mask);
    check_bands<Setting<sine, heun>>(torus, mask);
    check_bands<Setting<sine, averaged_noise>>(torus, mask);
    check_bands<Setting<harmonics, langevin>>(torus, strengths);
    check_bands<Setting<lagging, verlet>>(all_kinds, mask);
}

// The number of the first step counts on through pieces that depth does not divide.
TEST(Meeting, OfNoiseFirstStepsAndPieces) {
    SKIP_UNDER_FAST_MATH;
    using S = Setting<skewed, noise_of_a_field>;
    const Problem<double> problem({19, 47}, strengths);
    const km::Boundary edges = ring_of_columns.with(problem.edges);
    const auto with = [&](int depth, const std::vector<int>& parts) {
        return run<S>(test::Pool{.workers = 2, .depth = depth}, edges, problem, {}, parts);
    };
    const std::vector<double> reference = with(1, std::vector<int>(40, 1));
    for (const int depth : {0, 1, 3, 7, 16, 64})
        for (const std::vector<int>& parts : {std::vector<int>{40}, {1, 39}, {39, 1}, {13, 0, 14, 13}, {16, 16, 8}})
            EXPECT_EQ(test::first_difference(with(depth, parts), reference), -1) << depth << ", " << parts.size();
}

// A cell that is missing keeps its NaN to itself, whatever noise and threads do.
TEST(Meeting, OfMissingCellsNoiseAndNaN) {
    SKIP_UNDER_FAST_MATH;
    using S = Setting<lagging, noise_of_a_number>;
    Problem<float> problem({24, 55}, mask);
    for (std::size_t k = 2; k < problem.theta.size(); k += 5)
        problem.theta[k] = std::numeric_limits<float>::quiet_NaN();
    for (const Boundary& boundary_of : {torus, fluxes}) {
        const km::Boundary edges = boundary_of.with(problem.edges);
        for (const test::Layout of : test::all_layouts) {
            const auto values =
                run<S>(test::Pool{.workers = 3, .depth = 4}, edges, problem, {of, test::Layout::contiguous}, {30});
            for (std::size_t k = 0; k < values.size(); ++k) ASSERT_EQ(std::isnan(values[k]), k % 5 == 2) << k;
        }
    }
}

/// Columns of a lattice that one worker cuts into several at this depth, whatever the caches.
template <class S> std::ptrdiff_t wide_enough(std::ptrdiff_t rows, int depth, const Problem<typename S::T>& like) {
    using T = typename S::T;
    const int stages = [] {
        if constexpr (S::has_inertia)
            return 1;
        else
            return decltype(stepper_of<S>({}))::stages;
    }();
    const int extra_rows = 1 + (like.has_strengths ? 2 : 0) + (S::is_noisy ? 1 : 0) +
                           (S::method == averaged_noise ? 2 : 0) + (S::has_inertia ? 4 : 0);
    std::ptrdiff_t cols = 1001;
    const auto tiles_per_band = [&] {
        return km::detail::tiling_for_steps({.extent = {rows, cols},
                                             .cell_size = sizeof(T),
                                             .steps = depth,
                                             .stages = stages,
                                             .extra_rows = extra_rows,
                                             .depth = depth})
            .tiles_per_band;
    };
    while (tiles_per_band() == 1) cols = 5 * cols / 4;
    return cols;
}

// Wide, thin lattices: several columns of tiles for one worker, halo cells beside each of them and all round.
template <class S> void check_wide(const Boundary& boundary_of, const Bonds& bonds_of) {
    const int depth = 48;
    const std::ptrdiff_t rows = 2;
    const Problem<typename S::T> problem({rows, wide_enough<S>(rows, depth, {{1, 1}, bonds_of})}, bonds_of);
    const km::Boundary edges = boundary_of.with(problem.edges);
    const auto reference = run<S>(km::Fused{.depth = 1}, edges, problem, {}, {depth + 5});
    for (const Layouts& layouts : {Layouts{}, Layouts{test::Layout::column_major, test::Layout::window},
                                   Layouts{test::Layout::mirrored, test::Layout::contiguous}}) {
        const auto check = [&](const test::AnyPolicy& policy_of) {
            ASSERT_EQ(test::first_difference(run<S>(policy_of, edges, problem, layouts, {depth + 5}), reference), -1)
                << boundary_of.name << ", " << test::name(layouts.phases);
        };
        check(km::Fused{.depth = depth});
        check(test::Pool{.workers = 2, .depth = depth, .on_threads = true});
    }
}

TEST(Meeting, OfSeveralColumnsOfOneWorkerWithEverything) {
    SKIP_UNDER_FAST_MATH;
    check_wide<Setting<linear, noise_of_a_field>>(torus, strengths);
    check_wide<Setting<sine, euler>>(ring_of_columns, strengths);
    check_wide<Setting<lagging, noise_of_a_number>>(all_kinds, mask);
    check_wide<Setting<sine, heun>>(torus, mask);
    check_wide<Setting<sine, averaged_noise>>(torus, mask);
    check_wide<Setting<harmonics, langevin>>(torus, strengths);
}

} // namespace
