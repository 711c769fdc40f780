// What is on the disk when the system refuses: every call that writes, synchronises or renames is made to fail in its
// turn, by wrapping it (the linker's --wrap), and what was there before has to be whole.
#include <kuramoto/checkpoint.hpp>
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/npy.hpp>
#include <kuramoto/npy_series.hpp>

#include "support/files.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <string>

namespace km = kuramoto;

namespace {

enum class Call { fwrite, fsync, rename };

Call failing_call{};
int calls_until_failure = -1; // −1: none fails
int failure = 0;              // value of errno

/// Whether this call is the one that has to fail.
bool fails(Call call) {
    if (call != failing_call || calls_until_failure < 0 || calls_until_failure-- > 0) return false;
    errno = failure;
    return true;
}

} // namespace

extern "C" {
std::size_t __real_fwrite(const void* from, std::size_t size, std::size_t count, std::FILE* file);
int __real_fsync(int descriptor);
int __real_rename(const char* from, const char* to);

std::size_t __wrap_fwrite(const void* from, std::size_t size, std::size_t count, std::FILE* file) {
    if (!fails(Call::fwrite)) return __real_fwrite(from, size, count, file);
    const std::size_t half = __real_fwrite(from, size, count / 2, file); // as on a disk that becomes full
    errno = failure;
    return half;
}
int __wrap_fsync(int descriptor) { return fails(Call::fsync) ? -1 : __real_fsync(descriptor); }
int __wrap_rename(const char* from, const char* to) { return fails(Call::rename) ? -1 : __real_rename(from, to); }
}

namespace {

using test::contents;

/// Calls `write` with the first call failing, then the second …, until none fails; `check(message)` after each, with
/// the message of the error or nothing. Returns the number of failures.
template <class Write, class Check> int with_each_failing(Call call, int code, const Write& write, const Check& check) {
    for (int number = 0;; ++number) {
        failing_call = call;
        failure = code;
        calls_until_failure = number;
        std::string message;
        try {
            write();
        } catch (const std::exception& error) {
            message = error.what();
        }
        const bool has_failed = calls_until_failure < 0;
        calls_until_failure = -1;
        check(message);
        if (!has_failed || testing::Test::HasFatalFailure()) return number;
    }
}

km::Field<float> frame(std::uint32_t number) {
    km::Field<float> field(50, 700);
    test::fill_distinct(field.view(), 100 * number);
    return field;
}

struct Refusal {
    Call call;
    int code;
    const char* text;
};

constexpr Refusal refusals[] = {{Call::fwrite, ENOSPC, "No space left on device"},
                                {Call::fwrite, EDQUOT, "Disk quota exceeded"},
                                {Call::fsync, EIO, "Input/output error"},
                                {Call::rename, EACCES, "Permission denied"}};

/// Writes over an old file with every call failing once: it is the old one or the new one, and nothing else is left.
class FailuresOf : public test::InFolder {
  protected:
    template <class Write> void expect_all_or_nothing(const Write& write) {
        const std::string name = path("file");
        write(name, 1);
        const std::string before = contents(name);
        write(path("other"), 2);
        const std::string after = contents(path("other"));
        ASSERT_NE(before, after);
        for (const Refusal& refusal : refusals) {
            int thrown = 0;
            with_each_failing(
                refusal.call, refusal.code, [&] { write(name, 2); },
                [&](const std::string& message) {
                    ASSERT_EQ(contents(name), message.empty() ? after : before) << message;
                    ASSERT_EQ(files(), 2) << message;
                    if (message.empty()) {
                        write(name, 1);
                        return;
                    }
                    ++thrown;
                    ASSERT_NE(message.find(name), std::string::npos) << message;
                    ASSERT_NE(message.find(refusal.text), std::string::npos) << message;
                });
            EXPECT_GE(thrown, refusal.call == Call::fwrite ? 2 : 1) << refusal.text;
        }
    }
};

} // namespace

TEST_F(FailuresOf, CheckpointsLeaveTheOldOneWhole) {
    expect_all_or_nothing([](const std::string& name, std::uint32_t number) {
        km::write_checkpoint(name, {.step = number}, frame(number), frame(number + 10));
    });
}

TEST_F(FailuresOf, ArraysLeaveTheOldOneWhole) {
    expect_all_or_nothing([](const std::string& name, std::uint32_t number) { km::write_npy(name, frame(number)); });
}

TEST_F(FailuresOf, SeriesKeepTheFramesBefore) {
    const std::string name = path("run.npy");
    test::put(name, "old");
    km::NpySeries<float> series(name, 50, 700);
    series.add(frame(0));
    series.add(frame(1));
    const std::string two = contents(name + ".part");
    int thrown = 0;
    with_each_failing(
        Call::fwrite, ENOSPC, [&] { series.add(frame(2)); },
        [&](const std::string& message) {
            if (message.empty()) return;
            ++thrown;
            ASSERT_NE(message.find("No space left on device"), std::string::npos) << message;
            ASSERT_NE(message.find(name), std::string::npos) << message;
            ASSERT_EQ(series.frames(), 2) << message;
            ASSERT_EQ(contents(name + ".part"), two);
            ASSERT_EQ(contents(name), "old");
        });
    EXPECT_GE(thrown, 2); // the frame and the header
    EXPECT_EQ(series.frames(), 3);
    const std::string three = contents(name + ".part");
    for (const Call call : {Call::fsync, Call::rename}) {
        failing_call = call;
        failure = EIO;
        calls_until_failure = 0;
        km::NpySeries<float> again(name, 50, 700, 3);
        EXPECT_THROW(again.finish(), std::runtime_error);
        EXPECT_EQ(contents(name + ".part"), three);
        EXPECT_EQ(contents(name), "old");
    }
    km::NpySeries<float>(name, 50, 700, 3).finish();
    EXPECT_EQ(contents(name), three);
    EXPECT_EQ(files(), 1);
}
