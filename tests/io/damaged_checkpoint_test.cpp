// Files that are no checkpoint, or not the one that was written: every damage is noticed and named, before memory is
// allocated for what a file only claims.
#include <kuramoto/checkpoint.hpp>
#include <kuramoto/npy.hpp>

#include "support/expect_error.hpp"
#include "support/files.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <string>

namespace km = kuramoto;

namespace {

using test::contents;
using test::put;

class DamagedCheckpoints : public test::InFolder {
  protected:
    using InFolder::path;
    [[nodiscard]] std::string path() const { return path("run.checkpoint"); }

    /// Expects that these bytes are refused, with and without the cells, and that the message has the parts.
    void expect_refused(const std::string& bytes, std::initializer_list<std::string> parts) const {
        put(path(), bytes);
        EXPECT_TRUE(test::throws<std::runtime_error>({"cannot read '" + path() + "': "},
                                                     [&] { static_cast<void>(km::checkpoint_info(path())); }));
        EXPECT_TRUE(test::throws<std::runtime_error>(parts, [&] { static_cast<void>(km::checkpoint_info(path())); }));
        EXPECT_TRUE(test::throws<std::runtime_error>(parts, [&] { static_cast<void>(km::read_checkpoint(path())); }));
    }
    void expect_accepted(const std::string& bytes) const {
        put(path(), bytes);
        EXPECT_NO_THROW(static_cast<void>(km::read_checkpoint(path())));
    }
};

std::uint64_t checksum(const std::string& bytes) {
    km::detail::Crc64 sum;
    sum.add(bytes.data(), bytes.size());
    return sum.value();
}

// The file as its documentation describes it, without the library.

std::string integer(std::uint64_t number, int bytes = 8) {
    std::string text;
    for (int k = 0; k < bytes; ++k) text += static_cast<char>(number >> (8 * k) & 0xff);
    return text;
}

/// `bytes` and the checksum of them.
std::string sealed(const std::string& bytes) { return bytes + integer(checksum(bytes)); }

std::string record(int type, const std::string& name, const std::string& value) {
    return integer(static_cast<std::uint64_t>(type), 1) + integer(name.size(), 1) + name + value;
}
std::string field(int type, const std::string& name, std::int64_t rows, std::int64_t cols) {
    return record(type, name, integer(static_cast<std::uint64_t>(rows)) + integer(static_cast<std::uint64_t>(cols)));
}
std::string text(const std::string& name, const std::string& value) {
    return record(4, name, integer(value.size()) + value);
}

/// A file with these records, and no cells.
std::string head(std::initializer_list<std::string> records, std::uint64_t format = 2) {
    std::string body;
    for (const std::string& each : records) body += each;
    return sealed("KURAMOTO" + integer(format, 4) + integer(1U << 12, 4) + integer(records.size(), 4) +
                  integer(body.size(), 4) + body);
}
/// The head of a file with what a reader finds in a checkpoint, without its checksum.
std::string bytes_of(const km::Checkpoint& checkpoint) {
    std::string body;
    for (const std::string& name : checkpoint.names()) {
        const km::RecordType type = checkpoint.type(name);
        const int number = static_cast<int>(type);
        if (type == km::RecordType::integer)
            body += record(number, name, integer(static_cast<std::uint64_t>(checkpoint.integer(name))));
        else if (type == km::RecordType::unsigned_integer)
            body += record(number, name, integer(checkpoint.unsigned_integer(name)));
        else if (type == km::RecordType::number)
            body += record(number, name, integer(test::bits_of(checkpoint.number(name))));
        else if (type == km::RecordType::text)
            body += text(name, checkpoint.text(name));
        else
            body += field(number, name, checkpoint.shape(name).rows, checkpoint.shape(name).cols);
    }
    return "KURAMOTO" + integer(2, 4) + integer(1U << 12, 4) + integer(checkpoint.names().size(), 4) +
           integer(body.size(), 4) + body;
}
/// A file whose numbers of records and of bytes are these.
std::string claimed(std::uint64_t count, std::uint64_t bytes, const std::string& body) {
    return sealed("KURAMOTO" + integer(2, 4) + integer(1U << 12, 4) + integer(count, 4) + integer(bytes, 4) + body);
}

const std::string K = record(3, "K", integer(0x3ff4000000000000U)); // 1.25
const std::string step = record(1, "step", integer(7));

} // namespace

TEST(Crc64, HasTheValuesOfItsStandard) {
    EXPECT_EQ(checksum(""), 0U);
    EXPECT_EQ(checksum("123456789"), 0x995dc9bbdf1939faU); // the check value of CRC-64/XZ
    km::detail::Crc64 pieces;
    const std::string text = "The quick brown fox jumps over the lazy dog, twice.";
    for (std::size_t begin = 0, length = 0; begin < text.size(); begin += length, length = length % 11 + 1)
        pieces.add(text.data() + begin, std::min(length, text.size() - begin));
    EXPECT_EQ(pieces.value(), checksum(text));
}

