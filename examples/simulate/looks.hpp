// What is computed from a state while it is looked at.
#pragma once

#include "model.hpp"
#include "policy.hpp"
#include "profile.hpp"
#include "run.hpp"
#include "state.hpp"

#include <lattices.hpp>

#include <kuramoto/kuramoto.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace simulate {

/// The observables of a run. They refer to its state. Removed cells do not count.
template <class T> class Looks {
  public:
    Looks(const Options& options, const Run& run, const State<T>& state)
        : workers_(workers_of(options)), run_(run), state_(state) {}

    [[nodiscard]] km::OrderParameter order() const {
        return with_present(
            [&](const auto& present) { return km::order_parameter(workers_, argument(state_.theta), present); });
    }
    /// Of the sine without a lag.
    [[nodiscard]] double energy() const {
        return with_sine([&](const auto& sine, const auto& present) {
            return km::energy(workers_, sine, argument(state_.theta), present);
        });
    }
    /// r of the phases times `order`.
    [[nodiscard]] double daido(std::int64_t order) const {
        return with_present(
            [&](const auto& present) { return km::daido_moment(workers_, argument(state_.theta), present, order).r; });
    }
    [[nodiscard]] km::PhaseMoments moments() const {
        return with_present(
            [&](const auto& present) { return km::phase_moments(workers_, argument(state_.theta), present); });
    }
    /// What this state adds to the mean that is the helicity modulus.
    [[nodiscard]] km::HelicityModulus helicity() const {
        km::HelicityAverage average;
        average.add(with_sine([&](const auto& sine, const auto& present) {
            return km::helicity_sums(workers_, sine, argument(state_.theta), present);
        }));
        return average.modulus(*run_.noise);
    }
    /// The kinetic temperature, with inertia.
    [[nodiscard]] double temperature() const {
        return with_present([&](const auto& present) {
            return km::kinetic_temperature(workers_, inertia_of(run_, state_), argument(state_.velocity), present);
        });
    }
    /// The number of vortices of either charge.
    [[nodiscard]] double vortices() const {
        const km::VortexCount count = with_present([&](const auto& present) {
            return km::count_vortices(workers_, run_.boundary, argument(state_.theta), present);
        });
        return static_cast<double>(count.positive + count.negative);
    }
    void local_order(Lattice<T>& r) const {
        with_present([&](const auto& present) {
            km::local_order_parameter(workers_, run_.boundary, argument(state_.theta), present, argument(r), 2);
        });
    }
    /// Of the correlation, in cells.
    [[nodiscard]] double length() const {
        const std::ptrdiff_t furthest = std::min(state_.theta.rows(), state_.theta.cols()) / 2;
        std::vector<double> correlation(static_cast<std::size_t>(furthest) + 1);
        with_present([&](const auto& present) {
            km::correlation(workers_, run_.boundary, argument(state_.theta), present, correlation, km::Pairs::both);
        });
        return km::correlation_length(correlation);
    }
    /// dθ/dt in the mean since the phases were `before`.
    void effective_rate(const Lattice<T>& before, double duration, Lattice<T>& rates) const {
        km::effective_frequencies(workers_, argument(before), argument(state_.theta), duration, argument(rates));
    }
    /// The share of the largest cluster of cells whose rates differ by at most `tolerance`.
    [[nodiscard]] double largest_cluster(const Lattice<T>& rates, double tolerance) const {
        return with_present([&](const auto& present) {
            return km::frequency_clusters(workers_, run_.boundary, argument(rates), present, tolerance).largest_share();
        });
    }
    /// Of the machine, in bytes a second.
    [[nodiscard]] double bandwidth() const { return sum_of_all(memory_bandwidth(workers_)); }

  private:
    template <class Look> auto with_present(const Look& look) const { return state_.mask.with_present(look); }
    /// look(sine lattice, present). Bonds that differ have their strengths.
    template <class Look> auto with_sine(const Look& look) const {
        const km::SineLaplacian sine{.K = run_.K, .boundary = run_.boundary};
        return with_present([&](const auto& present) {
            if (run_.has_bonds) return look(km::with_bonds(sine, here(state_.east), here(state_.south)), present);
            return look(sine, present);
        });
    }

    km::AnyPolicy workers_;
    const Run& run_;
    const State<T>& state_;
};

} // namespace simulate
