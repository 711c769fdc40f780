// See by_hand.hpp. BY_HAND is the namespace: this file is compiled twice.
#include "by_hand.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

namespace by_hand::BY_HAND {

namespace {

/// The rate of a cell whose neighbours may be missing.
template <class T> T careful_rate(const Lattice<T>& lattice, std::ptrdiff_t i, std::ptrdiff_t j) {
    const T* here = lattice.theta.data() + i * lattice.cols + j;
    T rate = lattice.omega[static_cast<std::size_t>(i * lattice.cols + j)];
    if (i > 0) rate += lattice.K * std::sin(here[-lattice.cols] - *here);
    if (j > 0) rate += lattice.K * std::sin(here[-1] - *here);
    if (i < lattice.rows - 1) rate += lattice.K * std::sin(here[lattice.cols] - *here);
    if (j < lattice.cols - 1) rate += lattice.K * std::sin(here[1] - *here);
    return rate;
}

template <class T> void careful_cell(Lattice<T>& lattice, std::ptrdiff_t i, std::ptrdiff_t j) {
    const auto k = static_cast<std::size_t>(i * lattice.cols + j);
    lattice.next[k] = lattice.theta[k] + lattice.dt * careful_rate(lattice, i, j);
}

template <class T> void naive(Lattice<T>& lattice, long steps) {
    for (long step = 0; step < steps; ++step) {
        for (std::ptrdiff_t i = 0; i < lattice.rows; ++i)
            for (std::ptrdiff_t j = 0; j < lattice.cols; ++j) careful_cell(lattice, i, j);
        lattice.theta.swap(lattice.next);
    }
}

template <class T> void wrong_order(Lattice<T>& lattice, long steps) {
    for (long step = 0; step < steps; ++step) {
        for (std::ptrdiff_t j = 0; j < lattice.cols; ++j)
            for (std::ptrdiff_t i = 0; i < lattice.rows; ++i) careful_cell(lattice, i, j);
        lattice.theta.swap(lattice.next);
    }
}

/// What flows across the bonds, `stride` cells long, of the first `count` cells leaves one cell and enters the other:
/// three passes over memory a direction, with an array for what is between them.
template <class T> void add_fluxes(Lattice<T>& lattice, std::vector<T>& flux, std::ptrdiff_t stride, bool is_east) {
    const T* theta = lattice.theta.data();
    const std::ptrdiff_t count = static_cast<std::ptrdiff_t>(lattice.theta.size()) - stride;
    for (std::ptrdiff_t k = 0; k < count; ++k) flux[static_cast<std::size_t>(k)] = theta[k + stride] - theta[k];
    for (std::ptrdiff_t k = 0; k < count; ++k)
        flux[static_cast<std::size_t>(k)] = lattice.K * std::sin(flux[static_cast<std::size_t>(k)]);
    if (is_east) // the last cell of a row has no bond to the first of the next one
        for (std::ptrdiff_t k = lattice.cols - 1; k < count; k += lattice.cols) flux[static_cast<std::size_t>(k)] = 0;
    T* rate = lattice.next.data();
    for (std::ptrdiff_t k = 0; k < count; ++k) rate[k] += flux[static_cast<std::size_t>(k)];
    for (std::ptrdiff_t k = 0; k < count; ++k) rate[k + stride] -= flux[static_cast<std::size_t>(k)];
}

template <class T> void passes(Lattice<T>& lattice, long steps) {
    std::vector<T> flux(lattice.theta.size());
    for (long step = 0; step < steps; ++step) {
        lattice.next = lattice.omega;
        add_fluxes(lattice, flux, 1, true);
        add_fluxes(lattice, flux, lattice.cols, false);
        for (std::size_t k = 0; k < lattice.theta.size(); ++k) lattice.theta[k] += lattice.dt * lattice.next[k];
    }
}

/// Row i, whose inner cells have no condition.
template <class T> void fused_row(Lattice<T>& lattice, std::ptrdiff_t i) {
    const std::ptrdiff_t cols = lattice.cols;
    if (i == 0 || i == lattice.rows - 1 || cols < 2) {
        for (std::ptrdiff_t j = 0; j < cols; ++j) careful_cell(lattice, i, j); // an edge: a small share of the work
        return;
    }
    const T* here = lattice.theta.data() + i * cols;
    const T* above = here - cols;
    const T* below = here + cols;
    const T* omega = lattice.omega.data() + i * cols;
    T* next = lattice.next.data() + i * cols;
    careful_cell(lattice, i, 0);
#pragma omp simd
    for (std::ptrdiff_t j = 1; j < cols - 1; ++j) {
        const T sum = std::sin(above[j] - here[j]) + std::sin(here[j - 1] - here[j]) + std::sin(here[j + 1] - here[j]) +
                      std::sin(below[j] - here[j]);
        next[j] = here[j] + lattice.dt * (omega[j] + lattice.K * sum);
    }
    careful_cell(lattice, i, cols - 1);
}

template <class T> void fused(Lattice<T>& lattice, long steps) {
    for (long step = 0; step < steps; ++step) {
        for (std::ptrdiff_t i = 0; i < lattice.rows; ++i) fused_row(lattice, i);
        lattice.theta.swap(lattice.next);
    }
}

/// Rows first … last − 1, with the south fluxes of the row above and of each row in turn, and the east fluxes of a row.
template <class T>
void two_sines_rows(Lattice<T>& lattice, std::ptrdiff_t first, std::ptrdiff_t last, T* __restrict south,
                    T* __restrict east) {
    const std::ptrdiff_t cols = lattice.cols;
    const T* before = lattice.theta.data() + (first > 0 ? first - 1 : 0) * cols;
    const T* begin = lattice.theta.data() + first * cols; // of the first row, the row itself: no flux
#pragma omp simd
    for (std::ptrdiff_t j = 0; j < cols; ++j) south[j] = std::sin(begin[j] - before[j]);
    for (std::ptrdiff_t i = first; i < last; ++i) {
        const T* here = lattice.theta.data() + i * cols;
        const T* below = i + 1 < lattice.rows ? here + cols : here; // itself: no flux
        const T* omega = lattice.omega.data() + i * cols;
        T* next = lattice.next.data() + i * cols;
#pragma omp simd
        for (std::ptrdiff_t j = 0; j < cols - 1; ++j) east[j] = std::sin(here[j + 1] - here[j]);
#pragma omp simd
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            const T flux = std::sin(below[j] - here[j]);
            next[j] = here[j] + lattice.dt * (omega[j] + lattice.K * (east[j] - east[j - 1] + flux - south[j]));
            south[j] = flux;
        }
    }
}

template <class T> void two_sines(Lattice<T>& lattice, long steps) {
    const auto size = static_cast<std::size_t>(lattice.cols);
    std::vector<T> south(size), east(size + 1); // one more at the left, where nothing flows in
    for (long step = 0; step < steps; ++step) {
        two_sines_rows(lattice, 0, lattice.rows, south.data(), east.data() + 1);
        lattice.theta.swap(lattice.next);
    }
}

template <class T> void two_sines_threads(Lattice<T>& lattice, long steps) {
    const std::ptrdiff_t height = 64; // rows that share one row of fluxes computed twice
    const std::ptrdiff_t bands = (lattice.rows + height - 1) / height;
    const auto size = static_cast<std::size_t>(lattice.cols);
    for (long step = 0; step < steps; ++step) {
#pragma omp parallel
        {
            std::vector<T> south(size), east(size + 1);
#pragma omp for schedule(static)
            for (std::ptrdiff_t band = 0; band < bands; ++band) {
                const std::ptrdiff_t last = (band + 1) * height;
                two_sines_rows(lattice, band * height, last < lattice.rows ? last : lattice.rows, south.data(),
                               east.data() + 1);
            }
        }
        lattice.theta.swap(lattice.next);
    }
}

template <class T> void threads(Lattice<T>& lattice, long steps) {
    for (long step = 0; step < steps; ++step) {
#pragma omp parallel for schedule(static)
        for (std::ptrdiff_t i = 0; i < lattice.rows; ++i) fused_row(lattice, i);
        lattice.theta.swap(lattice.next);
    }
}

template <class T> void dynamic(Lattice<T>& lattice, long steps) {
    for (long step = 0; step < steps; ++step) {
#pragma omp parallel for schedule(dynamic)
        for (std::ptrdiff_t i = 0; i < lattice.rows; ++i) fused_row(lattice, i);
        lattice.theta.swap(lattice.next);
    }
}

} // namespace

template <class T> Solvers<T> solvers() {
    return {naive<T>, wrong_order<T>, passes<T>, fused<T>, two_sines<T>, threads<T>, dynamic<T>, two_sines_threads<T>};
}
template <class T> void sines(const T* x, T* y, std::size_t count) {
#pragma omp simd
    for (std::size_t k = 0; k < count; ++k) y[k] = std::sin(x[k]);
}

template Solvers<float> solvers();
template Solvers<double> solvers();
template void sines(const float*, float*, std::size_t);
template void sines(const double*, double*, std::size_t);

} // namespace by_hand::BY_HAND
