// Arrays in .npy files come back to the bit: files that NumPy wrote, the bytes that it writes, and round trips of
// views.
#include <kuramoto/npy.hpp>

#include "support/npy_files.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

using test::Bits;
using test::contents;
using test::data_file;
using test::expect_same_bits;
using test::roots;
using test::short_name;

class NpyArrays : public test::NpyFiles {};
template <class T> class NpyOf : public test::NpyFiles {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(NpyOf, Precisions);

// ---------------------------------------------------------------------------------------------------- NumPy's files

TYPED_TEST(NpyOf, ReadsWhatNumPyWroteInEveryOrderAndVersion) {
    using T = TypeParam;
    const km::Field<T> expected = roots<T>(5, 7);
    for (const char* order : {"C", "F"})
        for (const char* endian : {"little", "big"})
            for (int version : {1, 2, 3}) {
                const std::string name = short_name<T>() + "_" + order + "_" + endian + "_v" + std::to_string(version);
                SCOPED_TRACE(name);
                expect_same_bits(km::read_npy<T>(data_file(name)), expected);

                const km::NpyInfo info = km::npy_info(data_file(name));
                EXPECT_EQ(info.rows, 5);
                EXPECT_EQ(info.cols, 7);
                EXPECT_EQ(info.bits, 8 * static_cast<int>(sizeof(T)));
                EXPECT_EQ(info.column_major, std::string(order) == "F");
                EXPECT_EQ(info.big_endian, std::string(endian) == "big");
                EXPECT_EQ(info.version, version);
                EXPECT_EQ(info.offset, 128);
            }
}

TYPED_TEST(NpyOf, ReadsArraysWithoutCellsAndThinOnes) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{0, 7}, {7, 0}, {0, 0}, {1, 9}, {9, 1}}) {
        const std::string name = short_name<T>() + "_" + std::to_string(rows) + "x" + std::to_string(cols);
        SCOPED_TRACE(name);
        expect_same_bits(km::read_npy<T>(data_file(name)), roots<T>(rows, cols));
    }
}

TYPED_TEST(NpyOf, KeepsTheBitsOfSpecialValues) {
    using T = TypeParam;
    std::vector<Bits<T>> bits;
    if constexpr (sizeof(T) == 4)
        bits = {0x7fc12345, 0xff812345, 0x7f800000, 0xff800000, 0x80000000, 1, 0x7f7fffff, 0};
    else
        bits = {0x7ff812349abcdef1, 0xfff012349abcdef1,
                0x7ff0000000000000, 0xfff0000000000000,
                0x8000000000000000, 1,
                0x7fefffffffffffff, 0};
    for (const char* endian : {"little", "big"}) {
        const km::Field<T> field = km::read_npy<T>(data_file(short_name<T>() + "_special_" + endian));
        ASSERT_EQ(field.rows(), 2);
        ASSERT_EQ(field.cols(), 4);
        for (std::size_t k = 0; k < bits.size(); ++k)
            EXPECT_EQ(std::bit_cast<Bits<T>>(field.data()[k]), bits[k]) << endian << " " << k;

        km::write_npy(this->path(), field);
        EXPECT_EQ(contents(this->path()), contents(data_file(short_name<T>() + "_special_little")));
    }
}

TYPED_TEST(NpyOf, WritesTheBytesThatNumPyWrites) {
    using T = TypeParam;
    const std::string type = short_name<T>();
    km::write_npy(this->path(), roots<T>(5, 7));
    EXPECT_EQ(contents(this->path()), contents(data_file(type + "_C_little_v1")));
    km::write_npy(this->path(), roots<T>(5, 7), km::NpyOrder::column_major);
    EXPECT_EQ(contents(this->path()), contents(data_file(type + "_F_little_v1")));
    for (const auto& [rows, cols] : {std::pair{0, 7}, {7, 0}, {0, 0}, {1, 9}, {9, 1}}) {
        km::write_npy(this->path(), roots<T>(rows, cols));
        EXPECT_EQ(contents(this->path()),
                  contents(data_file(type + "_" + std::to_string(rows) + "x" + std::to_string(cols))));
    }
}

