// Files that are not what they say: every damaged header, lying shape and cut-off file is refused with its reason.
#include <kuramoto/npy.hpp>

#include "support/npy_files.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace km = kuramoto;

namespace {

using test::contents;
using test::data_file;
using test::expect_refused;
using test::message_of;
using test::put;

class DamagedNpy : public test::NpyFiles {};

/// Magic, version and length before `text`, `payload` zero bytes after it.
std::string file_with(const std::string& text, std::size_t payload, int version = 1) {
    std::string file("\x93NUMPY", 6);
    file += static_cast<char>(version);
    file += '\0';
    for (int i = 0; i < (version == 1 ? 2 : 4); ++i) file += static_cast<char>(text.size() >> 8 * i & 0xff);
    return file + text + std::string(payload, '\0');
}

std::string dictionary(const std::string& descr, const std::string& order, const std::string& shape) {
    return "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

TEST_F(DamagedNpy, APrecisionOtherThanTheOneWantedIsRefused) {
    EXPECT_EQ(message_of([] { (void)km::read_npy<float>(data_file("f8_C_big_v2")); }),
              "cannot read '" + data_file("f8_C_big_v2") + "': it holds float64, but float32 is wanted");
    EXPECT_EQ(message_of([] { (void)km::read_npy<double>(data_file("f4_0x7")); }),
              "cannot read '" + data_file("f4_0x7") + "': it holds float32, but float64 is wanted");
}

TEST_F(DamagedNpy, OtherArraysOfNumPyAreRefused) {
    const std::string only = "; only float32 ('f4') and float64 ('f8') are read";
    for (const char* dtype : {"<i4", "<u8", "|b1", "<f2", "<c8", "<U3", "|S4"})
        expect_refused(data_file(std::string("bad_dtype_") + (dtype + 1)),
                       "its dtype is '" + std::string(dtype) + "'" + only);
    expect_refused(data_file("bad_longdouble"), "its dtype is '<f16'" + only);
    expect_refused(data_file("bad_structured"), "its dtype is structured; only plain arrays");
    expect_refused(data_file("bad_object"), "it holds Python objects (dtype '|O'), which are never read");
    expect_refused(data_file("bad_0d"), "it has 0 dimensions; only arrays of 2 are read");
    expect_refused(data_file("bad_1d"), "it has 1 dimensions; only arrays of 2 are read");
    expect_refused(data_file("bad_3d"), "it has 3 dimensions; only arrays of 2 are read");
    expect_refused(data_file("bad_pickle"), "it is not a .npy file: it does not begin with \\x93NUMPY");
    expect_refused(data_file("bad_archive"), "it is not a .npy file: it does not begin with \\x93NUMPY");
}

TEST_F(DamagedNpy, EveryCutOffFileIsRefused) {
    for (const char* name : {"f4_C_little_v1", "f8_F_big_v2", "f4_F_little_v3", "f8_0x7"}) {
        const std::string whole = contents(data_file(name));
        for (std::size_t size = 0; size < whole.size(); ++size)
            expect_refused(file(whole.substr(0, size)), "it is cut off: ");
    }
    expect_refused(file(contents(data_file("f4_C_little_v1")).substr(0, 9)),
                   "it is cut off: 9 bytes, but its header's length ends at byte 10");
    expect_refused(file(contents(data_file("f4_C_little_v1")).substr(0, 100)),
                   "it is cut off: 100 bytes, but its header ends at byte 128");
    expect_refused(file(contents(data_file("f4_C_little_v1")).substr(0, 265)),
                   "it is cut off: 5 x 7 cells of float32 take 140 bytes after the header, but there are 137");
}

TEST_F(DamagedNpy, TrailingBytesAreRefused) {
    for (std::size_t more : {1U, 4U, 8U, 140U, 100000U})
        expect_refused(file(contents(data_file("f4_C_little_v1")) + std::string(more, 'x')),
                       "it has trailing bytes: 5 x 7 cells of float32 take 140 bytes after the header, but there are " +
                           std::to_string(140 + more));
    expect_refused(file(contents(data_file("f8_7x0")) + '\0'),
                   "it has trailing bytes: 7 x 0 cells of float64 take 0 bytes after the header, but there are 1");
}

TEST_F(DamagedNpy, EveryChangeOfOneByteOfTheHeaderIsHarmless) {
    const std::string whole = contents(data_file("f4_C_little_v1"));
    put(path(), whole);
    const int descriptor = open(path().c_str(), O_WRONLY);
    ASSERT_GE(descriptor, 0);
    int accepted = 0;
    int refused = 0;
    for (std::size_t at = 0; at < 128; ++at) {
        for (int value = 0; value < 256; ++value) {
            const char byte = static_cast<char>(value);
            ASSERT_EQ(pwrite(descriptor, &byte, 1, static_cast<off_t>(at)), 1);
            try {
                const km::Field<float> field = km::read_npy<float>(path());
                ASSERT_EQ(field.rows() * field.cols(), 35) << at << " " << value;
                const km::NpyInfo info = km::npy_info(path());
                ASSERT_EQ(info.rows, field.rows());
                ASSERT_EQ(info.cols, field.cols());
                ASSERT_EQ(info.bits, 32);
                ++accepted;
            } catch (const std::runtime_error&) {
                ++refused;
            }
        }
        ASSERT_EQ(pwrite(descriptor, &whole[at], 1, static_cast<off_t>(at)), 1);
    }
    close(descriptor);
    // At each of the 128 places the byte that was there; the other byte orders; other white space.
    EXPECT_GT(accepted, 128 + 3);
    EXPECT_GT(refused, 128 * 200);
}

TEST_F(DamagedNpy, HeadersThatPythonReadsTheSameWayAreRead) {
    const auto expect_read = [this](const std::string& text, int version = 1) {
        const km::NpyInfo info = km::npy_info(file(file_with(text, 60, version)));
        EXPECT_EQ(info.rows, 3) << text;
        EXPECT_EQ(info.cols, 5) << text;
        EXPECT_EQ(info.bits, 32) << text;
        EXPECT_EQ(km::read_npy<float>(path("made.npy")).size(), 15) << text;
    };
    for (int version : {1, 2, 3}) {
        expect_read("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5), }\n", version);
        expect_read("{'descr':'<f4','fortran_order':False,'shape':(3,5)}", version);
        expect_read("{\"shape\": (3, 5,), \"fortran_order\": True, \"descr\": \"<f4\"}", version);
        expect_read(" \t{\n'fortran_order'\f:\r\nFalse ,'descr' : '>f4' , 'shape' : ( 3 , 5 , ) , } \n\n", version);
    }
    expect_read("{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 5L), }\n", 1);
    expect_read("{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 5L), }\n", 2);
    for (const char* descr : {"'=f4'", "'|f4'", "'f4'"}) expect_read(dictionary(descr, "False", "(3, 5)"));

    // As long as the cap, and padded with nothing but spaces.
    const std::string text = dictionary("'<f4'", "False", "(3, 5)");
    expect_read(text + std::string(65536 - text.size(), ' '), 2);
}

TEST_F(DamagedNpy, ByteOrdersAreJudgedAsNumPyDoes) {
    const auto first_cell = [this](const std::string& descr) {
        return km::read_npy<float>(
            file(file_with(dictionary(descr, "False", "(1, 1)"), 0) + std::string("\x3f\x80\0\0", 4)))(0, 0);
    };
    const auto swapped = std::bit_cast<float>(0x0000803fU);
    EXPECT_EQ(first_cell("'>f4'"), 1.0F);
    EXPECT_EQ(first_cell("'<f4'"), swapped);
    const float native = std::endian::native == std::endian::big ? 1.0F : swapped;
    for (const char* descr : {"'=f4'", "'|f4'", "'f4'"}) EXPECT_EQ(first_cell(descr), native) << descr;
}

TEST_F(DamagedNpy, DamagedHeadersAreRefused) {
    const struct {
        const char* text;
        const char* what;
    } cases[] = {
        {"", "damaged at character 0: expected '{'"},
        {"{", "expected a key in quotes"},
        {"{}", "the key 'descr' is missing"},
        {"{,}", "expected a key in quotes"},
        {"[]", "expected '{'"},
        {"{'descr': '<f4', 'fortran_order': False, }", "the key 'shape' is missing"},
        {"{'descr': '<f4', 'shape': (3, 5), }", "the key 'fortran_order' is missing"},
        {"{'fortran_order': False, 'shape': (3, 5), }", "the key 'descr' is missing"},
        {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3, 5), }", "'descr' stands there twice"},
        {"{'descr': '<f4', 'fortran_order': False, 'fortran_order': True, 'shape': (3, 5), }",
         "'fortran_order' stands there twice"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5), 'shape': (5, 3)}", "'shape' stands there twice"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5), 'more': 1}", "unknown key 'more'"},
        {"{'a key that is so long that it would fill the whole line': 1}",
         "unknown key 'a key that is so long that it would fill...'"},
        {"{'Descr': '<f4', 'fortran_order': False, 'shape': (3, 5)}", "unknown key 'Descr'"},
        {"{descr: '<f4', 'fortran_order': False, 'shape': (3, 5)}", "expected a key in quotes"},
        {"{'descr\": '<f4', 'fortran_order': False, 'shape': (3, 5)}", "expected ':'"},
        {"{'descr", "a key does not end"},
        {"{'des\\x63r': '<f4', 'fortran_order': False, 'shape': (3, 5)}", "holds an odd character"},
        {"{'descr\n': '<f4', 'fortran_order': False, 'shape': (3, 5)}", "holds an odd character"},
        {"{'d\xc3\xa9scr': '<f4', 'fortran_order': False, 'shape': (3, 5)}", "holds an odd character"},
        {"{'descr' '<f4', 'fortran_order': False, 'shape': (3, 5)}", "expected ':'"},
        {"{'descr': '<f4' 'fortran_order': False, 'shape': (3, 5)}", "expected '}'"},
        {"{'descr': '<f4',, 'fortran_order': False, 'shape': (3, 5)}", "expected a key in quotes"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5)", "expected '}'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5)} x", "nothing may follow the dictionary"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5)}}", "nothing may follow the dictionary"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5)} # x", "nothing may follow the dictionary"},
        {"{'descr': <f4, 'fortran_order': False, 'shape': (3, 5)}", "expected a dtype in quotes"},
        {"{'descr': b'<f4', 'fortran_order': False, 'shape': (3, 5)}", "expected a dtype in quotes"},
        {"{'descr': ('<f4', (2,)), 'fortran_order': False, 'shape': (3, 5)}", "its dtype is structured"},
        {"{'descr': '', 'fortran_order': False, 'shape': (3, 5)}", "its dtype is ''"},
        {"{'descr': '<', 'fortran_order': False, 'shape': (3, 5)}", "its dtype is '<'"},
        {"{'descr': '!f4', 'fortran_order': False, 'shape': (3, 5)}", "its dtype is '!f4'"},
        {"{'descr': '<<f4', 'fortran_order': False, 'shape': (3, 5)}", "its dtype is '<<f4'"},
        {"{'descr': '<f4 ', 'fortran_order': False, 'shape': (3, 5)}", "its dtype is '<f4 '"},
        {"{'descr': '<f', 'fortran_order': False, 'shape': (3, 5)}", "its dtype is '<f'"},
        {"{'descr': '<f44', 'fortran_order': False, 'shape': (3, 5)}", "its dtype is '<f44'"},
        {"{'descr': 'O', 'fortran_order': False, 'shape': (3, 5)}", "it holds Python objects (dtype 'O')"},
        {"{'descr': '<f4', 'fortran_order': 0, 'shape': (3, 5)}", "fortran_order is neither True nor False"},
        {"{'descr': '<f4', 'fortran_order': 'False', 'shape': (3, 5)}", "fortran_order is neither True nor False"},
        {"{'descr': '<f4', 'fortran_order': Falsehood, 'shape': (3, 5)}", "expected '}'"},
        {"{'descr': '<f4', 'fortran_order': None, 'shape': (3, 5)}", "fortran_order is neither True nor False"},
        {"{'descr': '<f4', 'fortran_order': Tru", "fortran_order is neither True nor False"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': [3, 5]}", "expected '('"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (15)}", "the shape is not a tuple"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (,)}", "expected an extent of the shape"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3 5)}", "expected ')'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,, 5)}", "expected an extent of the shape"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3.0, 5)}", "expected ')'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 0x5)}", "expected ')'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, +5)}", "expected an extent of the shape"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (03, 5)}", "an extent of the shape begins with 0"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, True)}", "expected an extent of the shape"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5LL)}", "expected ')'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5", "expected ')'"},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(one.text);
        expect_refused(file(file_with(one.text, 60)), one.what);
    }
    expect_refused(file(file_with(dictionary("'<f4'", "False", "(3, 5)") + '\0', 60)),
                   "nothing may follow the dictionary");
    // Python 3 writes no long integers, and it alone writes version 3.
    expect_refused(file(file_with(dictionary("'<f4'", "False", "(3L, 5L)"), 60, 3)), "expected ')'");
}

