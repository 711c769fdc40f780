// The loops somebody would write by hand today: one pass over the grid a step, from one array into another, in a form
// that a compiler vectorises with its own vector sine (-Ofast -march=native -fopenmp). Two of them, with four sines a
// cell and with two; the driver times both and compares the library with the faster.
#include "module.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace {

/// Four sines per cell: the formula as it stands. The edges, where neighbours are missing, are apart, so that the loop
/// over the inner cells has no condition.
template <class T> class FourSines {
  public:
    FourSines(std::ptrdiff_t rows, std::ptrdiff_t cols, T K, T dt) : rows_(rows), cols_(cols), K_(K), dt_(dt) {}

    void step(const T* theta, const T* omega, T* next, int threads) const {
#pragma omp parallel for schedule(static) num_threads(threads)
        for (std::ptrdiff_t i = 0; i < rows_; ++i) {
            if (i == 0 || i == rows_ - 1) {
                for (std::ptrdiff_t j = 0; j < cols_; ++j) edge_cell(theta, omega, next, i, j);
                continue;
            }
            const T* here = theta + i * cols_;
            const T* above = here - cols_;
            const T* below = here + cols_;
            const T* frequency = omega + i * cols_;
            T* out = next + i * cols_;
            edge_cell(theta, omega, next, i, 0);
#pragma omp simd
            for (std::ptrdiff_t j = 1; j < cols_ - 1; ++j) {
                const T sum = std::sin(above[j] - here[j]) + std::sin(here[j - 1] - here[j]) +
                              std::sin(here[j + 1] - here[j]) + std::sin(below[j] - here[j]);
                out[j] = here[j] + dt_ * (frequency[j] + K_ * sum);
            }
            if (cols_ > 1) edge_cell(theta, omega, next, i, cols_ - 1);
        }
    }

  private:
    void edge_cell(const T* theta, const T* omega, T* next, std::ptrdiff_t i, std::ptrdiff_t j) const {
        const T* cell = theta + i * cols_ + j;
        T sum = 0;
        if (i > 0) sum += std::sin(cell[-cols_] - *cell);
        if (j > 0) sum += std::sin(cell[-1] - *cell);
        if (j < cols_ - 1) sum += std::sin(cell[1] - *cell);
        if (i < rows_ - 1) sum += std::sin(cell[cols_] - *cell);
        next[i * cols_ + j] = *cell + dt_ * (omega[i * cols_ + j] + K_ * sum);
    }

    std::ptrdiff_t rows_;
    std::ptrdiff_t cols_;
    T K_;
    T dt_;
};

/// Two sines per cell: the flux through a bond serves the cells on both sides. The fluxes of one row lie in buffers
/// that stay in the first-level cache.
template <class T> class TwoSines {
  public:
    TwoSines(std::ptrdiff_t rows, std::ptrdiff_t cols, T K, T dt) : rows_(rows), cols_(cols), K_(K), dt_(dt) {}

    void step(const T* theta, const T* omega, T* next, int threads) const {
#pragma omp parallel num_threads(threads)
        {
            const auto size = static_cast<std::size_t>(cols_);
            std::vector<T> east_fluxes(size + 1); // one more at the left, where nothing flows in
            std::vector<T> south_fluxes(size);
            T* east = east_fluxes.data() + 1;
            T* south = south_fluxes.data();
            std::ptrdiff_t row_above = -1; // whose south fluxes the buffer holds
#pragma omp for schedule(static)
            for (std::ptrdiff_t i = 0; i < rows_; ++i) {
                if (i > 0 && row_above != i - 1) vertical_fluxes(theta + (i - 1) * cols_, south);
                const T* here = theta + i * cols_;
                const T* frequency = omega + i * cols_;
                T* out = next + i * cols_;
#pragma omp simd
                for (std::ptrdiff_t j = 0; j < cols_ - 1; ++j) east[j] = std::sin(here[j + 1] - here[j]);
                if (i < rows_ - 1) {
                    const T* below = here + cols_;
#pragma omp simd
                    for (std::ptrdiff_t j = 0; j < cols_; ++j) {
                        const T flux = std::sin(below[j] - here[j]);
                        out[j] = here[j] + dt_ * (frequency[j] + K_ * (east[j] - east[j - 1] + flux - south[j]));
                        south[j] = flux;
                    }
                } else {
#pragma omp simd
                    for (std::ptrdiff_t j = 0; j < cols_; ++j)
                        out[j] = here[j] + dt_ * (frequency[j] + K_ * (east[j] - east[j - 1] - south[j]));
                }
                row_above = i;
            }
        }
    }

  private:
    void vertical_fluxes(const T* row, T* south) const {
#pragma omp simd
        for (std::ptrdiff_t j = 0; j < cols_; ++j) south[j] = std::sin(row[j + cols_] - row[j]);
    }

    std::ptrdiff_t rows_;
    std::ptrdiff_t cols_;
    T K_;
    T dt_;
};

/// A twin of either kind and any type, with its two arrays.
class Twin {
  public:
    Twin() = default;
    Twin(const Twin&) = delete;
    Twin& operator=(const Twin&) = delete;
    virtual ~Twin() = default;
    virtual void advance(std::int64_t steps) = 0;
    virtual const void* theta() const = 0;
};

template <class T, template <class> class Kernel> class TwinOf final : public Twin {
  public:
    TwinOf(std::int64_t rows, std::int64_t cols, const T* theta, const T* omega, double K, double dt, int threads)
        : kernel_(rows, cols, static_cast<T>(K), static_cast<T>(dt)), theta_(theta, theta + rows * cols), next_(theta_),
          omega_(omega, omega + rows * cols), threads_(threads) {}

    void advance(std::int64_t steps) override {
        for (std::int64_t step = 0; step < steps; ++step) {
            kernel_.step(theta_.data(), omega_.data(), next_.data(), threads_);
            std::swap(theta_, next_);
        }
    }
    const void* theta() const override { return theta_.data(); }

  private:
    Kernel<T> kernel_;
    std::vector<T> theta_;
    std::vector<T> next_;
    std::vector<T> omega_;
    int threads_;
};

template <class T>
Twin* create(int sines, std::int64_t rows, std::int64_t cols, const void* theta, const void* omega, double K, double dt,
             int threads) {
    const auto* phases = static_cast<const T*>(theta);
    const auto* frequencies = static_cast<const T*>(omega);
    if (sines == 2) return new TwinOf<T, TwoSines>(rows, cols, phases, frequencies, K, dt, threads);
    return new TwinOf<T, FourSines>(rows, cols, phases, frequencies, K, dt, threads);
}

} // namespace

/// A twin with 2 or 4 sines per cell, starting from a copy of these row-major fields.
RATIOS_EXPORT Twin* twin_create(int is_double, int sines, std::int64_t rows, std::int64_t cols, const void* theta,
                                const void* omega, double K, double dt, int threads) {
    return is_double != 0 ? create<double>(sines, rows, cols, theta, omega, K, dt, threads)
                          : create<float>(sines, rows, cols, theta, omega, K, dt, threads);
}
RATIOS_EXPORT void twin_advance(Twin* twin, std::int64_t steps) { twin->advance(steps); }
RATIOS_EXPORT const void* twin_theta(const Twin* twin) { return twin->theta(); }
RATIOS_EXPORT void twin_destroy(Twin* twin) { delete twin; }
