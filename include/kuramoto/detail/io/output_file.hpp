// Output files that are replaced as a whole or not at all.
#pragma once

#include <kuramoto/detail/build/errors.hpp>
#include <kuramoto/detail/io/input_file.hpp>
#include <kuramoto/detail/io/kept_files.hpp>
#include <kuramoto/detail/io/system_calls.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A file that has its name, and is complete, when `commit` returns. Until then the bytes go to a temporary file in the
/// same folder. detail/io/system_calls.hpp says whether that file is kept after a failure. All failures are
/// std::runtime_error and name the path.
class OutputFile {
  public:
    explicit OutputFile(const std::string& path) : path_(path), target_(path) {
        FileStatus old;
        const std::string reason = find_target(target_, old);
        if (!reason.empty()) fail(reason);
        create_temporary(old);
    }
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    ~OutputFile() { discard(); }

    /// The name of the temporary file, for another program that writes it.
    [[nodiscard]] const std::string& temporary() const noexcept { return temporary_; }

    void write(const void* from, std::size_t bytes) {
        if (const int code = write_bytes(stream_.handle, from, bytes)) fail(system_text(code));
    }

    /// Synchronises the file with the disk and gives it its name.
    void commit() {
        if (const int code = synchronise(stream_.handle)) fail_in_doubt("fsync", code);
        if (const int code = stream_.close()) fail_in_doubt("close", code);
        if (const int code = replace_file(temporary_, target_)) fail_and_keep("rename", code, true);
        temporary_.clear();
        KeptFiles::remove(target_);
    }

    /// Removes the temporary file, then throws. In this order, because without exceptions `raise` ends the process.
    [[__noreturn__]] void fail(const std::string& what) {
        discard();
        raise(what);
    }

  private:
    // The name is short, so that it fits wherever the name of the target does. An existing name belongs to another
    // writer.
    void create_temporary(const FileStatus& old) {
        constexpr int most_names = 10000;
        const std::size_t separator = target_.find_last_of(folder_separators);
        const std::string folder = separator == std::string::npos ? "" : target_.substr(0, separator + 1);
        int code = EEXIST;
        for (int number = 0; number < most_names && code == EEXIST; ++number) {
            temporary_ = folder + ".kuramoto-" + std::to_string(number) + ".tmp";
            code = create_file(temporary_, old, stream_.handle);
        }
        if (code == 0) return;
        temporary_.clear(); // it belongs to another writer
        fail("no file can be created in its folder: " + system_text(code));
    }

    void discard() noexcept {
        stream_.close();
        if (!temporary_.empty()) std::remove(temporary_.c_str());
        temporary_.clear();
    }

    /// Throws because `call` failed after all bytes were handed over. The file is kept, unless there was no room.
    [[__noreturn__]] void fail_in_doubt(const char* call, int code) {
        if (means_no_room(code)) fail(failure_text(call, code));
        fail_and_keep(call, code, false);
    }
    [[__noreturn__]] void fail_and_keep(const char* call, int code, bool is_whole) {
        stream_.close();
        const KeptFile kept = KeptFiles::keep(target_, std::exchange(temporary_, {}), is_whole);
        raise(failure_text(call, code) + "; " + kept_text(kept, is_whole));
    }
    [[__noreturn__]] void raise(const std::string& what) const {
        runtime_error("cannot write '" + std::string(path_.c_str()) + "': " + what);
    }

    std::string path_;
    std::string target_;
    std::string temporary_; // empty while there is none
    OpenFile stream_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