TEST_F(NpyArrays, TheHeaderIsAlignedForEveryLengthOfTheShape) {
    // The largest extents that a grid can have, 0 x n included.
    for (std::ptrdiff_t rows = 0; rows < PTRDIFF_MAX / 16; rows = 10 * rows + 9)
        for (std::ptrdiff_t cols = 1; cols < PTRDIFF_MAX / 16; cols *= 10)
            for (bool is_column_major : {false, true}) {
                const std::string header = km::detail::npy_header_text("<f8", {rows, cols}, is_column_major);
                ASSERT_EQ(header.size() % 64, 0U);
                ASSERT_EQ(header.back(), '\n');
                ASSERT_EQ(static_cast<unsigned char>(header[8]) + 256U * static_cast<unsigned char>(header[9]),
                          header.size() - 10);
                ASSERT_NE(header.find("'shape': (" + std::to_string(rows) + ", " + std::to_string(cols) + "), }"),
                          std::string::npos);
            }
}

// ------------------------------------------------------------------------------------------------------- round trips

/// A class of the user's own that is grid-like.
struct Plane {
    double cells[12] = {0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5};
    [[nodiscard]] int rows() const { return 3; }
    [[nodiscard]] int cols() const { return 4; }
    [[nodiscard]] int row_stride() const { return 1; }
    [[nodiscard]] int col_stride() const { return 3; }
    [[nodiscard]] const double* data() const { return cells; }
};

TYPED_TEST(NpyOf, ViewsWithAnyStridesComeBackTheSame) {
    using T = TypeParam;
    using View = km::Grid<const T>;
    const km::Field<T> field = roots<T>(11, 13);
    const T* last = &field(10, 12);
    const T* first = field.data();
    const std::vector<View> views = {
        field.view(),
        field.subgrid(2, 3, 5, 7),
        field.transposed(),
        field.subgrid(1, 2, 9, 4).transposed(),
        View(first, 6, 5, 26, 3),         // every second row, every third column
        View(last, 11, 13, -13, -1),      // rotated by half a turn
        View(first + 12, 11, 13, 13, -1), // mirrored
        View(first + 130, 13, 11, 1, -13),
        View(first, 4, 6, 0, 1), // one row again and again
        View(first, 4, 6, 0, 0),
        View(first, 1, 13, -5, 1),
        View(first, 11, 1, 13, 99),
        View(first, 0, 3),
        View(nullptr, 3, 0),
    };
    for (std::size_t k = 0; k < views.size(); ++k)
        for (km::NpyOrder order : {km::NpyOrder::row_major, km::NpyOrder::column_major}) {
            SCOPED_TRACE(k);
            km::write_npy(this->path(), views[k], order);
            EXPECT_EQ(km::npy_info(this->path()).column_major, order == km::NpyOrder::column_major);
            expect_same_bits(km::read_npy<T>(this->path()), views[k]);
        }
    EXPECT_EQ(this->listing(), "a.npy ");
}

TYPED_TEST(NpyOf, RowsLongerThanOnePieceComeBackTheSame) {
    using T = TypeParam;
    constexpr std::ptrdiff_t piece = km::detail::cells_per_piece<T>;
    for (const auto& [rows, cols] : {std::pair<std::ptrdiff_t, std::ptrdiff_t>{3, piece},
                                     {3, piece + 1},
                                     {2 * piece + 3, 2},
                                     {piece, 1},
                                     {130, 131}}) {
        const km::Field<T> field = roots<T>(rows, cols);
        for (km::NpyOrder order : {km::NpyOrder::row_major, km::NpyOrder::column_major}) {
            km::write_npy(this->path(), field, order);
            expect_same_bits(km::read_npy<T>(this->path()), field);
            km::write_npy(this->path(), field.transposed(), order);
            expect_same_bits(km::read_npy<T>(this->path()), field.transposed());
        }
    }
}

TEST_F(NpyArrays, AnythingGridLikeCanBeWritten) {
    const Plane plane;
    km::write_npy(path(), plane);
    const km::Field<double> back = km::read_npy<double>(path());
    ASSERT_EQ(back.rows(), 3);
    ASSERT_EQ(back.cols(), 4);
    EXPECT_EQ(back(2, 1), 5.5);
    expect_same_bits(back, plane);
    km::Field<double> field = roots<double>(2, 3);
    km::write_npy(path(), km::Grid<double>(field)); // a view that could write
    expect_same_bits(km::read_npy<double>(path()), field);
}

TEST_F(NpyArrays, AShapeThatIsNoneIsRefusedBeforeAnythingIsWritten) {
    struct Broken : Plane {
        [[nodiscard]] int rows() const { return -3; }
    };
    EXPECT_THROW(km::write_npy(path(), Broken()), std::invalid_argument);
    EXPECT_EQ(listing(), "");
}

} // namespace
