// Runs on tiles that a worker takes together, tile below tile, and on tiles in columns: the bits of one step per pass
// over the whole lattice, whoever takes which tile.

#include <kuramoto/detail/run/inertial_factors.hpp>
#include <kuramoto/detail/run/lattice_sweep.hpp>
#include <kuramoto/detail/run/stepper_factors.hpp>
#include <kuramoto/detail/tiling/tile_run.hpp>
#include <kuramoto/kuramoto.hpp>

#include "support/draw.hpp"
#include "support/fast_math.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

using km::detail::Extent;
using km::detail::Sweep;
using km::detail::Tiling;

/// A lattice with a number of its own in every cell, bond and place along an edge.
struct Lattice {
    explicit Lattice(const Extent& extent)
        : theta(extent.rows, extent.cols), velocity(extent.rows, extent.cols), omega(extent.rows, extent.cols),
          D(extent.rows, extent.cols), east(extent.rows, extent.cols), south(extent.rows, extent.cols) {
        test::fill_distinct(theta.view(), 3);
        test::fill_distinct(velocity.view(), 4);
        test::fill_distinct(omega.view(), 5);
        test::fill_distinct(east.view(), 7);
        test::fill_distinct(south.view(), 11);
        for (std::ptrdiff_t i = 0; i < extent.rows; ++i)
            for (std::ptrdiff_t j = 0; j < extent.cols; ++j) D(i, j) = 0.1F + 0.01F * static_cast<float>(i + j);
        for (std::ptrdiff_t j = 0; j < extent.cols; ++j) along_edge.push_back(0.1 + 0.01 * static_cast<double>(j));
        if (extent.rows_wrap)
            boundary.north = boundary.south = km::periodic;
        else
            boundary.north = km::fixed_phase(along_edge);
        if (extent.cols_wrap)
            boundary.west = boundary.east = km::periodic;
        else
            boundary.east = km::fixed_flux(0.3);
    }

    template <class C> [[nodiscard]] auto laplacian(const C& coupling) const {
        return km::Laplacian<C, km::BondStrengths<float>>{
            .K = 1.1, .coupling = coupling, .boundary = boundary, .bonds = {.east = east, .south = south}};
    }

    km::Field<float> theta;
    km::Field<float> velocity;
    km::Field<float> omega;
    km::Field<float> D;
    km::Field<float> east;
    km::Field<float> south;
    std::vector<double> along_edge;
    km::Boundary boundary;
};

constexpr km::Inertia inertia{.mass = 0.75, .damping = 0.5};

/// Advances the lattice on the tiles of a tiling, each worker on a thread of its own, or one after the other.
template <template <class> class Stage, class S, class C = km::Sine>
void advance_on_tiles(const Tiling& given, const S& stepper, Lattice& lattice, std::int64_t steps,
                      bool on_threads = true, const C& f = {}) {
    const km::Grid<const float> in = lattice.theta;
    const auto coupling = km::detail::prepared<float>(f);
    const km::detail::Execution execution(km::Fused{});
    Sweep<float> sweep = km::detail::sweep_over<Stage>(
        km::detail::SweepViews<float>{.in = in,
                                      .out = lattice.theta.view(),
                                      .out_name = "theta",
                                      .source = {.field = lattice.omega, .is_uniform = false}},
        lattice.laplacian(f), coupling, execution);
    km::Field<float> kept_noise(in.rows(), in.cols());
    std::int64_t passes = steps;
    if constexpr (km::InertialStepper<S>) {
        const km::detail::InertialFactors<float> factors(km::Fused{}, execution, stepper, inertia, in);
        sweep.stages.outer[0] = factors.half_dt();
        sweep.noise = factors.noise(stepper, in, 0, steps, execution);
        sweep.inertia = {.is_present = true,
                         .velocity_in = lattice.velocity,
                         .velocity_out = lattice.velocity.view(),
                         .kick = factors.kick(),
                         .decay = factors.decay()};
        ++passes;
    } else {
        sweep.stages = km::detail::stages_of<float>(stepper);
    }
    if constexpr (km::NoisyStepper<S>) {
        sweep.noise = km::detail::noise_of<float>(stepper, in, 0, steps, execution);
        sweep.keeps_noise = true;
        sweep.kept_noise = kept_noise;
    }
    Tiling tiling = given;
    tiling.extra_rows = sweep.extra_rows();
    km::detail::TileRun<float> run(sweep, tiling, km::detail::SweepSequence(passes, tiling.depth));
    std::vector<std::thread> threads;
    for (int worker = 1; on_threads && worker < tiling.workers; ++worker)
        threads.emplace_back([&run, worker] { run.work(worker); });
    run.work(0);
    for (std::thread& thread : threads) thread.join();
}

