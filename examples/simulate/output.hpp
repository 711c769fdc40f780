// Output files that are replaced as a whole after the run.
#pragma once

#include <kuramoto/detail/io/growing_file.hpp>
#include <kuramoto/detail/io/output_file.hpp>

#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace simulate {

/// The file that a name refers to, after symbolic links. It need not exist.
inline std::filesystem::path followed(std::string name) {
    static_cast<void>(kuramoto::detail::follow_links(name)); // an error is found when the file is opened
    return name;
}

/// The output file of the library: under a temporary name until `commit`. detail/io/system_calls.hpp says how failures
/// are handled.
using NewFile = kuramoto::detail::OutputFile;

/// The growing file of the library: "<name>.part" until `finish`.
using GrowingFile = kuramoto::detail::GrowingFile;

/// Several errors, with one message each.
class SeveralErrors : public std::runtime_error {
  public:
    explicit SeveralErrors(std::vector<std::string> messages)
        : std::runtime_error(messages.front()), messages_(std::move(messages)) {}
    [[nodiscard]] const std::vector<std::string>& messages() const noexcept { return messages_; }

  private:
    std::vector<std::string> messages_;
};

/// Collects errors, so that a failed attempt does not prevent the next. At the end, one error is thrown unchanged. Of
/// several errors all messages are thrown, because each may name a file that is kept.
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
