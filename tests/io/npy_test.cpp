// Reading and writing .npy: files that NumPy wrote, files that are not what they say, and writes that fail.
// The files in data/ come from data/make_npy.py.

#include "support/files.hpp"

#include <kuramoto/npy.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

template <class T> using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T> std::string short_name() { return sizeof(T) == 4 ? "f4" : "f8"; }

std::string data_file(const std::string& name) { return std::string(KURAMOTO_TEST_DATA) + "/" + name + ".npy"; }

using test::contents;
using test::put;

/// The message of the std::runtime_error that `action` throws; anything else fails the test.
std::string message_of(const std::function<void()>& action) {
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

/// All three ways to read `path` fail, and say `what` about it.
void expect_refused(const std::string& path, const std::string& what) {
    for (const std::string& message :
         {message_of([&] { (void)km::read_npy<float>(path); }), message_of([&] { (void)km::read_npy<double>(path); }),
          message_of([&] { (void)km::npy_info(path); })}) {
        EXPECT_NE(message.find(what), std::string::npos) << message << "\nwanted: " << what;
        EXPECT_EQ(message.rfind(std::string("cannot read '") + path.c_str() + "': ", 0), 0U) << message;
    }
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

/// A folder of the test's own, and a system that does as it should.
class NpyFiles : public test::InFolder {
  protected:
    ~NpyFiles() override {
        on_fsync = nullptr;
        on_fchmod = nullptr;
    }

    [[nodiscard]] std::string path(const std::string& name = "a.npy") const { return InFolder::path(name); }

    /// `bytes` as a file.
    std::string file(const std::string& bytes) {
        put(path("made.npy"), bytes);
        return path("made.npy");
    }

    /// The names in the test's folder, sorted.
    [[nodiscard]] std::string listing() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder_)) names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        std::string text;
        for (const auto& name : names) text += name + " ";
        return text;
    }
};

