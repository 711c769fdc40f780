// Simulation: when observers are called, what stops a run, what is copied, what is refused.
#include <kuramoto/kuramoto.hpp>

#include "support/expect_error.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

namespace {

namespace km = kuramoto;
using Steps = std::vector<std::int64_t>;

struct Lattice {
    Lattice() : theta(7, 5), omega(7, 5) {
        test::fill_distinct(theta.view(), 1);
        test::fill_distinct(omega.view(), 2);
    }
    km::Field<double> theta;
    km::Field<double> omega;
    km::SineLaplacian laplacian{.K = 1.0};

    [[nodiscard]] auto simulation() const {
        return km::Simulation(km::Model{laplacian, omega}, theta, km::Euler{.dt = 0.1});
    }
};

Steps observed(std::int64_t steps, std::int64_t every) {
    auto simulation = Lattice().simulation();
    Steps seen;
    EXPECT_EQ(simulation.run(km::Fused{}, steps, every, [&](const auto& s) { seen.push_back(s.step()); }), steps);
    EXPECT_EQ(simulation.step(), steps);
    return seen;
}

TEST(Simulation, ShowsTheStartEveryMultipleAndTheLastStepOnceEach) {
    EXPECT_EQ(observed(10, 3), (Steps{0, 3, 6, 9, 10}));
    EXPECT_EQ(observed(9, 3), (Steps{0, 3, 6, 9}));
    EXPECT_EQ(observed(2, 5), (Steps{0, 2}));
    EXPECT_EQ(observed(3, 1), (Steps{0, 1, 2, 3}));
    EXPECT_EQ(observed(10, 0), (Steps{10}));
    EXPECT_EQ(observed(0, 0), (Steps{0}));
    EXPECT_EQ(observed(0, 4), (Steps{0}));
}

TEST(Simulation, ASecondRunGoesOnWithMultiplesOfTheWholeCount) {
    auto simulation = Lattice().simulation();
    Steps seen;
    const auto note = [&](const auto& s) { seen.push_back(s.step()); };
    simulation.run(km::Fused{}, 4, 3, note);
    simulation.run(km::Fused{}, 4, 3, note);
    EXPECT_EQ(seen, (Steps{0, 3, 4, 6, 8}));
}

TEST(Simulation, ShowsNoStepTwice) {
    auto simulation = Lattice().simulation();
    Steps seen;
    bool goes_on = false;
    const auto note = [&](const auto& s) {
        seen.push_back(s.step());
        return goes_on;
    };
    EXPECT_EQ(simulation.run(km::Fused{}, 0, 5, note), 0);
    EXPECT_EQ(simulation.run(km::Fused{}, 7, 5, note), 5);
    goes_on = true;
    EXPECT_EQ(simulation.run(km::Fused{}, 0, 5, note), 0);
    EXPECT_EQ(simulation.run(km::Fused{}, 2, 5, note), 2);
    EXPECT_EQ(seen, (Steps{0, 5, 7}));
    simulation.run(km::Fused{}, 4); // shows nothing, and so has shown nothing
    simulation.run(km::Fused{}, 0, 0, note);
    EXPECT_EQ(seen, (Steps{0, 5, 7, 11}));
}

template <class F>
concept CanObserve = requires(Lattice& lattice, F observer) { lattice.simulation().run(km::Fused{}, 1, 1, observer); };

TEST(Simulation, TakesWhatCanBeCalledWithIt) {
    static_assert(CanObserve<void (*)(const decltype(Lattice().simulation())&)>);
    static_assert(CanObserve<bool (*)(const decltype(Lattice().simulation())&)>);
    static_assert(!CanObserve<void (*)(int)> && !CanObserve<int>);
    static_assert(!CanObserve<std::vector<int> (*)(const decltype(Lattice().simulation())&)>);
}

TEST(Simulation, StopsWhereTheObserverSaysSo) {
    auto simulation = Lattice().simulation();
    EXPECT_EQ(simulation.run(km::Fused{}, 100, 10, [](const auto& s) { return s.step() < 30; }), 30);
    EXPECT_EQ(simulation.step(), 30);
    EXPECT_EQ(simulation.run(km::Fused{}, 100, 10, [](const auto&) { return false; }), 10);
    auto fresh = Lattice().simulation();
    EXPECT_EQ(fresh.run(km::Fused{}, 100, 10, [](const auto&) { return false; }), 0);
}

TEST(Simulation, ObservingAndSplittingChangeNoBit) {
    const Lattice lattice;
    km::Field<double> expected = lattice.theta;
    km::advance(km::Fused{}, km::Euler{.dt = 0.1}, km::Model{lattice.laplacian, lattice.omega}, expected, 23);
    auto whole = lattice.simulation();
    auto watched = lattice.simulation();
    auto split = lattice.simulation();
    whole.run(km::Fused{}, 23);
    watched.run(test::Pool{.workers = 3}, 23, 2, [](const auto&) {});
    split.run(km::Fused{.depth = 4}, 11);
    split.run(km::Fused{}, 12);
    for (const auto* simulation : {&whole, &watched, &split})
        EXPECT_EQ(test::first_difference(test::values_of(simulation->theta()), test::values_of(expected.view())), -1);
}

TEST(Simulation, AnObserverThatThrowsLeavesTheStepItSaw) {
    const Lattice lattice;
    auto simulation = lattice.simulation();
    const auto fail_at_six = [](const auto& s) {
        if (s.step() == 6) throw std::runtime_error("enough");
    };
    EXPECT_THROW(simulation.run(km::Fused{}, 20, 3, fail_at_six), std::runtime_error);
    EXPECT_EQ(simulation.step(), 6);
    km::Field<double> expected = lattice.theta;
    km::advance(km::Fused{}, km::Euler{.dt = 0.1}, km::Model{lattice.laplacian, lattice.omega}, expected, 6);
    EXPECT_EQ(test::first_difference(test::values_of(simulation.theta()), test::values_of(expected.view())), -1);
    std::vector<std::int64_t> seen;
    simulation.run(km::Fused{}, 0, 3, [&](const auto& s) { seen.push_back(s.step()); });
    EXPECT_EQ(seen, std::vector<std::int64_t>{6}) << "it is shown again: nobody has dealt with it";
}

TEST(Simulation, TimeIsTheStepTimesDtAndNeverASum) {
    auto simulation = Lattice().simulation();
    simulation.run(km::Fused{}, 100, 1, [](const auto& s) {
        EXPECT_EQ(s.time(), static_cast<double>(s.step()) * 0.1); // a running sum misses 10 after a hundred steps
    });
    EXPECT_EQ(simulation.time(), 10.0);
    EXPECT_EQ(simulation.step(), 100);
    EXPECT_EQ(simulation.dt(), 0.1);
}

TEST(Simulation, TakesUpARunWhereItWasSaved) {
    const Lattice lattice;
    const km::Model model{lattice.laplacian, lattice.omega};
    auto whole = lattice.simulation();
    whole.run(km::Fused{}, 4);
    const km::Field<double> saved(whole.theta());
    Steps seen_by_whole;
    whole.run(km::Fused{}, 7, 3, [&](const auto& s) { seen_by_whole.push_back(s.step()); });
    km::Simulation resumed(model, saved, km::Euler{.dt = 0.1}, km::Stability::checked,
                           km::Start{.time = 2.5, .step = 4});
    EXPECT_EQ(resumed.time(), 2.5 + 4 * 0.1);
    Steps seen;
    resumed.run(km::Fused{}, 7, 3, [&](const auto& s) { seen.push_back(s.step()); });
    EXPECT_EQ(seen, seen_by_whole);
    EXPECT_EQ(resumed.step(), 11);
    EXPECT_EQ(resumed.time(), 2.5 + 11 * 0.1);
    EXPECT_EQ(test::first_difference(test::values_of(resumed.theta()), test::values_of(whole.theta())), -1);
    const auto start = [&](km::Start at) {
        return km::Simulation(model, saved, km::Euler{.dt = 0.1}, km::Stability::checked, at);
    };
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("start.step", "-1"), start({.step = -1}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("start.time", "inf"),
                 start({.time = std::numeric_limits<double>::infinity()}));
}

TEST(Simulation, OwnsCopiesAndCanBeCopied) {
    Lattice lattice;
    auto simulation = lattice.simulation();
    auto twin = simulation;
    lattice.theta.fill(0);
    lattice.omega.fill(0);
    simulation.run(km::Fused{}, 5);
    EXPECT_EQ(twin.step(), 0);
    auto expected = Lattice().simulation();
    expected.run(km::Fused{}, 5);
    twin.run(km::Fused{}, 5);
    EXPECT_EQ(test::first_difference(test::values_of(simulation.theta()), test::values_of(expected.theta())), -1);
    EXPECT_EQ(test::first_difference(test::values_of(twin.theta()), test::values_of(expected.theta())), -1);
}

TEST(Simulation, TakesOneNumberForAllFrequencies) {
    const Lattice lattice;
    km::Simulation simulation(km::Model{lattice.laplacian, 0.5}, lattice.theta, km::Euler{.dt = 0.1});
    simulation.run(km::Fused{}, 10);
    km::Field<double> expected = lattice.theta;
    km::advance(km::Fused{}, km::Euler{.dt = 0.1}, km::Model{lattice.laplacian, 0.5}, expected, 10);
    EXPECT_EQ(test::first_difference(test::values_of(simulation.theta()), test::values_of(expected.view())), -1);
}

TEST(Simulation, RefusesATimeStepThatIsNotStableUnlessToldOtherwise) {
    const Lattice lattice;
    const km::Model model{lattice.laplacian, lattice.omega};
    EXPECT_EQ(km::max_stable_dt(km::Euler{}, model), 0.25);
    EXPECT_EQ(km::max_stable_dt(km::Euler{}, km::SineLaplacian{.K = -2.0}), 0.125);
#if defined(__FAST_MATH__)                                                           // where infinity is no number
    EXPECT_GT(km::max_stable_dt(km::Euler{}, km::LinearLaplacian{.K = 0.0}), 1e308); // no limit
#else
    EXPECT_EQ(km::max_stable_dt(km::Euler{}, km::LinearLaplacian{.K = 0.0}), std::numeric_limits<double>::infinity());
#endif
    EXPECT_NO_THROW(km::Simulation(model, lattice.theta, km::Euler{.dt = 0.25}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt = 0.2500000001", "step 0.25 "),
                 km::Simulation(model, lattice.theta, km::Euler{.dt = 0.2500000001}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt = 0.26", "0.25"),
                 km::Simulation(model, lattice.theta, km::Euler{.dt = 0.26}));
    EXPECT_NO_THROW(km::Simulation(model, lattice.theta, km::Euler{.dt = 0.26}, km::Stability::unchecked));
}

TEST(Simulation, NamesWhatIsWrong) {
    const Lattice lattice;
    const km::Model model{lattice.laplacian, lattice.omega};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "-1"),
                 km::Simulation(model, lattice.theta, km::Euler{.dt = -1.0}, km::Stability::unchecked));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 7 x 4", "omega is 7 x 5"),
                 km::Simulation(model, lattice.theta.subgrid(0, 0, 7, 4), km::Euler{.dt = 0.1}));
    auto simulation = lattice.simulation();
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("steps", "-3"), simulation.run(km::Fused{}, -3));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("every", "-2"),
                 simulation.run(km::Fused{}, 3, -2, [](const auto&) {}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("depth", "-1"), simulation.run(km::Fused{.depth = -1}, 3));
    simulation.run(km::Fused{}, 1);
    EXPECT_ERROR(std::length_error, TEST_PARTS("steps"),
                 simulation.run(km::Fused{}, std::numeric_limits<std::int64_t>::max()));
    EXPECT_EQ(simulation.step(), 1);
}

} // namespace
