// Checkpoints of lattices on many processes: the files of one process, for any other number of processes.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>

#include "mpi/files.hpp"
#include "support/expect_error.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace km = kuramoto;

namespace {

using test::all_cuts;
using test::contents;
using test::distinct;
using test::expect_part_of;
using test::expect_same_everywhere;
using test::is_first;
using test::message_of;
using test::on_first;
using test::part_of;
using test::put;
using test::rank_count;
using test::shapes;

class RankCheckpoints : public test::InSharedFolder {};

TEST(Crc64Part, JoinsToTheChecksumOfAll) {
    std::string bytes;
    for (std::uint32_t k = 0; k < 5000; ++k) bytes += static_cast<char>(test::scrambled(k));
    for (const std::size_t length : {0U, 1U, 7U, 8U, 100U, 4999U}) {
        km::detail::Crc64 whole;
        whole.add(bytes.data(), length);
        std::uint64_t joined = 0;
        for (std::size_t part = 0; part < 3; ++part) { // the bytes in turns, of uneven length
            km::detail::Crc64Part sum(part == 0);
            std::size_t whose = 1;
            for (std::size_t at = 0; at < length; ++whose) {
                const std::size_t count = std::min<std::size_t>(1 + at % 37, length - at);
                if (whose % 3 == part)
                    sum.add(bytes.data() + at, count);
                else
                    sum.skip(static_cast<std::int64_t>(count));
                at += count;
            }
            joined ^= sum.contribution();
        }
        EXPECT_EQ(km::detail::Crc64Part::value(joined), whole.value()) << length;
    }
}

struct Lattices {
    km::Field<float> a;
    km::Field<double> b;
    km::Field<double> c;
};
Lattices lattices(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    return {distinct<float>(rows, cols, 1), distinct<double>(rows, cols, 2), distinct<double>(rows, cols, 3)};
}

template <class Checkpoint, class Field> void set_all(Checkpoint& checkpoint, const Field& a, const auto& b, auto&& c) {
    checkpoint.set("K", 2.5);
    checkpoint.set("theta", a);
    checkpoint.set("step", std::int64_t{-17});
    checkpoint.set("seed", std::uint64_t{1} << 63);
    checkpoint.set("omega", b);
    checkpoint.set("who", "somebody");
    checkpoint.set("velocity", std::forward<decltype(c)>(c));
}

void write_alone(const std::string& path, const Lattices& whole) {
    km::Checkpoint alone;
    set_all(alone, whole.a, whole.b, whole.c);
    km::write_checkpoint(path, alone);
}

void expect_all(const km::mpi::Checkpoint& read, const Lattices& whole) {
    EXPECT_EQ(read.number("K"), 2.5);
    EXPECT_EQ(read.integer("step"), -17);
    EXPECT_EQ(read.unsigned_integer("seed"), std::uint64_t{1} << 63);
    EXPECT_EQ(read.text("who"), "somebody");
    EXPECT_EQ(read.library_version(), km::detail::integer_text(km::version_major) + "." +
                                          km::detail::integer_text(km::version_minor) + "." +
                                          km::detail::integer_text(km::version_patch));
    EXPECT_EQ(read.names().size(), 7U);
    EXPECT_THROW(read.check_all_read(), std::runtime_error);
    expect_part_of(whole.a, read.field<float>("theta"));
    expect_part_of(whole.b, read.field<double>("omega"));
    expect_part_of(whole.c, read.field<double>("velocity"));
    read.check_all_read();
}

TEST_F(RankCheckpoints, HaveTheBytesOfOneProcess) {
    for (const test::Shape& shape : shapes()) {
        const Lattices whole = lattices(shape.rows, shape.cols);
        if (is_first()) write_alone(path("one"), whole);
        for (const km::mpi::Decomposition& lattice : all_cuts(shape)) {
            const km::mpi::Field<float> a = part_of(whole.a, lattice);
            const km::mpi::Field<double> b = part_of(whole.b, lattice);
            km::mpi::Checkpoint checkpoint(lattice);
            set_all(checkpoint, a, b, part_of(whole.c, lattice));
            km::write_checkpoint(path("many"), checkpoint);
            expect_same("many", "one");
            expect_all(km::read_checkpoint(path("many"), lattice), whole);
        }
    }
    EXPECT_EQ(files_after_all(), 2);
}

// The first processes alone, with a communicator of their own.
TEST_F(RankCheckpoints, AreReadByAnyNumberOfProcesses) {
    const Lattices whole = lattices(26, 19);
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 26, 19);
    const km::mpi::Field<float> a = part_of(whole.a, lattice);
    const km::mpi::Field<double> b = part_of(whole.b, lattice);
    km::mpi::Checkpoint checkpoint(lattice);
    set_all(checkpoint, a, b, part_of(whole.c, lattice));
    km::write_checkpoint(path("many"), checkpoint);
    for (int ranks = 1; ranks <= rank_count(); ++ranks) {
        MPI_Comm some = MPI_COMM_NULL;
        MPI_Comm_split(MPI_COMM_WORLD, lattice.rank() < ranks ? 0 : MPI_UNDEFINED, 0, &some);
        if (some == MPI_COMM_NULL) continue;
        {
            const km::mpi::Decomposition fewer(some, 26, 19);
            const km::mpi::Checkpoint read = km::read_checkpoint(path("many"), fewer);
            expect_all(read, whole);
            km::write_checkpoint(path("again"), read); // what was read has the same bytes
            if (is_first()) {
                EXPECT_EQ(contents(path("again")), contents(path("many")));
            }
        }
        MPI_Comm_free(&some);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    km::Checkpoint alone = km::read_checkpoint(path("many"));
    expect_part_of(whole.b, part_of(alone.take_field<double>("omega"), lattice));
}

TEST_F(RankCheckpoints, KeepTakeAndReplaceRecords) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 11, 12);
    const km::Field<double> whole = distinct<double>(11, 12, 8);
    km::mpi::Checkpoint checkpoint(lattice);
    checkpoint.set("x", part_of(whole, lattice));
    checkpoint.set("x", checkpoint.field<double>("x")); // its own
    expect_part_of(whole, checkpoint.field<double>("x"));
    km::mpi::Checkpoint moved = std::move(checkpoint);
    EXPECT_EQ(moved.shape("x"), (km::FieldShape{11, 12, 64}));
    expect_part_of(whole, moved.take_field<double>("x"));
    EXPECT_FALSE(moved.contains("x"));
    moved.set("x", km::mpi::Field<float>(lattice));
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("a field of float32, not a field of float64"),
                 static_cast<void>(moved.field<double>("x")));
    moved.set("x", 3);
    EXPECT_EQ(moved.integer("x"), 3);
    moved.remove("x");
    EXPECT_TRUE(moved.names().empty());
    const km::mpi::Decomposition other(MPI_COMM_WORLD, 11, 12);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("'x'", "decomposition"),
                 moved.set("x", km::mpi::Field<float>(other)));
}

