// The bytes of a checkpoint file, and its head: the records without the cells of the fields.
//
// All integers are little-endian:
//
//     8 bytes   "KURAMOTO"
//     4         format: 2
//     4         version of the library that wrote the file: major << 24 | minor << 12 | patch
//     4         number of records
//     4         bytes of all records
//     …         the records
//     8         checksum of all bytes so far
//
// A record is one byte with its type, one with the length of its name, the name, and its value:
//
//     integer, unsigned integer, number   8 bytes
//     text                                8 bytes with its length, and its bytes
//     field                               8 bytes with its rows, 8 with its columns
//
// Then, for every field in the order of the records: its cells row by row, and 8 bytes with their checksum. Checksums
// are CRC-64/XZ. The file ends there.
#pragma once

#include <kuramoto/detail/io/checksummed.hpp>
#include <kuramoto/detail/io/input_file.hpp>
#include <kuramoto/detail/io/record.hpp>
#include <kuramoto/version.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

inline constexpr char checkpoint_magic[] = "KURAMOTO";
inline constexpr std::size_t checkpoint_magic_bytes = sizeof checkpoint_magic - 1;
inline constexpr std::uint32_t checkpoint_format = 2;
/// Bytes before the first record.
inline constexpr int checkpoint_start_bytes = 24;
/// Bounds that keep a damaged file from taking much time or memory.
inline constexpr std::size_t most_records = 1024;
inline constexpr std::size_t most_record_bytes = std::size_t{1} << 24;

inline void append_record(std::string& to, const Record& record) {
    append_little_endian(to, static_cast<std::uint64_t>(record.type), 1);
    append_little_endian(to, record.name.size(), 1);
    to += record.name;
    if (is_field(record.type)) {
        append_little_endian(to, static_cast<std::uint64_t>(record.rows), 8);
        append_little_endian(to, static_cast<std::uint64_t>(record.cols), 8);
    } else if (record.type == RecordType::text) {
        append_little_endian(to, record.text.size(), 8);
        to += record.text;
    } else {
        append_little_endian(to, record.bits, 8);
    }
}

/// The bytes of the head, without their checksum.
inline std::string checkpoint_head(const Records& records) {
    std::string body;
    for (const Record& record : records) append_record(body, record);
    if (body.size() > most_record_bytes)
        length_error("the records must have at most " + integer_text(most_record_bytes) + " bytes, but have " +
                     integer_text(body.size()));
    constexpr std::uint32_t version =
        std::uint32_t{version_major} << 24 | std::uint32_t{version_minor} << 12 | std::uint32_t{version_patch};
    std::string head(checkpoint_magic, checkpoint_magic_bytes);
    append_little_endian(head, checkpoint_format, 4);
    append_little_endian(head, version, 4);
    append_little_endian(head, records.size(), 4);
    append_little_endian(head, body.size(), 4);
    return head + body;
}

/// Takes the bytes of the records apart. Fails, as `File` does, where they are not what they must be.
template <class File> class RecordParser {
  public:
    RecordParser(const File& file, const std::string& bytes, std::size_t begin)
        : file_(file), bytes_(bytes), at_(begin) {}

    [[nodiscard]] Records parse(std::size_t count) {
        Records records;
        for (std::size_t k = 0; k < count; ++k) {
            Record record = next(k);
            if (find_record(records, record.name) != records.end())
                file_.fail("it has two records '" + record.name + "'");
            records.push_back(static_cast<Record&&>(record));
        }
        if (at_ != bytes_.size())
            file_.fail(integer_text(bytes_.size() - at_) + " bytes follow the last of its " + integer_text(count) +
                       " records");
        return records;
    }

  private:
    Record next(std::size_t number) {
        Record record;
        std::string what = "its record number " + integer_text(number + 1);
        const std::uint64_t type = integer(1, what);
        record.name = take(integer(1, what), what);
        if (!is_record_name(record.name)) file_.fail("the name of " + what + " is not " + record_name_rule());
        what = "its record '" + record.name + "'";
        if (type < 1 || type > 6) file_.fail(what + " has the unknown type " + integer_text(type));
        record.type = static_cast<RecordType>(type);
        if (is_field(record.type)) {
            record.rows = extent(what);
            record.cols = extent(what);
        } else if (record.type == RecordType::text) {
            const std::uint64_t length = integer(8, what);
            if (length > longest_record_text)
                file_.fail(what + " is a text of " + integer_text(length) + " bytes; at most " +
                           integer_text(longest_record_text) + " are read");
            record.text = take(length, what);
        } else {
            record.bits = integer(8, what);
        }
        return record;
    }

    std::ptrdiff_t extent(const std::string& what) {
        const std::uint64_t number = integer(8, what);
        if (number > static_cast<std::uint64_t>(PTRDIFF_MAX))
            file_.fail(what + " is a field with a negative extent, or one larger than the address space");
        return static_cast<std::ptrdiff_t>(number);
    }

    std::string take(std::uint64_t count, const std::string& what) {
        if (count > bytes_.size() - at_) file_.fail(what + " ends after the bytes of all records");
        const std::string piece = bytes_.substr(at_, static_cast<std::size_t>(count));
        at_ += static_cast<std::size_t>(count);
        return piece;
    }
    std::uint64_t integer(int count, const std::string& what) {
        return little_endian(take(static_cast<std::uint64_t>(count), what).data(), count);
    }

    const File& file_;
    const std::string& bytes_;
    std::size_t at_;
};
template <class File> RecordParser(const File&, const std::string&, std::size_t) -> RecordParser<File>;

