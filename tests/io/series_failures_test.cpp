// The frames of a series on the disk after a system call fails: each that was added is there, in "<name>.part" or under
// the name.
#include <kuramoto/npy.hpp>
#include <kuramoto/npy_series.hpp>

#include "support/failing_calls.hpp"
#include "support/files.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <sys/stat.h>

namespace km = kuramoto;
namespace fs = std::filesystem;

namespace {

using test::attempt;
using test::Attempt;
using test::Call;
using test::contents;
using test::frame;
using test::has;
using test::message_while_refused;
using test::mode_of;
using test::open_descriptors;
using test::Outcome;
using test::put;
using test::Rule;
using test::rules;

/// A series while each call fails in turn. The frames that were added must be readable under "<name>.part" or under the
/// name.
class FailuresOfSeries : public test::Failures {
  protected:
    [[nodiscard]] std::string part() const { return name() + ".part"; }

    /// The bytes of a series with this number of frames.
    std::string expected(std::uint32_t frames) {
        km::NpySeries<float> series(path("expected"), 5, 7);
        for (std::uint32_t k = 0; k < frames; ++k) series.add(frame(k));
        series.finish();
        std::string bytes = contents(path("expected"));
        fs::remove(path("expected"));
        return bytes;
    }

    /// Calls `prepare()`, then `write(frames)`, which counts the frames that were added.
    template <class Prepare, class Write> void expect_rules(const Prepare& prepare, const Write& write) {
        const int descriptors = open_descriptors();
        for (const Rule& rule : rules())
            for (const int code : rule.codes)
                for (int number = 0;; ++number) {
                    fs::remove(name()), fs::remove(part());
                    prepare();
                    std::uint32_t frames = 0;
                    const Attempt attempt = test::attempt(rule.call, code, number, [&] { write(frames); });
                    SCOPED_TRACE(std::to_string(static_cast<int>(rule.call)) + ", " + std::strerror(code) + ", " +
                                 std::to_string(number) + ": " + attempt.message);
                    const bool is_harmless = !attempt.has_failed || rule.outcome == Outcome::harmless;
                    EXPECT_EQ(attempt.message.empty(), is_harmless);
                    if (is_harmless)
                        EXPECT_EQ(bytes_of(name()), expected(2));
                    else
                        expect_left(rule, code, attempt.message, frames);
                    if (HasFailure()) return;
                    if (!attempt.has_failed) break;
                }
        EXPECT_EQ(open_descriptors(), descriptors);
    }

    void expect_left(const Rule& rule, int code, const std::string& message, std::uint32_t frames) {
        EXPECT_TRUE(has(message, "'" + name()));
        EXPECT_TRUE(has(message, std::strerror(code)));
        const bool is_at_the_end = rule.call == Call::sync || rule.call == Call::close;
        EXPECT_EQ(has(message, "may be damaged and is kept as '" + part() + "'"), is_at_the_end);
        EXPECT_EQ(has(message, "the complete file is kept as '" + part() + "'"),
                  rule.call == Call::rename && frames == 2);
        expect_whole(frames);
    }

    virtual void expect_whole(std::uint32_t frames) {
        EXPECT_EQ(bytes_of(name()), "old");
        if (!fs::exists(part())) {
            EXPECT_EQ(frames, 0U);
            return;
        }
        const km::NpySeriesInfo info = km::npy_series_info(part());
        EXPECT_EQ(info.frames, frames);
        const std::string wanted = expected(frames);
        EXPECT_EQ(contents(part()).substr(0, wanted.size()), wanted);
    }
};

/// The same for a series that was interrupted with three frames and half a fourth one. Two frames are kept.
class FailuresOfTakingUp : public FailuresOfSeries {
  protected:
    void leave(const std::string& where) { put(where, expected(3) + "half a frame"); }

    /// Expects two frames, or the three from before.
    void expect_whole(std::uint32_t) override {
        const std::string bytes = bytes_of(part()) + bytes_of(name());
        EXPECT_EQ(fs::exists(part()), !fs::exists(name()));
        const std::string frames = expected(2).substr(128);
        EXPECT_EQ(bytes.substr(128, frames.size()), frames);
        const std::string header = bytes.substr(0, 128);
        EXPECT_TRUE(header == expected(2).substr(0, 128) || header == expected(3).substr(0, 128)) << header;
    }

