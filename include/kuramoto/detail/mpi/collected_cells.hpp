// CollectedCells: the window of a process, in memory of its own, with its mask.
#pragma once

#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/detail/mpi/window.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/mpi/decomposition.hpp>

#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Copies of the cells of a window, and of their mask. See collect_windows. `Present`: what present_cells returns.
template <class T, class Present> class CollectedCells {
    static constexpr bool has_mask = !std::is_same_v<Present, AllCells>;

  public:
    /// Collective. The first messages wait for the agreement.
    template <class WindowOf>
    CollectedCells(const mpi::Decomposition& decomposition, Agreement& agreement, const Grid<const T>& block,
                   const Present& present, const WindowOf& window_of)
        : CollectedCells(window_of(decomposition.rank())) {
        agreement.begin();
        collect_windows(decomposition, block, window_of, theta_.view());
        if constexpr (has_mask) collect_windows(decomposition, present.mask(), window_of, mask_.view());
    }
    CollectedCells(const CollectedCells&) = delete;
    CollectedCells& operator=(const CollectedCells&) = delete;
    ~CollectedCells() = default;

    [[nodiscard]] Grid<const T> theta() const { return theta_.view(); }
    [[nodiscard]] Present present() const {
        if constexpr (has_mask)
            return Present(mask_.view());
        else
            return {};
    }

  private:
    explicit CollectedCells(const mpi::Block& window)
        : theta_(window.rows(), window.cols()), mask_(has_mask ? window.rows() : 0, has_mask ? window.cols() : 0) {}

    Field<T> theta_;
    Field<T> mask_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
