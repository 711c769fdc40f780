// SharedOutput: a file of all processes that is replaced as a whole or not at all.
#pragma once

#include <kuramoto/detail/io/output_file.hpp>
#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/detail/mpi/shared_file.hpp>
#include <kuramoto/mpi/decomposition.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A text of the first process, on all.
inline std::string text_of_first(const mpi::Decomposition& decomposition, std::string text) {
    int size = static_cast<int>(text.size());
    MPI_Bcast(&size, 1, MPI_INT, 0, decomposition.communicator());
    text.resize(static_cast<std::size_t>(size));
    MPI_Bcast(text.data(), size, MPI_CHAR, 0, decomposition.communicator());
    return text;
}

/// An OutputFile of the first process, into which all write. Everything is collective, and fails on all processes
/// alike. After a failure the temporary file is removed, unless the first process had all bytes and could not rename,
/// synchronise or close it: then it is kept as OutputFile keeps it.
class SharedOutput {
  public:
    SharedOutput(const mpi::Decomposition& decomposition, const std::string& path)
        : decomposition_(decomposition), output_(create(decomposition, path)),
          file_(decomposition, path, text_of_first(decomposition, output_ ? output_->temporary() : ""),
                SharedFile::Access::write) {}

    [[nodiscard]] SharedFile& file() noexcept { return file_; }

    /// Puts the file on the disk under its name. `bytes`: how long it must be. A process that writes to another disk,
    /// or a system that loses bytes without an error, is found out so.
    void commit(std::int64_t bytes) {
        file_.synchronise();
        file_.close();
        with_agreement(decomposition_.communicator(), [&](Agreement&) {
            if (!output_) return;
            const std::int64_t present = length_of(output_->temporary());
            if (present != bytes)
                output_->fail("it should have " + integer_text(bytes) + " bytes, but has " + integer_text(present));
            output_->commit();
        });
    }

  private:
    static std::unique_ptr<OutputFile> create(const mpi::Decomposition& decomposition, const std::string& path) {
        return with_agreement(decomposition.communicator(), [&](Agreement& agreement) {
            agreement.expect_same("path", path);
            return decomposition.rank() == 0 ? std::make_unique<OutputFile>(path) : nullptr;
        });
    }
    /// Opens the file: a network disk says then what other processes wrote.
    static std::int64_t length_of(const std::string& name) {
        OpenFile file;
        FileStatus status;
        return open_to_read(name, file.handle, status) == 0 ? status.size : -1;
    }

    mpi::Decomposition decomposition_;
    std::unique_ptr<OutputFile> output_; // of the first process
    SharedFile file_;                    // closed before the other removes it
};

} // namespace detail
KURAMOTO_END_NAMESPACE
