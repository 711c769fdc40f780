// The energy whose gradient the sine lattice descends.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/parallel/parts.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/model/laplacian.hpp>

#include <cstddef>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// Σ cos of the differences across bonds that are pushed, a full buffer at a time.
class BondSum {
  public:
    explicit BondSum(CosineFunction add) noexcept : add_(add) {}

    /// difference(0) … difference(n − 1).
    template <class Difference> void push(std::ptrdiff_t n, const Difference& difference) noexcept {
        for (std::ptrdiff_t done = 0; done < n;) {
            const std::ptrdiff_t room = most - count_;
            const std::ptrdiff_t some = n - done < room ? n - done : room;
            for (std::ptrdiff_t k = 0; k < some; ++k) differences_[count_ + k] = difference(done + k);
            done += some;
            count_ += some;
            if (count_ == most) flush();
        }
    }
    void push(double difference) noexcept {
        push(1, [=](std::ptrdiff_t) { return difference; });
    }
    [[nodiscard]] double total() noexcept {
        flush();
        return total_;
    }

  private:
    static constexpr std::ptrdiff_t most = 512;
    static_assert(most % strands == 0);

    void flush() noexcept {
        for (std::ptrdiff_t k = count_; k % strands != 0; ++k) differences_[k] = 0;
        total_ += add_(differences_, count_);
        count_ = 0;
    }

    double differences_[most];
    std::ptrdiff_t count_ = 0;
    double total_ = 0;
    CosineFunction add_;
};

/// The bonds that a row owns: to the east, to the south, and to what is beyond the edges that it touches.
template <class T> class RowEnergy {
  public:
    RowEnergy(const Grid<const T>& theta, const Boundary& boundary, CosineFunction add) noexcept
        : theta_(theta), boundary_(boundary), add_(add) {}

    /// −(Σ cos of the differences across them + Σ flux · θ over the cells into which a given flux flows).
    [[nodiscard]] double of_row(std::ptrdiff_t i) const noexcept {
        BondSum bonds(add_);
        Rounded work(0);
        const std::ptrdiff_t last = theta_.cols() - 1;
        const T* row = theta_.data() + i * theta_.row_stride();
        const std::ptrdiff_t east = theta_.col_stride();
        const std::ptrdiff_t south = theta_.row_stride();
        const auto difference = [=](std::ptrdiff_t j, std::ptrdiff_t step) {
            return static_cast<double>(row[j * east + step]) - static_cast<double>(row[j * east]);
        };
        bonds.push(last, [&](std::ptrdiff_t j) { return difference(j, east); });
        add_edge(boundary_.west, i, at(i, 0), at(i, last), false, bonds, work);
        add_edge(boundary_.east, i, at(i, last), at(i, 0), true, bonds, work);
        const bool is_last = i + 1 == theta_.rows();
        if (!is_last) bonds.push(last + 1, [&](std::ptrdiff_t j) { return difference(j, south); });
        if (i == 0)
            for (std::ptrdiff_t j = 0; j <= last; ++j) add_edge(boundary_.north, j, at(i, j), 0, false, bonds, work);
        if (is_last)
            for (std::ptrdiff_t j = 0; j <= last; ++j)
                add_edge(boundary_.south, j, at(i, j), at(0, j), true, bonds, work);
        return -(bonds.total() + work.value());
    }

  private:
    [[nodiscard]] double at(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return static_cast<double>(theta_.data()[i * theta_.row_stride() + j * theta_.col_stride()]);
    }

    // The bond of one cell across an edge; of two periodic edges one owns it (`owns`).
    static void add_edge(const BoundaryCondition& edge, std::ptrdiff_t k, double phase, double opposite, bool owns,
                         BondSum& bonds, Rounded& work) noexcept {
        const auto given = [&] { return edge.values != nullptr ? edge.values[k] : edge.value; };
        if (edge.kind == BoundaryKind::periodic && owns) bonds.push(opposite - phase);
        if (edge.kind == BoundaryKind::fixed_phase) bonds.push(given() - phase);
        if (edge.kind == BoundaryKind::fixed_flux) work = work + Rounded(given()) * Rounded(phase);
    }

    Grid<const T> theta_;
    Boundary boundary_;
    CosineFunction add_;
};

} // namespace detail

/// The energy of the sine lattice, E = −K Σ cos(θ_j − θ_i) over the bonds, each once, computed by the workers of
/// `policy`.
///
/// Without natural frequencies dθ/dt = −∂E/∂θ: E never increases, with Euler's method neither while K dt ≤ 1/4. Bonds
/// to phases given at an edge count; a flux q given there contributes −K q θ. theta: grid-like, any strides, phases in
/// rad. One pass, two cosines a cell, in double whatever the precision of the cells; 8 bytes of scratch a row. The sum
/// runs along the rows and then over them as a fixed tree: the same bits for any policy, number of threads and strides,
/// per class of instruction set. 0 without cells; NaN if a phase is NaN or infinite. Throws std::invalid_argument for a
/// K that is not finite, and for a boundary or a policy that cannot be. Source: the Hamiltonian of the XY model,
/// Kosterlitz & Thouless, Journal of Physics C 6 (1973) 1181.
template <ExecutionPolicy P, GridLike Theta>
[[nodiscard]] double energy(const P& policy, const SineLaplacian& laplacian, const Theta& theta) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const auto K = detail::checked_number<double>(laplacian.K, "K");
    detail::check_boundary<T>(laplacian.boundary, in.rows(), in.cols());
    if (in.empty()) return 0;
    const detail::RowEnergy<T> of(in, laplacian.boundary, detail::cosine_function(execution.isa));
    const detail::Buffer<double> rows(in.rows());
    detail::for_parts(policy, execution, in.rows(), in.size(),
                      [&](std::ptrdiff_t i) noexcept { rows.data()[i] = of.of_row(i); });
    detail::add_as_tree(rows.data(), in.rows());
    return (detail::Rounded(K) * detail::Rounded(rows.data()[0])).value();
}

/// The same on the calling thread.
template <GridLike Theta> [[nodiscard]] double energy(const SineLaplacian& laplacian, const Theta& theta) {
    return energy(Fused{}, laplacian, theta);
}

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
