// The files on the disk after a system call fails. Every call of a writer is wrapped (the linker's --wrap) and fails in
// turn, with every value of errno that the manual pages of Linux name for it. A table holds the expected outcome: no
// error, or an error after which the old file is there, and the new one if it was complete.
#include <kuramoto/checkpoint.hpp>
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/npy.hpp>
#include <kuramoto/npy_series.hpp>

#include "support/files.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace km = kuramoto;
namespace fs = std::filesystem;

namespace {

/// A system call, distinguished by its purpose.
enum class Call {
    create,         ///< open, of a file that is new
    open_old,       ///< open, of a file that is there
    open_folder,    ///< open
    permissions,    ///< fchmod
    write,          ///< fwrite
    seek,           ///< fseeko
    length,         ///< ftruncate
    begin_to_sync,  ///< sync_file_range
    sync,           ///< fsync
    sync_folder,    ///< fsync
    close,          ///< fclose, of a file that was written
    close_unneeded, ///< close or fclose, of a descriptor through which nothing was written
    rename
};

Call failing_call{};
int calls_until_failure = -1; // −1: none fails
bool is_lasting = false;      // all later calls fail, too
int failure = 0;              // value of errno

/// Whether this call is the one that is to fail; sets errno.
bool fails(Call call) {
    if (call != failing_call || calls_until_failure < 0) return false;
    if (calls_until_failure > 0) {
        --calls_until_failure;
        return false;
    }
    if (!is_lasting) calls_until_failure = -1;
    errno = failure;
    return true;
}

bool is_folder(int descriptor) {
    struct stat entry {};
    return fstat(descriptor, &entry) == 0 && S_ISDIR(entry.st_mode);
}

} // namespace

