// Files with an argument that is invalid on one process only, and files that one process alone finds absent or damaged:
// every process throws the same, and none waits for ever.
#include "one_rank_fails.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>

#include "mpi/files.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

namespace km = kuramoto;
namespace fs = std::filesystem;

namespace {

/// One process works in a folder of its own, as on a machine that does not share the disk of the others.
class FilesOfOneRank : public test::InSharedFolder {
  protected:
    FilesOfOneRank() {
        static_cast<void>(make_folder("common"));
        static_cast<void>(make_folder("own"));
        km::uniform_phases(theta, 1);
    }
    ~FilesOfOneRank() override { fs::current_path(old_path_); }

    /// check(process), where that process has its own folder. Both folders are empty before.
    void for_first_and_last(const std::function<void(int)>& check) {
        for (const int own : {0, lattice.size() - 1}) {
            SCOPED_TRACE(own);
            own_ = own;
            fs::current_path(path(is_own() ? "own" : "common"));
            check(own);
            MPI_Barrier(MPI_COMM_WORLD);
            for (const auto& file : fs::directory_iterator("."))
                if (is_own() || is_first_of_common()) fs::remove_all(file);
            MPI_Barrier(MPI_COMM_WORLD);
            if (lattice.size() == 1) return;
        }
    }

    [[nodiscard]] bool is_own() const { return lattice.rank() == own_; }
    [[nodiscard]] bool is_first_of_common() const { return lattice.rank() == (own_ == 0 ? 1 : 0); }
    /// make() by one process in each folder; `make_own` in that of the one process.
    template <class Make, class MakeOwn> void make(const Make& make, const MakeOwn& make_own) const {
        MPI_Barrier(MPI_COMM_WORLD);
        if (is_own()) make_own();
        if (!is_own() && is_first_of_common()) make();
        MPI_Barrier(MPI_COMM_WORLD);
    }
    /// Expects one of the folders to have so many files.
    void expect_files(std::ptrdiff_t common, std::ptrdiff_t own) const {
        MPI_Barrier(MPI_COMM_WORLD);
        EXPECT_EQ(std::distance(fs::directory_iterator("."), fs::directory_iterator()), is_own() ? own : common);
        MPI_Barrier(MPI_COMM_WORLD);
    }
    template <class Call> void expect_error(const std::string& name, const Call& call) const {
        test::expect_error_of_rank(own_, lattice, name, call);
    }

    const test::TimeLimit limit;
    const km::mpi::Decomposition lattice{MPI_COMM_WORLD, 24, 31};
    km::mpi::Field<double> theta{lattice};

