// What is computed from a state while it is looked at.
#pragma once

#include "policy.hpp"
#include "profile.hpp"
#include "run.hpp"
#include "state.hpp"

#include <kuramoto/kuramoto.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace simulate {

/// The observables of a run. They refer to its state. Removed cells do not count.
template <class T> class Looks {
  public:
    Looks(const Options& options, const Run& run, const State<T>& state)
        : workers_(workers_of(options)), run_(run), state_(state) {}

    [[nodiscard]] km::OrderParameter order() const {
        return with_present([&](const auto& present) { return km::order_parameter(workers_, state_.theta, present); });
    }
    /// Of the sine without a lag.
    [[nodiscard]] double energy() const {
        return with_present([&](const auto& present) { return km::energy(workers_, sine(), state_.theta, present); });
    }
    /// The number of vortices of either charge.
    [[nodiscard]] double vortices() const {
        const km::VortexCount count = with_present(
            [&](const auto& present) { return km::count_vortices(workers_, sine(), state_.theta, present); });
        return static_cast<double>(count.positive + count.negative);
    }
    void local_order(km::Field<T>& r) const {
        with_present([&](const auto& present) {
            km::local_order_parameter(workers_, run_.boundary, state_.theta, present, r, 2);
        });
    }
    /// Of the correlation, in cells.
    [[nodiscard]] double length() const {
        const std::ptrdiff_t furthest = std::min(state_.theta.rows(), state_.theta.cols()) / 2;
        std::vector<double> correlation(static_cast<std::size_t>(furthest) + 1);
        with_present([&](const auto& present) {
            km::correlation(workers_, run_.boundary, state_.theta, present, correlation, km::Pairs::both);
        });
        return km::correlation_length(correlation);
    }
    /// dθ/dt in the mean since the phases were `before`.
    void effective_rate(const km::Field<T>& before, double duration, km::Field<T>& rates) const {
        km::effective_frequencies(workers_, before, state_.theta, duration, rates);
    }
    /// The share of the largest cluster of cells whose rates differ by at most `tolerance`.
    [[nodiscard]] double largest_cluster(const km::Field<T>& rates, double tolerance) const {
        return with_present([&](const auto& present) {
            return km::frequency_clusters(workers_, run_.boundary, rates, present, tolerance).largest_share();
        });
    }
    /// Of the machine, in bytes a second.
    [[nodiscard]] double bandwidth() const { return memory_bandwidth(workers_); }

  private:
    template <class Look> auto with_present(const Look& look) const { return state_.mask.with_present(look); }
    [[nodiscard]] km::SineLaplacian sine() const { return {.K = run_.K, .boundary = run_.boundary}; }

    km::OpenMP workers_;
    const Run& run_;
    const State<T>& state_;
};

} // namespace simulate
