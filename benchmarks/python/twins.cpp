// What the Python module is compared with: a scalar loop as the course writes it, and the library called from C++.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <vector>

namespace km = kuramoto;
namespace py = pybind11;

namespace {

template <class T> using Cells = py::array_t<T, py::array::c_style>;

/// Euler steps, one cell at a time with four sines, zero flux at the edges: the loop that one writes first.
template <class T> void advance_by_loop(Cells<T> theta, Cells<T> omega, T K, T dt, std::int64_t steps) {
    const py::ssize_t rows = theta.shape(0);
    const py::ssize_t cols = theta.shape(1);
    T* const phases = theta.mutable_data();
    const T* const frequencies = omega.data();
    std::vector<T> next(static_cast<std::size_t>(rows * cols));
    const py::gil_scoped_release released;
    for (std::int64_t step = 0; step < steps; ++step) {
        for (py::ssize_t i = 0; i < rows; ++i)
            for (py::ssize_t j = 0; j < cols; ++j) {
                const py::ssize_t at = i * cols + j;
                T sum = 0;
                if (i > 0) sum += std::sin(phases[at - cols] - phases[at]);
                if (i + 1 < rows) sum += std::sin(phases[at + cols] - phases[at]);
                if (j > 0) sum += std::sin(phases[at - 1] - phases[at]);
                if (j + 1 < cols) sum += std::sin(phases[at + 1] - phases[at]);
                next[static_cast<std::size_t>(at)] = phases[at] + dt * (frequencies[at] + K * sum);
            }
        for (std::size_t k = 0; k < next.size(); ++k) phases[k] = next[k];
    }
}

/// Seconds that the library takes when C++ calls it.
template <class T>
double seconds_in_cpp(Cells<T> theta, Cells<T> omega, double K, double dt, std::int64_t steps, int threads) {
    const km::Grid<T> phases(theta.mutable_data(), theta.shape(0), theta.shape(1));
    const km::Grid<const T> frequencies(omega.data(), omega.shape(0), omega.shape(1));
    const km::Model model{km::SineLaplacian{.K = K}, frequencies};
    const auto begin = std::chrono::steady_clock::now();
    km::advance(km::OpenMP{.threads = threads}, km::Euler{.dt = dt}, model, phases, steps);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace

PYBIND11_MODULE(twins, module) {
    module.def("advance_by_loop", &advance_by_loop<float>, py::arg("theta").noconvert(), py::arg("omega"), py::arg("K"),
               py::arg("dt"), py::arg("steps"));
    module.def("advance_by_loop", &advance_by_loop<double>, py::arg("theta").noconvert(), py::arg("omega"),
               py::arg("K"), py::arg("dt"), py::arg("steps"));
    module.def("seconds_in_cpp", &seconds_in_cpp<float>, py::arg("theta").noconvert(), py::arg("omega"), py::arg("K"),
               py::arg("dt"), py::arg("steps"), py::arg("threads"));
    module.def("seconds_in_cpp", &seconds_in_cpp<double>, py::arg("theta").noconvert(), py::arg("omega"), py::arg("K"),
               py::arg("dt"), py::arg("steps"), py::arg("threads"));
    module.def(
        "nothing", [](py::object, py::object, std::int64_t, py::object, py::object) {}, py::arg("model"),
        py::arg("theta"), py::arg("steps"), py::arg("stepper"), py::kw_only(), py::arg("policy") = py::none());
}
