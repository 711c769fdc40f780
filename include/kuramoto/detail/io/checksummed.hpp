// Checksummed: a file whose bytes are followed by their checksum.
#pragma once

#include <kuramoto/detail/io/checksum.hpp>
#include <kuramoto/detail/io/little_endian.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Bytes that a checksum takes in a file.
inline constexpr int checksum_bytes = 8;

/// Reads or writes the bytes of one part of a file, and then their checksum.
template <class File> class Checksummed {
  public:
    explicit Checksummed(File& file) : file_(file) {}

    void read(void* to, std::size_t bytes) {
        file_.read(to, bytes);
        sum_.add(to, bytes);
    }
    void write(const void* from, std::size_t bytes) {
        sum_.add(from, bytes);
        file_.write(from, bytes);
    }

    /// Reads the checksum that follows. Returns whether it is that of the bytes so far.
    [[nodiscard]] bool agrees() {
        char bytes[checksum_bytes];
        file_.read(bytes, checksum_bytes);
        return little_endian(bytes, checksum_bytes) == sum_.value();
    }
    /// Writes the checksum of the bytes so far.
    void finish() {
        std::string bytes;
        append_little_endian(bytes, sum_.value(), checksum_bytes);
        file_.write(bytes.data(), bytes.size());
    }

  private:
    File& file_;
    Crc64 sum_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
