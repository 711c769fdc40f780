// The observables that take a mask, each as a list of numbers: for tests that compare bits.
#pragma once

#include "values.hpp"

#include <kuramoto/kuramoto.hpp>

#include <vector>

namespace test {

namespace km = kuramoto;

inline const km::Boundary mixed_edges{
    .north = km::fixed_phase(0.3), .south = km::fixed_flux(-0.7), .west = km::periodic, .east = km::periodic};

/// The numbers of an observable of some phases. A third argument is a mask.
struct Order {
    template <class... Arguments> static std::vector<double> of(const Arguments&... arguments) {
        const km::OrderParameter order = km::order_parameter(arguments...);
        return {order.r, order.psi};
    }
};
struct Statistics {
    template <class... Arguments> static std::vector<double> of(const Arguments&... arguments) {
        const km::PhaseStatistics found = km::phase_statistics(arguments...);
        return {found.mean, found.deviation, found.least, found.greatest};
    }
};
struct Energy {
    template <class P, class Theta, class... Mask>
    static std::vector<double> of(const P& policy, const Theta& theta, const Mask&... mask) {
        const km::SineLaplacian edges{.K = 1.3, .boundary = mixed_edges};
        const km::Model torus{km::SineLaplacian{.K = -0.7, .boundary = km::torus}, 0.5};
        km::Field<km::value_type_of<const Theta>> east(theta.rows(), theta.cols()), south(theta.rows(), theta.cols());
        fill_distinct(east.view(), 8);
        fill_distinct(south.view(), 9);
        return {km::energy(policy, edges, theta, mask...), km::energy(policy, torus, theta, mask...),
                km::energy(policy, km::with_bonds(edges, east, south), theta, mask...)};
    }
};
struct Helicity {
    template <class P, class Theta, class... Mask>
    static std::vector<double> of(const P& policy, const Theta& theta, const Mask&... mask) {
        const km::HelicitySums sums =
            km::helicity_sums(policy, km::SineLaplacian{.K = 1.3, .boundary = mixed_edges}, theta, mask...);
        return {sums.rows.cos, sums.rows.sin, sums.cols.cos, sums.cols.sin, static_cast<double>(sums.cells)};
    }
};
struct Daido {
    template <class P, class Theta, class... Mask>
    static std::vector<double> of(const P& policy, const Theta& theta, const Mask&... mask) {
        const km::OrderParameter moment = km::daido_moment(policy, theta, mask..., 3);
        return {moment.r, moment.psi};
    }
};
struct Moments {
    template <class... Arguments> static std::vector<double> of(const Arguments&... arguments) {
        const km::PhaseMoments found = km::phase_moments(arguments...);
        return {found.mean, found.variance, found.skewness, found.excess_kurtosis};
    }
};
/// The phases stand for velocities.
struct Temperature {
    template <class P, class Theta, class... Mask>
    static std::vector<double> of(const P& policy, const Theta& theta, const Mask&... mask) {
        km::Field<km::value_type_of<const Theta>> mass(theta.rows(), theta.cols());
        fill_distinct(mass.view(), 8);
        return {km::kinetic_temperature(policy, km::Inertia{.mass = 1.7}, theta, mask...),
                km::kinetic_temperature(policy, km::InertiaFields<km::value_type_of<const Theta>>{.mass = mass}, theta,
                                        mask...)};
    }
};
struct Correlation {
    template <class P, class Theta, class... Mask>
    static std::vector<double> of(const P& policy, const Theta& theta, const Mask&... mask) {
        std::vector<double> found(40);
        km::correlation(policy, mixed_edges, theta, mask..., found, km::Pairs::both);
        return found;
    }
};
struct LocalOrder {
    template <class P, class Theta, class... Mask>
    static std::vector<double> of(const P& policy, const Theta& theta, const Mask&... mask) {
        km::Field<double> r(theta.rows(), theta.cols());
        km::local_order_parameter(policy, mixed_edges, theta, mask..., r, 3);
        return values_of(r.view());
    }
};
struct Vortices {
    template <class P, class Theta, class... Mask>
    static std::vector<double> of(const P& policy, const Theta& theta, const Mask&... mask) {
        const km::VortexCount count = km::count_vortices(policy, mixed_edges, theta, mask...);
        std::vector<double> found{static_cast<double>(count.positive), static_cast<double>(count.negative)};
        km::for_each_vortex(mixed_edges, theta, mask..., [&](const km::Vortex& vortex) {
            found.insert(found.end(), {vortex.row, vortex.col, static_cast<double>(vortex.charge)});
        });
        return found;
    }
};
struct Clusters {
    template <class P, class Theta, class... Mask>
    static std::vector<double> of(const P& policy, const Theta& theta, const Mask&... mask) {
        const km::FrequencyClusters clusters = km::frequency_clusters(policy, mixed_edges, theta, mask..., 0.9);
        std::vector<double> found(clusters.labels(), clusters.labels() + theta.rows() * theta.cols());
        found.insert(found.end(), clusters.sizes(), clusters.sizes() + clusters.count());
        found.push_back(clusters.largest_share());
        return found;
    }
};

} // namespace test