/// Bytes of the cells of a field. Fails where Field refuses the shape, also when one extent is 0.
inline std::int64_t cell_bytes(const InputFile& file, const Record& record) {
    const auto at_least_one = [](std::ptrdiff_t extent) { return extent > 0 ? extent : 1; };
    std::ptrdiff_t bytes = 0;
    if (__builtin_mul_overflow(at_least_one(record.rows), at_least_one(record.cols), &bytes) ||
        __builtin_mul_overflow(bytes, record.cell_bits() / 8, &bytes))
        file.fail("its record '" + record.name + "' has " + shape_text(record.rows, record.cols) +
                  " cells, which are larger than the address space");
    return record.rows == 0 || record.cols == 0 ? 0 : bytes;
}

/// Fails unless the cells of the fields fill the rest of the file exactly.
inline void check_length(const InputFile& file, const Records& records, std::int64_t head_bytes) {
    std::int64_t left = file.size() - head_bytes;
    for (const Record& record : records) {
        if (!is_field(record.type)) continue;
        const std::int64_t bytes = cell_bytes(file, record);
        if (left < checksum_bytes || bytes > left - checksum_bytes)
            file.fail("it is cut off: the " + shape_text(record.rows, record.cols) + " cells of its record '" +
                      record.name + "' take " + integer_text(bytes) + " bytes and a checksum, but there are " +
                      integer_text(left) + " bytes");
        left -= bytes + checksum_bytes;
    }
    if (left > 0) file.fail("it has " + integer_text(left) + " trailing bytes");
}

/// The head of a file.
struct CheckpointHead {
    Records records;
    std::string version; ///< of the library that wrote the file: "0.1.0"
};

inline std::string version_text(std::uint64_t version) {
    return integer_text(version >> 24) + "." + integer_text(version >> 12 & 0xfff) + "." +
           integer_text(version & 0xfff);
}

/// Reads the head of a file that was just opened, and leaves it at the first cell.
inline CheckpointHead read_checkpoint_head(InputFile& file) {
    if (file.size() < checkpoint_start_bytes + checksum_bytes) file.fail("it is too short for a checkpoint");
    Checksummed<InputFile> checked(file);
    std::string bytes;
    bytes.resize(checkpoint_start_bytes);
    checked.read(bytes.data(), bytes.size());
    if (std::memcmp(bytes.data(), checkpoint_magic, checkpoint_magic_bytes) != 0) file.fail("it is not a checkpoint");
    const auto number_at = [&](std::size_t at) { return little_endian(bytes.data() + at, 4); };
    const std::uint64_t format = number_at(8);
    if (format != checkpoint_format)
        file.fail("it is a checkpoint of format " + integer_text(format) + ", and only format " +
                  integer_text(checkpoint_format) + " is read");
    const std::uint64_t version = number_at(12);
    const std::uint64_t count = number_at(16);
    const std::uint64_t body = number_at(20);
    if (count > most_records || body > most_record_bytes)
        file.fail("it says that it has " + integer_text(count) + " records in " + integer_text(body) +
                  " bytes; at most " + integer_text(most_records) + " in " + integer_text(most_record_bytes) +
                  " are read");
    const std::int64_t head_bytes = checkpoint_start_bytes + static_cast<std::int64_t>(body) + checksum_bytes;
    if (head_bytes > file.size())
        file.fail("it is cut off: its records end at byte " + integer_text(head_bytes) + ", but it has " +
                  integer_text(file.size()) + " bytes");
    bytes.resize(checkpoint_start_bytes + static_cast<std::size_t>(body));
    checked.read(bytes.data() + checkpoint_start_bytes, static_cast<std::size_t>(body));
    if (!checked.agrees()) file.fail("its records are damaged: the checksum is wrong");
    CheckpointHead head{RecordParser(file, bytes, checkpoint_start_bytes).parse(static_cast<std::size_t>(count)),
                        version_text(version)};
    check_length(file, head.records, head_bytes);
    return head;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
