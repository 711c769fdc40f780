// --mask: cells that are not there.
#pragma once

#include <kuramoto/grid/field.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/observables/phase_statistics.hpp>

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
    explicit Mask(km::Field<T> cells) : is_given_(true), cells_(std::move(cells)) {}

    [[nodiscard]] bool is_given() const { return is_given_; }
    /// 0 where a cell is missing.
    [[nodiscard]] const km::Field<T>& cells() const { return cells_; }

    /// Sets the missing cells of a field to a number.
    void put(T number, km::Field<T>& field) const {
        if (!is_given_ || field.empty()) return;
        for_each([&](std::ptrdiff_t i, std::ptrdiff_t j, bool is_there) {
            if (!is_there) field(i, j) = number;
        });
    }

    /// look(present), where `present` is the mask for the library's observables.
    template <class Look> [[nodiscard]] auto with_present(const Look& look) const {
        return is_given_ ? look(cells_) : look(km::AllCells{});
    }
    /// The mean and the standard deviation of a field over the cells that are there.
    [[nodiscard]] km::PhaseStatistics statistics(const km::Field<T>& field) const {
        return with_present([&](const auto& present) { return km::phase_statistics(field, present); });
    }

    /// A field with NaN in place of the missing cells; valid until the next call.
    [[nodiscard]] km::Grid<const T> marked(const km::Field<T>& field) const {
        if (!is_given_) return field;
        if (marked_.rows() != field.rows() || marked_.cols() != field.cols())
            marked_ = km::Field<T>(field.rows(), field.cols());
        for_each([&](std::ptrdiff_t i, std::ptrdiff_t j, bool is_there) {
            marked_(i, j) = is_there ? field(i, j) : std::numeric_limits<T>::quiet_NaN();
        });
        return marked_;
    }

  private:
    template <class Use> void for_each(const Use& use) const {
        if (cells_.empty()) return; // there may be very many rows without cells
        for (std::ptrdiff_t i = 0; i < cells_.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < cells_.cols(); ++j) use(i, j, cells_(i, j) != 0);
    }

    bool is_given_ = false;
    km::Field<T> cells_;
    mutable km::Field<T> marked_;
};

/// Whether the same cells are missing in two masks of one shape.
template <class T> bool are_equal(const km::Field<T>& a, const km::Field<T>& b) {
    for (std::ptrdiff_t i = 0; i < a.rows() && !a.empty(); ++i)
        for (std::ptrdiff_t j = 0; j < a.cols(); ++j)
            if ((a(i, j) != 0) != (b(i, j) != 0)) return false;
    return true;
}

} // namespace simulate
