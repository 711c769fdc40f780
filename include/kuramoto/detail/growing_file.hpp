// A file that grows beside its name, readable at any moment, and takes the name when it is finished.
// May include detail/errors.hpp, detail/file_calls.hpp, detail/file.hpp and detail/kept_files.hpp.
#pragma once

#include <kuramoto/detail/errors.hpp>
#include <kuramoto/detail/file.hpp>
#include <kuramoto/detail/file_calls.hpp>
#include <kuramoto/detail/kept_files.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// A file under "<path>.part" until `finish` gives it its name. Nothing is buffered here, so that what was written is
/// there for other programs, and after this one was killed. All failures are std::runtime_error and name the path; the
/// file stays then.
class GrowingFile {
  public:
    /// A new file: whatever is there already under "<path>.part" is the beginning of another run, and stays. Or the one
    /// that was left: "<path>.part", else `path`, which is called "<path>.part" from now on.
    enum class Start { new_file, left_file };

    GrowingFile(const std::string& path, Start start) : path_(path), target_(path) {
        FileStatus old;
        const std::string reason = find_target(target_, old);
        if (!reason.empty()) fail(reason);
        part_ = target_ + suffix;
        start == Start::new_file ? create(old) : take_up();
    }
    GrowingFile(const GrowingFile&) = delete;
    GrowingFile& operator=(const GrowingFile&) = delete;
    ~GrowingFile() = default;

    /// The file that would be taken up.
    static std::string name_to_take_up(const std::string& path) {
        std::string part = path;
        FileStatus status;
        if (follow_links(part) != 0) return path; // what is wrong with it is found when it is opened
        part += suffix;
        return look_up(part, status) == 0 && status.exists ? part : path;
    }

    /// At the position where it is: the end, but for those who moved it.
    void write(const void* from, std::size_t bytes) {
        if (const int code = write_bytes(stream_.handle, from, bytes)) fail(code);
    }

    void move_to(std::int64_t offset) {
        if (const int code = go_to(stream_.handle, offset)) fail(code);
    }

    /// Cuts off what lies beyond, and goes on there.
    void cut_to(std::int64_t bytes) {
        if (const int code = set_length(stream_.handle, part_, bytes)) fail(code);
        move_to(bytes);
    }

    /// Lets what was written find its way to the disk while the program goes on.
    void begin_to_synchronise() noexcept { detail::begin_to_synchronise(stream_.handle); }

    /// Gives the file the beginning and the length that it had, as far as the system lets us; after a failure.
    void take_back(const std::string& beginning, std::int64_t bytes) noexcept {
        static_cast<void>(set_length(stream_.handle, part_, bytes));
        if (go_to(stream_.handle, 0) == 0)
            static_cast<void>(write_bytes(stream_.handle, beginning.data(), beginning.size()));
    }

    /// Closes and removes the file.
    void remove() noexcept {
        stream_.close();
        std::remove(part_.c_str());
    }

    /// Puts the file on the disk under its name.
    void finish() {
        if (const int code = synchronise(stream_.handle)) fail_and_keep("fsync", code, false);
        if (const int code = stream_.close()) fail_and_keep("close", code, false);
        if (const int code = replace_file(part_, target_)) fail_and_keep("rename", code, true);
    }

    [[__noreturn__]] void fail(int code) const { fail(system_text(code)); }
    [[__noreturn__]] void fail(const std::string& what) const {
        runtime_error("cannot write '" + std::string(path_.c_str()) + "': " + what);
    }

  private:
    static constexpr const char* suffix = ".part";

    void create(const FileStatus& old) {
        const int code = create_file(part_, old, stream_.handle);
        if (code == EEXIST) fail("'" + part_ + "' is there already, the beginning of another run");
        if (code != 0) fail(code);
    }

    void take_up() {
        FileStatus status;
        if (const int code = look_up(part_, status)) fail(code);
        if (!status.exists)
            if (const int code = replace_file(target_, part_)) fail(failure_text("rename", code));
        if (const int code = open_to_write(part_, stream_.handle)) fail(code);
    }

    /// Throws because `call` failed after all frames were written. The file is kept.
    [[__noreturn__]] void fail_and_keep(const char* call, int code, bool is_whole) const {
        fail(failure_text(call, code) + "; " + kept_text({part_, is_whole, {}}, is_whole));
    }

    std::string path_;
    std::string target_; // links followed
    std::string part_;
    OpenFile stream_;
};

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
