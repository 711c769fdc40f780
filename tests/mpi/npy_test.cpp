// .npy files of a lattice on many processes: byte for byte those of one process; errors are the same everywhere.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>

#include "mpi/files.hpp"
#include "support/expect_error.hpp"

#include <gtest/gtest.h>

#include <cstddef>
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

class RankNpy : public test::InSharedFolder {};

template <class T> void expect_same_files(const std::string& path, const km::mpi::Decomposition& lattice) {
    SCOPED_TRACE(km::detail::shape_text(lattice.rows(), lattice.cols()) + " cells in " +
                 km::detail::shape_text(lattice.ranks().rows, lattice.ranks().cols) + " blocks");
    const km::Field<T> whole = distinct<T>(lattice.rows(), lattice.cols(), 3);
    const km::mpi::Field<T> field = part_of(whole, lattice);
    for (const km::NpyOrder order : {km::NpyOrder::row_major, km::NpyOrder::column_major}) {
        km::write_npy(path, field, order);
        on_first([&] {
            km::write_npy(path + ".one", whole, order);
            EXPECT_EQ(contents(path), contents(path + ".one"));
        });
        expect_part_of(whole, km::read_npy<T>(path, lattice));
        MPI_Barrier(MPI_COMM_WORLD);
    }
}

TEST_F(RankNpy, HasTheBytesOfOneProcess) {
    for (const test::Shape& shape : shapes())
        for (const km::mpi::Decomposition& lattice : all_cuts(shape)) {
            expect_same_files<float>(path("a.npy"), lattice);
            expect_same_files<double>(path("a.npy"), lattice);
        }
    EXPECT_EQ(files_after_all(), 2); // and no temporary one
}

TEST_F(RankNpy, ReadsBothByteOrders) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 13, 17);
    const km::Field<double> whole = distinct<double>(13, 17, 4);
    for (const km::NpyOrder order : {km::NpyOrder::row_major, km::NpyOrder::column_major}) {
        on_first([&] {
            km::write_npy(path("a.npy"), whole, order);
            std::string bytes = contents(path("a.npy"));
            bytes.replace(bytes.find("<f8"), 3, ">f8");
            for (std::size_t at = 128; at < bytes.size(); at += 8)
                for (std::size_t k = 0; k < 4; ++k) std::swap(bytes[at + k], bytes[at + 7 - k]);
            put(path("a.npy"), bytes);
        });
        expect_part_of(whole, km::read_npy<double>(path("a.npy"), lattice));
    }
}

// In several rounds, of which some processes have no cells in the last one. With a row as the longest piece, and less.
void expect_rounds(const std::string& path, const km::mpi::Decomposition& lattice, bool is_column_major,
                   std::ptrdiff_t bytes) {
    const km::detail::CellsInFile where{.offset = 0, .is_column_major = is_column_major};
    const auto none = [](std::ptrdiff_t, const float*, std::ptrdiff_t) {};
    const km::Field<float> whole = distinct<float>(61, 47, 5);
    const km::mpi::Field<float> field = part_of(whole, lattice);
    km::detail::SharedOutput output(lattice, path);
    output.file().write_cells(where, field.local(), none, bytes);
    output.commit(whole.size() * 4);
    km::mpi::Field<float> again(lattice);
    km::detail::SharedFile input(lattice, path, path, km::detail::SharedFile::Access::read);
    input.read_cells(where, again.local(), none, bytes);
    input.close();
    expect_part_of(whole, again);
    if (is_first()) {
        km::write_npy(path + ".npy", whole, is_column_major ? km::NpyOrder::column_major : km::NpyOrder::row_major);
        EXPECT_EQ(contents(path), contents(path + ".npy").substr(128));
    }
}

TEST_F(RankNpy, MovesLargeBlocksInRounds) {
    for (const km::mpi::Decomposition& lattice : all_cuts({61, 47}))
        for (const bool is_column_major : {false, true})
            for (const std::ptrdiff_t bytes : {1, 250, 500, 1200})
                expect_rounds(path("cells"), lattice, is_column_major, bytes);
}

TEST_F(RankNpy, TakesNamesWithColonsAndSpaces) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 12, 9);
    const km::Field<float> whole = distinct<float>(12, 9, 6);
    const std::string name = make_folder("K:1.5 ufs:x") + "/a b:c.npy";
    km::write_npy(name, part_of(whole, lattice));
    expect_part_of(whole, km::read_npy<float>(name, lattice));
}

