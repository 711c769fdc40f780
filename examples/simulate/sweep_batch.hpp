// The members of a sweep that are advanced together.
#pragma once

#include "dynamics.hpp"
#include "looks.hpp"
#include "observer.hpp"
#include "policy.hpp"
#include "profile.hpp"
#include "read_state.hpp"
#include "sweep_members.hpp"
#include "sweep_table.hpp"

#include <kuramoto/ensemble/for_each_member.hpp>
#include <kuramoto/runtime/ensembles_compiled_elsewhere.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace simulate {

/// One member: its run, its state and what is observed of it. It stays where it is.
template <class T> class SweepMember {
  public:
    SweepMember(const SweepMembers& members, std::size_t index)
        : index_(index), options_(members.options_of(index)), run_(resolve(options_)),
          state_(state_of<T>(workers_of(options_), options_, run_)), dynamics_(options_, run_, state_),
          looks_(options_, run_, state_), observer_(options_, run_, state_, dynamics_, looks_, profile_) {}
    SweepMember(const SweepMember&) = delete;
    SweepMember& operator=(const SweepMember&) = delete;

    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] const Run& run() const { return run_; }
    [[nodiscard]] State<T>& state() { return state_; }

    void advance(std::int64_t steps, std::int64_t first) const { dynamics_.advance(steps, first); }
    /// The values of all columns of the table.
    [[nodiscard]] std::vector<double> look(std::int64_t step) { return observer_.values(step, observer_.order()); }
    void add_to(SweepTable& table, std::int64_t step, const std::vector<double>& values) const {
        table.add(index_, step, run_.time_of(step), values);
    }

  private:
    std::size_t index_;
    Options options_;
    Run run_;
    State<T> state_;
    Dynamics<T> dynamics_;
    Looks<T> looks_;
    Profile profile_;
    Observer<T> observer_;
};

/// Members that make the same number of steps. They lie side by side in an ensemble, unless each is advanced alone on
/// all threads: large ones, fewer than half a group, and those of --policy serial. The numbers are the same in both
/// cases.
template <class T> class SweepBatch {
  public:
    /// The most cells of a member of an ensemble: a group with its ω has to fit a second-level cache of 1 MiB.
    static constexpr double most_cells = 90 * 90;

    SweepBatch(const SweepMembers& members, const std::vector<std::size_t>& indices) {
        for (const std::size_t index : indices) members_.push_back(std::make_unique<SweepMember<T>>(members, index));
        const Run& run = members_.front()->run();
        const bool is_group = 2 * count() >= km::Ensemble<T>::lanes;
        if (!is_group || run.cells() > most_cells || members.options().policy == "serial") return;
        policy_ = policy_of(members.options());
        theta_ = km::Ensemble<T>(count(), run.rows, run.cols);
        if (run.has_inertia) velocity_ = theta_;
        for (std::ptrdiff_t k = 0; k < count(); ++k) join(k);
    }

    [[nodiscard]] std::ptrdiff_t count() const { return static_cast<std::ptrdiff_t>(members_.size()); }
    [[nodiscard]] const Run& run() const { return members_.front()->run(); }
    [[nodiscard]] const Options& options() const { return members_.front()->options(); }

    void advance(std::int64_t steps, std::int64_t first) {
        if (steppers_.empty())
            for (const auto& member : members_) member->advance(steps, first);
        else if (run().has_inertia)
            rt::advance(policy_, steppers_, models_, theta_, velocity_, steps, first);
        else
            rt::advance(policy_, steppers_, models_, theta_, steps, first);
    }

    /// Observes all members; adds a row of each to the table if `is_in_table`.
    void look(std::int64_t step, bool is_in_table, SweepTable& table) {
        std::vector<std::vector<double>> values(members_.size());
        const auto look_at = [&](std::ptrdiff_t k) {
            const auto at = static_cast<std::size_t>(k);
            if (!steppers_.empty()) update_state(k);
            values[at] = members_[at]->look(step);
        };
        if (steppers_.empty())
            for (std::ptrdiff_t k = 0; k < count(); ++k) look_at(k);
        else
            km::for_each_member(rt::workers_of(policy_), theta_, look_at);
        if (!is_in_table) return;
        for (std::size_t k = 0; k < members_.size(); ++k) members_[k]->add_to(table, step, values[k]);
    }

  private:
    /// Makes member k a member of the ensemble.
    void join(std::ptrdiff_t k) {
        SweepMember<T>& member = *members_[static_cast<std::size_t>(k)];
        copy(member.state().theta, theta_.member(k));
        if (run().has_inertia) copy(member.state().velocity, velocity_.member(k));
        steppers_.push_back(stepper_of(member.run(), member.state()));
        models_.push_back(model_of(member.run(), member.state()));
        if (models_.back().coupling) models_.back().coupling = rt::any_ensemble_coupling<T>(coupling_of(member.run()));
    }
    /// Copies member k of the ensemble to its own state.
    void update_state(std::ptrdiff_t k) {
        State<T>& state = members_[static_cast<std::size_t>(k)]->state();
        state.theta = Lattice<T>(theta_.member(k));
        if (run().has_inertia) state.velocity = Lattice<T>(velocity_.member(k));
    }
    static void copy(const Lattice<T>& from, const km::Grid<T>& to) {
        for (std::ptrdiff_t i = 0; i < to.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < to.cols(); ++j) to(i, j) = from(i, j);
    }

    std::vector<std::unique_ptr<SweepMember<T>>> members_;
    rt::Policy policy_ = km::Serial{};
    km::Ensemble<T> theta_;
    km::Ensemble<T> velocity_;
    std::vector<rt::StepperChoice<T>> steppers_; // of the ensemble
    std::vector<rt::ModelChoice<T>> models_;
};

} // namespace simulate
