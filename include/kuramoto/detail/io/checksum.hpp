// Crc64: a checksum that finds damaged bytes.
//
// CRC-64/XZ: the polynomial of ECMA-182, reflected, register and result inverted. It finds every burst of errors of up
// to 64 bits, and misses any other damage once in 2^64. Eight bytes per step: M. E. Kounavis, F. L. Berry, "Novel
// table lookup-based algorithms for high-performance CRC generation", IEEE Trans. Comput. 57 (2008).
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The polynomial, without its highest power; the bit of the lowest power is the highest one.
inline constexpr std::uint64_t crc64_polynomial = 0xc96c5795d7870f42U;

/// table[k][b]: what byte b does to the register when k more bytes have followed it.
struct Crc64Tables {
    std::uint64_t table[8][256] = {};

    constexpr Crc64Tables() {
        for (std::uint64_t byte = 0; byte < 256; ++byte) {
            std::uint64_t value = byte;
            for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? crc64_polynomial : 0);
            table[0][byte] = value;
        }
        for (int k = 1; k < 8; ++k)
            for (int byte = 0; byte < 256; ++byte)
                table[k][byte] = (table[k - 1][byte] >> 8) ^ table[0][table[k - 1][byte] & 0xff];
    }
};

inline constexpr Crc64Tables crc64_tables{};

/// The checksum of bytes that come in pieces.
class Crc64 {
  public:
    void add(const void* data, std::size_t bytes) noexcept {
        const auto* at = static_cast<const unsigned char*>(data);
        const auto& table = crc64_tables.table;
        for (; bytes >= 8; bytes -= 8, at += 8) {
            std::uint64_t next = 0;
            for (int k = 0; k < 8; ++k) next |= std::uint64_t{at[k]} << (8 * k);
            next ^= register_;
            register_ = 0;
            for (int k = 0; k < 8; ++k) register_ ^= table[7 - k][next >> (8 * k) & 0xff];
        }
        for (; bytes > 0; --bytes, ++at) register_ = (register_ >> 8) ^ table[0][(register_ ^ *at) & 0xff];
    }

    [[nodiscard]] std::uint64_t value() const noexcept { return ~register_; }

  private:
    friend class Crc64Part;
    std::uint64_t register_ = ~std::uint64_t{0};
};

} // namespace detail
KURAMOTO_END_NAMESPACE
