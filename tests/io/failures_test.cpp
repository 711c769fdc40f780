// The files on the disk after a system call fails. Every call of a writer fails in turn, with every value of errno that
// the manual pages of Linux name for it. A table holds the expected outcome: no error, or an error after which the old
// file is there, and the new one if it was complete.
#include <kuramoto/checkpoint.hpp>
#include <kuramoto/npy.hpp>

#include "support/failing_calls.hpp"
#include "support/files.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
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

const char* name_of(Call call) {
    return call == Call::sync ? "fsync: " : call == Call::close ? "close: " : call == Call::rename ? "rename: " : "";
}

class FailuresOf : public test::Failures {
  protected:
    /// Writes while each call fails in turn, with and without an old file.
    template <class Write> void expect_rules(const Write& write) {
        write(path("new"));
        after_ = contents(path("new"));
        fs::remove(path("new"));
        const int descriptors = open_descriptors();
        for (const bool is_there : {true, false})
            for (const Rule& rule : rules()) {
                int failed = 0;
                for (const int code : rule.codes) failed += expect_rule(rule, code, is_there, write);
                if (HasFatalFailure()) return;
                const bool is_made = rule.call != Call::seek && rule.call != Call::length &&
                                     rule.call != Call::begin_to_sync &&
                                     (is_there || (rule.call != Call::open_old && rule.call != Call::permissions));
                EXPECT_EQ(failed > 0, is_made) << static_cast<int>(rule.call);
            }
        EXPECT_EQ(open_descriptors(), descriptors);
    }

  private:
    template <class Write> int expect_rule(const Rule& rule, int code, bool is_there, const Write& write) {
        for (int number = 0;; ++number) {
            fs::remove(name());
            if (is_there) put(name(), "old");
            const Attempt attempt = test::attempt(rule.call, code, number, [&] { write(name()); });
            const Outcome outcome = attempt.has_failed ? rule.outcome : Outcome::harmless;
            [&] { expect_outcome(outcome, rule.call, code, attempt.message, is_there); }();
            if (!attempt.has_failed || HasFailure()) return number;
        }
    }

    void expect_outcome(Outcome outcome, Call call, int code, const std::string& message, bool is_there) {
        SCOPED_TRACE(std::to_string(static_cast<int>(call)) + ", " + std::strerror(code) + ": " + message);
        const bool is_kept = outcome == Outcome::kept || outcome == Outcome::in_doubt;
        EXPECT_EQ(message.empty(), outcome == Outcome::harmless);
        EXPECT_EQ(files(), (is_kept ? 1 : 0) + (is_there || outcome == Outcome::harmless ? 1 : 0));
        if (outcome == Outcome::harmless) {
            EXPECT_EQ(contents(name()), after_);
            return;
        }
        EXPECT_EQ(bytes_of(name()), is_there ? "old" : "");
        EXPECT_TRUE(has(message, "cannot write '" + name() + "': "));
        EXPECT_TRUE(has(message, name_of(call) + std::string(std::strerror(code))));
        EXPECT_EQ(has(message, "kept as '" + temporary() + "'"), is_kept);
        EXPECT_EQ(has(message, "complete"), outcome == Outcome::kept);
        EXPECT_EQ(has(message, "may be damaged"), outcome == Outcome::in_doubt);
        if (!is_kept) return;
        EXPECT_EQ(contents(temporary()), after_);
        fs::remove(temporary());
    }

    std::string after_;
};

} // namespace

namespace {

void save_step(const std::string& path, std::int64_t step) {
    km::Checkpoint checkpoint;
    checkpoint.set("step", step);
    checkpoint.set("theta", frame(1));
    km::write_checkpoint(path, checkpoint);
}

std::int64_t step_of(const std::string& path) { return km::checkpoint_info(path).integer("step"); }

} // namespace

TEST_F(FailuresOf, CheckpointsLeaveTheOldOneWhole) {
    expect_rules([](const std::string& name) {
        km::Checkpoint checkpoint;
        checkpoint.set("step", 3);
        checkpoint.set("theta", frame(1));
        checkpoint.set("omega", frame(2));
        km::write_checkpoint(name, checkpoint);
    });
}

