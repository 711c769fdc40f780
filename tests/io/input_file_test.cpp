// Reading what is no regular file, what changes meanwhile, and without free descriptors: an error that says so.
#include <kuramoto/npy.hpp>

#include "support/npy_files.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;
namespace km = kuramoto;

namespace {

using test::data_file;
using test::expect_refused;
using test::message_of;
using test::put;

class InputFiles : public test::NpyFiles {};

/// Runs `action` in a child process, where it may give up rights; true if it returned true.
bool holds_in_child(const std::function<bool()>& action) {
    const pid_t child = fork();
    if (child == 0) {
        bool is_good = false;
        try {
            is_good = action();
        } catch (const std::exception& error) {
            std::fprintf(stderr, "in the child: %s\n", error.what());
        }
        std::fflush(stderr);
        _exit(is_good ? 0 : 1);
    }
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// True if `action` throws a std::runtime_error that contains `what`.
bool fails_with(const std::string& what, const std::function<void()>& action) {
    try {
        action();
    } catch (const std::runtime_error& error) {
        if (std::string(error.what()).find(what) != std::string::npos) return true;
        std::fprintf(stderr, "message: %s\nwanted: %s\n", error.what(), what.c_str());
        return false;
    }
    std::fprintf(stderr, "no std::runtime_error\n");
    return false;
}

TEST_F(InputFiles, WhatIsNoRegularFileIsRefused) {
    expect_refused(path("missing.npy"), "No such file or directory");
    expect_refused(path("missing/a.npy"), "No such file or directory");
    expect_refused("", "No such file or directory");
    expect_refused(folder_, "it is a folder");
    expect_refused("/dev/null", "it is not a regular file");
    expect_refused("/dev/zero", "it is not a regular file");
    put(path("file"), "x");
    expect_refused(path("file/a.npy"), "Not a directory");
    expect_refused(data_file("f4_0x7") + std::string("\0.txt", 5), "its name contains a zero byte");
    ASSERT_EQ(symlink("loop", path("loop").c_str()), 0);
    expect_refused(path("loop"), "Too many levels of symbolic links");
    ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
    expect_refused(path("pipe"), "it is not a regular file"); // nobody writes into it: must not wait
}

TEST_F(InputFiles, AFileThatShrinksOrFailsWhileItIsReadIsAnError) {
    put(path(), std::string(100000, 'x'));
    km::detail::InputFile file(path());
    char bytes[8];
    file.read(bytes, sizeof bytes);
    fs::resize_file(path(), 50000);
    std::vector<char> rest(99992);
    EXPECT_EQ(message_of([&] { file.read(rest.data(), rest.size()); }),
              "cannot read '" + path() + "': it became shorter while it was read");

    // A regular file, and nothing lies at address 0.
    km::detail::InputFile memory("/proc/self/mem");
    EXPECT_EQ(message_of([&] { memory.read(bytes, sizeof bytes); }),
              "cannot read '/proc/self/mem': Input/output error");
}

TEST_F(InputFiles, ReadingTooManyOpenFilesIsAnError) {
    EXPECT_TRUE(holds_in_child([] {
        const rlimit none{0, 0};
        return setrlimit(RLIMIT_NOFILE, &none) == 0 &&
               fails_with("Too many open files", [] { (void)km::npy_info(data_file("f4_0x7")); });
    }));
}

} // namespace
