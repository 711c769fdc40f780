// shapes: long and column-major lattices, ω as one number, and the peak memory of a run.
#include "lattice.hpp"

#include <fstream>
#include <string>

namespace suite {
namespace {

/// The library on 16 steps of a rows × cols lattice; a column-major one is the transposed view of a row-major field.
template <class T> void add_shape(std::ptrdiff_t rows, std::ptrdiff_t cols, bool is_column_major) {
    const std::string shape = name(rows) + "x" + name(cols) + (is_column_major ? "-column-major" : "");
    add("shapes/" + shape + "/" + name_of<T>, false, [=](benchmark::State& state) {
        Lattice<T> lattice(rows, cols);
        const km::Grid<T> theta = is_column_major ? lattice.theta.transposed() : lattice.theta.view();
        const km::Grid<T> omega = is_column_major ? lattice.omega.transposed() : lattice.omega.view();
        const km::Model model{km::SineLaplacian{.K = coupling_strength}, omega};
        for (auto _ : state) km::advance(km::Fused{}, km::Euler{.dt = time_step}, model, theta, 16);
        count(state, static_cast<double>(rows * cols * 16));
    });
}

template <class T> void add_one_frequency(std::ptrdiff_t n) {
    add("shapes/one-frequency/" + std::string(name_of<T>), false, [=](benchmark::State& state) {
        Lattice<T> lattice(n);
        const km::Model model{km::SineLaplacian{.K = coupling_strength}, 0.1};
        for (auto _ : state) km::advance(km::Fused{}, km::Euler{.dt = time_step}, model, lattice.theta, 16);
        count(state, static_cast<double>(n * n * 16));
    });
}

/// Bytes that the system reports for this process.
double status_bytes(const std::string& key) {
    std::ifstream file("/proc/self/status");
    for (std::string word; file >> word;)
        if (double kibibytes = 0; word == key + ":" && file >> kibibytes) return 1024 * kibibytes;
    return 0;
}

/// The peak memory of making two fields and advancing them, as a multiple of the fields.
template <class T> void add_peak_memory(std::ptrdiff_t n) {
    add("shapes/peak-memory/" + std::string(name_of<T>), false, [=](benchmark::State& state) {
        double peak = 0;
        for (auto _ : state) {
            const double before = status_bytes("VmRSS");
            std::ofstream reset("/proc/self/clear_refs");
            if (!(reset << "5" << std::flush)) return state.SkipWithError("the peak memory cannot be reset");
            km::Field<T> theta(n, n), omega(n, n);
            km::uniform_phases(theta, 1);
            km::normal_frequencies(omega, 0.0, 0.5, 2);
            const km::Model model{km::SineLaplacian{.K = coupling_strength}, omega};
            km::advance(km::Fused{}, km::Euler{.dt = time_step}, model, theta, 16);
            peak = std::max(peak, status_bytes("VmHWM") - before);
        }
        state.counters["peak_memory"] = peak / (2.0 * sizeof(T) * static_cast<double>(n * n));
    });
}

template <class T> void add_shapes_of() {
    add_shape<T>(4000, 4000, false);
    add_shape<T>(4000, 4000, true);
    add_shape<T>(10, 10000000, false);
    add_shape<T>(10000000, 10, false);
    add_one_frequency<T>(4000);
}

} // namespace

void add_shapes() {
    add_shapes_of<float>();
    add_shapes_of<double>();
    add_peak_memory<float>(10000);
    add_peak_memory<double>(7000); // as many bytes
}

} // namespace suite
