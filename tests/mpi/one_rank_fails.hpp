// For arguments that are invalid on one process only: every process throws the same, and none waits for ever.
#pragma once

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>

#include <gtest/gtest.h>

#include <array>
#include <exception>
#include <limits>
#include <string>

#include <unistd.h>

namespace test {

/// Ends the program if processes wait for each other: a test that has this object takes 20 s at most.
class TimeLimit {
  public:
    TimeLimit() { alarm(20); }
    TimeLimit(const TimeLimit&) = delete;
    TimeLimit& operator=(const TimeLimit&) = delete;
    ~TimeLimit() { alarm(0); }
};

/// The message that call() throws; empty if it throws nothing.
template <class Call> std::string message_thrown_by(const Call& call) {
    try {
        call();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

/// Expects call() to throw on every process of `lattice`, with the same message. Returns the message.
template <class Call>
std::string expect_common_error(const kuramoto::mpi::Decomposition& lattice, const std::string& name,
                                const Call& call) {
    const std::string message = message_thrown_by(call);
    EXPECT_NE(message, "") << name << " throws nothing";
    std::array<char, 512> first{};
    message.copy(first.data(), first.size() - 1);
    MPI_Bcast(first.data(), static_cast<int>(first.size()), MPI_CHAR, 0, lattice.communicator());
    EXPECT_EQ(message.substr(0, first.size() - 1), first.data()) << name;
    return message;
}

/// The same, where the message says that process `rank` has failed.
template <class Call>
void expect_error_of_rank(int rank, const kuramoto::mpi::Decomposition& lattice, const std::string& name,
                          const Call& call) {
    const std::string message = expect_common_error(lattice, name, call);
    if (lattice.size() == 1) return;
    EXPECT_NE(message.find("(on rank " + std::to_string(rank) + ")"), std::string::npos) << name << ": " << message;
}

/// A fixture of a lattice and of arguments that are invalid on the last process.
template <class Fixture> class OneRankFailsIn : public Fixture {
  protected:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    OneRankFailsIn() {
        kuramoto::uniform_phases(theta, 1);
        kuramoto::uniform_phases(other, 2);
    }

    [[nodiscard]] int bad_rank() const { return lattice.size() - 1; }
    [[nodiscard]] bool is_bad() const { return lattice.rank() == bad_rank(); }
    /// A policy that is invalid on the last process.
    [[nodiscard]] kuramoto::Fused policy() const { return {.depth = is_bad() ? -1 : 0}; }
    /// `bad` on the last process, 1 on the others.
    [[nodiscard]] double good_or(double bad) const { return is_bad() ? bad : 1.0; }
    /// Cells that are no block on the last process.
    [[nodiscard]] kuramoto::Field<double> cut_off_block() const {
        const kuramoto::mpi::Block block = lattice.block();
        return kuramoto::Field<double>(block.rows() - (is_bad() ? 1 : 0), block.cols());
    }

    /// call() throws the same on every process, and says that the last one failed.
    template <class Call> void expect_error(const std::string& name, const Call& call) const {
        expect_error_of_rank(bad_rank(), lattice, name, call);
    }
    /// call() throws the same on every process, because numbers of the last one are not those of the others.
    template <class Call> void expect_must_be_same(const std::string& name, const Call& call) const {
        if (lattice.size() == 1) return;
        const std::string message = expect_common_error(lattice, name, call);
        EXPECT_NE(message.find("must be the same on every rank"), std::string::npos) << name << ": " << message;
    }

    const TimeLimit limit;
    const kuramoto::mpi::Decomposition lattice{MPI_COMM_WORLD, 24, 31};
    const kuramoto::mpi::Decomposition another{MPI_COMM_WORLD, 24, 31};
    kuramoto::mpi::Field<double> theta{lattice};
    kuramoto::mpi::Field<double> other{lattice};
    /// A field that has another decomposition, on the last process.
    kuramoto::mpi::Field<double> stray{is_bad() ? another : lattice};
    const kuramoto::Model<kuramoto::Sine, double> model{kuramoto::SineLaplacian{.K = 1, .boundary = kuramoto::torus},
                                                        0.5};
};
using OneRankFails = OneRankFailsIn<testing::Test>;

} // namespace test
