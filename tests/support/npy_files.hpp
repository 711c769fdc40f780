// Files of .npy tests: those that NumPy wrote into data/ (data/make_npy.py), a field like theirs, and messages of
// errors.
#pragma once

#include <kuramoto/npy.hpp>

#include "support/files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace test {

namespace km = kuramoto;

template <class T> using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T> std::string short_name() { return sizeof(T) == 4 ? "f4" : "f8"; }

inline std::string data_file(const std::string& name) { return std::string(KURAMOTO_TEST_DATA) + "/" + name + ".npy"; }

/// The message of the std::runtime_error that `action` throws; anything else fails the test.
inline std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const std::runtime_error& error) {
        return error.what();
    } catch (const std::exception& error) {
        ADD_FAILURE() << "another exception: " << error.what();
        return {};
    }
    ADD_FAILURE() << "no exception";
    return {};
}

/// Cell (i, j) of the files that NumPy wrote.
template <class T> T root(std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t cols) {
    return static_cast<T>(std::sqrt(static_cast<double>(2 + i * cols + j)));
}

template <class T> km::Field<T> roots(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    km::Field<T> field(rows, cols);
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) field(i, j) = root<T>(i, j, cols);
    return field;
}

template <class A, class B> void expect_same_bits(const A& a, const B& b) {
    using T = km::value_type_of<const A>;
    ASSERT_EQ(a.rows(), b.rows());
    ASSERT_EQ(a.cols(), b.cols());
    const km::Grid<const T> x = km::as_grid(a);
    const km::Grid<const T> y = km::as_grid(b);
    for (std::ptrdiff_t i = 0; i < x.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < x.cols(); ++j)
            ASSERT_EQ(std::bit_cast<Bits<T>>(x(i, j)), std::bit_cast<Bits<T>>(y(i, j))) << i << ", " << j;
}

/// All three ways to read `path` fail, and say `what` about it.
inline void expect_refused(const std::string& path, const std::string& what) {
    for (const std::string& message :
         {message_of([&] { (void)km::read_npy<float>(path); }), message_of([&] { (void)km::read_npy<double>(path); }),
          message_of([&] { (void)km::npy_info(path); })}) {
        EXPECT_NE(message.find(what), std::string::npos) << message << "\nwanted: " << what;
        EXPECT_EQ(message.rfind(std::string("cannot read '") + path.c_str() + "': ", 0), 0U) << message;
    }
}

/// A folder of the test's own.
class NpyFiles : public InFolder {
  protected:
    [[nodiscard]] std::string path(const std::string& name = "a.npy") const { return InFolder::path(name); }

    /// `bytes` as a file.
    std::string file(const std::string& bytes) {
        put(path("made.npy"), bytes);
        return path("made.npy");
    }

    /// The names in the test's folder, sorted.
    [[nodiscard]] std::string listing() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(folder_))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        std::string text;
        for (const auto& name : names) text += name + " ";
        return text;
    }
};

} // namespace test
