// Every public algorithm on one small problem, with a hash of each result: for tests that compare bits.
#pragma once

#include "values.hpp"

#include <kuramoto/kuramoto.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace test {

namespace km = kuramoto;

/// A hash of the bits of a result.
struct Witness {
    std::string algorithm;
    std::uint64_t hash;
};

/// Runs every algorithm under one policy. The library makes all inputs, so that they are under test as well. `Unit`: a
/// type of the translation unit. It keeps the instances of this class apart if units with different flags are linked
/// into one program.
template <class T, class P, class Unit> class EveryAlgorithm {
  public:
    explicit EveryAlgorithm(const P& policy) : policy_(policy) {
        km::uniform_phases(policy, theta_, 11);
        km::normal_frequencies(policy, omega_, 0.1, 0.4, 12);
    }

    std::vector<Witness> run() {
        initial_states();
        patterns();
        scalars();
        dynamics();
        observables();
        topology();
        missing_cells();
        long_runs();
        time_steps();
        numbers_in_loops();
        return witnesses_;
    }

    /// Rates and time steps alone: what array passes compute in another way than other policies.
    std::vector<Witness> run_dynamics() {
        dynamics();
        return witnesses_;
    }

  private:
    static constexpr std::ptrdiff_t rows = 23;
    static constexpr std::ptrdiff_t cols = 37;
    static constexpr double K = 1.3;

    template <class Number> void add(const char* algorithm, std::vector<Number> numbers) {
        witnesses_.push_back({algorithm, hash_of(numbers)});
    }
    template <class Number> void add(const char* algorithm, const km::Field<Number>& field) {
        add(algorithm, values_of(field.view()));
    }
    // The field after `fill`.
    template <class Number = T, class Fill> void add_filled(const char* algorithm, const Fill& fill) {
        km::Field<Number> field(rows, cols);
        fill(field);
        add(algorithm, field);
    }
    // The phases after `change`.
    template <class Change> void add_changed(const char* algorithm, const Change& change) {
        km::Field<T> theta = theta_;
        change(theta);
        add(algorithm, theta);
    }

    void initial_states() {
        add("uniform_phases", theta_);
        add("normal_frequencies", omega_);
        add_filled("normal_phases", [&](auto& field) { km::normal_phases(policy_, field, 0.3, 0.7, 1); });
        add_filled("uniform_frequencies", [&](auto& field) { km::uniform_frequencies(policy_, field, -0.3, 0.7, 2); });
        add_filled("lorentzian_frequencies",
                   [&](auto& field) { km::lorentzian_frequencies(policy_, field, 0.1, 0.3, 3); });
        add_filled("truncated_lorentzian_frequencies",
                   [&](auto& field) { km::truncated_lorentzian_frequencies(policy_, field, 0.1, 0.3, 1.7, 4); });
        add_filled("mixed_frequencies", [&](auto& field) { km::mixed_frequencies(policy_, field, 0.1, 0.3, 0.4, 5); });
        const km::Lorentzian slow{.centre = -0.4, .half_width = 0.3};
        const km::Normal fast{.mean = 0.7, .deviation = 0.1};
        add_filled("mixed_frequencies of distributions",
                   [&](auto& field) { km::mixed_frequencies(policy_, field, slow, fast, 0.4, 6); });
        add_filled("uniform_quantiles", [&](auto& field) { km::uniform_quantiles(policy_, field, -0.3, 0.7, 7); });
        add_filled("normal_quantiles", [&](auto& field) { km::normal_quantiles(policy_, field, 0.1, 0.4, 8); });
        add_filled("lorentzian_quantiles", [&](auto& field) { km::lorentzian_quantiles(policy_, field, 0.1, 0.3, 9); });
        add_filled("mixed_quantiles", [&](auto& field) { km::mixed_quantiles(policy_, field, slow, fast, 0.4, 10); });
    }

    void patterns() {
        add_filled("equal_phases", [&](auto& field) { km::equal_phases(policy_, field, 0.3); });
        add_filled("plane_wave_phases", [&](auto& field) { km::plane_wave_phases(policy_, field, {0.1, 0.37, 0.2}); });
        add_filled("twisted_phases", [&](auto& field) { km::twisted_phases(policy_, field, {2, -3, 0.2}); });
        const std::vector<km::Vortex> vortices{{3.5, 7.25, 1}, {15.5, 21.5, -2}};
        add_filled("vortex_phases", [&](auto& field) { km::vortex_phases(policy_, field, vortices); });
        add_filled("target_phases", [&](auto& field) { km::target_phases(policy_, field, {7.5, 11.25, 6.1, 0.3}); });
        add_filled("spiral_phases", [&](auto& field) { km::spiral_phases(policy_, field, {7.5, 11.25, 2, 6.1, 0.3}); });
        add_filled("gradient_frequencies",
                   [&](auto& field) { km::gradient_frequencies(policy_, field, 0.1, 0.7, km::Axis::cols); });
        add_filled("equal_frequencies", [&](auto& field) { km::equal_frequencies(policy_, field, 0.3); });
        add_filled("halved_frequencies",
                   [&](auto& field) { km::halved_frequencies(policy_, field, 0.1, 0.7, km::Axis::rows); });
        add_filled("checkerboard_frequencies",
                   [&](auto& field) { km::checkerboard_frequencies(policy_, field, 0.1, 0.7); });
        add_filled("defect_frequencies",
                   [&](auto& field) { km::defect_frequencies(policy_, field, {7.5, 11.25, 4.3, 0.7, 0.1}); });
    }

    void scalars() {
        std::vector<T> values;
        for (int k = -40; k <= 40; ++k) {
            const T x = static_cast<T>(k * k * k) / T{512};
            const km::SinCos<T> both = km::sincos(x);
            for (const T value : {km::sin(x), km::cos(x), both.sin, both.cos, km::SakaguchiSine{0.3}(x),
                                  km::Harmonics<3>{{1.0, 0.3, 0.1}}(x), km::abs(x), km::abs(-x / T{4096})})
                values.push_back(value);
        }
        values.push_back(km::abs(std::numeric_limits<T>::denorm_min()));
        add("sin, cos, sincos, abs, couplings of numbers", values);
    }

    [[nodiscard]] km::Boundary edges() const {
        return {km::fixed_phase(0.3), km::fixed_flux(0.1), km::fixed_phase(along_west_), km::zero_flux};
    }
    // A mask: every seventh cell is missing.
    [[nodiscard]] km::Field<T> present() const {
        km::Field<T> mask(rows, cols);
        for (std::ptrdiff_t k = 0; k < mask.size(); ++k) mask.data()[k] = k % 7 == 3 ? T{0} : T{1};
        return mask;
    }
    template <class C> auto model(C coupling, const km::Boundary& boundary = {}) const {
        return km::Model{km::Laplacian<C>{.K = K, .coupling = coupling, .boundary = boundary}, omega_};
    }
    template <class M> void add_rate(const char* algorithm, const M& model) {
        add_filled(algorithm, [&](auto& field) { km::rate(policy_, model, theta_, field); });
    }

    void dynamics() {
        rates();
        fixed_steps();
        simulations();
        adaptive_steps();
        mean_field();
        inertia();
    }

    void rates() {
        add_filled("apply", [&](auto& field) { km::apply(policy_, km::SineLaplacian{.K = K}, theta_, field); });
        add_rate("rate, linear", model(km::Linear{}));
        add_rate("rate, lag", model(km::SakaguchiSine{0.3}, edges()));
        add_rate("rate, harmonics", model(km::Harmonics<3>{{1.0, 0.3, 0.1}}, km::torus));
        const km::Model bonds{km::with_bonds(km::SineLaplacian{.K = K}, theta_, omega_), 0.1};
        add_rate("rate, bonds", bonds);
        km::Field<T> east = theta_;
        km::Field<T> south = omega_;
        km::remove_cells(present(), east, south);
        add_rate("rate, missing cells", km::Model{km::with_bonds(km::SineLaplacian{.K = K}, east, south), omega_});
    }

    template <class S, class M> void add_steps(const char* algorithm, const S& stepper, const M& model) {
        add_changed(algorithm, [&](auto& theta) { km::advance(policy_, stepper, model, theta, 7, 3); });
    }

    void fixed_steps() {
        add_steps("Euler", km::Euler{.dt = 0.07}, model(km::Sine{}, edges()));
        add_steps("Heun", km::Heun{.dt = 0.07}, model(km::Sine{}, km::torus));
        add_steps("RungeKutta4", km::RungeKutta4{.dt = 0.07}, model(km::Sine{}));
        const km::EulerMaruyama noise{.dt = 0.07, .D = 0.3, .seed = 5};
        add_steps("EulerMaruyama", noise, model(km::Sine{}));
        km::Field<T> D(rows, cols);
        km::uniform_frequencies(D, 0.1, 0.4, 6);
        add_steps("EulerMaruyamaField", km::EulerMaruyamaField<T>{.dt = 0.07, .D = D, .seed = 5}, model(km::Sine{}));
        const km::LeimkuhlerMatthews averaged{.dt = 0.07, .D = 0.3, .seed = 5};
        add_steps("LeimkuhlerMatthews", averaged, model(km::Sine{}, km::torus));
    }

    // A run in pieces, each of which an observer sees; the state and the time at its end.
    template <class S, class Amount> void add_simulation(const char* algorithm, S simulation, Amount amount) {
        int calls = 0;
        simulation.run(policy_, amount, amount / 2, [&](const auto&) { ++calls; });
        add(algorithm, values_of(simulation.theta()));
        add(algorithm, std::vector<double>{simulation.time(), static_cast<double>(calls)});
    }

    void simulations() {
        const km::Start start{.time = 0.3, .step = 11};
        const km::Euler euler{.dt = 0.07};
        const auto lattice = model(km::Sine{});
        const km::MeanFieldModel mean_field{km::MeanField{.K = K}, omega_};
        const km::InertialModel pendulums{km::Inertia{.mass = 0.7, .damping = 0.3}, lattice};
        add_simulation("Simulation", km::Simulation(lattice, theta_, euler, km::Stability::checked, start), 5);
        add_simulation("Simulation, mean field", km::Simulation(mean_field, theta_, euler), 5);
        add_simulation("Simulation, inertia",
                       km::Simulation(pendulums, theta_, omega_, km::BAOAB{.dt = 0.07, .temperature = 0.2}), 5);
        add_simulation("Simulation, adaptive", km::Simulation(lattice, theta_, km::DormandPrince54{}, start), 1.3);
    }

    template <class M> void add_integration(const char* algorithm, const M& model) {
        km::Field<T> theta = theta_;
        const km::IntegrationReport report = km::integrate(policy_, km::DormandPrince54{}, model, theta, 2.3);
        add(algorithm, theta);
        add(algorithm,
            std::vector<double>{static_cast<double>(report.accepted), report.min_dt, report.max_dt, report.next_dt});
    }

    void adaptive_steps() {
        add_integration("integrate", model(km::Sine{}));
        add_integration("integrate, lag", model(km::SakaguchiSine{0.3}, edges()));
        const km::DormandPrince54 strict{.relative_tolerance = 0, .absolute_tolerance = 1e-5, .initial_dt = 0.3};
        add_changed("integrate, absolute tolerance",
                    [&](auto& theta) { km::integrate(policy_, strict, model(km::Sine{}), theta, 1.1); });
    }

    void mean_field() {
        const km::MeanFieldModel alone{km::MeanField{.K = K, .lag = 0.2}, omega_};
        const km::MeanFieldModel on_lattice{km::MeanField{.K = K, .lag = 0.2}, model(km::Sine{})};
        add_rate("rate, all to all", alone);
        add_rate("rate, all to all on a lattice", on_lattice);
        add_steps("RungeKutta4, all to all", km::RungeKutta4{.dt = 0.07}, alone);
        add_steps("EulerMaruyama, all to all", km::EulerMaruyama{.dt = 0.07, .D = 0.3, .seed = 5}, on_lattice);
        const km::LeimkuhlerMatthews averaged{.dt = 0.07, .D = 0.3, .seed = 5};
        add_steps("LeimkuhlerMatthews, all to all", averaged, alone);
        add_integration("integrate, all to all", alone);
    }

    template <class S, class M> void add_inertial_steps(const char* algorithm, const S& stepper, const M& model) {
        km::Field<T> theta = theta_;
        km::Field<T> velocity = omega_;
        km::advance(policy_, stepper, model, theta, velocity, 7, 3);
        add(algorithm, theta);
        add(algorithm, velocity);
    }

    void inertia() {
        const km::VelocityVerlet verlet{.dt = 0.07};
        const km::BAOAB baoab{.dt = 0.07, .temperature = 0.2, .seed = 5};
        const km::InertialModel pendulums{km::Inertia{.mass = 0.7, .damping = 0.3}, model(km::Sine{})};
        const km::MeanFieldModel pull{km::MeanField{.K = K}, omega_};
        km::Field<T> mass(rows, cols);
        km::uniform_frequencies(mass, 0.5, 1.5, 6);
        const km::InertiaFields<T> inertia{.mass = mass, .damping = 0.3};
        const km::InertialModel of_fields{inertia, model(km::Sine{}, edges())};
        add_inertial_steps("VelocityVerlet", verlet, pendulums);
        add_inertial_steps("BAOAB", baoab, pendulums);
        add_inertial_steps("BAOAB, fields", baoab, of_fields);
        add_inertial_steps("BAOAB, all to all", baoab, km::InertialModel{inertia, pull});
        const km::Field<T> state = km::phase_space_state(theta_, omega_);
        km::Field<T> rates(2 * rows, cols);
        km::rate(policy_, of_fields, state, rates);
        add("rate, inertia", rates);
        km::Field<T> theta = theta_;
        km::Field<T> velocity = omega_;
        const km::IntegrationReport report =
            km::integrate(policy_, km::DormandPrince54{}, pendulums, theta, velocity, 1.3);
        add("integrate, inertia", km::phase_space_state(theta, velocity));
        add("integrate, inertia", std::vector<double>{report.min_dt, report.max_dt, report.next_dt});
    }

    void observables() {
        const km::OrderParameter order = km::order_parameter(policy_, theta_);
        add("order_parameter", std::vector<double>{order.r, order.psi});
        const km::PhaseStatistics statistics = km::phase_statistics(policy_, theta_);
        add("phase_statistics",
            std::vector<double>{statistics.mean, statistics.deviation, statistics.least, statistics.greatest});
        const km::SineLaplacian sine{.K = K, .boundary = edges()};
        const km::Model bonds{km::with_bonds(sine, theta_, omega_), 0.1};
        add("energy", std::vector<double>{km::energy(policy_, sine, theta_), km::energy(policy_, bonds, theta_)});
        sums_of_cells();
        add_filled("local_order_parameter",
                   [&](auto& field) { km::local_order_parameter(policy_, km::torus, theta_, field, 2); });
        std::vector<double> correlation(9);
        km::correlation(policy_, km::Boundary{}, theta_, correlation, km::Pairs::both);
        add("correlation", correlation);
        add("correlation_length", std::vector<double>{km::correlation_length(std::vector<double>{1, 0.7, 0.3, 0.1})});
    }

    void sums_of_cells() {
        const auto bonds = km::with_bonds(km::SineLaplacian{.K = K, .boundary = edges()}, theta_, omega_);
        const km::HelicitySums sums = km::helicity_sums(policy_, bonds, theta_);
        const km::HelicitySums on_torus =
            km::helicity_sums(policy_, km::SineLaplacian{.K = K, .boundary = km::torus}, theta_);
        km::HelicityAverage average;
        average.add(sums);
        average.add(on_torus);
        const km::HelicityModulus modulus = average.modulus(0.7);
        add("helicity_sums", std::vector<double>{sums.rows.cos, sums.rows.sin, sums.cols.cos, sums.cols.sin});
        add("HelicityAverage", std::vector<double>{modulus.rows, modulus.cols});
        const km::OrderParameter moment = km::daido_moment(policy_, theta_, 7);
        add("daido_moment", std::vector<double>{moment.r, moment.psi});
        const km::PhaseMoments moments = km::phase_moments(policy_, theta_);
        add("phase_moments",
            std::vector<double>{moments.mean, moments.variance, moments.skewness, moments.excess_kurtosis});
        add("kinetic_temperature",
            std::vector<double>{km::kinetic_temperature(policy_, km::Inertia{.mass = 0.7}, omega_),
                                km::kinetic_temperature(policy_, km::InertiaFields<T>{.mass = theta_}, omega_)});
    }

    void topology() {
        const km::VortexCount count = km::count_vortices(policy_, km::torus, theta_);
        std::vector<double> places{static_cast<double>(count.positive), static_cast<double>(count.negative)};
        km::for_each_vortex(km::Boundary{}, theta_, [&](const km::Vortex& vortex) {
            places.push_back(vortex.row);
            places.push_back(vortex.charge);
        });
        const std::vector<km::Cell> square{{3, 4}, {3, 9}, {11, 9}, {11, 4}};
        places.push_back(static_cast<double>(km::row_winding(theta_, 5)));
        places.push_back(static_cast<double>(km::col_winding(theta_, 7)));
        places.push_back(static_cast<double>(km::winding(theta_, square)));
        add("vortices", places);
        km::Field<T> frequencies(rows, cols);
        km::effective_frequencies(policy_, omega_, theta_, 0.7, frequencies);
        add("effective_frequencies", frequencies);
        const km::FrequencyClusters clusters = km::frequency_clusters(policy_, km::torus, frequencies, 0.9);
        std::vector<double> labels(clusters.labels(), clusters.labels() + rows * cols);
        add("frequency_clusters", labels);
        add("largest_share", std::vector<double>{clusters.largest_share()});
    }

    void missing_cells() {
        const km::Field<T> mask = present();
        const km::SineLaplacian sine{.K = K, .boundary = edges()};
        const km::OrderParameter order = km::order_parameter(policy_, theta_, mask);
        const km::PhaseStatistics statistics = km::phase_statistics(policy_, theta_, mask);
        const km::VortexCount count = km::count_vortices(policy_, km::torus, theta_, mask);
        const km::FrequencyClusters clusters = km::frequency_clusters(policy_, km::torus, omega_, mask, 0.3);
        std::vector<double> values{order.r,
                                   order.psi,
                                   statistics.mean,
                                   statistics.deviation,
                                   km::energy(policy_, sine, theta_, mask),
                                   static_cast<double>(count.positive),
                                   static_cast<double>(count.negative),
                                   clusters.largest_share()};
        km::for_each_vortex(km::torus, theta_, mask, [&](const km::Vortex& vortex) { values.push_back(vortex.row); });
        add("observables, missing cells", values);
        add("frequency_clusters, missing cells",
            std::vector<double>(clusters.labels(), clusters.labels() + rows * cols));
        add_filled("local_order_parameter, missing cells",
                   [&](auto& field) { km::local_order_parameter(policy_, km::torus, theta_, mask, field, 2); });
        std::vector<double> correlation(9);
        km::correlation(policy_, km::torus, theta_, mask, correlation, km::Pairs::both);
        add("correlation, missing cells", correlation);
    }

    void long_runs() {
        km::WrappedTurns<T> turns(rows, cols);
        km::Field<T> theta = theta_;
        for (std::ptrdiff_t k = 0; k < theta.size(); ++k) theta.data()[k] *= T{64};
        km::wrap(policy_, theta, turns);
        add("wrap", theta);
        add_filled<double>("unwrapped", [&](auto& total) { km::unwrapped(policy_, theta, turns, total); });
        km::Field<T> omega = omega_;
        add("mean_frequency", std::vector<double>{km::mean_frequency(policy_, omega)});
        const km::RotatingFrame frame = km::enter_rotating_frame(policy_, km::Boundary{}, omega);
        add("enter_rotating_frame", omega);
        double number = K;
        const km::RotatingFrame of_number = km::enter_rotating_frame(km::Boundary{}, number);
        add("enter_rotating_frame",
            std::vector<double>{frame.frequency, frame.angle(1.7), of_number.frequency, number});
        add_filled<double>("to_laboratory",
                           [&](auto& field) { km::to_laboratory(policy_, frame, 1.7, theta_, field); });
    }

    void time_steps() {
        const km::InertialModel pendulums{km::Inertia{.mass = 0.7}, model(km::Sine{})};
        add("max_stable_dt",
            std::vector<double>{
                km::max_stable_dt(km::Euler{}, model(km::Harmonics<3>{{1.0, 0.3, 0.1}})),
                km::max_stable_dt(km::Euler{}, km::with_bonds(km::SineLaplacian{.K = K}, theta_, omega_)),
                km::max_stable_dt(km::Euler{}, km::MeanFieldModel{km::MeanField{.K = K}, model(km::Sine{})}),
                km::max_stable_dt(km::VelocityVerlet{}, pendulums)});
    }

    // In a loop, where a compiler may compute before the first pass what stays the same.
    template <class Compute> double in_a_loop(const Compute& compute) const {
        double value = 0;
        for (int k = 0; k < loops_; ++k) value = compute();
        return value;
    }

    void numbers_in_loops() {
        std::vector<double> values;
        for (int k = 1; k < 50; ++k) {
            const double x = k / 8.0; // exact, as all arithmetic of this test
            const km::SineLaplacian laplacian{.K = x};
            const km::MeanFieldModel mean_field{km::MeanField{.K = x}, km::Model{laplacian, 0.0}};
            const km::InertialModel pendulums{km::Inertia{.mass = x}, km::Model{laplacian, 0.0}};
            const km::Harmonics<3> harmonics{{x, 0.75 * x, 0.1}};
            const km::RotatingFrame frame{x};
            const std::vector<double> correlation{1.25 * x, 0.75 * x, 0.125 * x};
            km::HelicityAverage average;
            average.add({{x, 0.75}, {1, x}, 1.5, 7});
            for (const double value :
                 {in_a_loop([&] { return km::max_stable_dt(km::Euler{}, laplacian); }),
                  in_a_loop([&] { return km::max_stable_dt(km::RungeKutta4{}, laplacian); }),
                  in_a_loop([&] { return km::max_stable_dt(km::Euler{}, mean_field); }),
                  in_a_loop([&] { return km::max_stable_dt(km::VelocityVerlet{}, pendulums); }),
                  in_a_loop([&] { return harmonics.max_slope(); }), in_a_loop([&] { return frame.angle(0.3); }),
                  in_a_loop([&] { return km::correlation_length(correlation); }),
                  in_a_loop([&] { return average.modulus(0.3).rows; }),
                  in_a_loop([&] { return static_cast<double>(km::sin(static_cast<T>(x))); })})
                values.push_back(value);
        }
        add("numbers in loops", values);
    }

    P policy_;
    volatile int loops_ = 3;
    km::Field<T> theta_{rows, cols};
    km::Field<T> omega_{rows, cols};
    std::vector<double> along_west_ = std::vector<double>(static_cast<std::size_t>(rows), 0.7);
    std::vector<Witness> witnesses_;
};

/// The hashes of every algorithm for cells of T under a policy. Under a policy of array passes, of rates and time steps
/// alone: the other algorithms do not ask whether a policy is one.
template <class T, class Unit = void, class P> std::vector<Witness> witnesses(const P& policy) {
    if constexpr (requires { P::array_passes; })
        return EveryAlgorithm<T, P, Unit>(policy).run_dynamics();
    else
        return EveryAlgorithm<T, P, Unit>(policy).run();
}

} // namespace test
