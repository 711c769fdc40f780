// libFuzzer: any bytes as a checkpoint. Either they are refused with std::runtime_error, or what is read is what an
// independent reading of the bytes says, and checkpoint_info and read_checkpoint agree.
//
// Random bytes have no right checksums: the first byte of the input decides whether they are put right.
// checkpoint_seeds/ has a checkpoint of every type of record.
//
//     clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/checkpoint_fuzz.cpp -o fuzz
//     mkdir -p corpus && ./fuzz -max_total_time=60 -max_len=1024 -rss_limit_mb=1024 corpus tests/fuzz/checkpoint_seeds

#include <kuramoto/checkpoint.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

namespace km = kuramoto;

namespace {

void require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "checkpoint_fuzz: %s\n", what);
    std::abort();
}

// A file without a name on any disk; opened again by each reader.
class MemoryFile {
  public:
    MemoryFile() : descriptor_(memfd_create("checkpoint_fuzz", MFD_CLOEXEC)) {
        require(descriptor_ >= 0, "memfd_create");
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { close(descriptor_); }

    void put(const std::string& bytes) const {
        require(ftruncate(descriptor_, static_cast<off_t>(bytes.size())) == 0, "ftruncate");
        require(pwrite(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()), "pwrite");
    }
    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  private:
    int descriptor_;
};

std::string integer(std::uint64_t number, int bytes) {
    std::string text;
    for (int k = 0; k < bytes; ++k) text += static_cast<char>(number >> (8 * k) & 0xff);
    return text;
}

std::string checksum(const std::string& bytes) {
    km::detail::Crc64 sum;
    sum.add(bytes.data(), bytes.size());
    return integer(sum.value(), 8);
}

/// The bytes with the right magic, format, length of the records, checksum of the head, and checksum of the cells if
/// there is one field.
std::string repaired(std::string bytes) {
    if (bytes.size() < 32) return bytes;
    const std::string begin = "KURAMOTO" + integer(2, 4);
    bytes.replace(0, begin.size(), begin);
    const std::size_t body = km::detail::little_endian(bytes.data() + 20, 4) % (bytes.size() - 31);
    bytes.replace(20, 4, integer(body, 4));
    bytes.replace(24 + body, 8, checksum(bytes.substr(0, 24 + body)));
    if (bytes.size() < 40 + body) return bytes;
    return bytes.replace(bytes.size() - 8, 8, checksum(bytes.substr(32 + body, bytes.size() - 40 - body)));
}

template <class T> std::string cells_of(const km::Checkpoint& checkpoint, const std::string& name) {
    const km::Grid<const T> cells = checkpoint.field<T>(name);
    std::string bytes;
    for (std::ptrdiff_t i = 0; i < cells.rows() && !cells.empty(); ++i)
        for (std::ptrdiff_t j = 0; j < cells.cols(); ++j) {
            char cell[sizeof(T)];
            std::memcpy(cell, &cells(i, j), sizeof(T)); // on a little-endian machine
            bytes.append(cell, sizeof(T));
        }
    return bytes + checksum(bytes);
}

/// The bytes of the value of a record, which are 8 except for a text and a field.
std::string value_of(const km::Checkpoint& checkpoint, const std::string& name) {
    const km::RecordType type = checkpoint.type(name);
    if (type == km::RecordType::integer) return integer(static_cast<std::uint64_t>(checkpoint.integer(name)), 8);
    if (type == km::RecordType::unsigned_integer) return integer(checkpoint.unsigned_integer(name), 8);
    if (type == km::RecordType::number) return integer(km::detail::bits_of(checkpoint.number(name)), 8);
    if (type == km::RecordType::text) return integer(checkpoint.text(name).size(), 8) + checkpoint.text(name);
    const km::FieldShape shape = checkpoint.shape(name);
    return integer(static_cast<std::uint64_t>(shape.rows), 8) + integer(static_cast<std::uint64_t>(shape.cols), 8);
}

/// The file that says this, with the same version of the library as `bytes`.
std::string written(const km::Checkpoint& checkpoint, const std::string& bytes, bool has_cells) {
    std::string body;
    std::string cells;
    for (const std::string& name : checkpoint.names()) {
        const km::RecordType type = checkpoint.type(name);
        body += static_cast<char>(type);
        body += static_cast<char>(name.size());
        body += name + value_of(checkpoint, name);
        if (has_cells && type == km::RecordType::float32_field) cells += cells_of<float>(checkpoint, name);
        if (has_cells && type == km::RecordType::float64_field) cells += cells_of<double>(checkpoint, name);
    }
    const std::string head = "KURAMOTO" + integer(2, 4) + bytes.substr(12, 4) + integer(checkpoint.names().size(), 4) +
                             integer(body.size(), 4) + body;
    return head + checksum(head) + cells;
}

template <class Function> auto if_accepted(const Function& function) -> std::optional<decltype(function())> {
    try {
        return function();
    } catch (const std::runtime_error&) {
        return std::nullopt;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const MemoryFile file;
    if (size == 0) return 0;
    std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] % 4 != 0) bytes = repaired(bytes);
    file.put(bytes);
    const auto info = if_accepted([] { return km::checkpoint_info(file.path()); });
    const auto whole = if_accepted([] { return km::read_checkpoint(file.path()); });
    require(info.has_value() || !whole.has_value(), "checkpoint_info refuses what read_checkpoint reads");
    if (info) {
        const std::string head = written(*info, bytes, false);
        require(bytes.compare(0, head.size(), head) == 0, "the records differ");
        info->check_all_read();
    }
    if (whole) require(written(*whole, bytes, true) == bytes, "the cells differ");
    return 0;
}
