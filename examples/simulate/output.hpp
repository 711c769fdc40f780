// Files that the program writes: looked at before the run, replaced as a whole after it.
#pragma once

#include "options.hpp"

#include <kuramoto/detail/output_file.hpp>

#include <cerrno>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
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

/// The library's own: a file beside its name until `commit`, with one rule for what happens when a call is refused.
using NewFile = kuramoto::detail::OutputFile;

/// The errors of several things that were tried, one message each.
class SeveralErrors : public std::runtime_error {
  public:
    explicit SeveralErrors(std::vector<std::string> messages)
        : std::runtime_error(messages.front()), messages_(std::move(messages)) {}
    [[nodiscard]] const std::vector<std::string>& messages() const noexcept { return messages_; }

  private:
    std::vector<std::string> messages_;
};

/// Lets several things be tried though one of them fails. When all have been tried, one error is thrown as it is; of
/// several, every message: each may say where a result is.
class Errors {
  public:
    template <class Work> void attempt(const Work& work) {
        try {
            work();
        } catch (const SeveralErrors& errors) {
            for (const std::string& message : errors.messages()) add(message);
        } catch (const std::bad_alloc&) {
            add("there is not enough memory");
        } catch (const std::exception& error) {
            add(error.what());
        }
    }
    void rethrow() const {
        if (messages_.size() > 1) throw SeveralErrors(messages_);
        if (error_) std::rethrow_exception(error_);
    }

  private:
    void add(const std::string& message) {
        messages_.push_back(message);
        if (!error_) error_ = std::current_exception();
    }

    std::vector<std::string> messages_;
    std::exception_ptr error_; // the first
};

} // namespace simulate
