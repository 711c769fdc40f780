// The modes of a linear lattice with zero-flux edges, and estimates of their variances from independent runs.
#pragma once

#include <kuramoto/grid/field.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace test {

namespace km = kuramoto;

/// Mean and standard error of values that are independent.
struct Estimate {
    double mean = 0;
    double error = 0;
};
inline Estimate estimate(const std::vector<double>& values) {
    Estimate found;
    for (const double value : values) found.mean += value;
    const auto n = static_cast<double>(values.size());
    found.mean /= n;
    double squares = 0;
    for (const double value : values) squares += (value - found.mean) * (value - found.mean);
    found.error = std::sqrt(squares / (n - 1) / n);
    return found;
}

/// A mode of a lattice with zero-flux edges.
struct Mode {
    int p;
    int q;

    static constexpr std::ptrdiff_t rows = 6;
    static constexpr std::ptrdiff_t cols = 9;

    [[nodiscard]] double eigenvalue() const {
        const double along_rows = std::sin(pi * p / (2.0 * static_cast<double>(rows)));
        const double along_cols = std::sin(pi * q / (2.0 * static_cast<double>(cols)));
        return 4 * (along_rows * along_rows + along_cols * along_cols);
    }
    [[nodiscard]] double amplitude(const km::Field<double>& field) const {
        double sum = 0;
        double norm = 0;
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j) {
                const double value = std::cos(pi * p * (static_cast<double>(i) + 0.5) / static_cast<double>(rows)) *
                                     std::cos(pi * q * (static_cast<double>(j) + 0.5) / static_cast<double>(cols));
                sum += value * field(i, j);
                norm += value * value;
            }
        return sum / std::sqrt(norm);
    }

  private:
    static constexpr double pi = 3.14159265358979323846;
};
inline constexpr std::array<Mode, 4> modes{{{0, 3}, {2, 0}, {3, 4}, {5, 8}}};

} // namespace test
