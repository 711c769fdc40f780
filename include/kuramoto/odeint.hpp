// odeint: a Field as a state of Boost.odeint and a model as its system, for steppers that are not in this library:
// multistep methods, extrapolation, dense output. Opt-in: not part of kuramoto.hpp. It is the only header that needs
// Boost (headers only; 1.74 is tested). CMake: the component odeint, kuramoto::odeint.
//
//     namespace odeint = boost::numeric::odeint;
//     odeint::adams_bashforth_moulton<5, km::Field<double>> stepper;
//     odeint::integrate_const(stepper, km::odeint_system(km::Fused{}, model), theta, 0.0, 10.0, 1.0 / 64);
//
// A model with inertia advances a state of phases and velocities, which is a Field too: see phase_space_state.
//
// Cost: the policy computes the rate of a lattice in one pass, or with inertia in two. A stepper then makes one pass
// per sum, on the calling thread; OdeintAlgebra makes these passes on the workers of a policy. Time steps are not
// fused: the library's RungeKutta4 is two to five times as fast as the same method of odeint (one thread, 256 × 256 to
// 1024 × 1024 cells).
//
// Precision: for float fields keep odeint's value_type and time_type at double. Its sums are then formed in double and
// rounded once. Your flags compile Boost's arithmetic, so that the bits depend on them. Unless they include
// -ffast-math, the bits do not depend on the policy or the number of threads.
//
// Pitfalls of odeint 1.74:
//
// - integrate_const compares rounded times to find its last step, which may then be missing. Use a dt that divides the
//   time exactly (a power of two).
// - integrate_adaptive with a dense-output stepper may never return (boostorg/odeint issue 41). If the last step is
//   longer than half of the whole time and t + (end − t) is rounded up, it tries to reach the end again and again.
//   Steps become that long if a lattice rotates as a whole. Use a controlled stepper, integrate_const, integrate_times,
//   or the library's integrate.
// - integrate_times with a controlled stepper returns without an error if all steps are rejected, for example because a
//   rate is NaN or infinite. Use a dense-output stepper, which throws step_adjustment_error, or the library's
//   integrate.
// - The number of accepted steps has no limit unless you pass a max_step_checker. The library's integrate has one.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/run/advance.hpp>

#include <boost/numeric/odeint/algebra/algebra_dispatcher.hpp>
#include <boost/numeric/odeint/util/is_resizeable.hpp>
#include <boost/numeric/odeint/util/resize.hpp>
#include <boost/numeric/odeint/util/same_size.hpp>
#include <boost/type_traits/integral_constant.hpp>

#include <cstddef>
#include <tuple>
#include <utility>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The cells of a run that one task takes at least.
inline constexpr std::ptrdiff_t min_cells_per_odeint_task = 4096;

/// work(begin, end) for ranges that together are all cells, by the workers of a policy.
template <class P, class Work> void for_ranges(const P& policy, std::ptrdiff_t cells, const Work& work) {
    const Execution execution(policy);
    const std::ptrdiff_t shares = (cells + min_cells_per_odeint_task - 1) / min_cells_per_odeint_task;
    const auto tasks = static_cast<int>(clamped(shares, 1, workers_for(cells, execution)));
    run_tasks(policy, tasks, [&](int task) noexcept {
        work(share_begin(task, tasks, shares) * min_cells_per_odeint_task,
             clamped(share_begin(task + 1, tasks, shares) * min_cells_per_odeint_task, 0, cells));
    });
}

/// Throws unless a state has the shape of the first. odeint gives the fields within most steppers their shape once.
template <class First, class Second> void check_state(const Field<First>& first, const Field<Second>& other) {
    if (first.rows() != other.rows() || first.cols() != other.cols())
        invalid_argument("the states of an odeint stepper are " + shape_text(first.rows(), first.cols()) + " and " +
                         shape_text(other.rows(), other.cols()) +
                         " cells: a stepper works on fields of one shape, until its adjust_size() is called");
}

/// operation(a cell of each state) for all cells. The operation stands last in `all`.
template <class P, class All, std::size_t... k>
void for_each_cell(const P& policy, const All& all, std::index_sequence<k...>) {
    (check_state(std::get<0>(all), std::get<k>(all)), ...);
    const std::ptrdiff_t cells = std::get<0>(all).size();
    const auto operation = std::get<sizeof...(k)>(all); // a copy: odeint's hold their factors
    for_ranges(policy, cells, [&](std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
        const auto over = [begin, end, operation](auto*... states) {
            for (std::ptrdiff_t at = begin; at < end; ++at) operation(states[at]...);
        };
        over(std::get<k>(all).data()...);
    });
}

/// The largest |value|, infinite if one is not finite.
template <class T> double largest_magnitude(const Field<T>& field) noexcept {
    const DefaultEnvironment environment;
    double largest = 0;
    for (std::ptrdiff_t at = 0; at < field.size(); ++at) {
        const auto value = static_cast<double>(field.data()[at]);
        if (!is_finite(value)) return __builtin_huge_val();
        const double size = value < 0 ? -value : value;
        largest = size > largest ? size : largest;
    }
    return largest;
}

} // namespace detail
KURAMOTO_END_NAMESPACE

