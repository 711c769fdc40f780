// libFuzzer: any bytes as a .npy file. Either it is refused with std::runtime_error, or the field is what an
// independent reading of the bytes says, and npy_info and read_npy agree.
//
//     clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/npy_fuzz.cpp -o npy_fuzz
//     mkdir -p corpus && ./npy_fuzz -max_total_time=60 -max_len=4096 -rss_limit_mb=1024 corpus tests/data

#include <kuramoto/npy.hpp>

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
    std::fprintf(stderr, "npy_fuzz: %s\n", what);
    std::abort();
}

// A file without a name on any disk; opened again by each reader.
class MemoryFile {
  public:
    MemoryFile() : descriptor_(memfd_create("npy_fuzz", MFD_CLOEXEC)) { require(descriptor_ >= 0, "memfd_create"); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { close(descriptor_); }

    void put(const std::uint8_t* data, std::size_t size) const {
        require(ftruncate(descriptor_, static_cast<off_t>(size)) == 0, "ftruncate");
        require(pwrite(descriptor_, data, size, 0) == static_cast<ssize_t>(size), "pwrite");
    }
    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  private:
    int descriptor_;
};

template <class Function> auto if_accepted(const Function& function) -> std::optional<decltype(function())> {
    try {
        return function();
    } catch (const std::runtime_error&) {
        return std::nullopt;
    }
}

template <class T> void check_field(const km::Field<T>& field, const km::NpyInfo& info, const std::uint8_t* data) {
    require(field.rows() == info.rows && field.cols() == info.cols, "the shapes differ");
    const std::uint8_t* cells = data + info.offset;
    for (std::ptrdiff_t i = 0; i < field.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < field.cols(); ++j) {
            const std::ptrdiff_t index = info.column_major ? j * field.rows() + i : i * field.cols() + j;
            std::uint8_t bytes[sizeof(T)];
            std::memcpy(bytes, &field(i, j), sizeof(T));
            for (std::size_t k = 0; k < sizeof(T); ++k) // on a little-endian machine
                require(
                    bytes[k] ==
                        cells[static_cast<std::size_t>(index) * sizeof(T) + (info.big_endian ? sizeof(T) - 1 - k : k)],
                    "a cell differs");
        }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const MemoryFile file;
    file.put(data, size);
    const auto info = if_accepted([] { return km::npy_info(file.path()); });
    const auto single = if_accepted([] { return km::read_npy<float>(file.path()); });
    const auto twice = if_accepted([] { return km::read_npy<double>(file.path()); });
    require(single.has_value() == (info.has_value() && info->bits == 32), "float32: read_npy and npy_info disagree");
    require(twice.has_value() == (info.has_value() && info->bits == 64), "float64: read_npy and npy_info disagree");
    if (!info) return 0;

    const std::size_t cells = info->rows == 0 ? 0 : static_cast<std::size_t>(info->rows * info->cols);
    require(size == static_cast<std::size_t>(info->offset) + cells * static_cast<std::size_t>(info->bits / 8),
            "the size differs");
    if (cells == 0) return 0; // rows without cells may be very many
    if (single) check_field(*single, *info, data);
    if (twice) check_field(*twice, *info, data);
    return 0;
}
