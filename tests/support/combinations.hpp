// Everything that a run can combine, as tables: boundaries, bonds, policies, couplings and methods, shapes; and such a
// run, of the library and of the oracle.
#pragma once

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>
#include <kuramoto/threads.hpp>

#include "support/couplings.hpp"
#include "support/inertia_oracle.hpp"
#include "support/layouts.hpp"
#include "support/noise_oracle.hpp"
#include "support/oracle.hpp"
#include "support/policies.hpp"
#include "support/problem.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace combined {

namespace km = kuramoto;

inline constexpr double K = 0.5;
inline constexpr double dt = 0.03125;
inline constexpr double D = 0.4;
inline constexpr double temperature = 0.4;
inline constexpr km::Inertia inertia{.mass = 0.75, .damping = 0.5};
inline constexpr std::uint64_t seed = 0xfeedfacecafe;
inline constexpr std::int64_t first_step = (std::int64_t{1} << 40) + 3;
inline constexpr int steps = 7;

struct Shape {
    std::ptrdiff_t rows;
    std::ptrdiff_t cols;
};
inline constexpr std::array<Shape, 10> shapes{
    {{1, 1}, {1, 2}, {2, 1}, {1, 50}, {50, 1}, {3, 5}, {17, 16}, {23, 37}, {150, 7}, {5, 700}}};

/// Numbers along the edges of a lattice.
struct EdgeNumbers {
    std::vector<double> north;
    std::vector<double> south;
    std::vector<double> west;
    std::vector<double> east;
};

struct Boundary {
    const char* name;
    km::Boundary (*with)(const EdgeNumbers&);
};
inline constexpr Boundary zero_flux{"zero flux", [](const EdgeNumbers&) { return km::Boundary{}; }};
inline constexpr Boundary torus{"torus", [](const EdgeNumbers&) -> km::Boundary { return km::torus; }};
inline constexpr Boundary ring_of_rows{"rows go round", [](const EdgeNumbers& at) -> km::Boundary {
                                           return {km::periodic, km::periodic, km::fixed_flux(0.75),
                                                   km::fixed_phase(at.east)};
                                       }};
inline constexpr Boundary ring_of_columns{"columns go round", [](const EdgeNumbers& at) -> km::Boundary {
                                              return {km::fixed_phase(at.north), km::fixed_flux(at.south), km::periodic,
                                                      km::periodic};
                                          }};
inline constexpr Boundary phases{"phases", [](const EdgeNumbers& at) -> km::Boundary {
                                     return {km::fixed_phase(at.north), km::fixed_phase(at.south),
                                             km::fixed_phase(at.west), km::fixed_phase(at.east)};
                                 }};
inline constexpr Boundary fluxes{"fluxes", [](const EdgeNumbers& at) -> km::Boundary {
                                     return {km::fixed_flux(at.north), km::fixed_flux(at.south),
                                             km::fixed_flux(at.west), km::fixed_flux(at.east)};
                                 }};
inline constexpr Boundary all_kinds{
    "all kinds", [](const EdgeNumbers& at) -> km::Boundary {
        return {km::fixed_flux(at.north), km::fixed_phase(-1.25), km::fixed_phase(at.west), {}};
    }};
inline constexpr Boundary all_kinds_turned{
    "the other way", [](const EdgeNumbers& at) -> km::Boundary {
        return {{}, km::fixed_phase(at.south), km::fixed_flux(-0.5), km::fixed_flux(at.east)};
    }};
inline constexpr std::array<Boundary, 8> boundaries{zero_flux, torus,  ring_of_rows, ring_of_columns,
                                                    phases,    fluxes, all_kinds,    all_kinds_turned};

struct Bonds {
    const char* name;
    bool have_strengths; ///< all different, some 0 and some negative
    bool lack_cells;     ///< every fifth cell is removed
};
inline constexpr Bonds equal{"equal bonds", false, false};
inline constexpr Bonds strengths{"strengths", true, false};
inline constexpr Bonds mask{"mask", false, true};
inline constexpr std::array<Bonds, 3> bond_kinds{equal, strengths, mask};

struct Policy {
    const char* name;
    std::variant<km::Serial, test::AnyPolicy> policy;
};
inline const std::array<Policy, 8> policies{{
    {"Serial", km::Serial{}},
    {"Fused", km::Fused{}},
    {"Fused, depth 5", km::Fused{.depth = 5}},
    {"OpenMP", km::OpenMP{.threads = 3, .min_cells_per_thread = 1}},
    {"OpenMP, depth 2", km::OpenMP{.threads = 2, .depth = 2, .min_cells_per_thread = 1}},
    {"Threads", km::Threads{.threads = 3, .depth = 3, .min_cells_per_thread = 1}},
    {"Pool", test::Pool{.workers = 7}},
    {"Pool on threads, depth 20", test::Pool{.workers = 4, .depth = 20, .on_threads = true}},
}};

