// A run of Dormand & Prince's method: the rates of a step, its error, and the length of the next.
#pragma once

#include <kuramoto/detail/arithmetic/error_norm.hpp>
#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/parallel/cell_blocks.hpp>
#include <kuramoto/detail/parallel/order_free_sum.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/run/rate.hpp>
#include <kuramoto/stepping/dormand_prince.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

inline void check_method(const DormandPrince54& method) {
    const auto check_tolerance = [](double value, const char* name) {
        if (!is_finite(value) || value < 0)
            invalid_argument(string_of(name) + " must be finite and not negative, but is " + text(value));
    };
    check_tolerance(method.relative_tolerance, "relative_tolerance");
    check_tolerance(method.absolute_tolerance, "absolute_tolerance");
    check_tolerance(method.initial_dt, "initial_dt");
    if (method.relative_tolerance + method.absolute_tolerance <= 0)
        invalid_argument("relative_tolerance and absolute_tolerance must not both be 0");
    if (is_nan(method.max_dt) || method.max_dt <= 0)
        invalid_argument("max_dt must be positive, but is " + text(method.max_dt));
    check_count(method.max_steps, "max_steps");
}

inline void check_duration(double duration) {
    if (!is_finite(duration) || duration < 0)
        invalid_argument("duration must be finite and not negative, but is " + text(duration));
}

