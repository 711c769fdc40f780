// SharedChecksum: the checksum of cells of which each process sees a part.
#pragma once

#include <kuramoto/detail/io/checksum_parts.hpp>
#include <kuramoto/detail/mpi/api.hpp>
#include <kuramoto/mpi/decomposition.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The checksum of the cells of a lattice, of which each process sees some pieces in the order of the file.
class SharedChecksum {
  public:
    explicit SharedChecksum(const mpi::Decomposition& decomposition)
        : communicator_(decomposition.communicator()), part_(decomposition.rank() == 0) {}

    template <class T> void add(std::ptrdiff_t first, const T* cells, std::ptrdiff_t count) noexcept {
        constexpr auto bytes = static_cast<std::int64_t>(sizeof(T));
        if (count == 0) return;
        part_.skip(first * bytes - at_);
        part_.add(cells, static_cast<std::size_t>(count * bytes));
        at_ = (first + count) * bytes;
    }
    /// Collective: the checksum of `bytes` bytes, on every process.
    [[nodiscard]] std::uint64_t value(std::int64_t bytes) {
        part_.skip(bytes - at_);
        std::uint64_t joined = part_.contribution();
        MPI_Allreduce(MPI_IN_PLACE, &joined, 1, MPI_UINT64_T, MPI_BXOR, communicator_);
        return Crc64Part::value(joined);
    }

  private:
    MPI_Comm communicator_;
    Crc64Part part_;
    std::int64_t at_ = 0; // bytes that were seen or skipped
};

} // namespace detail
KURAMOTO_END_NAMESPACE
