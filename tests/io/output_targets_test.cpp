// Where a file can be written: names, permissions and links; and the targets that are refused.
#include <kuramoto/npy.hpp>

#include "support/npy_files.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
namespace km = kuramoto;

namespace {

using test::contents;
using test::expect_same_bits;
using test::message_of;
using test::put;
using test::roots;

class OutputTargets : public test::NpyFiles {};

unsigned mode_of(const std::string& path) {
    struct stat entry{};
    EXPECT_EQ(stat(path.c_str(), &entry), 0) << path;
    return entry.st_mode & 07777U;
}

/// Root may do everything, so it is somebody else while this lives.
class AsNobody {
  public:
    AsNobody() {
        constexpr unsigned nobody = 65534;
        if (is_root_ && (setegid(nobody) != 0 || seteuid(nobody) != 0))
            throw std::runtime_error("root cannot become nobody");
    }
    AsNobody(const AsNobody&) = delete;
    AsNobody& operator=(const AsNobody&) = delete;
    ~AsNobody() {
        if (is_root_ && (seteuid(0) != 0 || setegid(group_) != 0)) std::abort();
    }

  private:
    bool is_root_ = geteuid() == 0;
    gid_t group_ = getegid();
};

TEST_F(OutputTargets, AnExistingFileIsReplaced) {
    km::write_npy(path(), roots<double>(50, 60));
    km::write_npy(path(), roots<float>(2, 3));
    expect_same_bits(km::read_npy<float>(path()), roots<float>(2, 3));
    EXPECT_EQ(listing(), "a.npy ");
}

TEST_F(OutputTargets, PathsRelativeToTheCurrentFolderWork) {
    const fs::path before = fs::current_path();
    fs::current_path(folder_);
    km::write_npy("a.npy", roots<float>(2, 3));
    fs::create_symlink("b.npy", "link");
    km::write_npy("link", roots<float>(3, 2));
    fs::current_path(before);
    expect_same_bits(km::read_npy<float>(path()), roots<float>(2, 3));
    expect_same_bits(km::read_npy<float>(path("b.npy")), roots<float>(3, 2));
}

TEST_F(OutputTargets, TheLongestNameWorks) {
    const std::string name = std::string(251, 'n') + ".npy";
    km::write_npy(path(name), roots<float>(2, 3));
    EXPECT_EQ(listing(), name + " ");
    EXPECT_NE(message_of([&] { km::write_npy(path("n" + name), roots<float>(2, 3)); }).find("File name too long"),
              std::string::npos);
    EXPECT_EQ(listing(), name + " ");
}

TEST_F(OutputTargets, PermissionsAreThoseOfAPlainOpen) {
    const mode_t before = umask(027);
    km::write_npy(path(), roots<float>(2, 3));
    EXPECT_EQ(mode_of(path()), 0640U);
    umask(0);
    km::write_npy(path("b.npy"), roots<float>(2, 3));
    EXPECT_EQ(mode_of(path("b.npy")), 0666U);
    umask(before);

    for (unsigned mode : {0600U, 0664U, 0755U}) {
        ASSERT_EQ(chmod(path().c_str(), mode), 0);
        km::write_npy(path(), roots<float>(3, 3));
        EXPECT_EQ(mode_of(path()), mode);
    }
}

TEST_F(OutputTargets, SymbolicLinksStay) {
    fs::create_directory(path("far"));
    fs::create_symlink("far/b.npy", path("one"));
    fs::create_symlink(path("one"), path("two"));
    for (std::ptrdiff_t rows : {2, 3}) { // at first it points to nothing
        km::write_npy(path("two"), roots<float>(rows, 5));
        EXPECT_TRUE(fs::is_symlink(path("one")));
        EXPECT_TRUE(fs::is_symlink(path("two")));
        EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(path("far/b.npy"))));
        expect_same_bits(km::read_npy<float>(path("two")), roots<float>(rows, 5));
    }
    EXPECT_EQ(listing(), "far one two ");
    EXPECT_EQ(std::distance(fs::directory_iterator(path("far")), fs::directory_iterator()), 1);
}

// The system reads such a link, because it never writes down the whole path.
TEST_F(OutputTargets, ALinkWhoseTargetHasTooLongAPathIsRefused) {
    std::string target = "b.npy";
    while (target.size() + 2 < 4096) target.insert(0, "./");
    for (const bool exists : {false, true}) {
        if (exists) put(path("b.npy"), "old");
        const std::string link = path(exists ? "link" : "dangling");
        ASSERT_EQ(symlink(target.c_str(), link.c_str()), 0);
        EXPECT_EQ(message_of([&] { km::write_npy(link, roots<float>(2, 3)); }),
                  "cannot write '" + link + "': File name too long");
        EXPECT_TRUE(fs::is_symlink(link));
    }
    EXPECT_EQ(contents(path("b.npy")), "old");
    EXPECT_EQ(listing(), "b.npy dangling link ");
}

