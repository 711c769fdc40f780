// The observables of a state as numbers, one per column of a table.
#pragma once

#include "dynamics.hpp"
#include "looks.hpp"
#include "observables.hpp"
#include "profile.hpp"
#include "state.hpp"

#include <lattices.hpp>
#include <processes.hpp>

#include <kuramoto/kuramoto.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

namespace simulate {

/// Computes what --observables asks for, and the fields that this takes. It refers to its arguments.
template <class T> class Observer {
  public:
    Observer(const Options& options, const Run& run, const State<T>& state, const Dynamics<T>& dynamics,
             const Looks<T>& looks, Profile& profile)
        : options_(options), run_(run), state_(state), dynamics_(dynamics), looks_(looks), profile_(profile),
          columns_(columns_of(options.observables)) {}

    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }

    km::OrderParameter order() {
        return looked([&] { return looks_.order(); });
    }
    /// The number of each column. `order`: that of the state.
    std::vector<double> values(std::int64_t step, const km::OrderParameter& order) {
        const auto wants = [&](const char* name) { return options_.wants(name); };
        Shared shared;
        shared.order = order;
        if (wants("frequency") || wants("frequency_deviation")) shared.rate = state_.mask.statistics(rates());
        if (wants("roughness") || wants("skewness") || wants("kurtosis"))
            shared.moments = looked([&] { return looks_.moments(); });
        if (wants("helicity")) shared.helicity = looked([&] { return looks_.helicity(); });
        std::vector<double> values;
        for (const std::string& name : columns_) values.push_back(value_of(name, step, shared));
        return values;
    }

    /// dθ/dt. The fields that are returned are valid until the next call.
    const Lattice<T>& rates() {
        if (run_.has_inertia) return state_.velocity;
        Profile::timed(profile_.observers, [&] { dynamics_.rate(scratch()); });
        return scratch_;
    }
    const Lattice<T>& local_order() {
        Profile::timed(profile_.observers, [&] { looks_.local_order(scratch()); });
        return scratch_;
    }
    /// Those between two steps; where no time has passed, the rates.
    const Lattice<T>& effective_rates(const Lattice<T>& before, std::int64_t from, std::int64_t step) {
        if (step == from) return rates();
        const double duration = static_cast<double>(step - from) * run_.dt;
        Profile::timed(profile_.observers, [&] { looks_.effective_rate(before, duration, scratch()); });
        return scratch_;
    }

    /// Remembers the phases of a frame, for the clusters of the next one.
    void keep_turns(std::int64_t step) {
        together([&] { before_ = state_.theta; });
        looked_at_ = step;
    }

  private:
    /// What several columns share.
    struct Shared {
        km::OrderParameter order;
        km::PhaseStatistics rate;
        km::PhaseMoments moments;
        km::HelicityModulus helicity;
    };

    /// Calls `look` and adds the time that it takes to the profile.
    template <class Look> auto looked(const Look& look) { return Profile::timed(profile_.observers, look); }

    Lattice<T>& scratch() {
        if (scratch_.rows() != run_.rows || scratch_.cols() != run_.cols) scratch_ = lattice_of<T>(run_.cut);
        return scratch_;
    }

    /// The share of the largest cluster of cells that have turned alike since the last call; NaN in the first one.
    double largest_cluster(std::int64_t step) {
        double share = std::numeric_limits<double>::quiet_NaN();
        if (looked_at_ >= 0) {
            const double duration = static_cast<double>(step - looked_at_) * run_.dt;
            const Lattice<T>& found = effective_rates(before_, looked_at_, step);
            share = Profile::timed(profile_.observers,
                                   [&] { return looks_.largest_cluster(found, std::numbers::pi / duration); });
        }
        keep_turns(step);
        return share;
    }

    double value_of(const std::string& name, std::int64_t step, const Shared& shared) {
        if (name == "r") return shared.order.r;
        if (name == "psi") return shared.order.psi;
        if (name == "frequency") return shared.rate.mean;
        if (name == "frequency_deviation") return shared.rate.deviation;
        if (name == "roughness") return std::sqrt(shared.moments.variance);
        if (name == "skewness") return shared.moments.skewness;
        if (name == "kurtosis") return shared.moments.excess_kurtosis;
        if (name == "helicity_rows") return shared.helicity.rows;
        if (name == "helicity_cols") return shared.helicity.cols;
        if (name == "local") return state_.mask.statistics(local_order()).mean;
        if (name == "cluster") return largest_cluster(step);
        return looked([&] {
            if (name == "length") return looks_.length();
            if (name == "energy") return looks_.energy();
            if (name == "temperature") return looks_.temperature();
            if (const auto order = daido_order(name)) return looks_.daido(*order);
            return looks_.vortices();
        });
    }

    const Options& options_;
    const Run& run_;
    const State<T>& state_;
    const Dynamics<T>& dynamics_;
    const Looks<T>& looks_;
    Profile& profile_;
    std::vector<std::string> columns_;
    Lattice<T> scratch_;          // allocated when something is looked at
    Lattice<T> before_;           // the phases of the last look for clusters
    std::int64_t looked_at_ = -1; // its step
};

} // namespace simulate
