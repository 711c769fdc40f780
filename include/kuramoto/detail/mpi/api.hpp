// MPI's C interface, and nothing of the C++ one that MPI no longer has.
#pragma once

#include <kuramoto/detail/build/config.hpp>

#if !defined(OMPI_SKIP_MPICXX)
#define OMPI_SKIP_MPICXX 1
#endif
#if !defined(MPICH_SKIP_MPICXX)
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>

#include <concepts>

namespace kuramoto {
namespace detail {

/// MPI's type for float or double.
template <std::floating_point T> MPI_Datatype mpi_type() noexcept {
    if constexpr (sizeof(T) == sizeof(float))
        return MPI_FLOAT;
    else
        return MPI_DOUBLE;
}

} // namespace detail
} // namespace kuramoto
