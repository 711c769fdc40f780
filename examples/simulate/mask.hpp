// --mask: cells that are not there.
#pragma once

#include <lattices.hpp>
#include <processes.hpp>

#include <cstddef>
#include <limits>
#include <utility>

namespace simulate {

namespace km = kuramoto;

/// The cells that are there.
template <class T> class Mask {
  public:
    /// None: every cell is there.
    Mask() = default;
    /// Missing where `cells` is 0.
    explicit Mask(Lattice<T> cells) : is_given_(true), cells_(std::move(cells)) {}

    [[nodiscard]] bool is_given() const { return is_given_; }
    /// 0 where a cell is missing.
    [[nodiscard]] const Lattice<T>& cells() const { return cells_; }

    /// Sets the missing cells of a field to a number.
    void put(T number, Lattice<T>& field) const {
        if (!is_given_ || field.empty()) return;
        const km::Grid<T> to = here(field);
        for_each([&](std::ptrdiff_t i, std::ptrdiff_t j, bool is_there) {
            if (!is_there) to(i, j) = number;
        });
    }

    /// look(present), where `present` is the mask for the library's observables.
    template <class Look> [[nodiscard]] auto with_present(const Look& look) const {
        return is_given_ ? look(argument(cells_)) : look(km::AllCells{});
    }
    /// The mean and the standard deviation of a field over the cells that are there.
    [[nodiscard]] km::PhaseStatistics statistics(const Lattice<T>& field) const {
        return with_present([&](const auto& present) { return km::phase_statistics(argument(field), present); });
    }

    /// A field with NaN in place of the missing cells; valid until the next call.
    [[nodiscard]] const Lattice<T>& marked(const Lattice<T>& field) const {
        if (!is_given_) return field;
        together([&] { marked_ = field; });
        put(std::numeric_limits<T>::quiet_NaN(), marked_);
        return marked_;
    }

  private:
    template <class Use> void for_each(const Use& use) const {
        const km::Grid<const T> cells = here(cells_);
        if (cells.empty()) return; // there may be very many rows without cells
        for (std::ptrdiff_t i = 0; i < cells.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < cells.cols(); ++j) use(i, j, cells(i, j) != 0);
    }

    bool is_given_ = false;
    Lattice<T> cells_;
    mutable Lattice<T> marked_;
};

/// Whether two lattices of one shape are the same, as far as are_same(x, y) of each two cells says.
template <class T, class AreSame> bool are_equal(const Lattice<T>& a, const Lattice<T>& b, const AreSame& are_same) {
    const km::Grid<const T> x = here(a);
    const km::Grid<const T> y = here(b);
    const auto differ = [&] {
        for (std::ptrdiff_t i = 0; i < x.rows() && !x.empty(); ++i)
            for (std::ptrdiff_t j = 0; j < x.cols(); ++j)
                if (!are_same(x(i, j), y(i, j))) return true;
        return false;
    };
    return !any_of_all(differ());
}
/// Whether the same cells are missing in two masks of one shape.
template <class T> bool are_equal_masks(const Lattice<T>& a, const Lattice<T>& b) {
    return are_equal(a, b, [](T x, T y) { return (x != 0) == (y != 0); });
}

} // namespace simulate
