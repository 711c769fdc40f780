// Agreement: an error of one process becomes the error of all, before any of them waits for another.
//
// A collective function checks its arguments on every process and then communicates. Where the first communication
// would be, the processes agree on whether all of them got so far. One that did not, because a check threw, comes to
// the same agreement from its handler, with its message. So all processes throw the same, and none waits for ever.
#pragma once

#include <kuramoto/detail/build/errors.hpp>
#include <kuramoto/detail/mpi/api.hpp>

#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The kinds of errors that the library has.
enum class ErrorKind { invalid_argument, length_error, out_of_range, out_of_memory, runtime_error };

[[__noreturn__]] inline void raise(ErrorKind kind, const std::string& message) {
    if (kind == ErrorKind::invalid_argument) invalid_argument(message);
    if (kind == ErrorKind::length_error) length_error(message);
    if (kind == ErrorKind::out_of_range) raise<std::out_of_range>(message);
    if (kind == ErrorKind::out_of_memory) out_of_memory(0);
    runtime_error(message);
}

/// One per call of a collective function and process.
class Agreement {
  public:
    explicit Agreement(MPI_Comm communicator) noexcept : communicator_(communicator) {}

    /// Numbers that must be the same on every process, and what they are called: `begin` throws if they are not.
    void expect_same(const char* names, std::initializer_list<std::int64_t> numbers) noexcept {
        names_ = names;
        for (const std::int64_t number : numbers) add(static_cast<std::uint64_t>(number));
    }
    /// The same for a text.
    void expect_same(const char* name, const std::string& text) noexcept {
        names_ = name;
        for (const char character : text) add(static_cast<unsigned char>(character));
    }

    [[nodiscard]] bool is_reached() const noexcept { return is_reached_; }
    /// Whether the processes agree that one has failed: what is thrown is known to all.
    [[nodiscard]] bool has_failed() const noexcept { return has_failed_; }

    /// The least `number` of all processes. Throws, on all, if one has failed. Later calls in the same function only
    /// find the least number.
    int reach(int number = INT_MAX) {
        if (!is_reached_) return agree(number, nullptr);
        int least = number;
        MPI_Allreduce(&number, &least, 1, MPI_INT, MPI_MIN, communicator_);
        return least;
    }
    /// Reaches the agreement, if it has not been.
    void begin() {
        if (!is_reached_) agree(INT_MAX, nullptr);
    }
    /// Tells all processes that this one has failed. Throws its error, or that of a process before it.
    void fail(ErrorKind kind, const std::string& message) {
        const Failure failure{kind, message};
        agree(INT_MAX, &failure);
    }

    /// Ends the program: this process has failed where the others cannot learn of it any more.
    [[__noreturn__]] void give_up(const char* message) const {
        int rank = 0;
        MPI_Comm_rank(communicator_, &rank);
        std::fprintf(stderr, "kuramoto: rank %d failed in the middle of a collective function: %s\n", rank, message);
        MPI_Abort(communicator_, 1);
        std::abort();
    }

  private:
    void add(std::uint64_t word) noexcept { // FNV-1a, word by word
        same_ = static_cast<std::int64_t>((static_cast<std::uint64_t>(same_) ^ word) * std::uint64_t{0x100000001b3});
    }

    struct Failure {
        ErrorKind kind;
        std::string message;
    };

    int agree(int number, const Failure* failure) {
        is_reached_ = true;
        int rank = 0;
        int size = 1;
        MPI_Comm_rank(communicator_, &rank);
        MPI_Comm_size(communicator_, &size);
        const bool fails = failure != nullptr;
        const std::int64_t mine[5] = {fails ? rank : size, fails ? 1 : 0, number, same_, ~same_};
        std::int64_t least[5]; // the first that failed, whether all have, the least number; whether all have the same
        MPI_Allreduce(mine, least, 5, MPI_INT64_T, MPI_MIN, communicator_);
        if (least[0] == size) {
            if (least[3] != ~least[4]) invalid_argument(string_of(names_) + " must be the same on every rank");
            return static_cast<int>(least[2]);
        }
        has_failed_ = true;
        const auto root = static_cast<int>(least[0]);
        const Failure first = told_by(root, rank, failure);
        const bool do_all_fail = least[1] == 1;
        raise(first.kind, do_all_fail ? first.message : first.message + " (on rank " + integer_text(root) + ")");
    }

    // The failure of process `root`.
    [[nodiscard]] Failure told_by(int root, int rank, const Failure* failure) const {
        int head[2] = {0, 0};
        if (rank == root) {
            head[0] = static_cast<int>(failure->kind);
            head[1] = static_cast<int>(failure->message.size());
        }
        MPI_Bcast(head, 2, MPI_INT, root, communicator_);
        std::string message(static_cast<std::size_t>(head[1]), ' ');
        if (rank == root) message = failure->message;
        MPI_Bcast(message.data(), head[1], MPI_CHAR, root, communicator_);
        return {static_cast<ErrorKind>(head[0]), message};
    }

    MPI_Comm communicator_;
    bool is_reached_ = false;
    bool has_failed_ = false;
    const char* names_ = "arguments";
    std::int64_t same_ = 0x811c9dc5;
};

/// work(agreement), a collective function, with its errors made those of all processes.
template <class Work> decltype(auto) with_agreement(MPI_Comm communicator, const Work& work) {
    Agreement agreement(communicator);
    const auto run = [&]() -> decltype(auto) {
        if constexpr (std::is_void_v<decltype(work(agreement))>) {
            work(agreement);
            agreement.begin();
        } else {
            decltype(auto) result = work(agreement);
            agreement.begin();
            return result;
        }
    };
#if defined(__cpp_exceptions)
    const auto fail = [&](ErrorKind kind, const char* message) {
        if (!agreement.is_reached()) agreement.fail(kind, message);
    };
    try {
        return run();
    } catch (const std::invalid_argument& error) {
        fail(ErrorKind::invalid_argument, error.what());
        throw;
    } catch (const std::length_error& error) {
        fail(ErrorKind::length_error, error.what());
        throw;
    } catch (const std::out_of_range& error) {
        fail(ErrorKind::out_of_range, error.what());
        throw;
    } catch (const std::bad_alloc& error) {
        if (agreement.is_reached() && !agreement.has_failed()) agreement.give_up(error.what()); // this process alone
        fail(ErrorKind::out_of_memory, error.what());
        throw;
    } catch (const std::exception& error) {
        fail(ErrorKind::runtime_error, error.what());
        throw;
    } catch (...) {
        fail(ErrorKind::runtime_error, "an exception that is no std::exception");
        throw;
    }
#else
    return run();
#endif
}

} // namespace detail
KURAMOTO_END_NAMESPACE
