// A random order of cells: Fisher and Yates's shuffle with the bits of Philox.
#pragma once

#include <kuramoto/detail/random/philox.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A random number below `range` > 0, all of them equally likely, as a function of (seed, stream, draw).
[[nodiscard]] inline std::uint64_t random_below(std::uint64_t range, PhiloxKey key, Stream stream,
                                                std::uint64_t draw) noexcept {
    // 64 random bits modulo `range`. The lowest 2^64 mod range of their values would make some results more likely than
    // others: they are drawn again.
    const std::uint64_t surplus = (~std::uint64_t{0} - range + 1) % range;
    for (std::uint64_t attempt = 0;; ++attempt) {
        const PhiloxBlock random = philox(philox_counter(stream, draw, attempt), key);
        const std::uint64_t bits = std::uint64_t{random.words[1]} << 32 | random.words[0];
        if (bits >= surplus) return bits % range;
    }
}

/// Shuffles the cells of a field, counted along the rows. All orders are equally likely. The order is a function of the
/// seed, the stream and the number of cells.
///
/// D. E. Knuth, The Art of Computer Programming 2, section 3.4.2, algorithm P.
template <class T> void shuffle(const Grid<T>& field, Stream stream, std::uint64_t seed) noexcept {
    const PhiloxKey key = philox_key(seed);
    const auto cell = [&](std::ptrdiff_t k) noexcept -> T& {
        return field.data()[k / field.cols() * field.row_stride() + k % field.cols() * field.col_stride()];
    };
    for (std::ptrdiff_t k = field.size() - 1; k > 0; --k) {
        const std::uint64_t draw = static_cast<std::uint64_t>(k);
        T& other = cell(static_cast<std::ptrdiff_t>(random_below(draw + 1, key, stream, draw)));
        T& last = cell(k);
        const T kept = last;
        last = other;
        other = kept;
    }
}

} // namespace detail
KURAMOTO_END_NAMESPACE
