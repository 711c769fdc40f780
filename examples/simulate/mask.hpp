// --mask: cells that are not there.
#pragma once

#include "definer.hpp"

#include <kuramoto/grid/field.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/model/bonds.hpp>
#include <kuramoto/npy.hpp>
#include <kuramoto/observables/phase_statistics.hpp>

#include <cstddef>
#include <limits>
#include <utility>

namespace simulate {

namespace km = kuramoto;

/// The cells that are there, and what that makes of the bonds and the noise.
template <class T> class Mask {
  public:
    /// None: every cell is there.
    Mask() = default;
    /// Missing where `cells` is 0; `noise` is the D of the others.
    Mask(km::Field<T> cells, double noise)
        : is_given_(true), cells_(std::move(cells)), east_(filled(T{1})), south_(filled(T{1})), marked_(filled(T{0})) {
        km::remove_cells(cells_, east_, south_);
        if (noise == 0) return;
        noise_ = filled(static_cast<T>(noise));
        put(T{0}, noise_);
    }

    [[nodiscard]] bool is_given() const { return is_given_; }
    /// 0 where a cell is missing.
    [[nodiscard]] const km::Field<T>& cells() const { return cells_; }
    [[nodiscard]] const km::Field<T>& east() const { return east_; }
    [[nodiscard]] const km::Field<T>& south() const { return south_; }
    [[nodiscard]] const km::Field<T>& noise() const { return noise_; }

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
        for_each([&](std::ptrdiff_t i, std::ptrdiff_t j, bool is_there) {
            marked_(i, j) = is_there ? field(i, j) : std::numeric_limits<T>::quiet_NaN();
        });
        return marked_;
    }

  private:
    [[nodiscard]] km::Field<T> filled(T number) const {
        km::Field<T> field(cells_.rows(), cells_.cols());
        for_each([&](std::ptrdiff_t i, std::ptrdiff_t j, bool) { field(i, j) = number; });
        return field;
    }

    template <class Use> void for_each(const Use& use) const {
        if (cells_.empty()) return; // there may be very many rows without cells
        for (std::ptrdiff_t i = 0; i < cells_.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < cells_.cols(); ++j) use(i, j, cells_(i, j) != 0);
    }

    bool is_given_ = false;
    km::Field<T> cells_;
    km::Field<T> east_;
    km::Field<T> south_;
    km::Field<T> noise_;
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