TEST_F(RankNpy, RefusesAFolderThatIsNotThere) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 20, 30);
    const km::mpi::Field<double> field(lattice);
    const std::string name = path("no folder/a.npy");
    const std::string message = message_of<std::runtime_error>([&] { km::write_npy(name, field); });
    expect_same_everywhere(message, "cannot write '" + name + "': ");
    EXPECT_NE(message.find("No such file"), std::string::npos) << message;
    EXPECT_EQ(files_after_all(), 0);
}

// One process cannot open the file, as where a folder is not shared. The others learn of it, and do not wait.
TEST_F(RankNpy, RefusesAFileThatOneProcessCannotOpen) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 20, 30);
    const km::mpi::Field<double> field(lattice);
    const std::string name = path("a.npy");
    km::write_npy(name, field); // all connections are there
    const std::string bytes = contents(name);
    for (int limited = 0; limited < rank_count(); ++limited) {
        std::string written;
        std::string read;
        {
            const test::NoMoreFiles limit(limited == lattice.rank());
            written = message_of<std::runtime_error>([&] { km::write_npy(name, field); });
            read = message_of<std::runtime_error>([&] { static_cast<void>(km::read_npy<double>(name, lattice)); });
        }
        for (const std::string& message : {written, read}) {
            expect_same_everywhere(message, "'" + name + "': ");
            EXPECT_NE(message.find("Too many open files"), std::string::npos) << message;
            if (rank_count() > 1) {
                EXPECT_NE(message.find("(on rank " + std::to_string(limited) + ")"), std::string::npos) << message;
            }
        }
        EXPECT_EQ(contents(name), bytes);
        EXPECT_EQ(files_after_all(), 1);
    }
}

TEST_F(RankNpy, RefusesWhatIsNoFile) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 20, 30);
    const km::mpi::Field<double> field(lattice);
    expect_same_everywhere(message_of<std::runtime_error>([&] { km::write_npy(folder_, field); }));
    expect_same_everywhere(message_of<std::runtime_error>([&] { km::write_npy("", field); }));
    expect_same_everywhere(
        message_of<std::runtime_error>([&] { static_cast<void>(km::read_npy<double>(folder_, lattice)); }));
    EXPECT_EQ(files_after_all(), 0);
}

// The system refuses bytes beyond a limit, on every process or on one of them: it may be that this one writes none.
TEST_F(RankNpy, KeepsTheOldFileIfThereIsNoRoom) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 300, 200);
    const km::Field<double> whole = distinct<double>(300, 200, 7);
    const km::mpi::Field<double> field = part_of(whole, lattice);
    const std::string name = path("a.npy");
    for (int limited = -1; limited < rank_count(); ++limited) {
        SCOPED_TRACE(limited);
        on_first([&] { put(name, "old"); });
        std::string message;
        {
            const test::LimitedFiles limit(200'000, limited == -1 || limited == lattice.rank());
            message = message_of<std::runtime_error>([&] { km::write_npy(name, field); }, limited != -1);
        }
        expect_same_everywhere(message);
        if (limited == -1 || !message.empty()) {
            EXPECT_NE(message.find("cannot write '" + name + "': "), std::string::npos) << message;
            EXPECT_EQ(contents(name), "old");
        } else {
            expect_part_of(whole, km::read_npy<double>(name, lattice));
        }
        EXPECT_EQ(files_after_all(), 1);
    }
}

TEST_F(RankNpy, RefusesDamagedFilesAndOtherShapes) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 20, 30);
    const std::string name = path("a.npy");
    on_first([&] { km::write_npy(name, km::Field<float>(20, 30)); });
    const auto read = [&]<class T>(T, const km::mpi::Decomposition& wanted) {
        const std::string message =
            message_of<std::runtime_error>([&] { static_cast<void>(km::read_npy<T>(name, wanted)); });
        expect_same_everywhere(message, "cannot read '" + name + "': ");
        return message;
    };
    const km::mpi::Decomposition other(MPI_COMM_WORLD, 30, 20);
    EXPECT_NE(read(1.F, other).find("it holds 20 x 30 cells, but the lattice has 30 x 20"), std::string::npos);
    EXPECT_NE(read(1.0, lattice).find("float64 is wanted"), std::string::npos);
    on_first([&] { put(name, contents(name).substr(0, 128 + 20 * 30 * 4 - 1)); });
    EXPECT_NE(read(1.F, lattice).find("it is cut off"), std::string::npos);
    on_first([&] {
        km::write_npy(name, km::Field<float>(20, 30));
        put(name, contents(name) + "x");
    });
    EXPECT_NE(read(1.F, lattice).find("trailing bytes"), std::string::npos);
}

} // namespace