TEST_F(OutputTargets, ChainsOfLinksAreFollowedAsFarAsTheSystemDoes) {
    put(path("0"), "old");
    for (int k = 1; k <= 60; ++k) fs::create_symlink(std::to_string(k - 1), path(std::to_string(k)));
    int readable = 0;
    for (int k = 1; k <= 60; ++k) {
        const std::string link = path(std::to_string(k));
        if (access(link.c_str(), R_OK) == 0) {
            SCOPED_TRACE(k);
            ++readable;
            km::write_npy(link, roots<float>(k, 3));
            EXPECT_TRUE(fs::is_symlink(link));
            expect_same_bits(km::read_npy<float>(link), roots<float>(k, 3));
        } else {
            EXPECT_EQ(message_of([&] { km::write_npy(link, roots<float>(k, 3)); }),
                      "cannot write '" + link + "': Too many levels of symbolic links");
        }
    }
    EXPECT_GE(readable, 8); // as POSIX demands
    expect_same_bits(km::read_npy<float>(path("0")), roots<float>(readable, 3));
}

TEST_F(OutputTargets, TargetsThatCannotBeReplacedAreRefused) {
    const auto expect_unwritable = [](const std::string& target, const std::string& what) {
        const std::string message = message_of([&] { km::write_npy(target, roots<float>(2, 3)); });
        EXPECT_EQ(message.rfind(std::string("cannot write '") + target.c_str() + "': ", 0), 0U) << message;
        EXPECT_NE(message.find(what), std::string::npos) << message << "\nwanted: " << what;
    };
    put(path("file"), "old");
    ASSERT_EQ(symlink("loop", path("loop").c_str()), 0);
    ASSERT_EQ(symlink("/dev/full", path("device").c_str()), 0);
    ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
    const std::string before = listing();

    expect_unwritable(folder_, "it is a folder");
    expect_unwritable(path("missing/a.npy"), "no file can be created in its folder: No such file or directory");
    expect_unwritable(path("missing/"), "No such file or directory");
    expect_unwritable(path("file/a.npy"), "Not a directory");
    expect_unwritable(path("pipe"), "it is not a regular file");
    expect_unwritable(path("loop"), "Too many levels of symbolic links");
    expect_unwritable(path("device"), "it is not a regular file");
    expect_unwritable("/dev/full", "it is not a regular file");
    expect_unwritable("/dev/null", "it is not a regular file");
    expect_unwritable(path() + std::string("\0b", 2), "its name contains a zero byte");

    EXPECT_EQ(listing(), before);
    EXPECT_EQ(contents(path("file")), "old");

    const fs::path current = fs::current_path();
    fs::current_path(folder_);
    expect_unwritable("", "No such file or directory");
    fs::current_path(current);
    EXPECT_EQ(listing(), before);
}

TEST_F(OutputTargets, AFileOrFolderThatMayNotBeWrittenIsRefused) {
    fs::permissions(folder_, fs::perms::all);
    put(path(), "old");
    fs::permissions(path(), static_cast<fs::perms>(0444));
    const auto message_to_nobody = [](const std::function<void()>& action) {
        const AsNobody nobody;
        return message_of(action);
    };
    EXPECT_EQ(message_to_nobody([&] { km::write_npy(path(), roots<float>(2, 3)); }),
              "cannot write '" + path() + "': Permission denied");
    fs::permissions(folder_, static_cast<fs::perms>(0555));
    EXPECT_EQ(message_to_nobody([&] { km::write_npy(path("b.npy"), roots<float>(2, 3)); }),
              "cannot write '" + path("b.npy") + "': no file can be created in its folder: Permission denied");
    fs::permissions(path(), static_cast<fs::perms>(0200));
    EXPECT_EQ(message_to_nobody([&] { (void)km::npy_info(path()); }),
              "cannot read '" + path() + "': Permission denied");
    fs::permissions(folder_, fs::perms::all);
    fs::permissions(path(), static_cast<fs::perms>(0644));
    EXPECT_EQ(contents(path()), "old");
    EXPECT_EQ(listing(), "a.npy ");
}

} // namespace