/// use(policy) for a row of the table, with an instruction set.
template <class Use> auto with_policy(const Policy& row, km::Isa set, const Use& use) {
    return std::visit(
        [&](auto policy) {
            policy.isa = set;
            return use(policy);
        },
        row.policy);
}

// Which cells a kernel reads and writes depends on its coupling only in whether that is odd. Sanitizers make kernels
// slow to compile, so with them one coupling of each kind stands for all. Every setting keeps its precision.
#if defined KURAMOTO_FEW_COUPLINGS
using Couplings = std::tuple<km::Sine, test::Lagging>;
inline constexpr std::array<const char*, 2> couplings{"Sine", "Lagging"};
enum CouplingNumber : std::size_t { sine, lagging, linear = lagging, skewed = sine, harmonics = sine };
#else
using Couplings = std::tuple<km::Sine, km::Linear, test::Skewed, test::Lagging, test::ThreeHarmonics>;
inline constexpr std::array<const char*, 5> couplings{"Sine", "Linear", "Skewed", "Lagging", "ThreeHarmonics"};
enum CouplingNumber : std::size_t { sine, linear, skewed, lagging, harmonics };
#endif

/// Steppers, of which the last four have noise. VelocityVerlet is with the same inertia in all cells, BAOAB with
/// fields.
enum Method : std::size_t {
    euler,
    heun,
    runge_kutta,
    verlet,
    noise_of_a_number,
    noise_of_a_field,
    averaged_noise,
    langevin
};
inline constexpr std::array<const char*, 8> methods{
    "Euler", "Heun", "RungeKutta4", "VelocityVerlet", "EulerMaruyama", "EulerMaruyamaField", "LeimkuhlerMatthewsField",
    "BAOAB"};

/// One coupling and one method, in one of the precisions: every two of the three in all their pairs, with one kernel
/// for a coupling with noise and two for one without.
template <std::size_t CouplingNumber, std::size_t MethodNumber> struct Setting {
    static constexpr std::size_t coupling = CouplingNumber;
    static constexpr std::size_t method = MethodNumber;
    static constexpr bool is_noisy = method >= noise_of_a_number;
    static constexpr bool has_inertia = method == verlet || method == langevin;
    static constexpr bool is_double = (coupling % 2 == 0) == is_noisy;
    using T = std::conditional_t<is_double, double, float>;
    using Coupling = std::tuple_element_t<coupling, Couplings>;
};
inline constexpr std::size_t setting_count = couplings.size() * methods.size();
template <std::size_t Number> using SettingOf = Setting<Number / methods.size(), Number % methods.size()>;

template <class S> auto stepper_of(const km::Grid<const typename S::T>& diffusion) {
    using T = typename S::T;
    if constexpr (S::method == euler)
        return km::Euler{.dt = dt};
    else if constexpr (S::method == heun)
        return km::Heun{.dt = dt};
    else if constexpr (S::method == runge_kutta)
        return km::RungeKutta4{.dt = dt};
    else if constexpr (S::method == noise_of_a_number)
        return km::EulerMaruyama{.dt = dt, .D = D, .seed = seed};
    else if constexpr (S::method == noise_of_a_field)
        return km::EulerMaruyamaField<T>{.dt = dt, .D = diffusion, .seed = seed};
    else if constexpr (S::method == averaged_noise)
        return km::LeimkuhlerMatthewsField<T>{.dt = dt, .D = diffusion, .seed = seed};
    else if constexpr (S::method == verlet)
        return km::VelocityVerlet{.dt = dt};
    else
        return km::BAOAB{.dt = dt, .temperature = temperature, .seed = seed};
}

inline km::Isa isa_of(std::size_t number) {
    const std::vector<km::Isa> supported = test::supported_isas();
    return supported[number % supported.size()];
}

