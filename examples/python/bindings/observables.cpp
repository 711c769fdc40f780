// Observables: what one looks at. They read arrays where they lie, with the lock of the interpreter released.
#include "model.hpp"

#include <kuramoto/observables/correlation.hpp>
#include <kuramoto/observables/daido.hpp>
#include <kuramoto/observables/effective_frequencies.hpp>
#include <kuramoto/observables/energy.hpp>
#include <kuramoto/observables/frequency_clusters.hpp>
#include <kuramoto/observables/helicity.hpp>
#include <kuramoto/observables/kinetic_temperature.hpp>
#include <kuramoto/observables/local_order_parameter.hpp>
#include <kuramoto/observables/order_parameter.hpp>
#include <kuramoto/observables/phase_moments.hpp>
#include <kuramoto/observables/phase_statistics.hpp>
#include <kuramoto/observables/winding.hpp>

#include <pybind11/stl.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace kuramoto_python {

using namespace pybind11::literals;

namespace {

/// A mask for cells. Throws ValueError for one of another shape.
template <class T> Mask<T> mask_for(py::handle mask, const Array& cells, const char* name) {
    Mask<T> present(mask, "mask");
    if (present.is_given()) check_same_shape({.rows = present.rows(), .cols = present.cols()}, "mask", cells, name);
    return present;
}

/// use(workers, theta, present) with the lock released: an observable of phases and perhaps a mask.
template <class Use>
auto observed(const Array& cells, const char* name, py::handle mask, const Policy& policy, const Use& use) {
    return with_grid(cells, [&]<class T>(km::Grid<T> grid) {
        const Mask<T> present = mask_for<T>(mask, cells, name);
        const km::AnyPolicy workers = rt::workers_of(policy.policy);
        const km::Grid<const T> phases = grid;
        const py::gil_scoped_release released;
        return with_mask(present, [&](const auto& there) { return use(workers, phases, there); });
    });
}
template <class Use>
auto observed(py::handle theta, const char* name, py::handle mask, const Policy& policy, const Use& use) {
    return observed(readable(theta, name), name, mask, policy, use);
}

/// A new array of numbers.
template <class Number> py::array_t<Number> array_of(const std::vector<Number>& numbers) {
    return py::array_t<Number>(static_cast<py::ssize_t>(numbers.size()), numbers.data());
}

/// Calls use(laplacian) with the lattice of a model with sine coupling. Throws ValueError for another coupling.
template <class T, class Use> auto with_sine_lattice(const Model& model, const char* what, const Use& use) {
    if (!model.is_sine())
        throw py::value_error(std::string(what) + " is that of the sine coupling, but the model is " + model.text());
    const rt::ModelChoice<T>& typed = model.typed<T>();
    const km::SineLaplacian lattice{.K = typed.K, .boundary = typed.boundary};
    if (typed.bonds) return use(km::with_bonds(lattice, typed.bonds->east, typed.bonds->south));
    return use(lattice);
}

template <class Result, class Compute>
Result of_sine_lattice(const Model& model, py::handle theta, py::handle mask, const Policy& policy, const char* what,
                       const Compute& compute) {
    const Array cells = readable(theta, "theta");
    model.check_mask_fits(cells, "theta");
    return with_grid(cells, [&]<class T>(km::Grid<T> grid) -> Result {
        const Mask<T> present = mask_for<T>(mask, cells, "theta");
        const km::AnyPolicy workers = rt::workers_of(policy.policy);
        const km::Grid<const T> phases = grid;
        return with_sine_lattice<T>(model, what, [&](const auto& lattice) -> Result {
            const py::gil_scoped_release released;
            return with_mask(present,
                             [&](const auto& there) -> Result { return compute(workers, lattice, phases, there); });
        });
    });
}

double energy(const Model& model, const py::object& theta, const py::object& mask, const Policy& policy) {
    return of_sine_lattice<double>(model, theta, mask, policy, "energy",
                                   [](const auto&... arguments) { return km::energy(arguments...); });
}
km::HelicitySums helicity_sums(const Model& model, const py::object& theta, const py::object& mask,
                               const Policy& policy) {
    return of_sine_lattice<km::HelicitySums>(model, theta, mask, policy, "helicity",
                                             [](const auto&... arguments) { return km::helicity_sums(arguments...); });
}

py::object local_order_parameter(const py::object& lattice, const py::object& theta, std::ptrdiff_t half_width,
                                 py::object out, const py::object& mask, const Policy& policy) {
    const OwnedBoundary boundary = boundary_of(lattice);
    const Array cells = readable(theta, "theta");
    out = out_or_new(std::move(out), cells);
    const Array to = writable(out, "out");
    check_same_precision(to, "out", cells, "theta");
    check_same_shape(to, "out", cells, "theta");
    observed(cells, "theta", mask, policy,
             [&]<class T>(const auto& workers, const km::Grid<const T>& phases, const auto& there) {
                 with_renamed_errors({{"r", "out"}, {"present", "mask"}}, [&] {
                     km::local_order_parameter(workers, boundary.view(), phases, there, to.grid<T>(), half_width);
                 });
             });
    return out;
}

km::Pairs pairs_named(const std::string& name) {
    if (name == "rows") return km::Pairs::rows;
    if (name == "cols") return km::Pairs::cols;
    if (name == "both") return km::Pairs::both;
    throw py::value_error("pairs must be one of rows, cols, both, but is '" + name + "'");
}

py::array_t<double> correlation(const py::object& lattice, const py::object& theta, std::ptrdiff_t distances,
                                const std::string& pairs, const py::object& mask, const Policy& policy) {
    if (distances < 0) throw py::value_error("distances must not be negative, but is " + std::to_string(distances));
    const OwnedBoundary boundary = boundary_of(lattice);
    const km::Pairs which = pairs_named(pairs);
    const Array cells = readable(theta, "theta");
    if (distances > std::max<std::ptrdiff_t>({cells.rows, cells.cols, 1}))
        throw py::value_error("distances = " + std::to_string(distances) + " are more than theta has rows or columns");
    std::vector<double> out(static_cast<std::size_t>(distances));
    observed(cells, "theta", mask, policy, [&](const auto& workers, const auto& phases, const auto& there) {
        km::correlation(workers, boundary.view(), phases, there, out, which);
    });
    return array_of(out);
}

km::VortexCount count_vortices(const py::object& lattice, const py::object& theta, const py::object& mask,
                               const Policy& policy) {
    const OwnedBoundary boundary = boundary_of(lattice);
    return observed(theta, "theta", mask, policy, [&](const auto& workers, const auto& phases, const auto& there) {
        return km::count_vortices(workers, boundary.view(), phases, there);
    });
}

std::vector<km::Vortex> vortices(const py::object& lattice, const py::object& theta, const py::object& mask) {
    const OwnedBoundary boundary = boundary_of(lattice);
    const Policy fused{rt::PolicyKind::fused, {}, km::AnyPolicy(km::Fused{})};
    return observed(theta, "theta", mask, fused, [&](const auto&, const auto& phases, const auto& there) {
        std::vector<km::Vortex> found;
        km::for_each_vortex(boundary.view(), phases, there, [&](const km::Vortex& vortex) { found.push_back(vortex); });
        return found;
    });
}

std::int64_t winding(const py::object& theta, const std::vector<std::pair<std::ptrdiff_t, std::ptrdiff_t>>& loop) {
    std::vector<km::Cell> cells;
    cells.reserve(loop.size());
    for (const auto& [row, col] : loop) cells.push_back({.row = row, .col = col});
    return with_grid(readable(theta, "theta"), [&](const auto& phases) { return km::winding(phases, cells); });
}

py::array_t<double> effective_frequencies(const py::object& before, const py::object& after, double duration,
                                          const Policy& policy) {
    const Array first = readable(before, "theta_before");
    const Array last = readable(after, "theta_after");
    check_same_precision(last, "theta_after", first, "theta_before");
    py::array_t<double> out = new_array<double>(first.rows, first.cols);
    const Array to = writable(out, "out");
    with_grid(first, [&]<class T>(km::Grid<T>) {
        const km::AnyPolicy workers = rt::workers_of(policy.policy);
        const py::gil_scoped_release released;
        km::effective_frequencies(workers, first.grid<const T>(), last.grid<const T>(), duration, to.grid<double>());
    });
    return out;
}

/// Clusters of equal frequencies, as arrays.
struct Clusters {
    std::int64_t count = 0;
    std::int64_t largest = -1;
    double largest_share = 0;
    py::array_t<std::int64_t> labels;
    py::array_t<std::int64_t> sizes;
};

Clusters frequency_clusters(const py::object& lattice, const py::object& frequencies, double tolerance,
                            const py::object& mask, const Policy& policy) {
    const OwnedBoundary boundary = boundary_of(lattice);
    const km::FrequencyClusters found = observed(
        frequencies, "frequencies", mask, policy, [&](const auto& workers, const auto& cells, const auto& there) {
            return km::frequency_clusters(workers, boundary.view(), cells, there, tolerance);
        });
    Clusters clusters;
    clusters.count = found.count();
    clusters.largest = found.largest();
    clusters.largest_share = found.largest_share();
    clusters.labels = new_array<std::int64_t>(found.rows(), found.cols());
    clusters.sizes = py::array_t<std::int64_t>(static_cast<py::ssize_t>(found.count()));
    if (clusters.labels.size() > 0) {
        std::memcpy(clusters.labels.mutable_data(), found.labels(), static_cast<std::size_t>(clusters.labels.nbytes()));
        std::memcpy(clusters.sizes.mutable_data(), found.sizes(), static_cast<std::size_t>(clusters.sizes.nbytes()));
    }
    return clusters;
}

double kinetic_temperature(const Model& model, const py::object& velocity, const py::object& mask,
                           const Policy& policy) {
    if (!model.has_inertia()) throw py::value_error("the model has no inertia, and thus no kinetic temperature");
    return observed(velocity, "velocity", mask, policy,
                    [&]<class T>(const auto& workers, const km::Grid<const T>& cells, const auto& there) {
                        const km::InertiaFields<T>& inertia = *model.typed<T>("velocity").inertia;
                        return km::kinetic_temperature(workers, inertia, cells, there);
                    });
}

void bind_results(py::module_& module) {
    py::class_<km::OrderParameter> order(module, "OrderParameter", "r e^{iψ}: the mean of e^{iθ}.");
    order.def("__repr__", [](const km::OrderParameter& self) {
        return "OrderParameter(r=" + std::string(py::repr(py::float_(self.r))) +
               ", psi=" + std::string(py::repr(py::float_(self.psi))) + ")";
    });
    order.def_readonly("r", &km::OrderParameter::r, "1: all phases agree; about 1/√cells for phases at random.");
    order.def_readonly("psi", &km::OrderParameter::psi, "The mean phase, rad, in (−π, π].");
    py::class_<km::PhaseMoments> moments(module, "PhaseMoments", "Central moments of the phases over the lattice.");
    moments.def_readonly("mean", &km::PhaseMoments::mean, "Mean, rad.");
    moments.def_readonly("variance", &km::PhaseMoments::variance, "The squared roughness, rad².");
    moments.def_readonly("skewness", &km::PhaseMoments::skewness, "m₃ / m₂^(3/2).");
    moments.def_readonly("excess_kurtosis", &km::PhaseMoments::excess_kurtosis, "m₄ / m₂² − 3.");
    py::class_<km::PhaseStatistics> statistics(module, "PhaseStatistics",
                                               "Mean, deviation and range of the phases over the lattice, rad.");
    statistics.def_readonly("mean", &km::PhaseStatistics::mean, "Mean.");
    statistics.def_readonly("deviation", &km::PhaseStatistics::deviation, "Standard deviation.");
    statistics.def_readonly("least", &km::PhaseStatistics::least, "The smallest phase.");
    statistics.def_readonly("greatest", &km::PhaseStatistics::greatest, "The largest phase.");
    py::class_<km::VortexCount> vortices(module, "VortexCount", "How many vortices there are of either sense.");
    vortices.def_readonly("positive", &km::VortexCount::positive, "Of charge 1.");
    vortices.def_readonly("negative", &km::VortexCount::negative, "Of charge −1.");
    py::class_<km::Vortex>(module, "Vortex", "A vortex: its place, in cells, and its charge.")
        .def(py::init([](double row, double col, int charge) {
                 return km::Vortex{.row = row, .col = col, .charge = charge};
             }),
             "row"_a, "col"_a, "charge"_a = 1)
        .def_readonly("row", &km::Vortex::row, "Place of the centre, in cells.")
        .def_readonly("col", &km::Vortex::col, "Place of the centre, in cells.")
        .def_readonly("charge", &km::Vortex::charge, "Turns of the phase around it, counted clockwise.");
    py::class_<km::BondSums> bonds(module, "BondSums", "Sums over the bonds along an axis.");
    bonds.def_readonly("cos", &km::BondSums::cos, "Σ w cos(θ_b − θ_a).");
    bonds.def_readonly("sin", &km::BondSums::sin, "Σ w sin(θ_b − θ_a).");
    py::class_<km::HelicitySums> helicity(module, "HelicitySums", "What HelicityAverage averages.");
    helicity.def_readonly("rows", &km::HelicitySums::rows, "Along the rows axis.");
    helicity.def_readonly("cols", &km::HelicitySums::cols, "Along the columns axis.");
    helicity.def_readonly("K", &km::HelicitySums::K, "Coupling strength of the lattice.");
    helicity.def_readonly("cells", &km::HelicitySums::cells, "Number of present cells.");
    py::class_<km::HelicityModulus> modulus(module, "HelicityModulus", "The helicity modulus along each axis.");
    modulus.def_readonly("rows", &km::HelicityModulus::rows, "Against a twist along the rows axis.");
    modulus.def_readonly("cols", &km::HelicityModulus::cols, "Against a twist along the columns axis.");
    py::class_<km::HelicityAverage>(module, "HelicityAverage",
                                    "Averages over samples of helicity_sums, and the helicity modulus of them.")
        .def(py::init<>())
        .def(
            "add", [](km::HelicityAverage& self, const km::HelicitySums& sample) { self.add(sample); }, "sample"_a,
            "Adds a sample. Raises ValueError if its K or its number of cells is not that of the samples before it.")
        .def(
            "modulus", [](const km::HelicityAverage& self, double T) { return self.modulus(T); }, "T"_a,
            "The helicity modulus of the samples at the temperature T, in the units of K.")
        .def_property_readonly("samples", &km::HelicityAverage::samples, "Number of samples.");
    py::class_<Clusters> clusters(module, "FrequencyClusters", "Connected sets of cells of equal frequency.");
    clusters.def_readonly("count", &Clusters::count, "Number of clusters.");
    clusters.def_readonly("largest", &Clusters::largest, "Label of the largest cluster; −1 without cells.");
    clusters.def_readonly("largest_share", &Clusters::largest_share,
                          "Share of the present cells that the largest cluster has.");
    clusters.def_readonly("labels", &Clusters::labels, "Label of each cell; −1 if it is missing.");
    clusters.def_readonly("sizes", &Clusters::sizes, "Number of cells of each cluster, by label.");
}

/// The documentation of an observable, without its last arguments: see bind_observables.
struct Documentation {
    std::string summary;
    std::string parameters; ///< ends with a new line
    std::string result;
};

} // namespace

