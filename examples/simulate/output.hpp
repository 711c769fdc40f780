// Files that the program writes: looked at before the run, replaced as a whole after it.
#pragma once

#include "options.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <unistd.h>

namespace simulate {

/// What a name stands for: symbolic links are followed, also one that points to nothing yet.
inline std::filesystem::path followed(const std::string& name) {
    std::filesystem::path path = name;
    std::error_code error;
    for (int links = 0; links <= 40 && std::filesystem::is_symlink(path, error); ++links)
        path = path.parent_path() / std::filesystem::read_symlink(path, error); // an absolute one replaces the folder
    return path;
}

/// Throws BadOption unless the file can be created, or is a regular file that can be replaced. Creates nothing.
inline void check_output(const std::string& option, const std::string& name) {
    namespace fs = std::filesystem;
    if (name.empty()) return;
    const auto refuse = [&](const std::string& why) { throw BadOption(option + " " + name + ": " + why); };
    const fs::path path = followed(name);
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::is_symlink(path, error)) refuse("its symbolic links go round in a circle");
    if (fs::is_directory(status) || !path.has_filename()) refuse("it is a folder");
    if (fs::exists(status) && !fs::is_regular_file(status)) refuse("it is not a regular file");
    if (!fs::exists(folder, error)) refuse("there is no folder " + folder.string());
    if (!fs::is_directory(folder, error)) refuse(folder.string() + " is not a folder");
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        refuse("its folder cannot be written: " + std::generic_category().message(errno));
    if (fs::exists(status) && ::access(name.c_str(), W_OK) != 0)
        refuse("it cannot be written: " + std::generic_category().message(errno));
    const std::string last = path.filename().string();
    const long longest = ::pathconf(folder.c_str(), _PC_NAME_MAX);
    if (longest > 0 && last.size() > static_cast<std::size_t>(longest)) refuse("its name is too long");
}

/// An option and the file that it names; no name if it was not given.
struct NamedFile {
    std::string option;
    std::string name;
};

/// Throws BadOption if two outputs are one file.
inline void check_different(const std::vector<NamedFile>& files) {
    namespace fs = std::filesystem;
    const auto place = [](const std::string& name) {
        std::error_code error;
        return fs::weakly_canonical(fs::absolute(followed(name)), error);
    };
    for (std::size_t a = 0; a < files.size(); ++a)
        for (std::size_t b = a + 1; b < files.size(); ++b)
            if (!files[a].name.empty() && !files[b].name.empty() && place(files[a].name) == place(files[b].name))
                throw BadOption(files[a].option + " " + files[a].name + " and " + files[b].option + " " +
                                files[b].name + " are the same file");
}

/// A file beside `name` that takes its place when `commit` is called, and is removed if it is not. A symbolic link
/// stays: what it points to is replaced.
class NewFile {
  public:
    explicit NewFile(const std::string& name) : name_(name), target_(followed(name)) {
        for (int number = 0; handle_ == nullptr && number < 1000; ++number) {
            temporary_ = target_.parent_path() / (".kuramoto-simulate-" + std::to_string(number) + ".tmp");
            handle_ = std::fopen(temporary_.c_str(), "wbx"); // x: whoever creates the name owns it
            if (handle_ == nullptr && errno != EEXIST) break;
        }
        if (handle_ == nullptr) fail(errno);
        keep_permissions();
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile() {
        if (handle_ == nullptr) return;
        std::fclose(handle_);
        remove_temporary();
    }

    [[nodiscard]] std::FILE* handle() const noexcept { return handle_; }
    /// Its name until then, for a program that writes it in our place.
    [[nodiscard]] std::string temporary() const { return temporary_.string(); }

    void commit() {
        const bool is_written = std::fflush(handle_) == 0 && ::fsync(::fileno(handle_)) == 0;
        const int reason = errno;
        const bool is_closed = std::fclose(handle_) == 0;
        handle_ = nullptr;
        if (is_written && is_closed && std::rename(temporary_.c_str(), target_.c_str()) == 0) return;
        const int code = is_written ? errno : reason;
        remove_temporary();
        fail(code);
    }

    [[noreturn]] void fail(int code) const { fail(std::generic_category().message(code)); }
    [[noreturn]] void fail(const std::string& why) const {
        throw std::runtime_error("cannot write '" + name_ + "': " + why);
    }

  private:
    /// Those of a file that is replaced; a new one gets the usual.
    void keep_permissions() const {
        std::error_code error;
        const std::filesystem::file_status old = std::filesystem::status(target_, error);
        if (std::filesystem::exists(old)) std::filesystem::permissions(temporary_, old.permissions(), error);
    }

    void remove_temporary() const noexcept {
        std::error_code ignored;
        std::filesystem::remove(temporary_, ignored);
    }

    std::string name_;
    std::filesystem::path target_;
    std::filesystem::path temporary_;
    std::FILE* handle_ = nullptr;
};

/// Lets several things be tried though one of them fails; the first error is thrown when all have been tried.
class FirstError {
  public:
    template <class Work> void attempt(const Work& work) {
        try {
            work();
        } catch (...) {
            if (!error_) error_ = std::current_exception();
        }
    }
    void rethrow() const {
        if (error_) std::rethrow_exception(error_);
    }

  private:
    std::exception_ptr error_;
};

} // namespace simulate
