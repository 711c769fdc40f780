// Crc64Part: the checksum of bytes of which each process has a part.
//
// Without the two inversions, a checksum is linear: that of two byte sequences of one length, combined with exclusive
// or, is the exclusive or of theirs. So each part is taken with zeros for the bytes of all others, and the registers of
// all parts are combined. Zeros need no pass: n of them multiply the register by x^(8n) modulo the polynomial.
#pragma once

#include <kuramoto/detail/io/checksum.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The product of two polynomials modulo that of the checksum.
constexpr std::uint64_t crc64_product(std::uint64_t a, std::uint64_t b) noexcept {
    std::uint64_t product = 0;
    for (std::uint64_t power = std::uint64_t{1} << 63; power != 0; power >>= 1) {
        product ^= (a & power) != 0 ? b : 0;
        b = (b >> 1) ^ ((b & 1) != 0 ? crc64_polynomial : 0);
    }
    return product;
}

/// x^(8 bytes) modulo the polynomial: what multiplies the register when so many zeros follow.
constexpr std::uint64_t crc64_shift(std::int64_t bytes) noexcept {
    std::uint64_t shift = std::uint64_t{1} << 63;        // 1
    std::uint64_t square = std::uint64_t{1} << (63 - 8); // x^8
    for (auto rest = static_cast<std::uint64_t>(bytes); rest != 0; rest >>= 1) {
        if ((rest & 1) != 0) shift = crc64_product(shift, square);
        square = crc64_product(square, square);
    }
    return shift;
}

/// The part of a checksum. Exactly one of the parts is the first: the one with the beginning of the bytes.
class Crc64Part {
  public:
    explicit Crc64Part(bool is_first) noexcept {
        if (!is_first) sum_.register_ = 0;
    }

    void add(const void* data, std::size_t bytes) noexcept { sum_.add(data, bytes); }

    /// So many bytes of other parts follow.
    void skip(std::int64_t bytes) noexcept {
        if (bytes > 0) sum_.register_ = crc64_product(sum_.register_, crc64_shift(bytes));
    }

    /// Combine these of all parts with exclusive or, once each has seen or skipped all bytes.
    [[nodiscard]] std::uint64_t contribution() const noexcept { return sum_.register_; }

    /// The checksum, from the contributions of all parts.
    [[nodiscard]] static std::uint64_t value(std::uint64_t contributions) noexcept { return ~contributions; }

  private:
    Crc64 sum_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
