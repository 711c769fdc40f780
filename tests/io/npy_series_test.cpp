// Series of frames: a whole .npy file at every moment, and taken up again without a gap.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/npy_series.hpp>

#include "support/expect_error.hpp"
#include "support/files.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace km = kuramoto;
namespace fs = std::filesystem;

namespace {

using test::contents;
using test::put;

using NpySeries = test::InFolder;

constexpr std::ptrdiff_t rows = 5;
constexpr std::ptrdiff_t cols = 7;

template <class T> km::Field<T> frame(std::uint32_t number) {
    km::Field<T> field(rows, cols);
    test::fill_distinct(field.view(), 100 * number);
    return field;
}

/// The bytes that NumPy writes for the first `frames` frames: its header of 128 bytes, the cells row by row.
template <class T> std::string expected(std::uint32_t frames) {
    const char* dtype = sizeof(T) == 4 ? "f4" : "f8";
    std::string bytes = std::string("\x93NUMPY\x01\x00v\x00", 10) + "{'descr': '<" + dtype +
                        "', 'fortran_order': False, 'shape': (" + std::to_string(frames) + ", 5, 7), }";
    bytes.resize(127, ' ');
    bytes += '\n';
    for (std::uint32_t k = 0; k < frames; ++k) {
        const km::Field<T> field = frame<T>(k);
        const std::size_t size = static_cast<std::size_t>(field.size()) * sizeof(T);
        bytes.append(reinterpret_cast<const char*>(field.data()), size);
    }
    return bytes;
}

template <class T> void add(km::NpySeries<T>& series, std::uint32_t first, std::uint32_t end) {
    for (std::uint32_t k = first; k < end; ++k) series.add(frame<T>(k));
}

template <class T> class NpySeriesOf : public test::InFolder {};
using CellTypes = testing::Types<float, double>;
TYPED_TEST_SUITE(NpySeriesOf, CellTypes);

} // namespace

TYPED_TEST(NpySeriesOf, AreWholeAfterEveryFrame) {
    using T = TypeParam;
    const std::string path = this->path("run.npy");
    km::NpySeries<T> series(path, rows, cols);
    for (std::uint32_t k = 0; k < 12; ++k) { // the number of frames gets a second digit
        ASSERT_EQ(series.frames(), k);
        ASSERT_EQ(contents(path + ".part"), expected<T>(k)) << k;
        ASSERT_FALSE(fs::exists(path));
        series.add(frame<T>(k));
    }
    series.finish();
    EXPECT_EQ(contents(path), expected<T>(12));
    EXPECT_EQ(this->files(), 1);
    const km::NpySeriesInfo info = km::npy_series_info(path);
    EXPECT_EQ(info.frames, 12);
    EXPECT_EQ(info.rows, rows);
    EXPECT_EQ(info.cols, cols);
    EXPECT_EQ(info.bits, 8 * static_cast<int>(sizeof(T)));
    EXPECT_EQ(info.offset, 128);
}

TYPED_TEST(NpySeriesOf, AreTakenUpWhereTheyWereLeft) {
    using T = TypeParam;
    const std::string path = this->path("run.npy");
    { // killed while it wrote the fourth frame
        km::NpySeries<T> series(path, rows, cols);
        add(series, 0, 3);
    }
    put(path + ".part", contents(path + ".part") + "half a frame");
    EXPECT_EQ(km::npy_series_info(path + ".part").frames, 3);
    put(path, "old");
    {
        km::NpySeries<T> series(path, rows, cols, 2);
        EXPECT_EQ(series.frames(), 2);
        EXPECT_EQ(contents(path + ".part"), expected<T>(2));
        EXPECT_EQ(contents(path), "old");
        add(series, 2, 6);
        series.finish();
    }
    EXPECT_EQ(contents(path), expected<T>(6));
    { // and after it was finished
        km::NpySeries<T> series(path, rows, cols, 6);
        add(series, 6, 7);
        series.finish();
    }
    EXPECT_EQ(contents(path), expected<T>(7));
    EXPECT_EQ(this->files(), 1);
}

TEST_F(NpySeries, TakeFramesWithAnyStrides) {
    const km::Field<double> field = frame<double>(0);
    km::Field<double> turned(cols, rows);
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) turned(j, i) = field(i, j);
    km::NpySeries<double> series(path("run.npy"), rows, cols);
    series.add(turned.view().transposed());
    series.finish();
    EXPECT_EQ(contents(path("run.npy")), expected<double>(1));
}