    template <class Prepare> void expect_rules_of_taking_up(const Prepare& prepare) {
        expect_rules(prepare, [&](std::uint32_t& frames) {
            km::NpySeries<float> series(name(), 5, 7, 2);
            frames = 2;
            series.finish();
        });
    }
};

} // namespace

TEST_F(FailuresOfSeries, KeepTheFramesBefore) {
    expect_rules([&] { put(name(), "old"); },
                 [&](std::uint32_t& frames) {
                     km::NpySeries<float> series(name(), 5, 7);
                     series.add(frame(0));
                     frames = 1;
                     series.add(frame(1));
                     frames = 2;
                     series.finish();
                 });
}

TEST_F(FailuresOfSeries, GoOnWhereTheFailureWas) {
    for (const Call call : {Call::write, Call::seek}) {
        km::NpySeries<float> series(name(), 5, 7);
        series.add(frame(0));
        int failed = 0;
        while (series.frames() == 1) {
            const Attempt adding = attempt(call, ENOSPC, failed, [&] { series.add(frame(1)); });
            if (adding.has_failed) ++failed;
        }
        EXPECT_EQ(failed, 2) << "the frame and the header";
        series.finish();
        EXPECT_EQ(contents(name()), expected(2));
        fs::remove(name());
    }
}

TEST_F(FailuresOfSeries, KeepThePermissionsOfTheOldFile) {
    put(name(), "old");
    ASSERT_EQ(chmod(name().c_str(), 0600), 0);
    km::NpySeries<float> series(name(), 5, 7);
    EXPECT_EQ(mode_of(part()), 0600U);
}

TEST_F(FailuresOfTakingUp, OfTheBeginningLeaveIt) {
    expect_rules_of_taking_up([&] { leave(part()); });
}

TEST_F(FailuresOfTakingUp, OfTheFinishedFileLeaveIt) {
    expect_rules_of_taking_up([&] { leave(name()); });
}

TEST_F(FailuresOfTakingUp, NeedNoLengthThatIsThere) {
    put(part(), expected(2));
    EXPECT_EQ(message_while_refused(Call::length, ENOSYS, [&] { km::NpySeries<float>(name(), 5, 7, 2).finish(); }), "");
    EXPECT_EQ(contents(name()), expected(2));
}

// The second call finds the file closed.
TEST_F(FailuresOfSeries, LetFinishBeTriedAgain) {
    put(name(), "old");
    km::NpySeries<float> series(name(), 5, 7);
    series.add(frame(0));
    series.add(frame(1));
    for (int time = 0; time < 2; ++time) {
        const std::string message = message_while_refused(Call::rename, EBUSY, [&] { series.finish(); });
        EXPECT_TRUE(has(message, "the complete file is kept as '" + part() + "'")) << message;
        EXPECT_EQ(contents(name()), "old");
    }
    EXPECT_THROW(series.add(frame(2)), std::runtime_error);
    series.finish();
    EXPECT_EQ(contents(name()), expected(2));
    EXPECT_THROW(series.add(frame(2)), std::runtime_error);
    series.finish();
    EXPECT_EQ(contents(name()), expected(2));
}

// After a failed fsync the next one succeeds, although the bytes are lost.
TEST_F(FailuresOfSeries, AreNotForgotten) {
    put(name(), "old");
    km::NpySeries<float> series(name(), 5, 7);
    series.add(frame(0));
    const std::string first = message_while_refused(Call::sync, EIO, [&] { series.finish(); });
    EXPECT_TRUE(has(first, "may be damaged and is kept as '" + part() + "'")) << first;
    EXPECT_THROW(series.finish(), std::runtime_error);
    EXPECT_EQ(contents(name()), "old");
}

// The message must not name a file that is not there.
TEST_F(FailuresOfSeries, SayThatTheFileIsGoneWithItsFolder) {
    const std::string folder = path("folder");
    const auto message_of = [&](const auto& finish) {
        fs::remove_all(folder);
        try {
            finish();
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    fs::create_directory(folder);
    km::NpySeries<float> series(folder + "/a.npy", 5, 7);
    series.add(frame(0));
    const std::string of_series = message_of([&] { series.finish(); });
    EXPECT_TRUE(has(of_series, "'" + folder + "/a.npy.part' is gone")) << of_series;

    fs::create_directory(folder);
    km::detail::OutputFile file(folder + "/b.npy");
    file.write("b", 1);
    const std::string temporary = file.temporary();
    const std::string of_file = message_of([&] { file.commit(); });
    EXPECT_TRUE(has(of_file, "'" + temporary + "' is gone")) << of_file;
}