TEST_F(DamagedNpy, LyingShapesAreRefusedBeforeMemoryIsAllocated) {
    const struct {
        const char* shape;
        const char* what;
    } cases[] = {
        {"(-3, 5)", "the shape has a negative extent"},
        {"(3, -5)", "the shape has a negative extent"},
        {"(-3, -5)", "the shape has a negative extent"},
        {"(5, 5)", "it is cut off: 5 x 5 cells of float32 take 100 bytes after the header, but there are 60"},
        {"(1, 1)", "it has trailing bytes: 1 x 1 cells of float32 take 4 bytes after the header, but there are 60"},
        {"(0, 5)", "it has trailing bytes: 0 x 5 cells of float32 take 0 bytes after the header, but there are 60"},
        {"(1000000, 1000000)", "it is cut off: 1000000 x 1000000 cells of float32 take 4000000000000 bytes"},
        {"(4294967296, 4294967296)", "4294967296 x 4294967296 cells of float32 is larger than the address space"},
        {"(4611686018427387904, 4)", "is larger than the address space"}, // 2^66 bytes: 0 modulo 2^64
        {"(4611686018427387919, 1)", "is larger than the address space"}, // 2^62 + 15 cells: 60 modulo 2^64 bytes
        {"(0, 9223372036854775807)", "is larger than the address space"}, // as Grid
        {"(9223372036854775807, 0)", "is larger than the address space"},
        {"(9223372036854775808, 0)", "an extent of the shape is larger than the address space"},
        {"(18446744073709551619, 5)", "an extent of the shape is larger than the address space"}, // 2^64 + 3
        {"(3, 99999999999999999999999999999999)", "an extent of the shape is larger than the address space"},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(one.shape);
        for (const char* order : {"False", "True"})
            expect_refused(file(file_with(dictionary("'<f4'", order, one.shape), 60)), one.what);
    }
    std::string many = "(";
    for (int i = 0; i < 20000; ++i) many += "1, ";
    expect_refused(file(file_with(dictionary("'<f4'", "False", many + ")"), 4)), "it has 20000 dimensions");
}

