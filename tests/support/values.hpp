// Test fields in which every cell is distinct, their bits compared, and a hash of them.
#pragma once

#include <kuramoto/grid/grid.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace test {

namespace km = kuramoto;

/// "nan", "inf", "-inf" as numbers: written out they may be anything in a build that assumes that there are none.
template <class T> T number(const char* text) { return static_cast<T>(std::strtod(text, nullptr)); }

/// A permutation of the numbers below 2^24 that leaves no pattern.
inline std::uint32_t scrambled(std::uint32_t k) {
    constexpr std::uint32_t mask = 0xffffffU;
    k &= mask;
    k ^= k >> 11U;
    k = (k * 0x9e3779U) & mask;
    k ^= k >> 13U;
    k = (k * 0xb5297dU) & mask;
    return k ^ (k >> 12U);
}

/// Values in [−4, 4), multiples of 2^−21: exact in float, whatever the flags, and distinct for 2^24 cells.
template <class T> T distinct_value(std::ptrdiff_t k, std::uint32_t seed) {
    return static_cast<T>(scrambled(static_cast<std::uint32_t>(k) ^ seed)) / T{2097152} - T{4};
}

/// Fills a view with distinct values times `scale`; the value depends on the cell's place in the lattice alone.
template <class T> void fill_distinct(const km::Grid<T>& grid, std::uint32_t seed, T scale = 1) {
    for (std::ptrdiff_t i = 0; i < grid.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < grid.cols(); ++j)
            grid(i, j) = distinct_value<T>(i * grid.cols() + j, seed) * scale;
}

/// The cells of a view in row-major order.
template <class Element> auto values_of(const km::Grid<Element>& grid) {
    std::vector<typename km::Grid<Element>::value_type> values;
    values.reserve(static_cast<std::size_t>(grid.size()));
    for (std::ptrdiff_t i = 0; i < grid.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < grid.cols(); ++j) values.push_back(grid(i, j));
    return values;
}

/// Copies values in row-major order to the cells of a view.
template <class T> void assign(const km::Grid<T>& grid, const std::vector<T>& values) {
    std::size_t k = 0;
    for (std::ptrdiff_t i = 0; i < grid.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < grid.cols(); ++j) grid(i, j) = values[k++];
}

template <class T> std::uint64_t bits_of(T value) {
    std::uint64_t bits = 0;
    if constexpr (sizeof(T) == 4) {
        std::uint32_t half = 0;
        std::memcpy(&half, &value, sizeof half);
        bits = half;
    } else {
        std::memcpy(&bits, &value, sizeof bits);
    }
    return bits;
}

template <class T> bool same_bits(T a, T b) { return bits_of(a) == bits_of(b); }

/// The number of the first value whose bits differ, or −1.
template <class T> std::ptrdiff_t first_difference(const std::vector<T>& a, const std::vector<T>& b) {
    if (a.size() != b.size()) return 0;
    for (std::size_t k = 0; k < a.size(); ++k)
        if (!same_bits(a[k], b[k])) return static_cast<std::ptrdiff_t>(k);
    return -1;
}

/// FNV-1a over the bytes of the values, lowest byte first whatever the machine (Fowler, Noll & Vo; RFC 9923).
template <class T> std::uint64_t hash_of(const std::vector<T>& values) {
    std::uint64_t hash = 14695981039346656037U;
    for (const T value : values) {
        const std::uint64_t bits = bits_of(value);
        for (std::size_t byte = 0; byte < sizeof(T); ++byte)
            hash = (hash ^ (bits >> (8 * byte) & 0xffU)) * 1099511628211U;
    }
    return hash;
}

} // namespace test