TEST_F(FailuresOf, ArraysLeaveTheOldOneWhole) {
    expect_rules([](const std::string& name) { km::write_npy(name, frame(1)); });
}

TEST_F(FailuresOf, ArraysOfAnyStridesLeaveTheOldOneWhole) {
    expect_rules([](const std::string& name) { km::write_npy(name, frame(1), km::NpyOrder::column_major); });
}

TEST_F(FailuresOf, CheckpointsWithoutPermissionsGoOn) {
    const mode_t before = umask(022);
    put(name(), "old");
    ASSERT_EQ(chmod(name().c_str(), 0600), 0);
    for (std::int64_t step = 1; step <= 3; ++step) {
        const std::string message = message_while_refused(Call::permissions, EPERM, [&] { save_step(name(), step); });
        EXPECT_EQ(message, "");
        EXPECT_EQ(step_of(name()), step);
        EXPECT_EQ(mode_of(name()), 0600U); // nobody can read it who could not before
    }
    umask(before);
    EXPECT_EQ(files(), 1);
}

TEST_F(FailuresOf, CheckpointsThatCannotBeRenamedLeaveTheNewest) {
    put(name(), "old");
    const auto save = [&](std::int64_t step) { save_step(name(), step); };
    // First every rename fails; then only the replacement of the file fails; then nothing fails.
    for (std::int64_t step = 1; step <= 5; ++step) {
        const std::string message = message_while_refused(Call::rename, EROFS, [&] { save(step); });
        const std::string kept = path(step % 2 == 1 ? ".kuramoto-0.tmp" : ".kuramoto-1.tmp");
        EXPECT_TRUE(has(message, "kept as '" + kept + "'")) << message;
        EXPECT_EQ(step_of(kept), step);
        EXPECT_EQ(files(), 2);
    }
    for (std::int64_t step = 6; step <= 9; ++step) {
        const Attempt busy = attempt(Call::rename, EBUSY, 0, [&] { save(step); });
        EXPECT_TRUE(has(busy.message, "kept as '" + temporary() + "'")) << busy.message;
        EXPECT_EQ(step_of(temporary()), step);
        EXPECT_EQ(files(), 2);
    }
    // A file that may be damaged does not replace a complete one.
    const Attempt damaged = attempt(Call::sync, EIO, 0, [&] { save(10); });
    EXPECT_TRUE(has(damaged.message, "the last complete file is kept as '" + temporary() + "'")) << damaged.message;
    EXPECT_EQ(step_of(temporary()), 9);
    EXPECT_EQ(files(), 2);
    EXPECT_EQ(contents(name()), "old");
    save(11);
    EXPECT_EQ(step_of(name()), 11);
    EXPECT_EQ(files(), 1);
}

TEST_F(FailuresOf, FilesThatTookAKeptNameAreLeftAlone) {
    const auto save = [&] { km::write_npy(name(), frame(1)); };
    EXPECT_TRUE(attempt(Call::rename, EBUSY, 0, save).has_failed);
    fs::rename(temporary(), path("saved"));
    put(temporary(), "somebody's");
    const Attempt again = attempt(Call::rename, EBUSY, 0, save);
    EXPECT_TRUE(has(again.message, "kept as '" + path(".kuramoto-1.tmp") + "'")) << again.message;
    save();
    EXPECT_EQ(contents(temporary()), "somebody's");
    EXPECT_EQ(contents(path("saved")), contents(name()));
    EXPECT_EQ(files(), 3);
}

TEST_F(FailuresOf, InterruptionsWithoutEndAreAnError) {
    for (const Call call : {Call::create, Call::write, Call::sync}) {
        const std::string message = message_while_refused(call, EINTR, [&] { km::write_npy(name(), frame(1)); });
        EXPECT_TRUE(has(message, std::strerror(EINTR))) << message;
        EXPECT_FALSE(fs::exists(name()));
    }
}
