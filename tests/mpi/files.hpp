// For tests of files: lattices of known values, a folder that all processes have, and errors that all of them see.
#pragma once

#include <kuramoto/grid/field.hpp>

#include "mpi/lattices.hpp"
#include "support/files.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <typeinfo>
#include <vector>

#include <sys/resource.h>

namespace test {

inline bool is_first() {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank == 0;
}

/// Calls `action` on the first process alone, while the others wait.
template <class Action> void on_first(const Action& action) {
    MPI_Barrier(MPI_COMM_WORLD);
    if (is_first()) action();
    MPI_Barrier(MPI_COMM_WORLD);
}

/// A text of the first process.
inline std::string text_of_first(std::string text) {
    int size = static_cast<int>(text.size());
    MPI_Bcast(&size, 1, MPI_INT, 0, MPI_COMM_WORLD);
    text.resize(static_cast<std::size_t>(size));
    MPI_Bcast(text.data(), size, MPI_CHAR, 0, MPI_COMM_WORLD);
    return text;
}

/// A fixture with an empty folder, the same for all processes.
class InSharedFolder : public testing::Test {
  protected:
    InSharedFolder() {
        std::string pattern = testing::TempDir() + "kuramoto-test-" + std::string(6, 'X'); // mkdtemp fills it in
        if (is_first()) static_cast<void>(mkdtemp(pattern.data()));
        folder_ = text_of_first(pattern);
    }
    ~InSharedFolder() override {
        on_first([&] { std::filesystem::remove_all(folder_); });
    }

    [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
    [[nodiscard]] std::string make_folder(const std::string& name) const {
        on_first([&] { std::filesystem::create_directory(path(name)); });
        return path(name);
    }

    /// Expects the same bytes in two files of the folder.
    void expect_same(const std::string& one, const std::string& other) const {
        on_first([&] { EXPECT_EQ(contents(path(one)), contents(path(other))); });
    }

    /// The number of files in the folder, once all processes are here; none of them writes before all have counted.
    [[nodiscard]] std::ptrdiff_t files_after_all() const {
        MPI_Barrier(MPI_COMM_WORLD);
        const auto count =
            std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator());
        MPI_Barrier(MPI_COMM_WORLD);
        return count;
    }

    std::string folder_;
};

/// Odd and thin shapes, and some without cells.
inline std::vector<Shape> shapes() {
    return {{23, 31}, {9, 9}, {1, 37}, {29, 1}, {10, 13}, {0, 7}, {7, 0}, {0, 0}, {40, 64}};
}

template <class T> kuramoto::Field<T> distinct(std::ptrdiff_t rows, std::ptrdiff_t cols, std::uint32_t seed) {
    kuramoto::Field<T> field(rows, cols);
    fill_distinct(field.view(), seed);
    return field;
}

/// The message of the error that `statement` throws, which must be an `Error`; empty, where there may be none.
template <class Error, class Statement> std::string message_of(const Statement& statement, bool may_pass = false) {
    try {
        statement();
    } catch (const std::exception& error) {
        EXPECT_EQ(typeid(error), typeid(Error)) << error.what();
        return error.what();
    }
    EXPECT_TRUE(may_pass) << "no error";
    return "";
}

/// Expects a text to be that of all processes, and to have a part.
inline void expect_same_everywhere(const std::string& text, const std::string& part = "") {
    EXPECT_EQ(text, text_of_first(text));
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

/// Lets this process open no more files.
class NoMoreFiles {
  public:
    explicit NoMoreFiles(bool is_limited) {
        getrlimit(RLIMIT_NOFILE, &old_);
        const rlimit limit{is_limited ? 0 : old_.rlim_cur, old_.rlim_max};
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    NoMoreFiles(const NoMoreFiles&) = delete;
    NoMoreFiles& operator=(const NoMoreFiles&) = delete;
    ~NoMoreFiles() { setrlimit(RLIMIT_NOFILE, &old_); }

  private:
    rlimit old_{};
};

/// Limits the size of this process's files, and makes what is beyond an error instead of a signal.
class LimitedFiles {
  public:
    LimitedFiles(rlim_t bytes, bool is_limited) {
        old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit limit{is_limited ? bytes : old_.rlim_cur, old_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    LimitedFiles(const LimitedFiles&) = delete;
    LimitedFiles& operator=(const LimitedFiles&) = delete;
    ~LimitedFiles() {
        setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, old_handler_);
    }

  private:
    rlimit old_{};
    void (*old_handler_)(int) = SIG_DFL;
};

} // namespace test