namespace kuramoto {

/// An algebra for odeint's steppers: their sums over fields run on the workers of a policy.
///
/// The default for a Field is OdeintAlgebra<Fused>. Pass another one to the stepper:
///
///     using Algebra = km::OdeintAlgebra<km::OpenMP>;
///     odeint::runge_kutta_fehlberg78<State, double, State, double, Algebra> stepper(Algebra{{.threads = 4}});
template <ExecutionPolicy P = Fused> struct OdeintAlgebra {
    P policy = {}; ///< who does the work

    /// operation(s₁) for every cell of 1 state.
    template <class... All> void for_each1(All&&... all) const { run<1>(all...); }
    /// The same for 2 states.
    template <class... All> void for_each2(All&&... all) const { run<2>(all...); }
    /// The same for 3 states.
    template <class... All> void for_each3(All&&... all) const { run<3>(all...); }
    /// The same for 4 states.
    template <class... All> void for_each4(All&&... all) const { run<4>(all...); }
    /// The same for 5 states.
    template <class... All> void for_each5(All&&... all) const { run<5>(all...); }
    /// The same for 6 states.
    template <class... All> void for_each6(All&&... all) const { run<6>(all...); }
    /// The same for 7 states.
    template <class... All> void for_each7(All&&... all) const { run<7>(all...); }
    /// The same for 8 states.
    template <class... All> void for_each8(All&&... all) const { run<8>(all...); }
    /// The same for 9 states.
    template <class... All> void for_each9(All&&... all) const { run<9>(all...); }
    /// The same for 10 states.
    template <class... All> void for_each10(All&&... all) const { run<10>(all...); }
    /// The same for 11 states.
    template <class... All> void for_each11(All&&... all) const { run<11>(all...); }
    /// The same for 12 states.
    template <class... All> void for_each12(All&&... all) const { run<12>(all...); }
    /// The same for 13 states.
    template <class... All> void for_each13(All&&... all) const { run<13>(all...); }
    /// The same for 14 states.
    template <class... All> void for_each14(All&&... all) const { run<14>(all...); }
    /// The same for 15 states.
    template <class... All> void for_each15(All&&... all) const { run<15>(all...); }

    /// The largest |value| of a field; infinite if a value is not finite.
    ///
    /// A stepper that controls its error then rejects the step. With odeint's own algebras it would accept a NaN.
    template <Real T> [[nodiscard]] double norm_inf(const Field<T>& state) const {
        return detail::largest_magnitude(state);
    }

  private:
    template <std::size_t states, class... All> void run(All&... all) const {
        static_assert(sizeof...(All) == states + 1);
        detail::for_each_cell(policy, std::forward_as_tuple(all...), std::make_index_sequence<states>{});
    }
};

/// A model as a system of odeint: system(θ, dθ/dt, t), or with inertia system(state, d state/dt, t).
template <ExecutionPolicy P, class ModelType> struct OdeintSystem {
    P policy;        ///< who computes the rate
    ModelType model; ///< the right-hand side; views its ω, which must outlive the system

    /// The rate of the model; does not depend on the time.
    ///
    /// state: θ. With inertia: θ and its velocity; see phases_of.
    ///
    /// Throws: as kuramoto::rate.
    template <GridLike State, WritableGridLike Rate, class Time>
    void operator()(const State& state, Rate& rate_of_state, const Time&) const {
        rate(policy, model, state, rate_of_state);
    }
};

/// The system of a model, for odeint's steppers and integrate functions.
///
/// Copies both arguments; the model views its ω, which must outlive the system.
///
/// Cost: per call that of `rate`.
template <ExecutionPolicy P, class ModelType>
[[nodiscard]] OdeintSystem<P, ModelType> odeint_system(const P& policy, const ModelType& model) {
    return {policy, model};
}

} // namespace kuramoto

/// Specialisations that make a Field a state of odeint.
namespace boost::numeric::odeint {

/// A Field can be resized.
template <class T> struct is_resizeable<kuramoto::Field<T>> : boost::true_type {};

/// Whether two fields have the same shape.
template <class T, class Other> struct same_size_impl<kuramoto::Field<T>, kuramoto::Field<Other>> {
    /// Compares rows and columns.
    static bool same_size(const kuramoto::Field<T>& a, const kuramoto::Field<Other>& b) {
        return a.rows() == b.rows() && a.cols() == b.cols();
    }
};

/// Resizes a field to the shape of another.
template <class T, class Other> struct resize_impl<kuramoto::Field<T>, kuramoto::Field<Other>> {
    /// Replaces `field` by zeros.
    static void resize(kuramoto::Field<T>& field, const kuramoto::Field<Other>& model) {
        field = kuramoto::Field<T>(model.rows(), model.cols());
    }
};

/// The default algebra of a field: that of one thread.
template <class T> struct algebra_dispatcher<kuramoto::Field<T>> {
    /// The algebra.
    using algebra_type = kuramoto::OdeintAlgebra<kuramoto::Fused>;
};

} // namespace boost::numeric::odeint