/// Dormand & Prince's coefficients. The last stage is at the end of the step, with the weights of order 5: its rate is
/// the first one of the next step.
struct DormandPrinceTableau {
    static constexpr int stages = 7;
    static constexpr double a[stages][6] = {{},
                                            {1.0 / 5},
                                            {3.0 / 40, 9.0 / 40},
                                            {44.0 / 45, -56.0 / 15, 32.0 / 9},
                                            {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
                                            {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
                                            {35.0 / 384, 0.0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}};
    /// The weights of order 5 less those of order 4.
    static constexpr double error[stages] = {71.0 / 57600,      0.0,          -71.0 / 16695, 71.0 / 1920,
                                             -17253.0 / 339200, 22.0 / 525.0, -1.0 / 40};
};

/// One run of the method: the phases, seven rates, and the length of the steps.
template <class T, class P, class ModelType> class DormandPrinceRun {
  public:
    DormandPrinceRun(const P& policy, const Execution& execution, const DormandPrince54& method, const ModelType& model,
                     const Grid<const T>& theta)
        : policy_(policy), execution_(execution), method_(method), model_(model), theta_(theta),
          stage_(theta.rows(), theta.cols()),
          norm_(method.absolute_tolerance, method.relative_tolerance, execution.isa, theta.size()) {
        for (Field<T>& rate : rates_) rate = Field<T>(theta.rows(), theta.cols());
    }

    IntegrationReport integrate(double duration) {
        evaluate(theta_, rates_[0]);
        if (has_not_finite(theta_) || has_not_finite(rates_[0]))
            runtime_error(is_inertial<ModelType> ? "cannot integrate: a phase, a velocity or a rate is not finite"
                                                 : "cannot integrate: a phase or its rate is not finite");
        double dt = method_.initial_dt > 0 ? method_.initial_dt : first_step();
        double time = 0;
        double last_error = 1e-4;
        bool was_rejected = false;
        while (time < duration) {
            if (report_.accepted + report_.rejected >= method_.max_steps)
                runtime_error("integration stopped at time " + text(time) + " of " + text(duration) +
                              " after max_steps = " + integer_text(method_.max_steps) + " steps");
            if (dt > method_.max_dt) dt = method_.max_dt;
            const double left = duration - time;
            const bool is_last = left <= 1.01 * dt && left <= method_.max_dt;
            if (is_last)
                dt = left;
            else if (left <= 1.01 * dt)
                dt = 0.5 * left;                               // otherwise the next step could be a rounding error
            if (!is_last && !(time + sealed(0.1 * dt) > time)) // the last step may be of any length
                runtime_error("integration stopped at time " + text(time) + " of " + text(duration) + ": " +
                              asked_for(dt) + " is too short");
            const double error = try_step(dt);
            if (is_finite(error) && error <= 1) {
                accept(dt);
                time = is_last ? duration : time + dt;
                const double growth = next_factor(error, last_error);
                last_error = error > 1e-4 ? error : 1e-4;
                dt = sealed(dt * (was_rejected && growth > 1 ? 1 : growth));
                was_rejected = false;
            } else {
                ++report_.rejected;
                was_rejected = true;
                const double shorter = is_finite(error) ? 0.9 / power(error, 0.17) : 0;
                dt = sealed(dt * (shorter > 0.2 ? shorter : 0.2));
            }
        }
        report_.next_dt = dt;
        return report_;
    }

    [[nodiscard]] const Field<T>& theta() const noexcept { return theta_; }

  private:
    // By how much the next step may be longer: proportional to the error of this one, with what it was before.
    static double next_factor(double error, double last_error) noexcept {
        const double factor = 0.9 * power(last_error, 0.04) / power(error > 1e-10 ? error : 1e-10, 0.17);
        return factor < 0.2 ? 0.2 : factor > 10 ? 10 : factor;
    }

    // The reason for the length of a step: max_dt, initial_dt or the tolerance.
    [[nodiscard]] std::string asked_for(double dt) const {
        if (dt >= 0.5 * method_.max_dt) return "max_dt = " + text(method_.max_dt);
        if (method_.initial_dt > 0 && report_.accepted + report_.rejected == 0)
            return "initial_dt = " + text(method_.initial_dt);
        return "the step that the tolerance asks for";
    }

    void evaluate(const Field<T>& at, Field<T>& to) {
        rate(policy_, model_, at, to);
        ++report_.evaluations;
    }

    // stage = θ + dt Σ a · rates.
    void combine(double dt, const double* a, int count) {
        Combination<T> combination{theta_.data(), stage_.data(), count};
        for (int s = 0; s < count; ++s) {
            combination.fields[s] = rates_[s].data();
            combination.factors[s] = static_cast<T>(sealed(dt * a[s]));
        }
        run_cells<T>(policy_, execution_, theta_.size(), combination);
    }

    // Whether a cell is NaN or infinite.
    bool has_not_finite(const Field<T>& field) {
        const auto count =
            sum_over_cells<std::int64_t>(policy_, execution_, Grid<const T>(field.view()),
                                         [](const T* cells, std::ptrdiff_t cell_count, std::int64_t& into) noexcept {
                                             for (std::ptrdiff_t k = 0; k < cell_count; ++k)
                                                 into += is_finite(static_cast<double>(cells[k])) ? 0 : 1;
                                         });
        return count > 0;
    }

    // The root mean square over the cells of (sum of fields) / (tolerance of the cell).
    double norm(const WeightedSum<T>& value) const {
        return norm_(policy_, execution_, value, theta_.data(), stage_.data());
    }
    static WeightedSum<T> values_of(const Field<T>& field) noexcept { return {1, {field.data()}, {1.0}}; }

    // A step in which an explicit method of order 5 would make a small error (Hairer, Nørsett & Wanner I, II.4).
    double first_step() {
        const double one = 1;
        const double phases = norm(values_of(theta_));
        double rates = norm(values_of(rates_[0]));
        if (!is_finite(rates)) { // a phase of 0 that moves has no scale yet, without an absolute tolerance
            combine(1e-6, &one, 1);
            rates = norm(values_of(rates_[0]));
        }
        const double guess = phases < 1e-5 || rates < 1e-5 ? 1e-6 : 0.01 * phases / rates;
        combine(guess, &one, 1);
        evaluate(stage_, rates_[1]);
        const double curvature = norm({2, {rates_[1].data(), rates_[0].data()}, {1.0, -1.0}}) / guess;
        if (!is_finite(curvature)) return guess; // a phase of 0 that begins to move only now
        const double most = curvature > rates ? curvature : rates;
        const double other = most > 1e-15 ? power(0.01 / most, 0.2) : guess * 1e-3 > 1e-6 ? guess * 1e-3 : 1e-6;
        return other < 100 * guess ? other : 100 * guess;
    }

    // Leaves the phases after the step in stage_ and their rate in the last of rates_; returns the scaled error.
    double try_step(double dt) {
        using Tableau = DormandPrinceTableau;
        for (int s = 1; s < Tableau::stages; ++s) {
            combine(dt, Tableau::a[s], s);
            evaluate(stage_, rates_[s]);
        }
        WeightedSum<T> error{Tableau::stages};
        for (int s = 0; s < Tableau::stages; ++s) {
            error.fields[s] = rates_[s].data();
            error.weights[s] = Tableau::error[s];
        }
        error.scale = dt;
        return norm(error);
    }

    void accept(double dt) {
        std::swap(theta_, stage_);
        std::swap(rates_[0], rates_[DormandPrinceTableau::stages - 1]);
        report_.min_dt = report_.accepted == 0 || dt < report_.min_dt ? dt : report_.min_dt;
        report_.max_dt = dt > report_.max_dt ? dt : report_.max_dt;
        ++report_.accepted;
    }

    const P& policy_;
    const Execution& execution_;
    DormandPrince54 method_;
    const ModelType& model_;
    Field<T> theta_;
    Field<T> stage_;
    Field<T> rates_[DormandPrinceTableau::stages];
    ErrorNorm<T> norm_;
    IntegrationReport report_;
};

/// Integrates any model that has a rate; `theta` is written at the end.
template <class P, class ModelType, class T>
IntegrationReport integrate_model(const P& policy, const Execution& execution, const DormandPrince54& method,
                                  const ModelType& model, const Grid<T>& theta, double duration) {
    if (duration <= 0 || theta.empty()) { // a rate checks the rest of the model
        Field<T> rates(theta.rows(), theta.cols());
        rate(policy, model, Grid<const T>(theta), rates);
        return {};
    }
    DormandPrinceRun<T, P, ModelType> run(policy, execution, method, model, Grid<const T>(theta));
    const IntegrationReport report = run.integrate(duration);
    copy_cells(run.theta().view(), theta);
    return report;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