TEST_F(DamagedNpy, WhatGridRefusesAsTooLargeIsRefusedInAFileToo) {
    constexpr std::ptrdiff_t most = PTRDIFF_MAX / 8;
    const auto text = [](std::ptrdiff_t rows, std::ptrdiff_t cols, const char* order = "False") {
        return dictionary("'<f8'", order, "(" + std::to_string(rows) + ", " + std::to_string(cols) + ")");
    };
    EXPECT_NO_THROW((void)km::Grid<double>(nullptr, 0, most));
    EXPECT_EQ(km::npy_info(file(file_with(text(0, most), 0))).cols, most);
    EXPECT_EQ(km::read_npy<double>(file(file_with(text(most, 0), 0))).rows(), most);
    // Rows without cells take no time.
    EXPECT_EQ(km::read_npy<double>(file(file_with(text(0, most, "True"), 0))).cols(), most);
    EXPECT_EQ(km::read_npy<double>(file(file_with(text(most, 0, "True"), 0))).rows(), most);
    km::write_npy(path(), km::Grid<double>(nullptr, most, 0, 7, 7));
    EXPECT_EQ(km::npy_info(path()).rows, most);
    EXPECT_THROW((void)km::Grid<double>(nullptr, 0, most + 1), std::length_error);
    expect_refused(file(file_with(text(0, most + 1), 0)), "is larger than the address space");
    expect_refused(file(file_with(text(most + 1, 0), 0)), "is larger than the address space");
}

TEST_F(DamagedNpy, OtherVersionsAndLongHeadersAreRefused) {
    std::string bytes = contents(data_file("f4_C_little_v1"));
    for (const auto& [major, minor] : {std::pair{0, 0}, {1, 1}, {2, 9}, {4, 0}, {255, 255}}) {
        bytes[6] = static_cast<char>(major);
        bytes[7] = static_cast<char>(minor);
        expect_refused(file(bytes), "its format version is " + std::to_string(major) + "." + std::to_string(minor) +
                                        "; 1.0, 2.0 and 3.0 are read");
    }
    const std::string text = dictionary("'<f4'", "False", "(3, 5)");
    expect_refused(file(file_with(text + std::string(65537 - text.size(), ' '), 60, 2)),
                   "its header has 65537 bytes; at most 65536 are read");
    bytes = file_with(text, 60, 3);
    for (std::size_t i = 8; i < 12; ++i) bytes[i] = '\xff';
    expect_refused(file(bytes), "its header has 4294967295 bytes; at most 65536 are read");
    bytes = file_with(text, 60, 1);
    bytes[8] = bytes[9] = '\xff';
    expect_refused(file(bytes), "bytes, but its header ends at byte 65545");
}

} // namespace
