// Files that the program writes: replaced as a whole after the run.
#pragma once

#include <kuramoto/detail/output_file.hpp>

#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace simulate {

/// What a name stands for: symbolic links are followed, also one that points to nothing yet.
inline std::filesystem::path followed(const std::string& name) {
    std::filesystem::path path = name;
    std::error_code error;
    for (int links = 0; links <= 40 && std::filesystem::is_symlink(path, error); ++links)
        path = path.parent_path() / std::filesystem::read_symlink(path, error); // an absolute one replaces the folder
    return path;
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