void bind_observables(py::module_& module) {
    bind_results(module);
    const py::object policy = module.attr("OpenMP")();
    const auto none = py::none();

    // An observable with these arguments, then `mask` and, as a keyword, `policy`.
    const auto observable = [&](const char* name, const auto& compute, const Documentation& documentation,
                                const auto&... arguments) {
        const std::string text = documentation.summary + "\n\nParameters\n----------\n" + documentation.parameters +
                                 R"(mask : array of bool or of the precision of the cells, optional
    0 where a cell is missing. An array of bool is copied.
policy : Policy, optional
    Who does the work. The result does not depend on it.

Returns
-------
)" + documentation.result;
        module.def(name, compute, arguments..., "mask"_a = none, py::kw_only(), "policy"_a = policy, text.c_str());
    };
    const std::string about_theta = "theta : array\n    Phases, rad.\n";
    const std::string about_lattice = "lattice : Model or boundary\n";

    observable(
        "order_parameter",
        [](py::object theta, py::object mask, const Policy& workers) {
            return observed(theta, "theta", mask, workers,
                            [](const auto&... of) { return km::order_parameter(of...); });
        },
        {"The order parameter r e^{iψ} of the present cells.", about_theta, "OrderParameter"}, "theta"_a);
    observable(
        "daido_moment",
        [](py::object theta, std::int64_t m, py::object mask, const Policy& workers) {
            return observed(theta, "theta", mask, workers,
                            [m](const auto& with, const auto& phases, const auto& there) {
                                return km::daido_moment(with, phases, there, m);
                            });
        },
        {"Daido's order parameter: the mean of e^{imθ}.", about_theta + "m : int\n    At least 1.\n", "OrderParameter"},
        "theta"_a, "m"_a);
    observable(
        "phase_moments",
        [](py::object theta, py::object mask, const Policy& workers) {
            return observed(theta, "theta", mask, workers, [](const auto&... of) { return km::phase_moments(of...); });
        },
        {"Mean, variance, skewness and excess kurtosis of the phases.", about_theta, "PhaseMoments"}, "theta"_a);
    observable(
        "phase_statistics",
        [](py::object theta, py::object mask, const Policy& workers) {
            return observed(theta, "theta", mask, workers,
                            [](const auto&... of) { return km::phase_statistics(of...); });
        },
        {"Mean, standard deviation, least and greatest of the phases.", about_theta, "PhaseStatistics"}, "theta"_a);

    const std::string about_model =
        "model : Model\n    With sine coupling; its frequencies, mean field and inertia are not looked at.\n";
    observable("energy", &energy,
               {"The energy of a lattice with sine coupling, in the units of K.", about_model + about_theta, "float"},
               "model"_a, "theta"_a);
    observable("helicity_sums", &helicity_sums,
               {"The sums over bonds from which HelicityAverage has the helicity modulus.", about_model + about_theta,
                "HelicitySums"},
               "model"_a, "theta"_a);
    observable("local_order_parameter", &local_order_parameter,
               {"The order parameter r of the window of 2 half_width + 1 cells squared around each cell.",
                about_lattice + "    Windows reach across periodic edges.\n" + about_theta + R"(half_width : int
    Not negative.
out : array, optional
    Of the shape and precision of theta. A new array if not given.
)",
                "array\n    out."},
               "lattice"_a, "theta"_a, "half_width"_a, "out"_a = none);
    observable("correlation", &correlation,
               {"C(d), the mean of cos(θ_i − θ_j) over pairs of cells at the distances 0, 1, ….",
                about_lattice + "    Pairs across periodic edges count.\n" + about_theta + R"(distances : int
    How many distances, from 0 on.
pairs : str, optional
    "rows": d rows apart; "cols": d columns apart; "both": all of these.
)",
                "array of float64"},
               "lattice"_a, "theta"_a, "distances"_a, "pairs"_a = "both");
    observable("count_vortices", &count_vortices,
               {"How many vortices there are.", about_lattice + about_theta, "VortexCount"}, "lattice"_a, "theta"_a);
    observable("frequency_clusters", &frequency_clusters,
               {"The connected sets of cells whose frequencies agree from neighbour to neighbour.",
                about_lattice + R"(frequencies : array
    Those of effective_frequencies, rad / time.
tolerance : float
    Largest difference across a bond, rad / time.
)",
                "FrequencyClusters"},
               "lattice"_a, "frequencies"_a, "tolerance"_a);
    observable("kinetic_temperature", &kinetic_temperature,
               {"The mean of m v² over the present cells.", R"(model : Model
    With inertia.
velocity : array
    Velocities, rad / time.
)",
                "float"},
               "model"_a, "velocity"_a);

    module.def(
        "correlation_length", [](const std::vector<double>& numbers) { return km::correlation_length(numbers); },
        "correlation"_a,
        "The distance, in cells, at which a correlation function first falls to C(0) / e; inf if it does not.");
    module.def("vortices", &vortices, "lattice"_a, "theta"_a, "mask"_a = none,
               "All vortices, row by row: a list of Vortex. Arguments as count_vortices.");
    module.def("winding", &winding, "theta"_a, "loop"_a, R"(How often the phase turns along a closed loop of cells.

Parameters
----------
theta : array
    Phases, rad.
loop : sequence of (int, int)
    Row and column of each cell; the last one is joined to the first.

Returns
-------
int)");
    module.def(
        "row_winding",
        [](py::object theta, std::ptrdiff_t row) {
            return with_grid(readable(theta, "theta"),
                             [&](const auto& phases) { return km::row_winding(phases, row); });
        },
        "theta"_a, "row"_a,
        "How often the phase turns along a row, from its first cell to its last and back to the first.");
    module.def(
        "col_winding",
        [](py::object theta, std::ptrdiff_t col) {
            return with_grid(readable(theta, "theta"),
                             [&](const auto& phases) { return km::col_winding(phases, col); });
        },
        "theta"_a, "col"_a,
        "How often the phase turns along a column, from its first cell to its last and back to the first.");
    module.def("effective_frequencies", &effective_frequencies, "theta_before"_a, "theta_after"_a, "duration"_a,
               py::kw_only(), "policy"_a = policy, R"((θ_after − θ_before) / duration of each cell, rad / time.

Parameters
----------
theta_before, theta_after : array
    Phases that were never wrapped, rad.
duration : float
    Positive.

Returns
-------
array of float64)");
}

} // namespace kuramoto_python