/// A lattice with all that a model may have: numbers along the edges, strengths, and for each cell a D, a velocity, a
/// mass and a damping.
template <class T> struct Problem : test::Problem<T> {
    EdgeNumbers edges;
    bool has_strengths;
    std::vector<T> east;
    std::vector<T> south;
    std::vector<T> diffusion;
    std::vector<T> velocity;
    std::vector<T> mass;
    std::vector<T> damping;

    Problem(Shape of, const Bonds& bonds)
        : test::Problem<T>(of.rows, of.cols),
          edges{numbers(of.cols, 1000), numbers(of.cols, 1001), numbers(of.rows, 1002), numbers(of.rows, 1003)},
          has_strengths(bonds.have_strengths || bonds.lack_cells), east(this->theta.size(), T(1)),
          south(this->theta.size(), T(1)) {
        for (std::ptrdiff_t k = 0; k < of.rows * of.cols; ++k) {
            diffusion.push_back((T(4) + test::distinct_value<T>(k, 91)) / T(8));
            velocity.push_back(test::distinct_value<T>(k, 92) / T(4));
            mass.push_back((T(8) + test::distinct_value<T>(k, 93)) / T(8));
            damping.push_back((T(4) + test::distinct_value<T>(k, 94)) / T(8));
        }
        if (bonds.have_strengths) set_strengths();
        if (bonds.lack_cells) remove_cells();
    }

  private:
    static std::vector<double> numbers(std::ptrdiff_t count, std::uint32_t which) {
        std::vector<double> result;
        for (std::ptrdiff_t k = 0; k < count; ++k)
            result.push_back(static_cast<double>(test::distinct_value<float>(k, which)) / 2);
        return result;
    }
    void set_strengths() {
        for (std::size_t k = 0; k < east.size(); ++k) {
            east[k] = k % 7 == 3 ? T(0) : test::distinct_value<T>(static_cast<std::ptrdiff_t>(k), 31) / T(4);
            south[k] = k % 7 == 5 ? T(0) : test::distinct_value<T>(static_cast<std::ptrdiff_t>(k), 59) / T(4);
        }
    }
    void remove_cells() {
        std::vector<T> present(east.size(), T(1));
        for (std::size_t k = 2; k < present.size(); k += 5) present[k] = 0;
        const auto grid = [&](auto& values) { return km::Grid<T>(values.data(), this->rows, this->cols); };
        km::remove_cells(grid(present), grid(east), grid(south));
    }
};

/// Where the cells of the phases and of the fields beside them lie.
struct Layouts {
    test::Layout phases = test::Layout::contiguous;
    test::Layout fields = test::Layout::contiguous;
};

/// A model with the inertia of a setting: the same in all cells, or that of two fields.
template <class S, class ModelType>
auto with_inertia(const ModelType& model, const km::Grid<const typename S::T>& mass,
                  const km::Grid<const typename S::T>& damping) {
    if constexpr (S::method == verlet)
        return km::InertialModel{inertia, model};
    else
        return km::InertialModel{km::InertiaFields<typename S::T>{.mass = mass, .damping = damping}, model};
}

/// The phases after runs of so many steps each; with inertia the velocities after them.
template <class S, class P>
std::vector<typename S::T> run_under(const P& policy_of, const km::Boundary& edges,
                                     const Problem<typename S::T>& problem, const Layouts& layouts,
                                     const std::vector<int>& parts) {
    using T = typename S::T;
    const auto filled = [&](test::Layout of, const std::vector<T>& values) {
        test::Cells<T> cells(of, problem.rows, problem.cols);
        test::assign(cells.view(), values);
        return cells;
    };
    test::Cells<T> theta = filled(layouts.phases, problem.theta);
    test::Cells<T> omega = filled(layouts.fields, problem.omega);
    test::Cells<T> east = filled(layouts.fields, problem.east);
    test::Cells<T> south = filled(layouts.fields, problem.south);
    test::Cells<T> diffusion = filled(layouts.fields, problem.diffusion);
    test::Cells<T> velocity = filled(layouts.fields, problem.velocity);
    test::Cells<T> mass = filled(layouts.phases, problem.mass);
    test::Cells<T> damping = filled(layouts.fields, problem.damping);
    const km::Laplacian<typename S::Coupling> without_bonds{.K = K, .boundary = edges};
    const auto advance = [&](const auto& laplacian) {
        const auto stepper = stepper_of<S>(diffusion.view());
        const km::Model model{laplacian, omega.view()};
        std::int64_t done = first_step;
        for (const int part : parts) {
            if constexpr (S::has_inertia)
                km::advance(policy_of, stepper, with_inertia<S>(model, mass.view(), damping.view()), theta.view(),
                            velocity.view(), part, done);
            else
                km::advance(policy_of, stepper, model, theta.view(), part, done);
            done += part;
        }
    };
    if (problem.has_strengths)
        advance(km::with_bonds(without_bonds, east.view(), south.view()));
    else
        advance(without_bonds);
    EXPECT_TRUE(theta.canaries_alive() && omega.canaries_alive() && diffusion.canaries_alive());
    EXPECT_TRUE(east.canaries_alive() && south.canaries_alive());
    EXPECT_TRUE(velocity.canaries_alive() && mass.canaries_alive() && damping.canaries_alive());
    std::vector<T> state = test::values_of(theta.view());
    if (S::has_inertia)
        for (const T value : test::values_of(velocity.view())) state.push_back(value);
    return state;
}

