// A file is written whole or not at all: full disks, calls that fail, and writers at the same time.
#include <kuramoto/npy.hpp>

#include "support/npy_files.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fs = std::filesystem;
namespace km = kuramoto;

// What a test wants the system to do when a file is about to be synchronised or to get its permissions; these two
// definitions take the place of the C library's.
static std::function<int()> on_fsync;
static std::function<int()> on_fchmod;
static thread_local int synchronised_descriptor = -1;

extern "C" int fsync(int descriptor) {
    synchronised_descriptor = descriptor;
    if (on_fsync)
        if (const int code = on_fsync()) {
            errno = code;
            return -1;
        }
    return static_cast<int>(syscall(SYS_fsync, descriptor));
}

extern "C" int fchmod(int descriptor, mode_t mode) noexcept {
    if (on_fchmod)
        if (const int code = on_fchmod()) {
            errno = code;
            return -1;
        }
    return static_cast<int>(syscall(SYS_fchmod, descriptor, mode));
}

namespace {

using test::contents;
using test::data_file;
using test::expect_refused;
using test::expect_same_bits;
using test::message_of;
using test::put;
using test::roots;

/// A folder of the test's own, and a system that does as it should.
class OutputFiles : public test::NpyFiles {
  protected:
    ~OutputFiles() override {
        on_fsync = nullptr;
        on_fchmod = nullptr;
    }
};

/// No file grows beyond `bytes` while this lives, as on a disk that is full; who tries gets an error and no signal.
class LongestFile {
  public:
    explicit LongestFile(rlim_t bytes) : before_(std::signal(SIGXFSZ, SIG_IGN)) {
        if (getrlimit(RLIMIT_FSIZE, &usual_) != 0) throw std::runtime_error("no limit is known");
        const rlimit few{bytes, usual_.rlim_max};
        if (setrlimit(RLIMIT_FSIZE, &few) != 0) throw std::runtime_error("no limit can be set");
    }
    LongestFile(const LongestFile&) = delete;
    LongestFile& operator=(const LongestFile&) = delete;
    ~LongestFile() {
        setrlimit(RLIMIT_FSIZE, &usual_);
        std::signal(SIGXFSZ, before_);
    }

