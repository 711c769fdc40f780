// Datatype: the cells of a view as MPI sends them: with any strides, without a copy.
#pragma once

#include <kuramoto/detail/mpi/api.hpp>
#include <kuramoto/grid/grid.hpp>

#include <type_traits>

namespace kuramoto {
namespace detail {

/// An MPI datatype of the cells of a view, row by row from its first cell on. Two views of the same shape have the same
/// cells in the same order, whatever their strides are. Freed with this object.
class Datatype {
  public:
    template <class T> explicit Datatype(const Grid<T>& grid) {
        using Cell = std::remove_const_t<T>;
        constexpr auto bytes = static_cast<MPI_Aint>(sizeof(T));
        MPI_Datatype row = MPI_DATATYPE_NULL;
        MPI_Type_create_hvector(static_cast<int>(grid.cols()), 1, grid.col_stride() * bytes, mpi_type<Cell>(), &row);
        MPI_Type_create_hvector(static_cast<int>(grid.rows()), 1, grid.row_stride() * bytes, row, &type_);
        MPI_Type_free(&row);
        MPI_Type_commit(&type_);
    }
    Datatype(const Datatype&) = delete;
    Datatype& operator=(const Datatype&) = delete;
    ~Datatype() { MPI_Type_free(&type_); }

    [[nodiscard]] MPI_Datatype get() const noexcept { return type_; }

  private:
    MPI_Datatype type_ = MPI_DATATYPE_NULL;
};

} // namespace detail
} // namespace kuramoto