TEST_F(NpySeries, MayHaveNoCellsAndNoFrames) {
    km::NpySeries<float> series(path("run.npy"), 0, cols);
    series.add(km::Field<float>(0, cols));
    series.add(km::Field<float>(0, cols));
    series.finish();
    EXPECT_EQ(km::npy_series_info(path("run.npy")).frames, 2);
    km::NpySeries<float>(path("none.npy"), rows, cols).finish();
    EXPECT_EQ(contents(path("none.npy")), expected<float>(0));
}

TEST_F(NpySeries, FollowLinks) {
    fs::create_directory(path("elsewhere"));
    fs::create_symlink("elsewhere/run.npy", path("run.npy"));
    {
        km::NpySeries<float> series(path("run.npy"), rows, cols);
        add(series, 0, 1);
    }
    EXPECT_TRUE(fs::exists(path("elsewhere/run.npy.part")));
    km::NpySeries<float> series(path("run.npy"), rows, cols, 1);
    series.finish();
    EXPECT_TRUE(fs::is_symlink(path("run.npy")));
    EXPECT_EQ(contents(path("elsewhere/run.npy")), expected<float>(1));
}

TEST_F(NpySeries, LeaveWhatIsThere) {
    using Series = km::NpySeries<float>;
    const std::string name = path("run.npy");
    {
        Series series(name, rows, cols);
        add(series, 0, 2);
    }
    const std::string left = contents(name + ".part");
    EXPECT_ERROR(std::runtime_error, TEST_PARTS(name, "run.npy.part", "there already"), Series(name, rows, cols));
    EXPECT_ERROR(std::runtime_error, TEST_PARTS(name, "2 frames", "3 are to be kept"), Series(name, rows, cols, 3));
    EXPECT_ERROR(std::runtime_error, TEST_PARTS(name, "5 x 7", "float32"), Series(name, cols, rows, 1));
    EXPECT_ERROR(std::runtime_error, TEST_PARTS(name, "float32"), km::NpySeries<double>(name, rows, cols, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("frames", "-1"), Series(name, rows, cols, -1));
    EXPECT_EQ(contents(name + ".part"), left);
    EXPECT_EQ(files(), 1);
}

TEST_F(NpySeries, RefuseWhatCannotBe) {
    using Series = km::NpySeries<float>;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rows", "-1"), Series(path("a"), -1, cols));
    EXPECT_ERROR(std::length_error, TEST_PARTS("address space"), Series(path("a"), PTRDIFF_MAX / 2, 5));
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("no/such", "No such file"), Series(path("no/such"), rows, cols));
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("folder"), Series(folder_, rows, cols));
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("nothing", "No such file"), Series(path("nothing"), rows, cols, 0));
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("zero byte"), Series(std::string("a\0b", 3), rows, cols));
    EXPECT_EQ(files(), 0);
    Series series(path("a"), rows, cols);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("5 x 7", "7 x 5"), series.add(km::Field<float>(cols, rows)));
    EXPECT_EQ(contents(path("a.part")), expected<float>(0));
}

TEST_F(NpySeries, SayWhatIsWrongWithAFile) {
    const std::string whole = expected<float>(2);
    const auto expect_error = [&](const std::string& bytes, const char* part) {
        put(path("bad"), bytes);
        EXPECT_ERROR(std::runtime_error, TEST_PARTS("bad", part), static_cast<void>(km::npy_series_info(path("bad"))));
        EXPECT_ERROR(std::runtime_error, TEST_PARTS("bad", part), km::NpySeries<float>(path("bad"), rows, cols, 1));
        EXPECT_EQ(contents(path("bad")), bytes);
    };
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string bytes = whole;
        return bytes.replace(bytes.find(from), from.size(), to);
    };
    expect_error(whole.substr(0, whole.size() - 1), "cut off");
    expect_error(with("(2, 5, 7)", "(10, 7)  "), "2 dimensions");
    expect_error(with("False", "True "), "order");
    expect_error(with("<f4", ">f4"), "order");
    expect_error(with("<f4", "<i4"), "dtype");
    expect_error(with("(2, 5, 7), }", "(4611686018427387904, 5, 7), }").substr(0, whole.size()), "");
    expect_error("short", "not a .npy file");
}