  private:
    void (*before_)(int);
    rlimit usual_{};
};

TEST_F(OutputFiles, AFullDiskLeavesTheOldFile) {
    put(path(), "old");
    // In the header, in the buffers until the end, in the middle of the cells.
    for (const auto& [limit, rows] : {std::pair{50, 1}, {200, 10}, {1000, 10}, {20000, 1000}, {400000, 1000}})
        for (const km::NpyOrder order : {km::NpyOrder::row_major, km::NpyOrder::column_major}) {
            std::string message;
            {
                const LongestFile longest(static_cast<rlim_t>(limit));
                message = message_of([&, count = rows] { km::write_npy(path(), roots<double>(count, 100), order); });
            }
            EXPECT_EQ(message, "cannot write '" + path() + "': File too large") << limit;
            EXPECT_EQ(contents(path()), "old") << limit;
            EXPECT_EQ(listing(), "a.npy ") << limit;
        }
    // Once there is room again.
    km::write_npy(path(), roots<double>(1000, 100));
    expect_same_bits(km::read_npy<double>(path()), roots<double>(1000, 100));
}

TEST_F(OutputFiles, AFailureOfTheSystemLeavesTheOldFile) {
    put(path(), "old");
    const std::string failed = "cannot write '" + path() + "': ";
    const std::string temporary = path(".kuramoto-0.tmp");
    const auto expect_kept = [&] {
        expect_same_bits(km::read_npy<float>(temporary), roots<float>(2, 3));
        fs::remove(temporary);
        EXPECT_EQ(listing(), "a.npy ");
    };
    on_fsync = [] { return EIO; };
    EXPECT_EQ(message_of([&] { km::write_npy(path(), roots<float>(2, 3)); }),
              failed + "fsync: Input/output error; the file may be damaged and is kept as '" + temporary + "'");
    expect_kept();
    on_fsync = [] { return ENOSPC; };
    EXPECT_EQ(message_of([&] { km::write_npy(path(), roots<float>(2, 3)); }),
              failed + "fsync: No space left on device");
    EXPECT_EQ(contents(path()), "old");
    EXPECT_EQ(listing(), "a.npy ");

    // A file system that cannot synchronise, and says only when the file is closed that its bytes are lost.
    on_fsync = [] { return close(synchronised_descriptor) == 0 ? EINVAL : EIO; };
    EXPECT_EQ(message_of([&] { km::write_npy(path(), roots<float>(2, 3)); }),
              failed + "close: Bad file descriptor; the file may be damaged and is kept as '" + temporary + "'");
    EXPECT_EQ(contents(path()), "old");
    expect_kept();

    // The target becomes a folder while the temporary file is written.
    on_fsync = [&] {
        fs::remove(path());
        fs::create_directory(path());
        return 0;
    };
    EXPECT_EQ(message_of([&] { km::write_npy(path(), roots<float>(2, 3)); }),
              failed + "rename: Is a directory; the complete file is kept as '" + temporary + "'");
    expect_kept();
}

TEST_F(OutputFiles, FilesAreClosedWhateverHappens) {
    const auto open_files = [] {
        return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
    };
    const auto before = open_files();
    for (int i = 0; i < 20; ++i) {
        (void)km::read_npy<float>(data_file("f4_C_little_v1"));
        expect_refused(data_file("bad_1d"), "dimensions");
        expect_refused(folder_, "folder");
        km::write_npy(path(), roots<float>(2, 3));
        (void)message_of([&] { km::write_npy(folder_, roots<float>(2, 3)); });
    }
    on_fsync = [] { return EIO; };
    (void)message_of([&] { km::write_npy(path(), roots<float>(2, 3)); });
    EXPECT_EQ(open_files(), before);
}

TEST_F(OutputFiles, AFileSystemWithoutPermissionsIsNoFailure) {
    on_fchmod = [] { return EPERM; };
    for (const std::ptrdiff_t rows : {2, 3, 4}) {
        km::write_npy(path(), roots<float>(rows, 3));
        expect_same_bits(km::read_npy<float>(path()), roots<float>(rows, 3));
    }
    EXPECT_EQ(listing(), "a.npy ");
}

TEST_F(OutputFiles, AFileSystemThatCannotSynchroniseIsNoFailure) {
    int calls = 0;
    on_fsync = [&] { return ++calls % 2 == 1 ? EINTR : EINVAL; };
    km::write_npy(path(), roots<float>(2, 3));
    EXPECT_EQ(calls, 4); // twice for the file, twice for its folder
    expect_same_bits(km::read_npy<float>(path()), roots<float>(2, 3));
}

TEST_F(OutputFiles, TheNameAppearsOnlyWhenTheFileIsComplete) {
    std::string seen;
    on_fsync = [&] {
        struct stat synchronised{};
        EXPECT_EQ(fstat(synchronised_descriptor, &synchronised), 0);
        seen += S_ISDIR(synchronised.st_mode) ? "folder" : std::to_string(synchronised.st_size);
        seen += ": " + listing() + "| ";
        return 0;
    };
    km::write_npy(path(), roots<float>(2, 3));
    EXPECT_EQ(seen, std::to_string(128 + 24) + ": .kuramoto-0.tmp | folder: a.npy | ");
    EXPECT_EQ(listing(), "a.npy ");
}

TEST_F(OutputFiles, TemporaryFilesOfOthersAreLeftAlone) {
    put(path(".kuramoto-0.tmp"), "somebody's");
    ASSERT_EQ(symlink("/dev/null", path(".kuramoto-1.tmp").c_str()), 0);
    km::write_npy(path(), roots<float>(2, 3));
    expect_same_bits(km::read_npy<float>(path()), roots<float>(2, 3));
    EXPECT_EQ(contents(path(".kuramoto-0.tmp")), "somebody's");
    EXPECT_EQ(listing(), ".kuramoto-0.tmp .kuramoto-1.tmp a.npy ");

    put(path(), "old");
    for (int i = 2; i < 10000; ++i)
        ASSERT_EQ(link(path(".kuramoto-0.tmp").c_str(), path(".kuramoto-" + std::to_string(i) + ".tmp").c_str()), 0);
    EXPECT_NE(message_of([&] { km::write_npy(path(), roots<float>(2, 3)); }).find("in its folder: File exists"),
              std::string::npos);
    EXPECT_EQ(contents(path(".kuramoto-0.tmp")), "somebody's");
    EXPECT_EQ(contents(path()), "old");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 10001);
}

TEST_F(OutputFiles, WritersAtTheSameTimeNeverMixAndReadersNeverSeeAHalf) {
    constexpr int writers = 4;
    constexpr int files_each = 20;
    const auto constant = [](float value) {
        km::Field<float> field(40, 50);
        field.fill(value);
        return field;
    };
    km::write_npy(path(), constant(0));
    std::atomic<int> running = writers;
    std::vector<std::thread> threads;
    for (int k = 0; k < writers; ++k)
        threads.emplace_back([&, k] {
            for (int i = 0; i < files_each; ++i) km::write_npy(path(), constant(static_cast<float>(k + 1)));
            --running;
        });
    int reads = 0;
    for (; running > 0 || reads == 0; ++reads) {
        const km::Field<float> field = km::read_npy<float>(path());
        expect_same_bits(field, constant(field(0, 0)));
    }
    for (auto& thread : threads) thread.join();
    EXPECT_GE(km::read_npy<float>(path())(0, 0), 1.0F);
    EXPECT_EQ(listing(), "a.npy ");
}

} // namespace
