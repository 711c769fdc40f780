// The modes of a small linear lattice with zero-flux edges.
#pragma once

#include "topics.hpp"

namespace validation {

/// All modes of 8 × 12 cells, with squares that add up to 1 over the cells.
class Modes {
  public:
    static constexpr std::ptrdiff_t rows = 8;
    static constexpr std::ptrdiff_t cols = 12;

    Modes() : down_(shapes(rows)), across_(shapes(cols)) {}

    /// The amplitude of mode (p, q).
    [[nodiscard]] double amplitude(const km::Field<double>& theta, std::ptrdiff_t p, std::ptrdiff_t q) const {
        double sum = 0;
        for (std::ptrdiff_t i = 0; i < rows; ++i) {
            double row = 0;
            for (std::ptrdiff_t j = 0; j < cols; ++j) row += across_(q, j) * theta(i, j);
            sum += down_(p, i) * row;
        }
        return sum;
    }
    /// −λ of it.
    static double decay(std::ptrdiff_t p, std::ptrdiff_t q) {
        const double down = std::sin(pi * static_cast<double>(p) / (2.0 * rows));
        const double across = std::sin(pi * static_cast<double>(q) / (2.0 * cols));
        return 4 * (down * down + across * across);
    }
    /// Adds to each sum the square of a mode's amplitude, as a share of what it should be. expected(λ) is that.
    template <class Expected>
    void add_shares(const km::Field<double>& theta, const Expected& expected, km::Field<double>& sums) const {
        for (std::ptrdiff_t p = 0; p < rows; ++p)
            for (std::ptrdiff_t q = 0; q < cols; ++q)
                if (p + q > 0) {
                    const double a = amplitude(theta, p, q);
                    sums(p, q) += a * a / expected(decay(p, q));
                }
    }

  private:
    static km::Field<double> shapes(std::ptrdiff_t n) {
        km::Field<double> shape(n, n);
        for (std::ptrdiff_t p = 0; p < n; ++p)
            for (std::ptrdiff_t i = 0; i < n; ++i)
                shape(p, i) =
                    std::sqrt((p == 0 ? 1.0 : 2.0) / static_cast<double>(n)) *
                    std::cos(pi * static_cast<double>(p) * (static_cast<double>(i) + 0.5) / static_cast<double>(n));
        return shape;
    }

    km::Field<double> down_;
    km::Field<double> across_;
};

/// One field of shares per seed.
using Shares = std::vector<km::Field<double>>;

/// The mean over all modes but the uniform one, of each seed.
inline Sample mean_share(const Shares& shares) {
    std::vector<double> means;
    for (const km::Field<double>& of_seed : shares) {
        double sum = 0;
        for (std::ptrdiff_t k = 0; k < of_seed.size(); ++k) sum += of_seed.data()[k];
        means.push_back(sum / static_cast<double>(of_seed.size() - 1));
    }
    return Sample(means);
}

/// Of mode (p, q), of each seed, times a factor.
inline Sample share_of(const Shares& shares, std::ptrdiff_t p, std::ptrdiff_t q, double factor = 1) {
    std::vector<double> found;
    for (const km::Field<double>& of_seed : shares) found.push_back(of_seed(p, q) * factor);
    return Sample(found);
}

/// The largest distance of a mode's share from 1, in σ.
inline double largest_deviation(const Shares& shares) {
    double largest = 0;
    for (std::ptrdiff_t p = 0; p < Modes::rows; ++p)
        for (std::ptrdiff_t q = 0; q < Modes::cols; ++q)
            if (p + q > 0) {
                const Sample mode = share_of(shares, p, q);
                largest = std::fmax(largest, std::fabs(mode.mean() - 1) / mode.error());
            }
    return largest;
}

} // namespace validation
