// PhasorField: e^{iθ} of every cell, for observables that need each of them more than once.
#pragma once

#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/parallel/workers.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// cos θ and sin θ in double, 0 and 0 for missing cells; rows without gaps: 16 bytes per cell.
class PhasorField {
  public:
    template <class P, class T, class Present>
    PhasorField(const P& policy, const Execution& execution, const Grid<const T>& theta, const Present& present)
        : cols_(theta.cols()), real_(theta.size()), imaginary_(theta.size()) {
        const PhasorsInPlaceFunction turn = phasors_in_place_function(execution.isa);
        for_parts(policy, execution, theta.rows(), theta.size(), [&](std::ptrdiff_t i) noexcept {
            const T* phases = theta.data() + i * theta.row_stride();
            double* row = real_.data() + i * cols_;
            double* imaginary_row = imaginary_.data() + i * cols_;
            for (std::ptrdiff_t j = 0; j < cols_; ++j)
                row[j] = present(i, j) ? static_cast<double>(phases[j * theta.col_stride()]) : 0;
            turn(row, imaginary_row, cols_);
            for (std::ptrdiff_t j = 0; j < cols_; ++j)
                if (!present(i, j)) row[j] = imaginary_row[j] = 0;
        });
    }

    /// cos θ along row i.
    [[nodiscard]] const double* real(std::ptrdiff_t i) const noexcept { return real_.data() + i * cols_; }
    /// sin θ along row i.
    [[nodiscard]] const double* imaginary(std::ptrdiff_t i) const noexcept { return imaginary_.data() + i * cols_; }

  private:
    std::ptrdiff_t cols_;
    Buffer<double> real_;
    Buffer<double> imaginary_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