TEST_F(DamagedCheckpoints, WholeOnesHaveTheBytesOfTheirDescription) {
    const float cells[2] = {1.5F, -2.0F};
    km::Checkpoint checkpoint;
    checkpoint.set("step", -2);
    checkpoint.set("seed", 3U);
    checkpoint.set("K", 1.25);
    checkpoint.set("coupling", "sine");
    checkpoint.set("theta", km::Grid<const float>(cells, 1, 2));
    checkpoint.set("omega", km::Field<double>(1, 1));
    checkpoint.set("empty", km::Field<float>(0, 7));
    km::write_checkpoint(path(), checkpoint);
    EXPECT_EQ(
        contents(path()),
        head({record(1, "step", integer(static_cast<std::uint64_t>(-2))), record(2, "seed", integer(3)), K,
              text("coupling", "sine"), field(5, "theta", 1, 2), field(6, "omega", 1, 1), field(5, "empty", 0, 7)}) +
            sealed(integer(0x3fc00000, 4) + integer(0xc0000000, 4)) + sealed(integer(0)) + sealed(""));
}

namespace {

/// A small checkpoint with every type.
km::Checkpoint small() {
    km::Checkpoint checkpoint;
    checkpoint.set("K", 1.25);
    checkpoint.set("step", 12345678901);
    checkpoint.set("seed", 0xfedcba9876543210U);
    checkpoint.set("coupling", "sine");
    km::Field<float> theta(2, 3);
    test::fill_distinct(theta.view(), 1);
    checkpoint.set("theta", std::move(theta));
    km::Field<double> omega(3, 1);
    test::fill_distinct(omega.view(), 2);
    checkpoint.set("omega", std::move(omega));
    checkpoint.set("empty", km::Field<float>(0, 3));
    return checkpoint;
}

} // namespace

TEST_F(DamagedCheckpoints, WithOneBitTurnedRoundAreRefused) {
    km::write_checkpoint(path(), small());
    const std::string whole = contents(path());
    ASSERT_EQ(km::read_checkpoint(path()).names(), small().names());
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
        std::string damaged = whole;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
        put(path(), damaged);
        EXPECT_THROW(static_cast<void>(km::read_checkpoint(path())), std::runtime_error) << bit;
    }
}

TEST_F(DamagedCheckpoints, WithAnyOtherByteAreRefused) {
    km::write_checkpoint(path(), small());
    const std::string whole = contents(path());
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const int change : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
            std::string damaged = whole;
            damaged[at] = static_cast<char>(change);
            if (damaged == whole) continue;
            put(path(), damaged);
            EXPECT_THROW(static_cast<void>(km::read_checkpoint(path())), std::runtime_error) << at;
        }
}

TEST_F(DamagedCheckpoints, OfAnotherLengthAreRefused) {
    km::write_checkpoint(path(), small());
    const std::string whole = contents(path());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        put(path(), whole.substr(0, length));
        EXPECT_THROW(static_cast<void>(km::read_checkpoint(path())), std::runtime_error) << length;
        EXPECT_THROW(static_cast<void>(km::checkpoint_info(path())), std::runtime_error) << length;
    }
    expect_refused(whole + "x", {"it has 1 trailing bytes"});
    const std::string first = head({K, field(5, "theta", 2, 3)});
    expect_accepted(first + sealed(std::string(24, '\0')));
    expect_refused(first + std::string(29, '\0'),
                   {"it is cut off", "the 2 x 3 cells of its record 'theta' take 24 bytes and a checksum", "are 29"});
    expect_refused(first.substr(0, first.size() - 1), {"it is cut off: its records end at byte", "but it has"});
}

// A record that was changed with a checksum that agrees: whatever is read is what the bytes say, or it is refused.
TEST_F(DamagedCheckpoints, WithAnyByteChangedAndARightChecksumDoNoHarm) {
    km::write_checkpoint(path(), small());
    const std::string whole = contents(path());
    const std::size_t end = 24 + static_cast<std::size_t>(km::detail::little_endian(whole.data() + 20, 4));
    int accepted = 0;
    for (std::size_t at = 0; at < end; ++at)
        for (int byte = 0; byte < 256; byte += byte < 8 || byte > 246 ? 1 : 17) {
            std::string changed = whole.substr(0, end);
            changed[at] = static_cast<char>(byte);
            put(path(), sealed(changed) + whole.substr(end + 8));
            try {
                const km::Checkpoint found = km::read_checkpoint(path());
                std::string again = bytes_of(found);
                again.replace(8, 8, changed, 8, 8); // format and version of the library
                EXPECT_EQ(sealed(again), sealed(changed)) << at << ' ' << byte;
                ++accepted;
            } catch (const std::runtime_error& error) {
                EXPECT_NE(std::string(error.what()).find(path()), std::string::npos);
            }
        }
    EXPECT_GT(accepted, 1000); // other numbers, names and texts
}