  private:
    fs::path old_path_ = fs::current_path();
    int own_ = 0;
};

void write_npy_file() { km::write_npy("a.npy", km::Field<double>(24, 31)); }
void write_checkpoint_file() {
    km::Checkpoint checkpoint;
    checkpoint.set("theta", km::Field<double>(24, 31));
    km::write_checkpoint("run", checkpoint);
}
void write_series_file() {
    km::NpySeries<double> series("run.npy", 24, 31);
    for (int frame = 0; frame < 3; ++frame) series.add(km::Field<double>(24, 31));
}
const auto nothing = [] {};

TEST_F(FilesOfOneRank, NpyIsNotRead) {
    for_first_and_last([&](int) {
        const auto read = [&] { static_cast<void>(km::read_npy<double>("a.npy", lattice)); };
        make(write_npy_file, nothing);
        expect_error("absent", read);
        make(nothing, [] { fs::create_directory("a.npy"); });
        expect_error("a folder", read);
        make(nothing, [] {
            fs::remove("a.npy");
            write_npy_file();
            fs::resize_file("a.npy", 128);
        });
        expect_error("torn", read);
        make(nothing, [] { fs::resize_file("a.npy", 0); });
        expect_error("empty", read);
    });
}

TEST_F(FilesOfOneRank, CheckpointIsNotRead) {
    for_first_and_last([&](int) {
        const auto read = [&] { static_cast<void>(km::read_checkpoint("run", lattice)); };
        make(write_checkpoint_file, nothing);
        expect_error("absent", read);
        make(nothing, [] { fs::create_directory("run"); });
        expect_error("a folder", read);
        make(nothing, [] {
            fs::remove("run");
            write_checkpoint_file();
            fs::resize_file("run", 100);
        });
        expect_error("torn", read);
        make(nothing, [] {
            fs::remove("run");
            write_checkpoint_file();
            std::string bytes = test::contents("run");
            for (std::size_t at = bytes.size() - 24 * 31 * 8 - 8; at < bytes.size() - 8; ++at) bytes[at] = 'x';
            test::put("run", bytes);
        });
        test::expect_common_error(lattice, "damaged", read); // the checksum is that of all
    });
}

TEST_F(FilesOfOneRank, NothingIsWritten) {
    if (lattice.size() == 1) return; // its own folder will do
    km::mpi::Checkpoint checkpoint(lattice);
    checkpoint.set("theta", theta);
    for_first_and_last([&](int own) {
        const int failing = own == 0 ? 1 : own; // the first process makes the file in the folder where it is
        const auto expect_failure = [&](const std::string& name, const auto& call) {
            test::expect_error_of_rank(failing, lattice, name, call);
        };
        expect_failure("write_npy", [&] { km::write_npy("a.npy", theta); });
        expect_failure("write_checkpoint", [&] { km::write_checkpoint("run", checkpoint); });
        expect_failure("NpySeries", [&] { km::mpi::NpySeries<double>("run.npy", lattice); });
        expect_files(0, 0);
    });
}

TEST_F(FilesOfOneRank, FolderOfOneRankTakesNoFiles) {
    km::mpi::Checkpoint checkpoint(lattice);
    checkpoint.set("theta", theta);
    for_first_and_last([&](int) {
        const auto expect_errors = [&](const std::string& what) {
            expect_error(what + ": write_npy", [&] { km::write_npy("out/a.npy", theta); });
            expect_error(what + ": write_checkpoint", [&] { km::write_checkpoint("out/run", checkpoint); });
            expect_error(what + ": NpySeries", [&] { km::mpi::NpySeries<double>("out/run.npy", lattice); });
        };
        make([] { fs::create_directory("out"); }, nothing);
        expect_errors("absent");
        make(nothing, [] { test::put("out", "no folder"); });
        expect_errors("a file");
        make(nothing, [] {
            fs::remove("out");
            fs::create_directory_symlink("/proc", "out"); // takes no files, not even from root
        });
        expect_errors("read-only");
        make(nothing, [] { fs::remove("out"); });
        expect_files(1, 0);
    });
}

TEST_F(FilesOfOneRank, SeriesIsNotContinued) {
    for_first_and_last([&](int own) {
        const auto go_on = [&] { km::mpi::NpySeries<double>("run.npy", lattice, 3); };
        make(write_series_file, nothing);
        expect_error("absent", go_on);
        if (own != 0) return; // the first process looks into the file for all
        make(nothing, [] { fs::create_directory("run.npy.part"); });
        expect_error("a folder", go_on);
        make(nothing, [] {
            fs::remove("run.npy.part");
            write_series_file();
            fs::resize_file("run.npy.part", 1000);
        });
        expect_error("torn", go_on);
        make(nothing, [] {
            fs::remove("run.npy.part");
            km::NpySeries<double>("run.npy", 31, 24);
        });
        expect_error("another shape", go_on);
        expect_error("there already", [&] { km::mpi::NpySeries<double>("run.npy", lattice); });
    });
}

using ArgumentsOfFiles = test::OneRankFailsIn<test::InSharedFolder>;

TEST_F(ArgumentsOfFiles, FieldsOfAnotherDecomposition) {
    km::mpi::NpySeries<double> series(path("errors.npy"), lattice);
    expect_error("add", [&] { series.add(stray); });
    series.add(theta); // the series is what it was
    EXPECT_EQ(series.frames(), 1);
    series.finish();
    km::mpi::Checkpoint checkpoint(lattice);
    EXPECT_EQ(test::message_thrown_by([&] { checkpoint.set("theta", stray); }).empty(), !is_bad()); // not collective
    expect_must_be_same("write_checkpoint", [&] { km::write_checkpoint(path("errors.checkpoint"), checkpoint); });
    EXPECT_FALSE(fs::exists(path("errors.checkpoint")));
}

TEST_F(ArgumentsOfFiles, PathsThatDiffer) {
    if (lattice.size() == 1) return;
    const std::string differing = path(is_bad() ? "other" : "errors");
    expect_must_be_same("write_npy", [&] { km::write_npy(differing, theta); });
    expect_must_be_same("write_checkpoint", [&] { km::write_checkpoint(differing, km::mpi::Checkpoint(lattice)); });
    expect_must_be_same("NpySeries", [&] { km::mpi::NpySeries<double>(differing, lattice); });
    EXPECT_EQ(files_after_all(), 0);
    km::write_npy(path("errors"), theta);
    km::write_npy(path("other"), theta);
    expect_must_be_same("read_npy", [&] { static_cast<void>(km::read_npy<double>(differing, lattice)); });
    km::write_checkpoint(path("errors"), km::mpi::Checkpoint(lattice));
    km::write_checkpoint(path("other"), km::mpi::Checkpoint(lattice));
    expect_must_be_same("read_checkpoint", [&] { static_cast<void>(km::read_checkpoint(differing, lattice)); });
    km::mpi::NpySeries<double>(path("errors"), lattice).add(theta);
    km::mpi::NpySeries<double>(path("other"), lattice).add(theta);
    expect_must_be_same("NpySeries to go on with", [&] { km::mpi::NpySeries<double>(differing, lattice, 1); });
}

TEST_F(ArgumentsOfFiles, NumbersThatDiffer) {
    const km::NpyOrder order = is_bad() ? km::NpyOrder::column_major : km::NpyOrder::row_major;
    expect_must_be_same("write_npy: order", [&] { km::write_npy(path("errors.npy"), theta, order); });
    EXPECT_FALSE(fs::exists(path("errors.npy")));
    {
        km::mpi::NpySeries<double> series(path("errors.npy"), lattice);
        series.add(theta);
    }
    test::expect_common_error(lattice, "NpySeries: negative frames",
                              [&] { km::mpi::NpySeries<double>(path("errors.npy"), lattice, is_bad() ? -1 : 1); });
    expect_must_be_same("NpySeries: frames",
                        [&] { km::mpi::NpySeries<double>(path("errors.npy"), lattice, is_bad() ? 1 : 0); });
    EXPECT_EQ(km::npy_series_info(path("errors.npy.part")).frames, 1);
}

TEST_F(ArgumentsOfFiles, NoFileCanBeOpened) {
    km::mpi::Checkpoint checkpoint(lattice);
    checkpoint.set("theta", theta);
    km::write_checkpoint(path("run"), checkpoint); // all connections are there
    const std::string bytes = test::contents(path("run"));
    km::mpi::NpySeries<double>(path("left"), lattice).add(theta);
    {
        const test::NoMoreFiles no_more(is_bad());
        expect_error("write_checkpoint", [&] { km::write_checkpoint(path("run"), checkpoint); });
        expect_error("read_checkpoint", [&] { static_cast<void>(km::read_checkpoint(path("run"), lattice)); });
        expect_error("NpySeries", [&] { km::mpi::NpySeries<double>(path("new"), lattice); });
        expect_error("NpySeries to go on with", [&] { km::mpi::NpySeries<double>(path("left"), lattice, 1); });
    }
    EXPECT_EQ(test::contents(path("run")), bytes);
    EXPECT_EQ(files_after_all(), 2);
}

TEST_F(ArgumentsOfFiles, NoRoomForOneBlock) {
    km::mpi::Checkpoint checkpoint(lattice);
    checkpoint.set("theta", theta);
    km::mpi::NpySeries<double> series(path("series"), lattice);
    {
        const test::LimitedFiles limited(300, is_bad());
        expect_error("write_checkpoint", [&] { km::write_checkpoint(path("run"), checkpoint); });
        expect_error("add", [&] { series.add(theta); });
    }
    EXPECT_EQ(files_after_all(), 1);
    EXPECT_EQ(series.frames(), 0);
    series.add(theta); // takes frames as before
    series.finish();
    EXPECT_EQ(km::npy_series_info(path("series")).frames, 1);
}

} // namespace