template <class S, class P>
std::vector<typename S::T> run(const P& policy_of, const km::Boundary& edges, const Problem<typename S::T>& problem,
                               const Layouts& layouts, const std::vector<int>& parts) {
    return run_under<S>(test::erased(policy_of), edges, problem, layouts, parts);
}

/// The same of a run with inertia, for the oracle.
template <class S, class F>
test::ExactRun exact_run_with_inertia(const test::Lattice<F>& lattice, const Problem<typename S::T>& problem,
                                      int count) {
    const std::size_t cells = problem.theta.size();
    test::ExactInertia of{static_cast<long double>(dt), test::exact(problem.mass), test::exact(problem.damping),
                          static_cast<long double>(temperature), seed};
    if (S::method == verlet) {
        of.mass = test::Exact(cells, static_cast<long double>(inertia.mass));
        of.damping = test::Exact(cells, static_cast<long double>(inertia.damping));
        of.temperature = 0;
    }
    test::ExactInertialRun<typename S::T> exact{test::exact(problem.theta), test::exact(problem.velocity)};
    const test::Exact omega = test::exact(problem.omega);
    for (int step = 0; step < count; ++step)
        exact.step(lattice, omega, of, static_cast<std::uint64_t>(first_step + step));
    test::ExactRun run{exact.theta, std::fmax(exact.theta_error, exact.velocity_error)};
    run.theta.insert(run.theta.end(), exact.velocity.begin(), exact.velocity.end());
    return run;
}

/// The same of a run without inertia.
template <class S, class F>
test::ExactRun exact_run_without_inertia(const test::Lattice<F>& lattice, const Problem<typename S::T>& problem,
                                         int count) {
    using T = typename S::T;
    test::Exact amplitudes(problem.theta.size(), static_cast<long double>(static_cast<T>(std::sqrt(2 * D * dt))));
    if (S::method != noise_of_a_number)
        for (std::size_t k = 0; k < amplitudes.size(); ++k)
            amplitudes[k] =
                std::sqrt(2 * static_cast<long double>(dt) * static_cast<long double>(problem.diffusion[k]));
    if (S::method == averaged_noise)
        for (long double& amplitude : amplitudes) amplitude /= 2;
    const test::Exact omega = test::exact(problem.omega);
    test::ExactRun exact{test::exact(problem.theta), 0};
    for (int step = 0; step < count; ++step) {
        test::take_step<T>(exact, lattice, omega, stepper_of<S>({}));
        const auto number = static_cast<std::uint64_t>(first_step + step);
        if (S::is_noisy) test::add_noise<T>(exact, problem.cols, amplitudes, number, seed);
        if (S::method == averaged_noise) test::add_noise<T>(exact, problem.cols, amplitudes, number + 1, seed);
    }
    return exact;
}

template <class S>
test::ExactRun exact_run(const km::Boundary& edges, const Problem<typename S::T>& problem, int count) {
    using T = typename S::T;
    const auto strengths_of = [&](const std::vector<T>& of) {
        return problem.has_strengths ? test::exact(of) : test::Exact{};
    };
    const test::Lattice<> lattice{problem.rows,
                                  problem.cols,
                                  test::ExactCoupling(typename S::Coupling{}),
                                  static_cast<long double>(K),
                                  edges,
                                  strengths_of(problem.east),
                                  strengths_of(problem.south)};
    if constexpr (S::has_inertia)
        return exact_run_with_inertia<S>(lattice, problem, count);
    else
        return exact_run_without_inertia<S>(lattice, problem, count);
}

/// Each value is within the tolerance of the oracle's, which is smaller than what any of the features does to a cell.
template <class T>
void expect_near(const std::vector<T>& values, const test::ExactRun& exact, const std::string& what) {
    ASSERT_EQ(values.size(), exact.theta.size());
    ASSERT_LE(exact.tolerance, 5000 * static_cast<long double>(std::numeric_limits<T>::epsilon())) << what;
    for (std::size_t k = 0; k < values.size(); ++k)
        ASSERT_LE(std::fabs(static_cast<long double>(values[k]) - exact.theta[k]), exact.tolerance)
            << what << ", cell " << k;
}

} // namespace combined