TEST_F(DamagedCheckpoints, OfAnotherFormatSayWhich) {
    // What a file of format 1 looks like: a header of 96 bytes, whose first twelve bytes are the same.
    const std::string old = "KURAMOTO" + integer(1, 4) + integer(32, 4) + integer(1) + integer(2) +
                            std::string(64, '\0') + "sine" + integer(0) + integer(0) + integer(0);
    expect_refused(old, {"it is a checkpoint of format 1, and only format 2 is read"});
    expect_refused(head({K}, 3), {"it is a checkpoint of format 3, and only format 2 is read"});
}

TEST_F(DamagedCheckpoints, SayWhichRecordIsWrong) {
    expect_accepted(head({K, step}));
    expect_accepted(head({}));
    expect_refused(head({K, step, K}), {"it has two records 'K'"});
    expect_refused(head({K, record(0, "x", integer(0))}), {"its record 'x' has the unknown type 0"});
    expect_refused(head({K, record(7, "x", integer(0))}), {"its record 'x' has the unknown type 7"});
    for (const std::string& name : {std::string(), std::string(65, 'n'), std::string(255, 'n'), std::string("a b"),
                                    std::string("a\0b", 3), std::string("\xce\xb8")})
        expect_refused(head({K, step, record(3, name, integer(0))}),
                       {"the name of its record number 3 is not 1 to 64"});
    expect_accepted(head({record(3, std::string(64, 'n'), integer(0))}));
    expect_refused(head({K, text("t", "").substr(0, 5)}), {"its record 't' ends after the bytes of all records"});
    expect_refused(head({record(4, "t", integer(9) + "12345678")}), {"its record 't' ends after"});
    expect_refused(head({text("t", std::string(65536, 'x'))}), {"'t'", "65536 bytes; at most 65535"});
    expect_refused(head({record(4, "t", integer(std::numeric_limits<std::uint64_t>::max()) + "1")}),
                   {"'t'", "at most"});
    expect_refused(claimed(2, K.size(), K), {"its record number 2 ends after the bytes of all records"});
    expect_refused(claimed(1, K.size() + step.size(), K + step), {"14 bytes follow the last of its 1 records"});
    expect_refused(claimed(1, 1, K.substr(0, 1)), {"its record number 1 ends after"});
}

TEST_F(DamagedCheckpoints, AreRefusedBeforeMemoryIsAllocated) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const std::string cells = sealed(std::string(24, '\0'));
    expect_refused(claimed(0xffffffffU, K.size(), K), {"it says that it has 4294967295 records", "at most 1024"});
    expect_refused(claimed(1025, K.size(), K), {"1025 records"});
    expect_refused(claimed(1, 0xffffffffU, K), {"4294967295 bytes", "at most 1024 in 16777216"});
    expect_refused(claimed(1, 1U << 24, K), {"it is cut off: its records end at byte 16777248, but it has"});
    expect_refused(head({field(5, "a", most, 2)}) + cells, {"record 'a'", "larger than the address space"});
    expect_refused(head({field(5, "a", 0, most)}) + sealed(""), {"record 'a'", "larger than the address space"});
    expect_refused(head({field(6, "a", most / 8, 1)}) + cells, {"it is cut off", "record 'a'"});
    expect_refused(head({field(6, "a", most / 8, 1), field(6, "b", most / 8, 1)}) + cells, {"it is cut off"});
    expect_refused(head({field(5, "a", 2, 3), field(5, "b", most / 4, 1)}) + cells, {"it is cut off", "record 'b'"});
    expect_refused(head({field(5, "a", -2, -3)}) + cells, {"record 'a' is a field with a negative extent"});
    expect_accepted(head({field(5, "a", most / 4, 0)}) + sealed(""));
}

TEST_F(DamagedCheckpoints, SayWhatIsDamaged) {
    const std::string whole = head({K, field(5, "a", 1, 1), field(5, "b", 2, 3)}) + sealed(std::string(4, '\0')) +
                              sealed(std::string(24, '\0'));
    expect_accepted(whole);
    std::string damaged = whole;
    damaged[25] = static_cast<char>(damaged[25] ^ 4);
    expect_refused(damaged, {"its records are damaged: the checksum is wrong"});
    damaged = whole;
    damaged[whole.size() - 20] = 'x';
    put(path(), damaged);
    EXPECT_ERROR(std::runtime_error, TEST_PARTS(path(), "the cells of its record 'b' are damaged", "checksum"),
                 static_cast<void>(km::read_checkpoint(path())));
    EXPECT_NO_THROW(static_cast<void>(km::checkpoint_info(path()))) << "reads no cells";

    km::write_npy(path(), km::Field<float>(20, 30));
    expect_refused(contents(path()), {"it is not a checkpoint"});
    expect_refused("", {"it is too short for a checkpoint"});
    expect_refused(whole.substr(0, 31), {"it is too short for a checkpoint"});
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("nowhere", "No such file"),
                 static_cast<void>(km::read_checkpoint(path("nowhere"))));
}