extern "C" {
int __real_open(const char* path, int flags, ...);
int __real_fchmod(int descriptor, mode_t mode);
std::size_t __real_fwrite(const void* from, std::size_t size, std::size_t count, std::FILE* file);
int __real_fseeko(std::FILE* file, off_t offset, int from);
int __real_ftruncate(int descriptor, off_t length);
int __real_fclose(std::FILE* file);
int __real_close(int descriptor);
int __real_rename(const char* from, const char* to);

int __wrap_open(const char* path, int flags, ...) {
    const Call call = (flags & O_CREAT) != 0       ? Call::create
                      : (flags & O_DIRECTORY) != 0 ? Call::open_folder
                                                   : Call::open_old;
    std::va_list arguments;
    va_start(arguments, flags);
    const unsigned mode = (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    return fails(call) ? -1 : __real_open(path, flags, mode);
}
int __wrap_fchmod(int descriptor, mode_t mode) {
    return fails(Call::permissions) ? -1 : __real_fchmod(descriptor, mode);
}
std::size_t __wrap_fwrite(const void* from, std::size_t size, std::size_t count, std::FILE* file) {
    if (!fails(Call::write)) return __real_fwrite(from, size, count, file);
    const std::size_t half = __real_fwrite(from, size, count / 2, file); // as if the disk became full
    errno = failure;
    return half;
}
int __wrap_fseeko(std::FILE* file, off_t offset, int from) {
    return fails(Call::seek) ? -1 : __real_fseeko(file, offset, from);
}
int __wrap_ftruncate(int descriptor, off_t length) {
    return fails(Call::length) ? -1 : __real_ftruncate(descriptor, length);
}
int __wrap_sync_file_range(int, off_t, off_t, unsigned) { return fails(Call::begin_to_sync) ? -1 : 0; }
int __wrap_fsync(int descriptor) { // without waiting for the disk, which is not under test
    return fails(is_folder(descriptor) ? Call::sync_folder : Call::sync) ? -1 : 0;
}
int __wrap_fclose(std::FILE* file) { // the file is closed even if fclose reports an error
    const bool is_read = (fcntl(fileno(file), F_GETFL) & O_ACCMODE) == O_RDONLY;
    const int result = __real_fclose(file);
    return fails(is_read ? Call::close_unneeded : Call::close) ? EOF : result;
}
int __wrap_close(int descriptor) {
    const int result = __real_close(descriptor);
    return fails(Call::close_unneeded) ? -1 : result;
}
int __wrap_rename(const char* from, const char* to) { return fails(Call::rename) ? -1 : __real_rename(from, to); }
}

namespace {

using test::contents;
using test::put;

/// The outcome of a failed call.
enum class Outcome {
    harmless, ///< the file is there, complete
    removed,  ///< an error, and nothing is left of the file
    in_doubt, ///< an error that names the call; the file is kept, and the message says where and that it may be damaged
    kept      ///< an error that names the call; the complete file is kept, and the message says where
};

struct Rule {
    Call call;
    Outcome outcome;
    std::vector<int> codes;
};

/// The errors that open(2) names, except those that do not occur for a new file.
std::vector<int> open_codes() {
    return {EACCES, EBUSY,        EDQUOT,    EFAULT, EFBIG,  EINVAL,  EISDIR,     ELOOP,
            EMFILE, ENAMETOOLONG, ENFILE,    ENODEV, ENOENT, ENOMEM,  ENOSPC,     ENOTDIR,
            ENXIO,  EOPNOTSUPP,   EOVERFLOW, EPERM,  EROFS,  ETXTBSY, EWOULDBLOCK};
}

/// The rule of detail/io/calls.hpp, call by call.
std::vector<Rule> rules() {
    return {
        {Call::create, Outcome::removed, open_codes()},
        {Call::create, Outcome::harmless, {EINTR}},
        {Call::open_old, Outcome::removed, open_codes()},
        {Call::open_old, Outcome::harmless, {EINTR}},
        {Call::open_folder, Outcome::harmless, open_codes()},
        {Call::open_folder, Outcome::harmless, {EINTR}},
        {Call::permissions,
         Outcome::harmless,
         {EACCES, EBADF, EFAULT, EINTR, EINVAL, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOSYS, ENOTDIR, EOPNOTSUPP,
          EPERM, EROFS}},
        {Call::write,
         Outcome::removed,
         {EAGAIN, EBADF, EDESTADDRREQ, EDQUOT, EFAULT, EFBIG, EINVAL, EIO, ENOSPC, EPERM, EPIPE}},
        {Call::write, Outcome::harmless, {EINTR}},
        {Call::seek, Outcome::removed, {EBADF, EINVAL, ENXIO, EOVERFLOW, ESPIPE}},
        {Call::length, Outcome::removed, {EACCES, EBADF, EFBIG, EINVAL, EIO, EISDIR, EPERM, EROFS, ETXTBSY}},
        {Call::length, Outcome::harmless, {EINTR}},
        {Call::begin_to_sync, Outcome::harmless, {EBADF, EINVAL, EIO, ENOMEM, ENOSPC, ENOSYS, ESPIPE}},
        {Call::sync, Outcome::harmless, {EINTR, EINVAL, ENOSYS, ENOTSUP, ENOTTY, EOPNOTSUPP, EPERM, EROFS}},
        {Call::sync, Outcome::removed, {EDQUOT, EFBIG, ENOSPC}},
        {Call::sync, Outcome::in_doubt, {EBADF, EIO, ESTALE}},
        {Call::sync_folder, Outcome::harmless, {EBADF, EDQUOT, EINTR, EINVAL, EIO, ENOSPC, ENOSYS, EOPNOTSUPP, EROFS}},
        {Call::close, Outcome::harmless, {EINTR}},
        {Call::close, Outcome::removed, {EDQUOT, ENOSPC}},
        {Call::close, Outcome::in_doubt, {EBADF, EIO}},
        {Call::close_unneeded, Outcome::harmless, {EBADF, EDQUOT, EINTR, EIO, ENOSPC}},
        {Call::rename,
         Outcome::kept,
         {EACCES, EBUSY, EDQUOT, EEXIST, EFAULT, EINVAL, EISDIR, ELOOP, EMLINK, ENAMETOOLONG, ENOENT, ENOMEM, ENOSPC,
          ENOTDIR, ENOTEMPTY, EPERM, EROFS, ETXTBSY, EXDEV}},
    };
}

const char* name_of(Call call) {
    return call == Call::sync ? "fsync: " : call == Call::close ? "close: " : call == Call::rename ? "rename: " : "";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The message of the error that `action` throws, or nothing.
template <class Action> std::string message_of(const Action& action) {
    try {
        action();
    } catch (const std::exception& error) {
        return error.what();
    }
    return {};
}

/// The message while the call of this number fails, and whether a call has failed.
struct Attempt {
    std::string message;
    bool has_failed = false;
};
template <class Action> Attempt attempt(Call call, int code, int number, const Action& action) {
    failing_call = call;
    failure = code;
    calls_until_failure = number;
    Attempt result;
    result.message = message_of(action);
    result.has_failed = calls_until_failure < 0;
    calls_until_failure = -1;
    return result;
}

/// The message while all calls of this kind fail.
template <class Action> std::string message_while_refused(Call call, int code, const Action& action) {
    is_lasting = true;
    const std::string message = attempt(call, code, 0, action).message;
    is_lasting = false;
    return message;
}

/// The number of open descriptors.
int open_descriptors() {
    int count = 0;
    for (int descriptor = 0; descriptor < 256; ++descriptor)
        if (fcntl(descriptor, F_GETFD) != -1) ++count;
    return count;
}

km::Field<float> frame(std::uint32_t number) {
    km::Field<float> field(5, 7);
    test::fill_distinct(field.view(), 100 * number);
    return field;
}

unsigned mode_of(const std::string& path) {
    struct stat entry {};
    EXPECT_EQ(stat(path.c_str(), &entry), 0) << path;
    return entry.st_mode & 0777U;
}

class FailuresOf : public test::InFolder {
  protected:
    [[nodiscard]] std::string name() const { return path("file"); }
    [[nodiscard]] std::string temporary() const { return path(".kuramoto-0.tmp"); }

    [[nodiscard]] static std::string bytes_of(const std::string& path) {
        return fs::exists(path) ? contents(path) : "";
    }

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
            const Attempt attempt = ::attempt(rule.call, code, number, [&] { write(name()); });
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

namespace {

/// A series while each call fails in turn. The frames that were added must be readable under "<name>.part" or under the
/// name.
class FailuresOfSeries : public FailuresOf {
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
                    const Attempt attempt = ::attempt(rule.call, code, number, [&] { write(frames); });
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
