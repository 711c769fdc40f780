// A file that grows beside its name, readable at any moment, and takes the name when it is finished.
#pragma once

#include <kuramoto/detail/build/errors.hpp>
#include <kuramoto/detail/io/input_file.hpp>
#include <kuramoto/detail/io/kept_files.hpp>
#include <kuramoto/detail/io/system_calls.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A file under "<path>.part" until `finish` gives it its name. Nothing is buffered here, so that what was written is
/// there for other programs, and after this one was killed. All failures are std::runtime_error and name the path; the
/// file stays then. After `finish` nothing can be written. If only the renaming failed, another `finish` tries it
/// again.
class GrowingFile {
  public:
    /// A new file: whatever is there already under "<path>.part" is the beginning of another run, and stays. Or the one
    /// that was left: "<path>.part", else `path`, which is called "<path>.part" from now on.
    enum class Start { new_file, left_file };

    GrowingFile(const std::string& path, Start start) : path_(path), target_(path) {
        FileStatus old;
        const std::string reason = find_target(target_, old);
        if (!reason.empty()) fail(reason);
        part_ = part_of(path);
        start == Start::new_file ? create(old) : take_up();
    }
    GrowingFile(const GrowingFile&) = delete;
    GrowingFile& operator=(const GrowingFile&) = delete;
    ~GrowingFile() = default;

    /// The name until `finish`: "<path>.part", beside the file that `path` refers to if it is a symbolic link.
    static std::string part_of(std::string path) {
        static_cast<void>(follow_links(path)); // an error is found when the file is opened
        return path + ".part";
    }

    /// The file that would be taken up.
    static std::string name_to_take_up(const std::string& path) {
        const std::string part = part_of(path);
        FileStatus status;
        return look_up(part, status) == 0 && status.exists ? part : path;
    }

    /// The name until `finish`.
    [[nodiscard]] const std::string& part() const noexcept { return part_; }

    /// At the position where it is: the end, except for those who moved it.
    void write(const void* from, std::size_t bytes) {
        check_open();
        if (const int code = write_bytes(stream_.handle, from, bytes)) fail(code);
    }

    void move_to(std::int64_t offset) {
        check_open();
        if (const int code = go_to(stream_.handle, offset)) fail(code);
    }

    /// Cuts off what lies beyond, and goes on there.
    void cut_to(std::int64_t bytes) {
        check_open();
        if (const int code = set_length(stream_.handle, part_, bytes)) fail(code);
        move_to(bytes);
    }

    /// Lets what was written find its way to the disk while the program goes on.
    void begin_to_synchronise() noexcept { detail::begin_to_synchronise(stream_.handle); }

    /// Gives the file the beginning and the length that it had, as far as the system lets us; after a failure.
    void take_back(const std::string& beginning, std::int64_t bytes) noexcept {
        if (stream_.handle == nullptr) return;
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
        if (is_finished_) return;
        if (stream_.handle != nullptr) hand_over();
        if (!lost_bytes_.empty()) fail(lost_bytes_);
        if (const int code = replace_file(part_, target_)) fail(failure_of("rename", code, true));
        is_finished_ = true;
    }

    [[__noreturn__]] void fail(int code) const { fail(system_text(code)); }
    [[__noreturn__]] void fail(const std::string& what) const {
        runtime_error("cannot write '" + std::string(path_.c_str()) + "': " + what);
    }

  private:
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

    void check_open() const {
        if (stream_.handle == nullptr) fail("it is finished");
    }

    /// Hands the bytes over to the disk and closes the file. A failure stays: a second fsync reports nothing of the
    /// bytes that the first one lost.
    void hand_over() {
        if (const int code = synchronise(stream_.handle)) lost_bytes_ = failure_of("fsync", code, false);
        const int code = stream_.close();
        if (code != 0 && lost_bytes_.empty()) lost_bytes_ = failure_of("close", code, false);
    }

    /// What went wrong after all bytes were written, and where the file is kept.
    [[nodiscard]] std::string failure_of(const char* call, int code, bool is_whole) const {
        return failure_text(call, code) + "; " + kept_text({part_, is_whole, {}}, is_whole);
    }

    std::string path_;
    std::string target_; // links followed
    std::string part_;
    std::string lost_bytes_; // the failure after which the disk may lack bytes
    bool is_finished_ = false;
    OpenFile stream_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