template <class T> class NpyOf : public NpyFiles {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(NpyOf, Precisions);

unsigned mode_of(const std::string& path) {
    struct stat entry {};
    EXPECT_EQ(stat(path.c_str(), &entry), 0) << path;
    return entry.st_mode & 07777U;
}

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

TEST_F(NpyFiles, TheHeaderIsAlignedForEveryLengthOfTheShape) {
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

TEST_F(NpyFiles, AnythingGridLikeCanBeWritten) {
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

TEST_F(NpyFiles, AShapeThatIsNoneIsRefusedBeforeAnythingIsWritten) {
    struct Broken : Plane {
        [[nodiscard]] int rows() const { return -3; }
    };
    EXPECT_THROW(km::write_npy(path(), Broken()), std::invalid_argument);
    EXPECT_EQ(listing(), "");
}

// ----------------------------------------------------------------------------------------------- files that are not it

TEST_F(NpyFiles, APrecisionOtherThanTheOneWantedIsRefused) {
    EXPECT_EQ(message_of([] { (void)km::read_npy<float>(data_file("f8_C_big_v2")); }),
              "cannot read '" + data_file("f8_C_big_v2") + "': it holds float64, but float32 is wanted");
    EXPECT_EQ(message_of([] { (void)km::read_npy<double>(data_file("f4_0x7")); }),
              "cannot read '" + data_file("f4_0x7") + "': it holds float32, but float64 is wanted");
}

TEST_F(NpyFiles, OtherArraysOfNumPyAreRefused) {
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

TEST_F(NpyFiles, EveryCutOffFileIsRefused) {
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

TEST_F(NpyFiles, TrailingBytesAreRefused) {
    for (std::size_t more : {1U, 4U, 8U, 140U, 100000U})
        expect_refused(file(contents(data_file("f4_C_little_v1")) + std::string(more, 'x')),
                       "it has trailing bytes: 5 x 7 cells of float32 take 140 bytes after the header, but there are " +
                           std::to_string(140 + more));
    expect_refused(file(contents(data_file("f8_7x0")) + '\0'),
                   "it has trailing bytes: 7 x 0 cells of float64 take 0 bytes after the header, but there are 1");
}

TEST_F(NpyFiles, EveryChangeOfOneByteOfTheHeaderIsHarmless) {
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

TEST_F(NpyFiles, HeadersThatPythonReadsTheSameWayAreRead) {
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

TEST_F(NpyFiles, ByteOrdersAreJudgedAsNumPyDoes) {
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

TEST_F(NpyFiles, DamagedHeadersAreRefused) {
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

TEST_F(NpyFiles, LyingShapesAreRefusedBeforeMemoryIsAllocated) {
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

TEST_F(NpyFiles, WhatGridRefusesAsTooLargeIsRefusedInAFileToo) {
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

TEST_F(NpyFiles, OtherVersionsAndLongHeadersAreRefused) {
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

TEST_F(NpyFiles, WhatIsNoRegularFileIsRefused) {
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

TEST_F(NpyFiles, AFileThatShrinksOrFailsWhileItIsReadIsAnError) {
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

TEST_F(NpyFiles, ReadingTooManyOpenFilesIsAnError) {
    EXPECT_TRUE(holds_in_child([] {
        const rlimit none{0, 0};
        return setrlimit(RLIMIT_NOFILE, &none) == 0 &&
               fails_with("Too many open files", [] { (void)km::npy_info(data_file("f4_0x7")); });
    }));
}

TEST_F(NpyFiles, FilesAreClosedWhateverHappens) {
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

// --------------------------------------------------------------------------------------------------------- writing

TEST_F(NpyFiles, AnExistingFileIsReplaced) {
    km::write_npy(path(), roots<double>(50, 60));
    km::write_npy(path(), roots<float>(2, 3));
    expect_same_bits(km::read_npy<float>(path()), roots<float>(2, 3));
    EXPECT_EQ(listing(), "a.npy ");
}

TEST_F(NpyFiles, PathsRelativeToTheCurrentFolderWork) {
    const fs::path before = fs::current_path();
    fs::current_path(folder_);
    km::write_npy("a.npy", roots<float>(2, 3));
    fs::create_symlink("b.npy", "link");
    km::write_npy("link", roots<float>(3, 2));
    fs::current_path(before);
    expect_same_bits(km::read_npy<float>(path()), roots<float>(2, 3));
    expect_same_bits(km::read_npy<float>(path("b.npy")), roots<float>(3, 2));
}

TEST_F(NpyFiles, TheLongestNameWorks) {
    const std::string name = std::string(251, 'n') + ".npy";
    km::write_npy(path(name), roots<float>(2, 3));
    EXPECT_EQ(listing(), name + " ");
    EXPECT_NE(message_of([&] { km::write_npy(path("n" + name), roots<float>(2, 3)); }).find("File name too long"),
              std::string::npos);
    EXPECT_EQ(listing(), name + " ");
}

TEST_F(NpyFiles, PermissionsAreThoseOfAPlainOpen) {
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

TEST_F(NpyFiles, SymbolicLinksStay) {
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
TEST_F(NpyFiles, ALinkWhoseTargetHasTooLongAPathIsRefused) {
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

TEST_F(NpyFiles, ChainsOfLinksAreFollowedAsFarAsTheSystemDoes) {
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

TEST_F(NpyFiles, TargetsThatCannotBeReplacedAreRefused) {
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

TEST_F(NpyFiles, AFileOrFolderThatMayNotBeWrittenIsRefused) {
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

TEST_F(NpyFiles, AFullDiskLeavesTheOldFile) {
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

TEST_F(NpyFiles, AFailureOfTheSystemLeavesTheOldFile) {
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

TEST_F(NpyFiles, AFileSystemWithoutPermissionsIsNoFailure) {
    on_fchmod = [] { return EPERM; };
    for (const std::ptrdiff_t rows : {2, 3, 4}) {
        km::write_npy(path(), roots<float>(rows, 3));
        expect_same_bits(km::read_npy<float>(path()), roots<float>(rows, 3));
    }
    EXPECT_EQ(listing(), "a.npy ");
}

TEST_F(NpyFiles, AFileSystemThatCannotSynchroniseIsNoFailure) {
    int calls = 0;
    on_fsync = [&] { return ++calls % 2 == 1 ? EINTR : EINVAL; };
    km::write_npy(path(), roots<float>(2, 3));
    EXPECT_EQ(calls, 4); // twice for the file, twice for its folder
    expect_same_bits(km::read_npy<float>(path()), roots<float>(2, 3));
}

TEST_F(NpyFiles, TheNameAppearsOnlyWhenTheFileIsComplete) {
    std::string seen;
    on_fsync = [&] {
        struct stat synchronised {};
        EXPECT_EQ(fstat(synchronised_descriptor, &synchronised), 0);
        seen += S_ISDIR(synchronised.st_mode) ? "folder" : std::to_string(synchronised.st_size);
        seen += ": " + listing() + "| ";
        return 0;
    };
    km::write_npy(path(), roots<float>(2, 3));
    EXPECT_EQ(seen, std::to_string(128 + 24) + ": .kuramoto-0.tmp | folder: a.npy | ");
    EXPECT_EQ(listing(), "a.npy ");
}

TEST_F(NpyFiles, TemporaryFilesOfOthersAreLeftAlone) {
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

TEST_F(NpyFiles, WritersAtTheSameTimeNeverMixAndReadersNeverSeeAHalf) {
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