TEST_F(RankCheckpoints, RefuseRecordsThatDiffer) {
    if (rank_count() == 1) return;
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 11, 12);
    km::mpi::Checkpoint checkpoint(lattice);
    checkpoint.set("step", lattice.rank() == lattice.size() - 1 ? 5 : 4);
    const std::string message =
        message_of<std::invalid_argument>([&] { km::write_checkpoint(path("many"), checkpoint); });
    expect_same_everywhere(message);
    EXPECT_EQ(files_after_all(), 0);
}

// Fields of other shapes stay in the file.
TEST_F(RankCheckpoints, HaveOnlyFieldsOfTheLattice) {
    const Lattices whole = lattices(14, 15);
    on_first([&] {
        km::Checkpoint alone;
        alone.set("before", km::Field<float>(3, 1));
        alone.set("theta", whole.a);
        alone.set("turned", km::Field<double>(15, 14));
        alone.set("omega", whole.b);
        km::write_checkpoint(path("one"), alone);
    });
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 14, 15);
    const km::mpi::Checkpoint read = km::read_checkpoint(path("one"), lattice);
    expect_part_of(whole.a, read.field<float>("theta"));
    expect_part_of(whole.b, read.field<double>("omega"));
    EXPECT_EQ(read.shape("turned").rows, 15);
    EXPECT_ERROR(std::runtime_error, TEST_PARTS(path("one"), "'turned' has 15 x 14 cells, but the lattice has 14 x 15"),
                 static_cast<void>(read.field<double>("turned")));
    const std::string message = message_of<std::invalid_argument>([&] { km::write_checkpoint(path("many"), read); });
    expect_same_everywhere(message, "'before'");
}

TEST_F(RankCheckpoints, RefuseDamage) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 14, 15);
    const Lattices whole = lattices(14, 15);
    on_first([&] { write_alone(path("one"), whole); });
    const std::string good = contents(path("one"));
    const auto message_for = [&](const std::string& bytes) {
        on_first([&] { put(path("one"), bytes); });
        const std::string message =
            message_of<std::runtime_error>([&] { static_cast<void>(km::read_checkpoint(path("one"), lattice)); });
        expect_same_everywhere(message, "cannot read '" + path("one") + "': ");
        return message;
    };
    EXPECT_NE(message_for(good.substr(0, good.size() - 1)).find("it is cut off"), std::string::npos);
    EXPECT_NE(message_for(good + "x").find("trailing"), std::string::npos);
    EXPECT_NE(message_for("").find("too short"), std::string::npos);
    const std::size_t cells = 14 * 15 * 20 + 3 * 8; // and checksums
    for (std::size_t at = good.size() - cells; at < good.size(); at += 97) {
        std::string bytes = good;
        bytes[at] = static_cast<char>(bytes[at] ^ 4);
        EXPECT_NE(message_for(bytes).find("the checksum is wrong"), std::string::npos) << at;
    }
    std::string bytes = good;
    bytes[30] = static_cast<char>(bytes[30] ^ 1);
    EXPECT_NE(message_for(bytes).find("its records are damaged"), std::string::npos);
}

TEST_F(RankCheckpoints, KeepTheOldFileAfterAFailure) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 90, 80);
    const Lattices whole = lattices(90, 80);
    km::mpi::Checkpoint checkpoint(lattice);
    checkpoint.set("theta", part_of(whole.b, lattice));
    checkpoint.set("omega", part_of(whole.c, lattice));
    for (const rlim_t room : {10U, 20'000U, 90U * 80U * 8U + 100U}) {
        on_first([&] { put(path("run"), "old"); });
        std::string message;
        {
            const test::LimitedFiles limit(room, true);
            message = message_of<std::runtime_error>([&] { km::write_checkpoint(path("run"), checkpoint); });
        }
        expect_same_everywhere(message, "cannot write '" + path("run") + "': ");
        EXPECT_EQ(contents(path("run")), "old");
        EXPECT_EQ(files_after_all(), 1);
    }
    const std::string nowhere = path("no folder/run");
    expect_same_everywhere(message_of<std::runtime_error>([&] { km::write_checkpoint(nowhere, checkpoint); }));
    EXPECT_EQ(files_after_all(), 1);
}

} // namespace