/// Tilings whose tiles are at least as large as their halos.
Tiling drawn_tiling(test::Draw& draw, int stages) {
    Tiling tiling{.bands = 1 + draw.below(6),
                  .tiles_per_band = 1 + draw.below(3),
                  .depth = 1 + draw.below(stages == 1 ? 6 : 2),
                  .stages = stages,
                  .workers = 1 + draw.below(3)};
    tiling.extent = {.rows = tiling.bands * (tiling.levels() + draw.below(7)) + draw.below(3),
                     .cols = tiling.tiles_per_band * 48 + draw.below(40),
                     .rows_wrap = draw.is_heads(),
                     .cols_wrap = draw.is_heads()};
    return tiling;
}

/// Advances the whole lattice by one step per pass.
template <class S> void advance_in_passes(S stepper, Lattice& lattice, std::int64_t steps) {
    const km::Model model{lattice.laplacian(km::Sine{}), lattice.omega};
    const km::Fused policy{.depth = 1};
    if constexpr (km::InertialStepper<S>)
        km::advance(policy, stepper, km::InertialModel{inertia, model}, lattice.theta, lattice.velocity, steps, 0);
    else
        km::advance(policy, stepper, model, lattice.theta, steps, 0);
}

template <template <class> class Stage, class S> void check_bits(std::uint32_t seed, const S& of_number) {
    const int stages = [] {
        if constexpr (km::InertialStepper<S>)
            return 1;
        else
            return S::stages;
    }();
    test::Draw draw(seed);
    for (int k = 0; k < 100; ++k) {
        const Tiling tiling = drawn_tiling(draw, stages);
        const std::int64_t steps = 1 + draw.below(3 * tiling.depth);
        Lattice lattice(tiling.extent);
        Lattice reference(tiling.extent);
        S stepper = of_number;
        if constexpr (km::NoisyStepper<S>) stepper.D = lattice.D;
        advance_in_passes(stepper, reference, steps);
        advance_on_tiles<Stage>(tiling, stepper, lattice, steps);
        for (const auto& [field, same] :
             {std::pair{&lattice.theta, &reference.theta}, std::pair{&lattice.velocity, &reference.velocity}})
            ASSERT_EQ(test::first_difference(test::values_of(field->view()), test::values_of(same->view())), -1)
                << tiling.bands << " x " << tiling.tiles_per_band << " tiles of " << tiling.extent.rows << " x "
                << tiling.extent.cols << " cells, depth " << tiling.depth << ", " << tiling.workers << " workers, "
                << steps << " steps" << (tiling.extent.rows_wrap ? ", rows wrap" : "")
                << (tiling.extent.cols_wrap ? ", columns wrap" : "");
    }
}

TEST(TileRun, HasTheBitsOfOneTileWithEuler) {
    SKIP_UNDER_FAST_MATH;
    check_bits<km::detail::EulerStep>(1, km::Euler{.dt = 0.1});
}

TEST(TileRun, HasTheBitsOfOneTileWithStages) {
    SKIP_UNDER_FAST_MATH;
    check_bits<km::detail::RungeKuttaStage>(2, km::RungeKutta4{.dt = 0.1});
}

TEST(TileRun, HasTheBitsOfOneTileWithAveragedNoise) {
    SKIP_UNDER_FAST_MATH;
    check_bits<km::detail::LeimkuhlerMatthewsStep>(3, km::LeimkuhlerMatthewsField<float>{.dt = 0.1});
}

TEST(TileRun, HasTheBitsOfOneTileWithInertiaAndNoise) {
    SKIP_UNDER_FAST_MATH;
    check_bits<km::detail::BAOABStage>(4, km::BAOAB{.dt = 0.1, .temperature = 0.25});
}

/// Linear, and counts its calls.
struct Counted {
    static constexpr bool odd = true;
    std::int64_t* calls = nullptr;
    template <class V> V operator()(const V& d) const {
        ++*calls;
        return d;
    }
};

// A worker that nothing holds up computes its share as one tile.
TEST(TileRun, ComputesNoRowTwiceWithinAShare) {
    const auto calls = [](int bands, int workers) {
        std::int64_t count = 0;
        Tiling tiling{.extent = {.rows = 48, .cols = 64}, .bands = bands, .depth = 4, .workers = workers};
        Lattice lattice(tiling.extent);
        advance_on_tiles<km::detail::EulerStep>(tiling, km::Euler{.dt = 0.1}, lattice, 12, false, Counted{&count});
        return count;
    };
    const std::int64_t of_one_tile = calls(1, 1);
    EXPECT_GT(of_one_tile, 0);
    EXPECT_EQ(calls(2, 1), of_one_tile);
    EXPECT_EQ(calls(6, 1), of_one_tile);
    EXPECT_GT(calls(2, 2), of_one_tile);
}

} // namespace
